"""`lrkit find`: a learning rate for a model that a function of the user makes."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from lrkit.cli.find_target import BUILT_IN, target_of
from lrkit.cli.group import Failure, write
from lrkit.cli.options import as_json, print_json
from lrkit.cli.words import WORDS, in_options

#: What speaks to the user below this command.
FUNCTIONS = ("Found.schedule", "Sweep", "find_lr")
#: The exit status where the losses show no rate.
NOTHING = 4
#: Digits of the rate in the expression: it is no better known.
DIGITS = 3

_WHOLE = click.IntRange(min=1)
_POSITIVE = click.FloatRange(min=0, min_open=True)
#: The options that are arguments of every `find_lr`, by name.
SETTINGS = (
    click.option(
        "--effort",
        type=click.Choice(["sweep", "confirm"]),
        default="sweep",
        show_default=True,
        help="confirm: after the sweep, short trainings around what it suggests, at most "
        "two full ones.",
    ),
    click.option("--updates", type=_WHOLE, metavar="N", help="Of the full training, for confirm."),
    click.option(
        "--schedule",
        default="warmup(5) >> cosine(95)",
        show_default=True,
        metavar="TEXT",
        help="What will be trained with, with the peak 1, in any unit.",
    ),
    click.option(
        "--lr-min", type=_POSITIVE, default=1e-6, show_default=True, help="The first rate."
    ),
    click.option(
        "--lr-max", type=_POSITIVE, default=10.0, show_default=True, help="The last rate."
    ),
    click.option(
        "--per-decade",
        type=_POSITIVE,
        default=None,
        help="Updates in which the rate grows tenfold. Default: 40, and 20 before short trainings.",
    ),
    click.option(
        "--repeats",
        type=_WHOLE,
        default=1,
        show_default=True,
        help="Sweeps, each with other batches; the median counts.",
    ),
    click.option(
        "--rule", default="basin", show_default=True, help="How a rate is read off a sweep."
    ),
    click.option(
        "--seed",
        type=click.IntRange(min=0),
        default=0,
        show_default=True,
        help="Of all that is drawn.",
    ),
)


def settings(command: Any) -> Any:
    """The command with all options of `SETTINGS`."""
    for option in reversed(SETTINGS):
        command = option(command)
    return command


@click.command()
@click.argument("target", metavar="MODULE:FUNCTION|mnist")
@settings
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="A picture: .png, .svg or .pdf"
)
@click.option("--force", is_flag=True, help="Replace the picture if there is one.")
@as_json
@click.pass_context
def find(
    ctx: click.Context,
    /,
    target: str,
    output: Path | None,
    force: bool,
    as_json: bool,
    **options: Any,
) -> None:
    """Find a learning rate: a sweep, and short trainings if you like.

    FUNCTION is called without arguments, and returns what `find_lr` takes. For Keras (model, x, y)
    or (model, dataset), the model compiled; or a dict of arguments: for Keras with the key model,
    for PyTorch with model, optimizer, data and loss, for optax with loss, params, optimizer and
    batches. What an option says comes before what the dict says. MODULE is looked for in this
    folder too. mnist is the model and the images of `lrkit mnist`, with Adam.

    Exit status: 0 with a rate, 4 where the losses show none, 2 after wrong input.

    \b
    lrkit find mnist
    lrkit find train:make -o sweep.png
    lrkit find train:make --effort confirm --updates 20000 --schedule "warmup(5) >> cosine(95)"
    """
    from lrkit.cli.find_show import Bar, shown

    ctx.meta[WORDS] = in_options(ctx, FUNCTIONS, {"shape": "schedule"})
    _check(output, force, options)
    made = target_of(target)
    given = {
        name: value
        for name, value in options.items()
        if ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE
    }
    # What the user's code prints is not part of the answer.
    printed = contextlib.redirect_stdout(sys.stderr)
    with Bar(sys.stderr) as bar, _users_errors(ctx, target), printed:
        find_lr, places, names = made.load(options["seed"])
        names |= given | {"progress": bar}
        if names.get("effort") == "confirm" and names.get("updates") is None:
            raise click.UsageError("--effort confirm needs --updates, of the full training", ctx)
        found = find_lr(*places, **names)
    schedule = names.get("schedule", options["schedule"])
    document = found.to_dict()
    document["expression"] = expression(found, schedule, names.get("updates"))
    if output is not None:
        document["picture"] = _drawn(found, output)
    if as_json:
        print_json(document)
    else:
        columns = max(30, min(shutil.get_terminal_size().columns, 100))
        write(shown(found, columns, document, os.environ))
    if not found:
        ctx.exit(NOTHING)


def _check(output: Path | None, force: bool, options: dict[str, Any]) -> None:
    """Refuses what is wrong before a framework is loaded and a model trained."""
    from lrkit.finder import rules
    from lrkit.finder.found import Found

    if output is not None:
        from lrkit.draw.save import check_target

        check_target(output, force=force)
    if options["rule"] not in rules:
        raise click.BadParameter(f"must be one of {', '.join(rules)}, got {options['rule']!r}.")
    Found(suggestion=1.0).schedule(options["schedule"])


def expression(found: Any, schedule: Any, updates: int | None) -> str | None:
    """The schedule to train with; `updates` stands in it where their number is not known.

    Args:
        found: What was found.
        schedule: The shape, or its text.
        updates: Of the training, or None.
    """
    if not found:
        return None
    from lrkit import read

    rate = float(f"{found.rate:.{DIGITS}g}")
    shape = read(schedule) if isinstance(schedule, str) else schedule
    if updates is None:
        return f"({rate * shape!r}).over(updates)"
    return repr(rate * shape.over(updates))


def _drawn(found: Any, output: Path) -> str | None:
    """The picture's path; None where there is nothing to draw."""
    from lrkit import draw

    if not len(found.rates):
        return None
    draw.save(found.plot(), output, dpi=150)
    return str(output)


@contextlib.contextmanager
def _users_errors(ctx: click.Context, target: str) -> Iterator[None]:
    """What the user's code raises, as one line; with --debug as it came."""
    try:
        yield
    except (click.ClickException, click.exceptions.Exit, click.Abort):
        raise
    except SystemExit as error:
        raise Failure(
            f"{target} ended the program with sys.exit({error.code!r}). Put what is not to run "
            'when it is imported behind `if __name__ == "__main__":`, and parse no arguments in it.'
        ) from error
    except Exception as error:
        ours = tuple(f"{name}: " for name in FUNCTIONS)
        is_said = isinstance(error, ValueError | TypeError) and str(error).startswith(ours)
        is_debug = ctx.find_root().params.get("debug")
        if is_debug or is_said or target in BUILT_IN:
            raise
        text = f"{target} raised {type(error).__name__}: {error}"
        raise Failure(f"{text.rstrip('.')}. Write lrkit --debug find for the place.") from error
