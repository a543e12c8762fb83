"""A schedule over and over, each cycle stretched and lowered as told."""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import count, islice, pairwise
from numbers import Integral
from typing import Any, final

from lrkit.core.combine import Scaled, scaled
from lrkit.core.curve import Number, assert_bounded
from lrkit.core.cut import Warped
from lrkit.core.cycles import cycle_ends, of_equal, of_stretched
from lrkit.core.host import piecewise
from lrkit.core.join import MOST_PIECES, Join
from lrkit.core.lazy import lazy
from lrkit.core.moments import Ladder, Moment, Period
from lrkit.core.phase import NUMBERS, Array
from lrkit.core.schedule import Schedule
from lrkit.core.spelling import call, value
from lrkit.core.validate import ZERO, Time, number, positive, refuse


@final
@dataclass(frozen=True, eq=False, repr=False)
class Repeat(Schedule):
    """Cycles of `inner`: cycle i is `growth**i` times as long and `drop**i` times as high."""

    inner: Schedule
    times: float
    growth: float
    drop: float
    rounded: bool = True
    unit: Fraction = Fraction(1)

    @lazy
    def _span(self) -> Fraction:
        return Fraction(self.inner._length) * self.unit

    @lazy
    def _period(self) -> Period:
        return Period(self._span)

    @lazy
    def _ladder(self) -> Ladder:
        """Where the cycles begin, and where the last ends, when they are not all alike."""
        return Ladder([t * self.unit for t in self._ends])

    @lazy
    def _ends(self) -> list[Fraction]:
        length = Fraction(self.inner._length)
        return cycle_ends(length, self.times, self.growth, self.rounded)

    @lazy
    def _length(self) -> Time:
        if self.times == math.inf:
            return math.inf
        return self._span * int(self.times) if self.growth == 1.0 else self._ends[-1] * self.unit

    @lazy
    def _start(self) -> float:
        return self.inner._start

    @lazy
    def _stop(self) -> float:
        if self.times == math.inf:
            return self.inner._stop if self.drop == 1.0 else 0.0 if self.drop < 1.0 else math.inf
        return self.inner._stop * NUMBERS.power(self.drop, self.times - 1)

    # ---- evaluation ----------------------------------------------------------------------------

    @lazy
    def _run(self) -> Schedule:
        """The cycle; in parts of a step where all are alike, so that its phases are whole."""
        unit = self.unit * self._span.denominator
        return self.inner if self.growth != 1.0 or unit == 1 else self.inner._in_units(unit)

    @lazy
    def _n(self) -> float:
        return float(self.inner._length)

    @lazy
    def _cycle_lengths(self) -> array[float]:
        ends = self._ladder.floats
        return array("d", [b - a for a, b in pairwise(ends)])

    def _cycle(self, i: int) -> Schedule:
        """Cycle i by itself; made when it is first needed."""
        if i not in self._made:
            length = (self._ends[i + 1] - self._ends[i]) * self.unit
            cycle = self.inner._in_units(length / Fraction(self.inner._length))
            self._made[i] = scaled(NUMBERS.power(self.drop, i), cycle)
        return self._made[i]

    @lazy
    def _made(self) -> dict[int, Schedule]:
        return {}

    @lazy
    def _number(self) -> Number:
        if self.growth == 1.0 and self._span.denominator == 1:
            return of_equal(self._run._number, int(self._span), self.drop)
        if self._has_whole_ends:
            value = self._of_whole_ends()
            return lambda elapsed, remaining: value(elapsed)
        return super()._number

    @property
    def _has_whole_ends(self) -> bool:
        return self.growth != 1.0 and self.rounded and self.unit == 1

    def _at_steps(self) -> Callable[[int], float]:
        return self._of_whole_ends() if self._has_whole_ends else super()._at_steps()

    def _of_whole_ends(self) -> Callable[[float], float]:
        ends = [int(end) for end in self._ends]
        return of_stretched(ends, self._cycle, self._start, self._stop)

    def _raised(self, height: float) -> Schedule:
        return replace(self, inner=scaled(height, self.inner))

    @lazy
    def _begins(self) -> list[Fraction]:
        return [t * self.unit for t in self._ends[:-1]]

    def _in_cycle(self, i: int, elapsed: Array, remaining: Array, xp: Any) -> Array:
        return self._cycle(i)._held(xp.since(elapsed, Moment(self._begins[i])), xp)

    @lazy
    def _unrolled(self) -> Schedule | None:
        """All cycles in one join, for a graph, where pieces inside them must begin exactly."""
        pieces = len(list(islice(self.inner._breaks(), MOST_PIECES))) + 1
        if pieces == 1 or pieces * len(self._begins) > MOST_PIECES:
            return None
        cycles = tuple(self._cycle(i) for i in range(len(self._begins)))
        return Join(cycles, ("|",) * (len(cycles) - 1), levels=1)

    def _curve(self, elapsed: Array, remaining: Array, xp: Any) -> Array:
        if self.growth == 1.0:
            index, own, left = xp.cycle(elapsed, self._period)
        elif xp is NUMBERS:
            return self._in_cycle(xp.rung(self._ladder, elapsed), elapsed, remaining, xp)
        elif type(elapsed).__module__ == "numpy":
            return piecewise(self._begins, self._in_cycle, elapsed, remaining, xp)
        elif self._unrolled is not None:
            return self._unrolled._held(elapsed, xp)
        else:
            index, own, left = self._stretched_cycle(elapsed, xp)
        value = self._run._curve(own, left, xp)
        if self.drop != 1.0:
            value = value * xp.power(self.drop, xp.ratio(index, 1.0))
        if self.growth != 1.0 or self.times == math.inf or xp.is_int(elapsed):
            return value
        # A float that is all but the end has begun a cycle that there is none of.
        return xp.where(index >= self.times, self._stop, value)

    def _stretched_cycle(self, elapsed: Array, xp: Any) -> tuple[Array, Array, Array]:
        """The index of the cycle, and the times since its start and until its end in `inner`."""
        index = xp.rung(self._ladder, elapsed)
        own = xp.since_rung(self._ladder, index, elapsed)
        left = xp.until_rung(self._ladder, index + 1, elapsed)
        n = self._n
        length = xp.take(self._cycle_lengths, index, elapsed)
        # Multiplied before divided: a boundary inside a cycle then comes out whole.
        left = xp.maximum(xp.ratio(left, 1.0), 0.0)
        return index, xp.ratio(own, 1.0) * n / length, left * n / length

    # ---- structure -----------------------------------------------------------------------------

    def _cycles(self, after: Fraction = ZERO) -> Iterator[tuple[int, Fraction, Fraction]]:
        """(index, begin, length) of each cycle that ends after `after`."""
        if self.growth == 1.0:
            first = int(after // self._span)
            indices = count(first) if self.times == math.inf else range(first, int(self.times))
            yield from ((i, i * self._span, self._span) for i in indices)
        else:
            for i, (a, b) in enumerate(pairwise(self._ends)):
                if b * self.unit > after:
                    yield i, a * self.unit, (b - a) * self.unit

    def _breaks(self, after: Fraction = ZERO) -> Iterator[Fraction]:
        for _, begin, length in self._cycles(after):
            if begin > after:
                yield begin
            k = length / Fraction(self.inner._length)
            yield from (begin + t * k for t in self.inner._breaks(max(after - begin, ZERO) / k))

    def _before(self, t: Fraction) -> float:
        if self.growth == 1.0:
            index = int(-(-t // self._span)) - 1
            begin, length = index * self._span, self._span
        else:
            index = sum(end * self.unit < t for end in self._ends) - 1
            begin = self._ends[index] * self.unit
            length = self._ends[index + 1] * self.unit - begin
        own = (t - begin) * Fraction(self.inner._length) / length
        return self.inner._before(own) * NUMBERS.power(self.drop, index)

    def _stretched(self, k: Fraction) -> Schedule:
        if self.growth == 1.0:
            return replace(self, inner=self.inner._stretched(k))
        return Warped.build(self, k)

    def _in_units(self, k: Fraction) -> Schedule:
        return replace(self, unit=self.unit * k)

    @lazy
    def _text(self) -> str:
        times = () if self.times == math.inf else (Fraction(int(self.times)),)
        arguments = [self.inner._text, *call("", *times)[1:-1].split()]
        arguments += [
            f"{name}={text}"
            for name, text in (
                ("stretch", value(self.growth, unless=1.0)),
                ("height", value(self.drop, unless=1.0)),
                ("rounded", None if self.rounded else "False"),
            )
            if text is not None
        ]
        return f"repeat({', '.join(arguments)})"


def repeat(
    s: Schedule,
    times: float = math.inf,
    *,
    stretch: float = 1,
    height: float = 1,
    rounded: bool = True,
) -> Schedule:
    """`s` over and over: cycle i is `stretch**i` times as long and `height**i` times as high.

        value(t) = height**i * s(own time in cycle i)

    Cycles of different lengths end on whole steps: ends are rounded, and `s` is warped onto each
    cycle. At a boundary the next cycle has begun.

    Args:
        s: The cycle; it has an end.
        times: How many cycles, a whole number of 1 or more; endless by default.
        stretch: Length of a cycle as a multiple of the one before. Positive.
        height: Height of a cycle as a multiple of the one before. 0 or more.
        rounded: False leaves the ends of stretched cycles between steps, where they fall.

    Raises:
        ValueError: `s` is endless, an argument is out of range, the cycles shrink without end, or
            more than 10,000 boundaries would have to be stored.
        TypeError: `s` is no schedule, or `rounded` is not True or False.

    Source: Loshchilov & Hutter 2017, "SGDR", section 3 (arXiv 1608.03983).

    >>> from lrkit import cosine
    >>> restarts = repeat(cosine(10), 3, stretch=2)
    >>> restarts.length, restarts(10), restarts(30)
    (70, 1.0, 1.0)
    """
    if not isinstance(s, Schedule):
        raise TypeError(f"repeat: `s` must be a schedule, got s={s!r}.")
    assert_bounded("repeat", s)
    growth, drop = positive("repeat", "stretch", stretch), number("repeat", "height", height)
    if drop < 0.0:
        raise refuse("repeat", "height", "0 or more", height)
    if not isinstance(rounded, bool):
        raise TypeError(f"repeat: `rounded` must be True or False, got rounded={rounded!r}.")
    cycles = _times(times)
    if cycles == math.inf and growth < 1.0:
        raise refuse("repeat", "stretch", "1 or more for endless cycles", stretch, "Give `times`.")
    if cycles == 1:
        return s
    if isinstance(s, Scaled):
        inner = repeat(s.inner, times, stretch=stretch, height=height, rounded=rounded)
        return scaled(s.height, inner)
    # Cycles of one length have their ends where they fall anyway.
    cycle = Repeat(s, cycles, growth, drop, rounded or growth == 1.0)
    if growth != 1.0:
        _ = cycle._ends  # refuses what cannot be stored, now
    return cycle


def _times(times: Any) -> float:
    if isinstance(times, float) and times == math.inf:
        return math.inf
    if isinstance(times, bool) or not isinstance(times, (Integral, float)):
        raise TypeError(f"repeat: `times` must be a whole number, got times={times!r}.")
    if times != times or times < 1 or times != int(times):
        raise refuse("repeat", "times", "a whole number of 1 or more", times)
    return int(times)
