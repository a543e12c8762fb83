"""Two curves over each other in the terminal, and their difference below."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from lrkit.draw.canvas import Cells, Dot, Grid, Point, Style, braille, check_size, framed, step_axis

#: Dots and gaps of the second curve, in dots: in a picture without colours it is the dashed one.
DASH, GAP = 6, 6
#: ANSI colours of cells with the first curve only and with the second only. Cyan and yellow stay
#: apart for all kinds of colour-blind eyes; where both curves go, the text's own colour.
FIRST, SECOND, BOTH = "36", "33", ""


def overlay(
    a: Sequence[Point],
    b: Sequence[Point],
    difference: Sequence[Point] = (),
    *,
    marks: Sequence[float] = (),
    width: int = 80,
    height: int = 12,
    style: Style | None = None,
) -> str:
    """Two curves in one chart of characters, and their difference in a smaller one below.

    The first curve is solid, the second dashed; where they share a cell the first hides the second.
    In plain ASCII the cells say `a`, `b`, or `*` for both.

    Args:
        a: The first curve: (step, value) by growing step, at least one.
        b: The second one.
        difference: A third one, in a chart of its own; none if empty.
        marks: Steps to mark on the axis.
        width: Characters in a line, at least 30.
        height: Lines of the curves, at least 3; half as many for the difference.
        style: Characters and colours. Default: Unicode without colour.

    Raises:
        ValueError: `width` or `height` is too small, or a curve has no point.

    >>> rising, falling = [(0, 0.0), (20, 1.0)], [(0, 1.0), (20, 0.0)]
    >>> print(overlay(rising, falling, width=30, height=5, style=Style(unicode=False)))
    rate  a  b  * both
    1 +bbbb                   aaaa
      |    bbbbbb       aaaaaa
      |          *******
      |    aaaaaa       bbbbbb
    0 +aaaa                   bbbb
      +------|------|------|------
       0     5     10     15    20
                 updates
    """
    check_size("overlay", width, height)
    if not (a and b):
        raise ValueError("overlay: `a` and `b` must have a point each, got an empty curve.")
    style = style or Style()
    span = max(a[-1][0], b[-1][0], 1.0)
    values = [value for _, value in (*a, *b)]
    panels = [(Grid.around(values, span, height, style), [a, b])]
    if difference:
        values = [value for _, value in difference]
        panels.append((Grid.around(values, span, max(height // 2, 3), style), [difference]))
    labels = [grid.labels() for grid, _ in panels]
    margin = max(len(text) for panel in labels for text in panel.values())
    columns = width - margin - 2
    titles = [_legend("rate".rjust(margin), style), style.paint("b - a".rjust(margin), "2")]
    lines: list[str] = []
    for (grid, curves), text, title in zip(panels, labels, titles, strict=False):
        rows = _rows(grid, curves, columns)
        lines += [*([""] if lines else []), *framed(rows, text, margin, title, style)]
    lines += step_axis(panels[0][0], [mark for mark in marks if 0 < mark < span], margin, columns)
    return "\n".join(line.rstrip() for line in lines)


def _legend(title: str, style: Style) -> str:
    keys = [("── a", FIRST), ("╌╌ b", SECOND)]
    if not style.unicode:
        keys = [("a", FIRST), ("b", SECOND), ("* both", BOTH)]
    return "  ".join([style.paint(title, "2"), *(style.paint(*key) for key in keys)])


def _rows(grid: Grid, curves: Sequence[Sequence[Point]], columns: int) -> list[str]:
    """The rows of one curve, or of two over each other."""
    style = grid.style
    first = Cells(grid.path(curves[0], columns), style)
    path = list(grid.path(curves[1], columns)) if curves[1:] else []
    touched = Cells(path, style)
    second = Cells(_dashed(path), style) if style.unicode else touched

    def cell(place: Dot) -> tuple[str, str]:
        """The colour and the character of a cell."""
        if place not in first and place not in second:
            return BOTH, " "
        colour = SECOND if place not in first else BOTH if place in touched else FIRST
        if style.unicode:
            return colour, braille(first.get(place, 0) or second[place])
        return colour, {FIRST: "a" if curves[1:] else "*", SECOND: "b", BOTH: "*"}[colour]

    return [
        _painted([cell((column, row)) for column in range(columns)], style)
        for row in range(grid.height)
    ]


def _dashed(path: Iterable[Dot]) -> Iterator[Dot]:
    """A line with gaps, measured along the line."""
    return (dot for count, dot in enumerate(path) if count % (DASH + GAP) < DASH)


def _painted(cells: Sequence[tuple[str, str]], style: Style) -> str:
    """One row, with a code only where the colour changes."""
    runs = groupby(cells, key=lambda cell: cell[0])
    return "".join(
        style.paint("".join(character for _, character in run), colour) for colour, run in runs
    )
