"""Lines in a terminal: a grid of braille dots, or of plain characters, with its axes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from lrkit.draw import axis

Point = tuple[float, float]
Dot = tuple[int, int]

_BRAILLE = 0x2800
#: Bit of each dot of a braille cell, by row and column.
_BITS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))


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
        return f"\x1b[{code}m{text}\x1b[0m" if self.colour and text and code else text


def _can_encode(stream: Any) -> bool:
    try:
        "⣿┴…".encode(getattr(stream, "encoding", None) or "ascii")
    except (LookupError, UnicodeEncodeError):
        return False
    return True


@dataclass(frozen=True)
class Grid:
    """Where steps and values are in a rectangle of characters.

    Attributes:
        span: The last step, at the right edge.
        low: The value of the lowest row.
        high: The value of the highest row.
        height: Lines.
        style: Characters.
    """

    span: float
    low: float
    high: float
    height: int
    style: Style

    @classmethod
    def around(cls, values: Sequence[float], span: float, height: int, style: Style) -> Grid:
        """With room for these values and for 0."""
        low, high = min(0.0, *values), max(0.0, *values)
        return cls(span, low, high if low < high else 1.0, height, style)

    def labels(self) -> dict[int, str]:
        """Labels by row, from the top; each value in the row in which a curve shows it."""
        values = [*axis.ticks(self.low, self.high, max(self.height // 3, 1)), self.high]
        return {self._down(value) // self.style.down: axis.rate(value, 4) for value in values}

    def path(self, points: Iterable[Point], columns: int) -> Iterator[Dot]:
        """The dots of a line through the points, in order, each different from the last."""
        dots = [(self._across(step, columns), self._down(value)) for step, value in points]
        last = None
        for start, stop in pairwise([*dots, dots[-1]]):
            for dot in _segment(start, stop):
                if dot != last:
                    yield dot
                last = dot

    def column(self, step: float, columns: int) -> int:
        """The character in which a step is."""
        return self._across(step, columns) // self.style.across

    def _across(self, step: float, columns: int) -> int:
        return _dot(step, self.span, self.style.across * columns)

    def _down(self, value: float) -> int:
        return _dot(self.high - value, self.high - self.low, self.style.down * self.height)


def _dot(distance: float, whole: float, count: int) -> int:
    """Which of `count` dots is at this distance from the first."""
    return round(distance / whole * (count - 1))


def _segment(start: Dot, stop: Dot) -> Iterator[Dot]:
    """All dots of a straight line."""
    across, down = stop[0] - start[0], stop[1] - start[1]
    count = max(abs(across), abs(down), 1)
    for index in range(count + 1):
        part = index / count
        yield round(start[0] + across * part), round(start[1] + down * part)


class Cells(dict[Dot, int]):
    """The characters that dots fall into, by (column, row), with the braille bits of the dots."""

    def __init__(self, dots: Iterable[Dot], style: Style) -> None:
        super().__init__()
        for x, y in dots:
            place = (x // style.across, y // style.down)
            self[place] = self.get(place, 0) | _BITS[y % 4][x % 2]


def braille(bits: int) -> str:
    """The character with these dots; a blank where there are none."""
    return chr(_BRAILLE + bits) if bits else " "


def framed(
    rows: Sequence[str], labels: dict[int, str], margin: int, title: str, style: Style
) -> list[str]:
    """The rows with their labels left of them, and a line above."""
    lines = [title]
    for index, row in enumerate(rows):
        edge = ("┤" if style.unicode else "+") if index in labels else "│|"[not style.unicode]
        lines.append(style.paint(f"{labels.get(index, '').rjust(margin)} {edge}", "2") + row)
    return lines


def step_axis(
    grid: Grid, marks: Sequence[float], margin: int, columns: int, epoch: float | None = None
) -> list[str]:
    """The axis with a mark at each of these steps, the labels that fit, and the unit.

    Args:
        grid: What is above.
        marks: Steps that are marked upwards, and labelled if all their labels fit; else round steps
            are, marked downwards.
        margin: Characters left of the axis.
        columns: Characters of the axis.
        epoch: Updates of an epoch, for a second line that counts these.
    """
    corner, line, join, tick, both = "└─┴┬┼" if grid.style.unicode else "+-+|+"
    cells = [line] * columns
    for step in marks:
        cells[grid.column(step, columns)] = join
    text = [" "] * columns
    written = [
        _write(text, axis.step(step), grid.column(step, columns)) for step in (0, grid.span, *marks)
    ]
    if not marks or not all(written):
        text = [" "] * columns
        for step in (0, grid.span, *axis.ticks(0, grid.span, 5)):
            place = grid.column(step, columns)
            if _write(text, axis.step(step), place) and 0 < step < grid.span:
                cells[place] = both if cells[place] == join else tick
    space = " " * (margin + 1)
    lines = [corner + "".join(cells), *_labelled(text, "updates")]
    if epoch is not None:
        lines += _labelled(_epochs(grid, epoch, columns), "epochs")
    return [grid.style.paint(space + line, "2") for line in lines]


def _labelled(text: Sequence[str], unit: str) -> list[str]:
    return [" " + "".join(text), " " + unit.center(len(text)).rstrip()]


def _epochs(grid: Grid, epoch: float, columns: int) -> list[str]:
    """The numbers of round epochs, each where it begins; the last one's first, then the others."""
    text = [" "] * columns
    last = grid.span / epoch
    for count in (0, *([last] if last == round(last) else []), *axis.ticks(0, last, 5)):
        _write(text, axis.step(count), grid.column(count * epoch, columns))
    return text


def _write(line: list[str], text: str, centre: int) -> bool:
    """Write the text there if the line is free, with room left and right; whether it was."""
    begin = min(max(centre - len(text) // 2, 0), len(line) - len(text))
    if begin < 0 or "".join(line[max(begin - 2, 0) : begin + len(text) + 2]).strip():
        return False
    line[begin : begin + len(text)] = text
    return True


def check_size(who: str, width: int, height: int) -> None:
    """Refuse a chart too small for its labels."""
    for name, value, least in (("width", width, 30), ("height", height, 3)):
        if value < least:
            raise ValueError(f"{who}: `{name}` must be at least {least}, got {name}={value}.")
