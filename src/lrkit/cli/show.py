"""`lrkit show`: schedules in the terminal. Loads neither NumPy nor a framework."""

from __future__ import annotations

import os
import shutil
import sys
from typing import Any

import click

from lrkit.cli.group import write
from lrkit.cli.options import as_json, finite, print_json, read_all, texts
from lrkit.cli.run import epoch_options, epochs_of


@click.command()
@texts
@click.option(
    "--width", type=click.IntRange(min=30), help="Characters in a line. Default: the terminal's."
)
@click.option(
    "--height", type=click.IntRange(min=3), default=12, show_default=True, help="Lines of a chart."
)
@epoch_options
@as_json
@click.pass_context
def show(
    ctx: click.Context,
    /,
    texts: tuple[str, ...],
    let: dict[str, int | float],
    over: int | None,
    span: float | None,
    width: int | None,
    height: int,
    as_json: bool,
    **given: Any,
) -> None:
    """Draw schedules in the terminal, with their numbers.

    Each TEXT is drawn with its joins marked, and followed by its length, its first, highest and
    last rate, the rate after its end, and the values at its joins.

    With the options of a run, the chart counts epochs too and is as long as the run, and a TEXT may
    use the names updates, percent, epoch, batch, example and token, the updates of the run and of
    one of each, as far as the run says what they are.

    \b
    lrkit show "1e-3 * (warmup(500) >> cosine(9500))"
    lrkit show "1e-3 * cosine(10 * epoch)" --let epoch=1875
    lrkit show "1e-3 * cosine(updates)" --epochs 10 --examples 60000 --batch-size 32
    lrkit show "warmup(5) >> hold(75) >> cosine(20)" --over 10000
    """
    from lrkit.draw.series import series
    from lrkit.draw.terminal import Style, chart, numbers

    plan, names = epochs_of(ctx, given)
    updates, epoch = getattr(plan, "updates", None), names.get("epoch")
    drawn = [series(one, span or updates) for one in read_all(texts, names | let, over)]
    if as_json:
        print_json({"schedules": [describe(one) for one in drawn]})
        return
    style = Style.of(sys.stdout, os.environ)
    columns = width or max(30, min(shutil.get_terminal_size().columns, 100))
    write(
        "\n\n\n".join(
            f"{numbers(one, style, epoch)}\n\n"
            f"{chart(one, width=columns, height=height, epoch=epoch, style=style)}"
            for one in drawn
        )
    )


def describe(one: Any) -> dict[str, Any]:
    """The numbers of a series as a JSON object; an endless length is null."""
    return {
        "text": one.text,
        "length": finite(one.length),
        "span": one.span,
        "first": one.first._asdict(),
        "highest": one.highest._asdict(),
        "last": one.last._asdict(),
        "after": one.after,
        "knots": [knot._asdict() for knot in one.knots],
    }
