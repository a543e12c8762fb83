"""`lrkit diff`: where and how much two schedules differ. NumPy only beyond 30,000 steps."""

from __future__ import annotations

import math
import os
import shutil
import sys
from pathlib import Path
from typing import Any

import click

from lrkit.cli.group import write
from lrkit.cli.options import as_json, print_json, read_all, reading

#: As of `diff`: the two are the same, or they differ. Wrong input is 2.
SAME, DIFFERENT = 0, 1


@click.command()
@click.argument("a", metavar="A")
@click.argument("b", metavar="B")
@reading
@click.option("--steps", type=click.IntRange(min=1), metavar="N", help="Compare the first N steps.")
@click.option(
    "--tolerance",
    type=click.FloatRange(min=0),
    default=1e-9,
    show_default=True,
    metavar="X",
    help="Values closer than this part of the peak are the same; 1e-6 suits float32.",
)
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="A picture: .png, .svg or .pdf."
)
@click.option("--force", is_flag=True, help="Replace the picture if there is one.")
@click.option(
    "--width", type=click.IntRange(min=30), help="Characters in a line. Default: the terminal's."
)
@click.option(
    "--height", type=click.IntRange(min=3), default=12, show_default=True, help="Lines of a chart."
)
@as_json
def diff(
    a: str,
    b: str,
    let: dict[str, int | float],
    over: int | None,
    steps: int | None,
    tolerance: float,
    output: Path | None,
    force: bool,
    width: int | None,
    height: int,
    as_json: bool,
) -> int:
    """Compare two schedules: where and how much they differ.

    A and B are texts, which may call another library's schedule as like.torch.StepLR(...), or CSV
    files of steps and rates. Schedules are compared to a tenth past the longer one's end; of a file
    the steps that are in it.

    The exit status is 0 where they are the same, 1 where they differ, 2 after wrong input.

    \b
    lrkit diff "1e-3 * cosine(100)" "1e-3 * linear(100)"
    lrkit diff "1e-3 * cosine(100)" "like.torch.CosineAnnealingLR(T_max=100, base_lr=1e-3)"
    lrkit diff "1e-3 * cosine(10*epoch)" learning_rate.csv --let epoch=1875 --tolerance 1e-6
    """
    from lrkit.plan import diff as compare

    if output is not None:
        from lrkit.draw.save import check_target

        check_target(output, force=force)
    sides = [_side(text, let, over) for text in (a, b)]
    found = compare(*sides, steps=steps, tolerance=tolerance)
    until = _until(found, sides) if steps is None else None
    if output is not None:
        _picture(found, until, output)
    if as_json:
        print_json(found.document() | ({} if output is None else {"file": str(output)}))
    else:
        columns = width or max(30, min(shutil.get_terminal_size().columns, 100))
        write(f"{_chart(found, until, columns, height)}\n\n{found}")
        if output is not None:
            write(f"wrote     {output}")
    return SAME if found.same else DIFFERENT


def _side(text: str, let: dict[str, int | float], over: int | None) -> Any:
    """A schedule, or the name of a file as it is."""
    is_file = text.lower().endswith(".csv")
    return text if is_file else read_all((text,), let, over)[0]


def _until(found: Any, sides: list[Any]) -> float | None:
    """How far to draw: of two endless schedules, to where they still change, or still differ."""
    if len(found.endless) < 2:
        return None
    from lrkit.draw.span import default_span

    places = [place for place in (found.first, found.at) if place is not None]
    far: float = max([*map(default_span, sides), *(math.ceil(1.1 * place) for place in places)])
    return far


def _chart(found: Any, until: float | None, columns: int, height: int) -> str:
    from lrkit.draw.canvas import Style
    from lrkit.draw.overlay import overlay

    lines = found.lines(2 * columns, until=until)
    if not found.largest:
        lines = lines._replace(difference=())
    marks = () if found.first is None else (found.first,)
    style = Style.of(sys.stdout, os.environ)
    return overlay(*lines, marks=marks, width=columns, height=height, style=style)


def _picture(found: Any, until: float | None, output: Path) -> None:
    from lrkit.draw.comparison import comparison
    from lrkit.draw.save import save

    places = {found.at_first, found.at_largest} - {None}
    marks = sorted((place.step, place.b - place.a) for place in places)
    lines = found.lines(until=until)
    save(comparison(*lines, labels=(found.a, found.b), marks=marks), output, dpi=150)
