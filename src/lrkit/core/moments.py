"""Times as evaluation needs them: prepared once, so that no fraction is left to a graph."""

from __future__ import annotations

import math
from array import array
from bisect import bisect_right
from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise

from lrkit.core.validate import plain

_MOST_RUNGS = 10_000
"""How many boundaries of a period that is no whole number of steps are stored."""


_FARTHEST = 2**63 - 1
"""No counter reaches further."""


class Moment:
    """One time: what integer and floating-point steps are compared with and taken from."""

    __slots__ = ("ceiling", "is_whole", "number", "real", "rest")

    def __init__(self, time: Fraction) -> None:
        """Prepare an exact time."""
        self.number = plain(time)
        self.real = float(time)
        self.ceiling = math.ceil(time)
        self.rest = float(self.ceiling - time)
        self.is_whole = time.denominator == 1


class Ladder:
    """Ascending times, the first of which is 0."""

    __slots__ = (
        "ceilings",
        "end",
        "floats",
        "inner_ceilings",
        "inner_floats",
        "last",
        "rests",
        "spans",
        "uneven",
    )

    def __init__(self, times: Sequence[Fraction]) -> None:
        """Prepare exact times."""
        self.floats = array("d", [float(t) for t in times])
        self.ceilings = array("q", [min(math.ceil(t), _FARTHEST) for t in times])
        self.rests = array("d", [float(math.ceil(t) - t) for t in times])
        self.spans = array("d", [float(b - a) for a, b in pairwise(times)])
        self.uneven = any(self.rests)
        self.last = len(times) - 1
        self.end = self.ceilings[-1]
        # What a step is looked up in: the first time is behind every step, the last before none.
        self.inner_floats = self.floats[1:-1]
        self.inner_ceilings = self.ceilings[1:-1]

    def at_most(self, top: float) -> array[int]:
        """The times as whole steps, those that a counter cannot reach as the last that it can."""
        if self.end <= top:
            return self.ceilings
        return array("q", [min(c, int(top)) for c in self.ceilings])

    def within(self, top: float) -> array[int]:
        """The inner times that an integer counter which ends at `top` can reach."""
        if self.end <= top:
            return self.inner_ceilings
        return self.inner_ceilings[: bisect_right(self.inner_ceilings, top)]


class Period:
    """A time over and over: p/q steps, so that q of them together are p whole steps."""

    __slots__ = ("p", "q", "turn")

    def __init__(self, time: Fraction) -> None:
        """Prepare an exact period."""
        self.p, self.q = time.numerator, time.denominator
        self.turn = _one_turn(self.p, self.q) if 1 < self.q <= _MOST_RUNGS else None


@lru_cache(maxsize=64)
def _one_turn(p: int, q: int) -> Ladder:
    """Where the q periods of p/q steps begin that together are p steps."""
    return Ladder([Fraction(i * p, q) for i in range(q + 1)])
