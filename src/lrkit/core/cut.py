"""Schedules whose time is cut or bent: the first steps, the rest, stairs, a warp."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import count, takewhile
from typing import Any, final

from lrkit.core.around import Around
from lrkit.core.combine import Scaled, scaled
from lrkit.core.host import of_few
from lrkit.core.lazy import lazy
from lrkit.core.moments import Moment, Period
from lrkit.core.phase import NUMBERS, Array
from lrkit.core.schedule import Schedule
from lrkit.core.spelling import time
from lrkit.core.validate import ZERO, Time, plain, refuse, tidy

_KEPT_STAIRS = 1_000
"""The values of so many first stairs are kept for calls with a whole step."""


def _remaining(s: Schedule, elapsed: Array, xp: Any) -> Array:
    """The time that is left of `s`."""
    if s._moment is not None:
        return xp.until(elapsed, s._moment)
    return math.inf if xp is NUMBERS else None


def _in_parts(s: Schedule, q: int) -> Schedule:
    """What to evaluate for `s` where each step counts as q."""
    return s if q == 1 else s._in_units(Fraction(q))


@final
@dataclass(frozen=True, eq=False, repr=False)
class Taken(Around):
    """`inner.take(n)`: the first n steps, then the value just before n."""

    inner: Schedule
    n: Fraction

    @staticmethod
    def build(inner: Schedule, n: Fraction) -> Schedule:
        """The first n steps of `inner`; all of it is `inner` itself."""
        if n > inner._length:
            rule = f"at most the length {plain(inner._length)}"
            raise refuse("take", "n", rule, plain(n), "Join a hold for more: `s >> hold(…)`.")
        if n == inner._length:
            return inner
        if isinstance(inner, Scaled):
            return scaled(inner.height, Taken.build(inner.inner, n))
        return Taken(inner.inner if isinstance(inner, Taken) else inner, n)

    @lazy
    def _length(self) -> Time:
        return self.n

    @lazy
    def _stop(self) -> float:
        return self.inner._before(self.n)

    def _curve(self, elapsed: Array, remaining: Array, xp: Any) -> Array:
        return self.inner._curve(elapsed, _remaining(self.inner, elapsed, xp), xp)

    def _breaks(self, after: Fraction = ZERO) -> Iterator[Fraction]:
        return takewhile(lambda t: t < self.n, self.inner._breaks(after))

    def _stretched(self, k: Fraction) -> Schedule:
        return Taken.build(self.inner._stretched(k), tidy(self.n * k))

    @lazy
    def _text(self) -> str:
        return self._method(f"take({time(self.n)})")


@final
@dataclass(frozen=True, eq=False, repr=False)
class Skipped(Around):
    """`inner.skip(n)`: all but the first n steps."""

    inner: Schedule
    n: Fraction

    @staticmethod
    def build(inner: Schedule, n: Fraction) -> Schedule:
        """What is left of `inner` after n steps."""
        if n >= inner._length:
            raise refuse("skip", "n", f"less than the length {plain(inner._length)}", plain(n))
        if isinstance(inner, Scaled):
            return scaled(inner.height, Skipped.build(inner.inner, n))
        if isinstance(inner, Skipped):
            return Skipped(inner.inner, tidy(inner.n + n))
        return Skipped(inner, n)

    @lazy
    def _length(self) -> Time:
        return self.inner._length - self.n

    @lazy
    def _start(self) -> float:
        return self.inner._exactly(self.n)

    @lazy
    def _shift(self) -> Moment:
        return Moment(-self.n * self.n.denominator)

    @lazy
    def _run(self) -> Schedule:
        """The inner schedule in parts of a step, so that what is skipped is whole."""
        return _in_parts(self.inner, self.n.denominator)

    def _curve(self, elapsed: Array, remaining: Array, xp: Any) -> Array:
        q, run = self.n.denominator, self._run
        own = xp.since(xp.parts(elapsed, q, run._moment), self._shift)
        if q > 1 and run._moment is not None:
            own = xp.clip(own, run._moment)  # the whole step after an end between two steps
        return run._curve(own, remaining if q == 1 else _remaining(run, own, xp), xp)

    def _breaks(self, after: Fraction = ZERO) -> Iterator[Fraction]:
        return (t - self.n for t in self.inner._breaks(after + self.n))

    def _before(self, t: Fraction) -> float:
        return self.inner._before(t + self.n)

    def _stretched(self, k: Fraction) -> Schedule:
        return Skipped.build(self.inner._stretched(k), tidy(self.n * k))

    @lazy
    def _text(self) -> str:
        return self._method(f"skip({time(self.n)})")


@final
@dataclass(frozen=True, eq=False, repr=False)
class Staircase(Around):
    """`inner.staircase(n)`: the value at the last multiple of n."""

    inner: Schedule
    n: Fraction

    @staticmethod
    def build(inner: Schedule, n: Fraction) -> Schedule:
        """Stairs under `inner`, its height in front."""
        if isinstance(inner, Scaled):
            return scaled(inner.height, Staircase(inner.inner, n))
        return Staircase(inner, n)

    @lazy
    def _length(self) -> Time:
        length = self.inner._length
        return -(-length // self.n) * self.n if isinstance(length, Fraction) else length

    def _curve(self, elapsed: Array, remaining: Array, xp: Any) -> Array:
        index, phase, _ = xp.cycle(elapsed, self._period)
        if type(elapsed).__module__ == "numpy" and xp.is_int(elapsed) and self.n.denominator == 1:
            return of_few(index, lambda stairs: self._at_feet(stairs * self.n.numerator, xp))
        parts = xp.parts(elapsed, self._period.q, self._run._moment)
        return self._at_feet(xp.difference(parts, phase), xp)

    def _at_feet(self, foot: Array, xp: Any) -> Array:
        run, end = self._run, self._run._moment
        if end is not None:
            foot = xp.clip(foot, end)  # the last stair may end after the curve
        return run._curve(foot, _remaining(run, foot, xp), xp)

    def _at_steps(self) -> Callable[[int], float]:
        between = super()._at_steps()
        if self.n.denominator > 1:
            return between
        width, values = int(self.n), [self._start]

        def value(step: int) -> float:
            i = step // width
            if i < 0 or i > _KEPT_STAIRS:
                return between(step)
            while i >= len(values):
                values.append(between(len(values) * width))
            return values[i]

        return value

    def _raised(self, height: float) -> Schedule:
        return replace(self, inner=scaled(height, self.inner))

    @lazy
    def _period(self) -> Period:
        return Period(self.n)

    @lazy
    def _run(self) -> Schedule:
        """The inner schedule in parts of a step, so that every stair is a whole one of them."""
        return _in_parts(self.inner, self.n.denominator)

    def _breaks(self, after: Fraction = ZERO) -> Iterator[Fraction]:
        stairs = (self.n * i for i in count(int(after // self.n) + 1))
        return takewhile(lambda t: t < self._length, stairs)

    def _before(self, t: Fraction) -> float:
        return self.inner._exactly(self.n * (-(-t // self.n) - 1))

    def _stretched(self, k: Fraction) -> Schedule:
        return Staircase.build(self.inner._stretched(k), tidy(self.n * k))

    @lazy
    def _text(self) -> str:
        return self._method(f"staircase({time(self.n)})")


@final
@dataclass(frozen=True, eq=False, repr=False)
class Warped(Around):
    """`inner` with every time in it multiplied by k, where its own text cannot say so."""

    inner: Schedule
    k: Fraction

    @staticmethod
    def build(inner: Schedule, k: Fraction) -> Schedule:
        """`inner` warped by k: `.over(n)` where that is whole steps, else `.stretch(k)`."""
        if isinstance(inner, Scaled):
            return scaled(inner.height, Warped.build(inner.inner, k))
        if isinstance(inner, Warped):
            return Warped.build(inner.inner, inner.k * k)
        spelled = k if _is_whole(inner._length * k) else tidy(k)
        return inner if spelled == 1 else Warped(inner, spelled)

    @lazy
    def _run(self) -> Schedule:
        return self.inner._in_units(self.k)

    @lazy
    def _length(self) -> Time:
        return self.inner._length * self.k

    def _curve(self, elapsed: Array, remaining: Array, xp: Any) -> Array:
        return self._run._curve(elapsed, remaining, xp)

    def _breaks(self, after: Fraction = ZERO) -> Iterator[Fraction]:
        return self._run._breaks(after)

    def _before(self, t: Fraction) -> float:
        return self._run._before(t)

    def _stretched(self, k: Fraction) -> Schedule:
        # What no `over` can spell is spelled by the inner schedule, as it will be when read back.
        both = self.k * k
        spelled = _is_whole(self.inner._length * both)
        return Warped.build(self.inner, both) if spelled else self.inner._stretched(tidy(both))

    @lazy
    def _text(self) -> str:
        if _is_whole(self._length):
            return self._method(f"over({time(self._length)})")
        return self._method(f"stretch({time(self.k)})")


def _is_whole(t: Time) -> bool:
    return isinstance(t, Fraction) and t.denominator == 1
