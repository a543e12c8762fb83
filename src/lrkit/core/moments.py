"""Times as evaluation needs them: prepared once, so that no fraction is left to a graph."""

from __future__ import annotations

import math
from array import array
from bisect import bisect_right
from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache

from lrkit.core.validate import plain

_MOST_RUNGS = 10_000
"""How many boundaries of a period that is no whole number of steps are stored."""


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

    __slots__ = ("ceilings", "floats", "rests", "uneven")

    def __init__(self, times: Sequence[Fraction]) -> None:
        """Prepare exact times."""
        self.floats = array("d", [float(t) for t in times])
        self.ceilings = array("q", [math.ceil(t) for t in times])
        self.rests = array("d", [float(math.ceil(t) - t) for t in times])
        self.uneven = any(self.rests)

    def below(self, top: float) -> int:
        """How many of the times an integer counter that ends at `top` can reach."""
        return bisect_right(self.ceilings, top)


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
