"""The command `lrkit`: a Click group whose commands are imported when they are run."""

from __future__ import annotations

from lrkit.cli.group import Commands, debug, version

#: Every command: where it is, and the line that `lrkit --help` shows without importing it.
COMMANDS: dict[str, tuple[str, str]] = {
    "show": ("lrkit.cli.show:show", "Draw schedules in the terminal, with their numbers."),
    "plot": ("lrkit.cli.plot:plot", "Draw schedules into a .png, .svg or .pdf file."),
    "shapes": ("lrkit.cli.shapes:shapes", "List every schedule that has a name, or explain some."),
    "check": (
        "lrkit.cli.check:check",
        "Say what is wrong with a schedule over a run, before the run.",
    ),
    "diff": ("lrkit.cli.diff:diff", "Compare two schedules: where and how much they differ."),
    "design": (
        "lrkit.cli.design:design",
        "Open the designer: a page to draw, check and share schedules on.",
    ),
    "find": (
        "lrkit.cli.find:find",
        "Find a learning rate: a sweep, and short trainings if you like.",
    ),
    "mnist": (
        "lrkit.cli.mnist:mnist",
        "Train on MNIST with one schedule or several, and compare.",
    ),
}

main = Commands(
    name="lrkit",
    commands_at=COMMANDS,
    help=(
        "Learning-rate schedules you can write, see and trust.\n\n"
        'A schedule is an expression such as "1e-3 * (warmup(500) >> cosine(9500))".'
    ),
    params=[version(), debug()],
)
