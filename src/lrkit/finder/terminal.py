"""A sweep in the terminal: the smooth loss over log rate, in braille dots or plain ASCII."""

from __future__ import annotations

import math

from lrkit.draw import axis
from lrkit.draw.canvas import Cells, Grid, Style, braille, check_size, framed
from lrkit.finder.found import Found
from lrkit.finder.view import check_records, ends, line


def chart(found: Found, *, width: int = 80, height: int = 16, style: Style | None = None) -> str:
    """The smooth curve with its axes, the suggestion as a vertical line, and the range below.

    Args:
        found: What to draw.
        width: Characters in a line, at least 30.
        height: Lines of the curve, at least 3; axis, labels and range take four or five more.
        style: Characters and colours. Default: Unicode without colour.

    Raises:
        ValueError: `width` or `height` is too small, or there is no record.
    """
    check_size("Found.chart", width, height)
    check_records("Found.chart", found)
    style = style or Style()
    low, high = ends(found)
    first = math.log10(found.rates[0])
    span = math.log10(found.rates[-1]) - first or 1.0
    grid = Grid(span, low, high, height, style)
    labels = _losses(grid)
    margin = max(map(len, labels.values()))
    columns = width - margin - 2
    points = [(place - first, loss) for place, loss in line(found, high)]
    cells = Cells(grid.path(points, columns), style)
    chosen = _column(grid, found.suggestion, first, columns)
    rows = []
    for row in range(height):
        text = [_character(cells.get((column, row), 0), style) for column in range(columns)]
        text = [style.paint(character, "36") if character != " " else " " for character in text]
        if chosen is not None and (chosen, row) not in cells:
            text[chosen] = style.paint("┊" if style.unicode else ":", "33")
        rows.append("".join(text))
    title = style.paint("loss".rjust(margin), "2")
    lines = framed(rows, labels, margin, title, style)
    space = " " * (margin + 1)
    lines += [style.paint(space + row, "2") for row in _axis(grid, first, columns)]
    lines += [space + row for row in _range(grid, found, first, columns)]
    return "\n".join(row.rstrip() for row in lines)


def _character(dots: int, style: Style) -> str:
    return braille(dots) if style.unicode or not dots else "*"


def _losses(grid: Grid) -> dict[int, str]:
    """Round losses by row."""
    values = axis.ticks(grid.low, grid.high, max(grid.height // 3, 1))
    dots = grid.style.down * grid.height - 1
    part = [(grid.high - value) / (grid.high - grid.low) for value in values]
    return {
        round(p * dots) // grid.style.down: axis.rate(v, 4)
        for p, v in zip(part, values, strict=True)
    } or {0: axis.rate(grid.high, 4)}


def _column(grid: Grid, rate: float | None, first: float, columns: int) -> int | None:
    """The character in which a rate is; None outside the sweep."""
    if rate is None:
        return None
    place = math.log10(rate) - first
    inside = -1e-9 <= place <= grid.span + 1e-9
    return grid.column(min(max(place, 0.0), grid.span), columns) if inside else None


def _axis(grid: Grid, first: float, columns: int) -> list[str]:
    """The axis with a mark at each power of ten, and the labels that fit."""
    corner, across, tick = "└─┬" if grid.style.unicode else "+-|"
    cells, text, free = [across] * columns, [" "] * columns, 0
    powers = range(math.ceil(first - 1e-9), math.floor(first + grid.span + 1e-9) + 1)
    for power in powers:
        place = _column(grid, 10.0**power, first, columns)
        if place is None:
            continue
        cells[place] = tick
        label = axis.rate(10.0**power)
        begin = min(max(place - len(label) // 2, 0), columns - len(label))
        if begin >= free:
            text[begin : begin + len(label)] = label
            free = begin + len(label) + 1
    name = "learning rate".center(columns)
    return [corner + "".join(cells), " " + "".join(text), " " + name]


def _range(grid: Grid, found: Found, first: float, columns: int) -> list[str]:
    """The useful range as a line with the suggestion in it, and the numbers of both."""
    if found.suggestion is None:
        return []
    left, across, right, here = "├─┤▲" if grid.style.unicode else "[-]^"
    ends = [_column(grid, rate, first, columns) for rate in (found.low, found.high)]
    text = [" "] * columns
    numbers = axis.rate(found.suggestion, 3)
    if ends[0] is not None and ends[1] is not None:
        text[ends[0] : ends[1] + 1] = [across] * (ends[1] + 1 - ends[0])
        text[ends[0]], text[ends[1]] = left, right
        numbers += f", range {axis.rate(found.low or 0, 3)} to {axis.rate(found.high or 0, 3)}"
    place = _column(grid, found.suggestion, first, columns)
    if place is not None:
        text[place] = here
    painted = "".join(grid.style.paint(c, "33") if c == here else c for c in text)
    words = grid.style.paint(axis.short(numbers, columns).center(columns), "1")
    return [" " + painted, " " + words]
