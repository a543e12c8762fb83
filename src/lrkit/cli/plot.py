"""`lrkit plot`: schedules as a picture in a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from lrkit.cli.group import write
from lrkit.cli.options import as_json, print_json, read_all, texts


def run_options(command: Any) -> Any:
    """The options that say what an epoch is."""
    whole = click.IntRange(min=1)
    for decorate in (
        click.option(
            "--updates-per-epoch",
            type=click.FloatRange(min=0, min_open=True),
            help="Updates in an epoch, in place of the four options above.",
        ),
        click.option("--accumulation", type=whole, help="Batches that make one update."),
        click.option("--batch-size", type=whole, help="Examples in a batch."),
        click.option("--examples", type=whole, help="Training examples."),
        click.option("--epochs", type=whole, help="Epochs of the run, for an axis in epochs."),
    ):
        command = decorate(command)
    return command


@click.command()
@texts
@click.option(
    "-o", "--output", required=True, type=click.Path(path_type=Path), help=".png, .svg or .pdf"
)
@click.option("--force", is_flag=True, help="Replace the file if there is one.")
@click.option("--log", is_flag=True, help="Logarithmic rates.")
@click.option("--title", help="Title of the picture.")
@run_options
@as_json
def plot(
    texts: tuple[str, ...],
    let: dict[str, int | float],
    over: int | None,
    span: float | None,
    output: Path,
    force: bool,
    log: bool,
    title: str | None,
    as_json: bool,
    **run: Any,
) -> None:
    """Draw schedules into a .png, .svg or .pdf file.

    An existing file stays as it is unless --force is given. With --epochs, --examples and
    --batch-size, or with --updates-per-epoch, a second axis counts epochs, and a text may use the
    name `epoch` for the updates of one.

    \b
    lrkit plot "warmup(5) >> cosine(95)" "linear(100)" --over 10000 -o compare.png
    lrkit plot "1e-3 * cosine(10*epoch)" --epochs 10 --examples 60000 --batch-size 32 -o c.svg
    """  # noqa: D301  # Click wants the control character itself
    from lrkit import draw
    from lrkit.draw.save import check_target

    check_target(output, force=force)
    plan, updates = _plan(run)
    epoch = {} if updates is None else {"epoch": updates}
    schedules = read_all(texts, epoch | let, over)
    figure = draw.plot(schedules, plan=plan, span=span, log=log, title=title)
    draw.save(figure, output, dpi=150)
    if as_json:
        print_json({"file": str(output), "schedules": [repr(schedule) for schedule in schedules]})
    else:
        write(f"wrote {output}")


def _plan(run: dict[str, Any]) -> tuple[Any, float | None]:
    """The run as `lrkit.draw.plot` takes it, and the updates of an epoch."""
    updates = run.pop("updates_per_epoch")
    told = {name: value for name, value in run.items() if value is not None}
    if updates is not None:
        if told:
            options = ", ".join("--" + name.replace("_", "-") for name in told)
            raise click.UsageError(f"--updates-per-epoch already says what an epoch is: {options}.")
        return updates, int(updates) if updates.is_integer() else updates
    if not told:
        return None, None
    missing = [
        "--" + name.replace("_", "-")
        for name in ("epochs", "examples", "batch_size")
        if name not in told
    ]
    if missing:
        raise click.UsageError(f"an axis in epochs needs the whole run: give {', '.join(missing)}.")
    from lrkit import Plan

    plan = Plan(**told)
    return plan, plan.updates_per_epoch
