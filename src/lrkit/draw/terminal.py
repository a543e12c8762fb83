"""A schedule in the terminal: a chart of braille dots, or of plain ASCII, and its numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from lrkit.draw import axis
from lrkit.draw.series import Knot, Series

#: Rows of the table of knots before the rest is only counted.
ROWS = 20

_BRAILLE = 0x2800
#: Bit of each dot of a braille cell, by row and column.
_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))


@dataclass(frozen=True)
class Style:
    """How to write: which characters, and whether in colour.

    Attributes:
        unicode: Braille and box characters; plain ASCII if False.
        colour: ANSI colours.
    """

    unicode: bool = True
    colour: bool = False

    @classmethod
    def of(cls, stream: Any, environment: dict[str, str] | Any = ()) -> Style:
        """What a stream can show: its encoding, and colours on a terminal without `NO_COLOR`."""
        names = dict(environment)
        terminal = bool(getattr(stream, "isatty", lambda: False)())
        wanted = not names.get("NO_COLOR") and names.get("TERM") != "dumb"
        return cls(_can_encode(stream), terminal and wanted)

    @property
    def across(self) -> int:
        """Dots side by side in a character."""
        return 2 if self.unicode else 1

    @property
    def down(self) -> int:
        """Dots one above the other in a character."""
        return 4 if self.unicode else 1

    def paint(self, text: str, code: str) -> str:
        """The text in the colour with this ANSI code, if in colour."""
        return f"\x1b[{code}m{text}\x1b[0m" if self.colour and text else text


def _can_encode(stream: Any) -> bool:
    try:
        "⣿┴…".encode(getattr(stream, "encoding", None) or "ascii")
    except (LookupError, UnicodeEncodeError):
        return False
    return True


def chart(one: Series, *, width: int = 80, height: int = 12, style: Style | None = None) -> str:
    """The curve of a series in characters, with its axes.

    The axis is marked at each join, upwards, and labelled there; where not all of these labels
    fit, at round steps, marked downwards.

    Args:
        one: The series.
        width: Characters in a line, at least 30.
        height: Lines of the curve, at least 3; axis and labels take three more.
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
    for name, value, least in (("width", width, 30), ("height", height, 3)):
        if value < least:
            raise ValueError(f"chart: `{name}` must be at least {least}, got {name}={value}.")
    style = style or Style()
    low, high = _limits(one)
    labels = _rate_labels(low, high, height, style)
    margin = max(len(text) for text in labels.values())
    columns = width - margin - 2
    rows = _curve(one, columns, height, low, high, style)
    lines = [style.paint("rate".rjust(margin), "2")]
    edge = "│" if style.unicode else "|"
    for index, row in enumerate(rows):
        label = labels.get(index, "").rjust(margin)
        tick = ("┤" if style.unicode else "+") if index in labels else edge
        lines.append(style.paint(f"{label} {tick}", "2") + style.paint(row, "36"))
    lines.extend(_step_axis(one, margin, columns, style))
    return "\n".join(line.rstrip() for line in lines)


def _limits(one: Series) -> tuple[float, float]:
    low, high = min(0.0, one.low), max(0.0, one.high)
    return (low, high) if low < high else (0.0, 1.0)


def _rate_labels(low: float, high: float, height: int, style: Style) -> dict[int, str]:
    """Labels by row, from the top; each value in the row in which the curve shows it."""
    values = [*axis.ticks(low, high, max(height // 3, 1)), high]
    return {
        _dot(high - value, high - low, style.down * height) // style.down: axis.rate(value, 4)
        for value in values
    }


def _dot(distance: float, whole: float, count: int) -> int:
    """Which of `count` dots is at this distance from the first."""
    return round(distance / whole * (count - 1))


def _curve(
    one: Series, columns: int, height: int, low: float, high: float, style: Style
) -> list[str]:
    """The rows of the curve: each cell holds the dots that the line goes through."""
    dots = [
        (
            _dot(step, one.span, style.across * columns),
            _dot(high - value, high - low, style.down * height),
        )
        for step, value in one.points
    ]
    cells: dict[tuple[int, int], int] = {}
    for start, stop in pairwise([*dots, dots[-1]]):
        for x, y in _segment(start, stop):
            place = (y // style.down, x // style.across)
            cells[place] = cells.get(place, 0) | _DOTS[y % 4][x % 2]
    return [
        "".join(_character(cells.get((row, column), 0), style) for column in range(columns))
        for row in range(height)
    ]


def _character(dots: int, style: Style) -> str:
    if not dots:
        return " "
    return chr(_BRAILLE + dots) if style.unicode else "*"


def _segment(start: tuple[int, int], stop: tuple[int, int]) -> Iterable[tuple[int, int]]:
    """All dots of a straight line."""
    across, down = stop[0] - start[0], stop[1] - start[1]
    count = max(abs(across), abs(down), 1)
    for index in range(count + 1):
        part = index / count
        yield round(start[0] + across * part), round(start[1] + down * part)


def _step_axis(one: Series, margin: int, columns: int, style: Style) -> list[str]:
    """The axis with a mark at each join, the labels that fit, and the unit."""
    corner, line, join, tick, both = "└─┴┬┼" if style.unicode else "+-+|+"
    joins = [knot.step for knot in one.joins]
    cells = [line] * columns
    for step in joins:
        cells[_column(step, one, columns, style)] = join
    text = [" "] * columns
    written = [
        _write(text, axis.step(step), _column(step, one, columns, style))
        for step in (0, one.span, *joins)
    ]
    if not joins or not all(written):
        text = [" "] * columns
        for step in (0, one.span, *axis.ticks(0, one.span, 5)):
            place = _column(step, one, columns, style)
            if _write(text, axis.step(step), place) and 0 < step < one.span:
                cells[place] = both if cells[place] == join else tick
    space = " " * (margin + 1)
    unit = "updates".center(columns).rstrip()
    return [
        style.paint(space + corner + "".join(cells), "2"),
        style.paint(space + " " + "".join(text), "2"),
        style.paint(space + " " + unit, "2"),
    ]


def _column(step: float, one: Series, columns: int, style: Style) -> int:
    return _dot(step, one.span, style.across * columns) // style.across


def _write(line: list[str], text: str, centre: int) -> bool:
    """Write the text there if the line is free, with room left and right; whether it was."""
    begin = min(max(centre - len(text) // 2, 0), len(line) - len(text))
    if begin < 0 or "".join(line[max(begin - 2, 0) : begin + len(text) + 2]).strip():
        return False
    line[begin : begin + len(text)] = text
    return True


def numbers(one: Series, style: Style | None = None) -> str:
    """The expression, its length, first, highest and last rate, the value after, and the knots.

    Args:
        one: The series.
        style: Characters and colours. Default: Unicode without colour.

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
        ("length", _length(one)),
        ("first", _applied(one.first.value, one.first.step)),
        ("highest", _applied(one.highest.value, one.highest.step)),
        ("last", _applied(one.last.value, one.last.step)),
        ("after", "never ends" if one.after is None else axis.rate(one.after)),
    ]
    lines = [style.paint(axis.short(one.text, 2000, _ellipsis(style)), "1"), ""]
    lines += [f"{style.paint(name.ljust(8), '2')} {text}" for name, text in facts]
    return "\n".join([*lines, "", *_table(one.knots, style)])


def _length(one: Series) -> str:
    if one.after is None:
        return f"endless; {axis.step(one.span)} updates drawn"
    drawn = "" if one.span == one.length else f"; {axis.step(one.span)} drawn"
    return f"{axis.step(one.length)} updates{drawn}"


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
