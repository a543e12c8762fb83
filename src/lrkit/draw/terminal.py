"""A schedule in the terminal: a chart of braille dots, or of plain ASCII, and its numbers."""

from __future__ import annotations

from collections.abc import Sequence

from lrkit.draw import axis
from lrkit.draw.canvas import Cells, Grid, Style, braille, check_size, framed, step_axis
from lrkit.draw.series import Knot, Series

__all__ = ["Style", "chart", "numbers"]

#: Rows of the table of knots before the rest is only counted.
ROWS = 20


def chart(
    one: Series,
    *,
    width: int = 80,
    height: int = 12,
    epoch: float | None = None,
    style: Style | None = None,
) -> str:
    """The curve of a series in characters, with its axes.

    The axis is marked at each join, upwards, and labelled there; where not all of these labels
    fit, at round steps, marked downwards.

    Args:
        one: The series.
        width: Characters in a line, at least 30.
        height: Lines of the curve, at least 3; axis and labels take three more.
        epoch: Updates of an epoch: two more lines count epochs.
        style: Characters and colours. Default: Unicode without colour.

    Raises:
        ValueError: `width` or `height` is too small.

    >>> from lrkit import linear
    >>> from lrkit.draw.series import series
    >>> print(chart(series(linear(30)), width=30, height=3, style=Style(unicode=False)))
    rate
    1 +*******
      |       *************
    0 +                    *******
      +----|----|---|---|----|----
       0   5   10  15  20   25  30
                 updates
    """
    check_size("chart", width, height)
    style = style or Style()
    grid = Grid.around([one.low, one.high], one.span, height, style)
    labels = grid.labels()
    margin = max(map(len, labels.values()))
    columns = width - margin - 2
    cells = Cells(grid.path(one.points, columns), style)
    rows = [
        "".join(_character(cells.get((column, row), 0), style) for column in range(columns))
        for row in range(height)
    ]
    title = style.paint("rate".rjust(margin), "2")
    lines = framed([style.paint(row, "36") for row in rows], labels, margin, title, style)
    lines += step_axis(grid, [knot.step for knot in one.joins], margin, columns, epoch)
    return "\n".join(line.rstrip() for line in lines)


def _character(dots: int, style: Style) -> str:
    return braille(dots) if style.unicode or not dots else "*"


def numbers(one: Series, style: Style | None = None, epoch: float | None = None) -> str:
    """The expression, its length, first, highest and last rate, the value after, and the knots.

    Args:
        one: The series.
        style: Characters and colours. Default: Unicode without colour.
        epoch: Updates of an epoch, for the length in epochs.

    >>> from lrkit import cosine, warmup
    >>> from lrkit.draw.series import series
    >>> print(numbers(series(0.001 * (warmup(500) >> cosine(9500)))))
    0.001 * (warmup(500) >> cosine(9500))
    <BLANKLINE>
    length   10,000 updates
    first    0 at update 0
    highest  0.001 at update 500
    last     2.73396e-11 at update 9,999
    after    0
    <BLANKLINE>
      knot     before      after
         0          0          0
       500      0.001      0.001
    10,000          0          0
    """
    style = style or Style()
    facts = [
        ("length", _length(one, epoch)),
        ("first", _applied(one.first.value, one.first.step)),
        ("highest", _applied(one.highest.value, one.highest.step)),
        ("last", _applied(one.last.value, one.last.step)),
        ("after", "never ends" if one.after is None else axis.rate(one.after)),
    ]
    lines = [style.paint(axis.short(one.text, 2000, _ellipsis(style)), "1"), ""]
    lines += [f"{style.paint(name.ljust(8), '2')} {text}" for name, text in facts]
    return "\n".join([*lines, "", *_table(one.knots, style)])


def _length(one: Series, epoch: float | None) -> str:
    if one.after is None:
        return f"endless; {axis.step(one.span)} updates drawn"
    drawn = "" if one.span == one.length else f"; {axis.step(one.span)} drawn"
    epochs = ""
    if epoch is not None:
        count = axis.step(one.length / epoch)
        epochs = f", {count} epoch{'' if count == '1' else 's'}"
    return f"{axis.step(one.length)} updates{epochs}{drawn}"


def _applied(value: float, step: int) -> str:
    return f"{axis.rate(value)} at update {axis.step(step)}"


def _ellipsis(style: Style) -> str:
    return axis.ELLIPSIS if style.unicode else "..."


def _table(knots: Sequence[Knot], style: Style) -> list[str]:
    rows = [("knot", "before", "after")]
    for knot in knots[:ROWS]:
        rows.append((axis.step(knot.step), axis.rate(knot.before), axis.rate(knot.after)))
    first = max(len(row[0]) for row in rows)
    other = max(9, *(len(text) for row in rows for text in row[1:]))
    lines = [
        f"{step.rjust(first)}  {before.rjust(other)}  {after.rjust(other)}"
        for step, before, after in rows
    ]
    lines[0] = style.paint(lines[0], "2")
    if len(knots) > ROWS:
        lines.append(f"{_ellipsis(style)} and {len(knots) - ROWS:,} more")
    return lines
