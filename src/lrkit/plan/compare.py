"""Two curves at the same steps: as plain numbers while there are few, in NumPy chunks beyond."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import pairwise
from typing import Any, NamedTuple

from lrkit.core.schedule import Schedule

#: As long as there are no more steps, importing NumPy would take longer than the comparison.
FEW = 30_000
#: Steps in a chunk: a few MB.
CHUNK = 1 << 18
#: Beyond it, a difference of two rates could be infinite.
HIGHEST = 1e300
#: Differences as close as this are one: a symmetric curve has two places, and rounding must not
#: choose.
TIE = 1e-9

Point = tuple[int, float]


class Lines(NamedTuple):
    """Three curves to draw: a, b, and b - a."""

    a: list[Point]
    b: list[Point]
    difference: list[Point]


class Extremes(NamedTuple):
    """The highest absolute value of both, the largest difference, and its index in the steps."""

    peak: float
    largest: float
    place: int


class Pair:
    """Two curves at the same steps.

    Args:
        a: A schedule, or values that belong to `steps`.
        b: The same.
        steps: The whole steps at which they are compared, growing.
        left_out: How many steps only a has, and only b.
    """

    def __init__(
        self,
        a: Schedule | array[float],
        b: Schedule | array[float],
        steps: Sequence[int],
        left_out: tuple[int, int] = (0, 0),
    ) -> None:
        self.sides = (a, b)
        self.steps = steps
        self.left_out = left_out

    def extremes(self) -> Extremes:
        """Over all steps; of several places of the largest difference, up to `TIE`, the first.

        Raises:
            ValueError: A rate is not finite.
        """
        found = Extremes(0.0, 0.0, 0)
        for begin, a, b in self._chunks():
            peak, largest, place = (_extremes if self._is_few else _array_extremes)(a, b)
            if not peak < HIGHEST:
                raise ValueError(
                    f"diff: the rates must be within ±{HIGHEST:g}, got larger ones. "
                    "Compare fewer `steps`, or limit them with `.at_most`."
                )
            is_new = largest > found.largest * (1 + TIE)
            found = Extremes(
                max(peak, found.peak),
                max(largest, found.largest),
                begin + place if is_new else found.place,
            )
        return found

    def beyond(self, limit: float) -> tuple[int, int | None]:
        """How many steps differ by more than `limit`, and the place of the first of them."""
        count, first = 0, None
        for begin, a, b in self._chunks():
            places = (_beyond if self._is_few else _array_beyond)(a, b, limit)
            if len(places) and first is None:
                first = begin + int(places[0])
            count += len(places)
        return count, first

    def at(self, place: int) -> tuple[float, float]:
        """Both values at the step with this index."""
        a, b = self._values(place, place + 1)
        return float(a[0]), float(b[0])

    def lines(self, columns: int, until: float | None = None) -> Lines:
        """Three curves of about four points a column, that show every single step's peak.

        Args:
            columns: Into how many columns the steps are divided. Each gives the first, the lowest,
                the highest and the last of its values.
            until: The last step that is wanted. Default: all.
        """
        count = len(self.steps) if until is None else max(bisect_right(self.steps, until), 1)
        lines = Lines([], [], [])
        edges = sorted({count * column // columns for column in range(columns + 1)})
        for begin, end in pairwise(edges):
            a, b = self._values(begin, end)
            difference = [q - p for p, q in zip(a, b, strict=True)] if self._is_few else b - a
            for line, values in zip(lines, (a, b, difference), strict=True):
                for place in _outline(values):
                    line.append((self.steps[begin + place], float(values[place])))
        return lines

    # ---- the values --------------------------------------------------------------------------

    @property
    def _is_few(self) -> bool:
        return len(self.steps) <= FEW

    def _chunks(self) -> Iterator[tuple[int, Any, Any]]:
        for begin in range(0, len(self.steps), CHUNK):
            yield begin, *self._values(begin, min(begin + CHUNK, len(self.steps)))

    def _values(self, begin: int, end: int) -> tuple[Any, Any]:
        """Both curves from one place to another: lists, or NumPy arrays."""
        if self._is_few:
            a, b = self._numbers
            return a[begin:end], b[begin:end]
        a, b = (self._array(side, begin, end) for side in self.sides)
        return a, b

    @cached_property
    def _numbers(self) -> tuple[list[float], list[float]]:
        a, b = (
            [side(step) for step in self.steps] if isinstance(side, Schedule) else list(side)
            for side in self.sides
        )
        return a, b

    def _array(self, side: Schedule | array[float], begin: int, end: int) -> Any:
        import numpy as np

        if not isinstance(side, Schedule):
            return np.frombuffer(side)[begin:end]
        some = self.steps[begin:end]
        steps = np.arange(some.start, some.stop) if isinstance(some, range) else np.array(some)
        # What is too large is refused later, with the way out.
        with np.errstate(all="ignore"):
            return side(steps)


def _extremes(a: list[float], b: list[float]) -> Extremes:
    # `max` alone would not tell of NaN: every comparison with it is false.
    if not all(-HIGHEST < value < HIGHEST for side in (a, b) for value in side):
        return Extremes(HIGHEST, 0.0, 0)
    gaps = [abs(p - q) for p, q in zip(a, b, strict=True)]
    largest = max(gaps)
    place = next(i for i, gap in enumerate(gaps) if gap >= largest * (1 - TIE))
    return Extremes(max(map(abs, a + b)), largest, place)


def _array_extremes(a: Any, b: Any) -> Extremes:
    import numpy as np

    highs = [float(np.abs(side).max()) for side in (a, b)]
    if not all(high < HIGHEST for high in highs):
        return Extremes(HIGHEST, 0.0, 0)
    gaps = np.abs(a - b)
    largest = float(gaps.max())
    return Extremes(max(highs), largest, int((gaps >= largest * (1 - TIE)).argmax()))


def _beyond(a: list[float], b: list[float], limit: float) -> list[int]:
    return [i for i, (p, q) in enumerate(zip(a, b, strict=True)) if abs(p - q) > limit]


def _array_beyond(a: Any, b: Any, limit: float) -> Any:
    import numpy as np

    return np.flatnonzero(np.abs(a - b) > limit)


def _outline(values: Any) -> list[int]:
    """First, lowest, highest and last place; all where there are no more than four."""
    if len(values) <= 4:
        return list(range(len(values)))
    if isinstance(values, list):
        lowest, highest = values.index(min(values)), values.index(max(values))
    else:
        lowest, highest = int(values.argmin()), int(values.argmax())
    return sorted({0, lowest, highest, len(values) - 1})
