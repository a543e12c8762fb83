"""Exact time arithmetic: integers first, one cast to floating point after.

A float32 cannot tell step 16,777,217 from 16,777,216, and `step / period` can round a step
into the wrong period. So steps stay integers while boundaries are subtracted and periods are
divided out; only what is left, which is small, becomes a float.

Curves speak to one of two vocabularies with the same words: `Numbers` for one plain number and
`Arrays` for any array library (`libraries.py` adds what differs between them).
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from array import array as Stored
from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import Any

from lrkit.core.moments import Ladder, Moment, Period

Array = Any
"""A number, or an array of any library."""

# A float within a few roundings of a boundary stands for the boundary: 0.3 is three times 0.1.
_JUST_BEFORE = 1.0 + 2.0**-51


class Numbers:
    """One plain number at a time: `math`, and Python's own exact integers."""

    fills = True

    sin = staticmethod(math.sin)
    sqrt = staticmethod(math.sqrt)
    expm1 = staticmethod(math.expm1)
    maximum = staticmethod(max)
    minimum = staticmethod(min)
    whole = staticmethod(math.floor)

    def power(self, base: float, exponent: float) -> float:
        """`base ** exponent`; infinity where that is too large for a float."""
        try:
            return float(base**exponent)
        except OverflowError:
            return math.inf

    def is_int(self, x: float) -> bool:
        """Whether x is an int."""
        return x.__class__ is int

    def where(self, condition: bool, a: float, b: float) -> float:
        """`a` if the condition holds, else `b`."""
        return a if condition else b

    def exp(self, x: float) -> float:
        """`e ** x`; infinity where that is too large for a float."""
        return math.exp(x) if x < 700.0 else math.inf

    def one_minus_power(self, x: float, rest: float, k: float) -> float:
        """`1 - x ** k`, precise everywhere where `rest`, 1 - x, is."""
        return -math.expm1(k * math.log1p(-rest)) if rest < 0.5 else float(1.0 - x**k)

    def ratio(self, x: float, n: float) -> float:
        """`x / n`."""
        return x / n

    def take(self, table: Sequence[float], index: int, like: float) -> float:
        """The stored value at the index."""
        return table[index]

    def since(self, x: float, begin: Moment) -> float:
        """`x - begin`, rounded once."""
        return x - begin.ceiling if begin.is_whole else x - begin.ceiling + begin.rest

    def until(self, x: float, end: Moment) -> float:
        """`end - x`."""
        return end.number - x

    def clip(self, x: float, end: Moment) -> float:
        """`x`, at most `end`."""
        return min(x, end.number)

    def cycle(self, x: float, period: Period) -> tuple[int, float, float]:
        """The whole periods before x, and the times since the last and until the next.

        Both times are in parts of a step, of which there are `period.q`: in these every phase of
        a whole step is whole.
        """
        p, q = period.p, period.q
        if x == int(x):
            index, turned = divmod(int(x) * q, p)
            return index, turned, p - turned
        index = math.floor(x * q / p * _JUST_BEFORE)
        phase = max(x * q - index * p, 0.0)
        return index, phase, p - phase

    def parts(self, x: float, q: int, end: Moment | None) -> float:
        """`x` in parts of a step, q of which make one."""
        return x * q

    def difference(self, x: float, y: float) -> float:
        """`x - y`."""
        return x - y

    def rung(self, ladder: Ladder, x: float) -> int:
        """The index of the last time that is not after x (never the last one of all)."""
        return bisect_right(ladder.inner_floats, x)

    def since_rung(self, ladder: Ladder, index: int, x: float) -> float:
        """`x - time[index]`."""
        return x - ladder.floats[index]

    def until_rung(self, ladder: Ladder, index: int, x: float) -> float:
        """`time[index] - x`."""
        return ladder.floats[index] - x


NUMBERS = Numbers()


class Arrays(ABC):
    """Arrays of one library. Below: what the library says itself; then what follows from it."""

    fills = False
    """Whether a plain number may stand for an array of it: it fills where it is stored."""

    sin: Callable[[Array], Array]
    sqrt: Callable[[Array], Array]
    exp: Callable[[Array], Array]
    expm1: Callable[[Array], Array]
    log1p: Callable[[Array], Array]
    where: Callable[[Array, Array, Array], Array]

    @abstractmethod
    def array(self, step: Any) -> Array:
        """The step as an array that can be counted with; refuses what is no number."""

    @abstractmethod
    def is_int(self, x: Array) -> bool:
        """Whether x holds integers."""

    @abstractmethod
    def top(self, x: Array) -> float:
        """The largest time that x can count to."""

    @abstractmethod
    def real(self, x: Array) -> Array:
        """`x` in floating point."""

    @abstractmethod
    def rounding(self, x: Array) -> float:
        """The relative distance of neighbouring floats in the dtype of x."""

    @abstractmethod
    def whole(self, x: Array) -> Array:
        """The largest integer not above x, as an integer."""

    @abstractmethod
    def plain_power(self, base: float, exponent: Array) -> Array:
        """`base ** exponent`, as the library has it."""

    @abstractmethod
    def maximum(self, x: Array, low: float) -> Array:
        """The larger of x and one number."""

    @abstractmethod
    def minimum(self, x: Array, high: float) -> Array:
        """The smaller of x and one number."""

    @abstractmethod
    def table(self, values: Stored[Any], like: Array) -> Array:
        """Stored values in the dtype, and on the device, of `like`."""

    @abstractmethod
    def gather(self, table: Array, index: Array) -> Array:
        """The entries of a table at the indices."""

    @abstractmethod
    def search(self, table: Array, x: Array) -> Array:
        """How many entries of an ascending table are not above x; in the dtype of integers x."""

    def take(self, table: Stored[Any], index: Array, like: Array) -> Array:
        """Entries of stored floats at the indices; `like` is the step they belong to."""
        return self.gather(self.table(table, self.real(like)), index)

    def power(self, base: float, exponent: Array) -> Array:
        """`base ** exponent`, to a rounding of its largest value."""
        if self.rounding(exponent) < 1e-12 or not 0.0 < base < math.e:
            return self.plain_power(base, exponent)
        # A base near 1 loses in float32 what its logarithm keeps.
        return self.exp(exponent * math.log(base))

    def one_minus_power(self, x: Array, rest: Array, k: float) -> Array:
        """`1 - x ** k`, precise everywhere where `rest`, 1 - x, is."""
        small = self.minimum(rest, 0.5)  # the logarithm of 0 is never asked for
        return self.where(rest < 0.5, -self.expm1(k * self.log1p(-small)), 1.0 - x**k)

    def ratio(self, x: Array, n: float) -> Array:
        """`x / n` in floating point."""
        return self.real(x) / n

    def clip(self, x: Array, end: Moment) -> Array:
        """`x` kept within 0 and `end`, in its own dtype."""
        x = self.maximum(x, 0)
        if end.ceiling > self.top(x):
            return x
        return self.minimum(x, end.ceiling if self.is_int(x) else end.real)

    def reached(self, x: Array, time: Moment) -> Array | None:
        """Whether x is at `time` or after; None where its integers cannot count so far."""
        if not self.is_int(x):
            return x >= time.real
        return None if time.ceiling > self.top(x) else x >= time.ceiling

    def since(self, x: Array, begin: Moment) -> Array:
        """`x - begin`, an integer where both are whole."""
        if not self.is_int(x):
            return x - begin.real
        if abs(begin.ceiling) > self.top(x):
            return self.real(x) - begin.real
        left = x - begin.ceiling
        return left if begin.is_whole else self.real(left) + begin.rest

    def until(self, x: Array, end: Moment) -> Array:
        """`end - x`, an integer where both are whole; never below 0 for an x that `clip` kept."""
        if not self.is_int(x):
            return end.real - self.real(x)
        top = self.top(x)
        if end.ceiling > top:  # to the last step that x can count to, and on from there
            return self.real(int(top) - x) + float(end.number - int(top))
        left = end.ceiling - x
        if end.is_whole:
            return left
        if end.ceiling == 1:  # within a step the rest would round off what it is taken from
            return self.maximum(end.real - self.real(x), 0.0)
        # The first step after an end that lies between two steps has less than nothing left.
        return self.maximum(self.real(left) - end.rest, 0.0)

    def cycle(self, x: Array, period: Period) -> tuple[Array, Array, Array]:
        """The whole periods before x, and the times since the last and until the next.

        Both times are in parts of a step, of which there are `period.q`: in these every phase of
        a whole step is whole.
        """
        p, q, turn, top = period.p, period.q, period.turn, self.top(x)
        if not self.is_int(x) or p > top or (p * q > top and turn is None):
            return self._cycle_of_reals(self.real(x), float(p), float(q))
        turns = x // p
        rest = x - turns * p
        if q == 1:
            return turns, rest, p - rest
        extra = rest * q // p if turn is None or p * q <= top else self.rung(turn, rest)
        # These products may leave the integers, but by the same turns: the difference is right.
        phase = rest * q - extra * p
        return turns * q + extra, phase, p - phase

    def _cycle_of_reals(self, x: Array, p: float, q: float) -> tuple[Array, Array, Array]:
        # As for numbers, with the roundings of x's own precision.
        index = self.whole(x / (p / q) * (1.0 + 2.0 * self.rounding(x)))
        phase = self.minimum(self.maximum(x * q - self.real(index) * p, 0.0), p)
        return index, phase, p - phase

    def parts(self, x: Array, q: int, end: Moment | None) -> Array:
        """`x` in parts of a step, q of which make one; integers where they can count to `end`."""
        if q == 1:
            return x
        fits = self.is_int(x) and end is not None and end.ceiling + q <= self.top(x)
        return x * q if fits else self.real(x) * float(q)

    def difference(self, x: Array, y: Array) -> Array:
        """`x - y`, an integer where both are."""
        return x - y if self.is_int(x) and self.is_int(y) else self.real(x) - self.real(y)

    def rung(self, ladder: Ladder, x: Array) -> Array:
        """The index of the last time that is not after x (never the last one of all)."""
        if ladder.last == 1:
            return self.whole(x * 0)
        inner: Stored[Any] = ladder.inner_floats
        if self.is_int(x):
            inner = ladder.within(self.top(x))
        return self.search(self.table(inner, x), x)

    def since_rung(self, ladder: Ladder, index: Array, x: Array) -> Array:
        """`x - time[index]`, for a time that is not after x."""
        if not self.is_int(x):
            return x - self.gather(self.table(ladder.floats, x), index)
        since = x - self.gather(self.table(ladder.at_most(self.top(x)), x), index)
        return self.real(since) + self.take(ladder.rests, index, x) if ladder.uneven else since

    def until_rung(self, ladder: Ladder, index: Array, x: Array) -> Array:
        """`time[index] - x`, for the first time after x."""
        if not self.is_int(x):
            return self.gather(self.table(ladder.floats, x), index) - x
        if ladder.end > self.top(x):
            # A time that the counter cannot reach is as far away as its cycle is long, less what
            # has passed of it.
            before = index - 1
            since = self.real(self.since_rung(ladder, before, x))
            return self.take(ladder.spans, before, x) - since
        left = self.gather(self.table(ladder.ceilings, x), index) - x
        if not ladder.uneven:
            return left
        return self.real(left) - self.take(ladder.rests, index, x)
