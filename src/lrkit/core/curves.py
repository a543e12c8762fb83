"""The basic curves, one formula each.

A falling curve is written by its `fade`: the share of `start` that is left, computed from the
steps that remain, so that it keeps its relative precision down to the last step. A rising curve
is written by its `rise`, computed from the steps that have passed, for the same reason.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, final

from lrkit.core.lazy import lazy
from lrkit.core.phase import Array
from lrkit.core.schedule import Schedule
from lrkit.core.spelling import call, value
from lrkit.core.validate import Time, tidy

Formula = Callable[[Array, Array, float, Any, float], Array]
"""(elapsed, remaining, length, library, power) to a share between 0 and 1."""


def _linear_fade(elapsed: Array, remaining: Array, n: float, xp: Any, power: float) -> Array:
    return xp.ratio(remaining, n)


def _linear_rise(elapsed: Array, remaining: Array, n: float, xp: Any, power: float) -> Array:
    return xp.ratio(elapsed, n)


def _cosine_fade(elapsed: Array, remaining: Array, n: float, xp: Any, power: float) -> Array:
    # (1 + cos(pi t/n)) / 2 is the square of this sine; the sum would cancel near the end.
    s = xp.sin(xp.ratio(remaining, n / (math.pi / 2)))
    return s * s


def _cosine_rise(elapsed: Array, remaining: Array, n: float, xp: Any, power: float) -> Array:
    return _cosine_fade(remaining, elapsed, n, xp, power)


def _polynomial_fade(elapsed: Array, remaining: Array, n: float, xp: Any, power: float) -> Array:
    return xp.ratio(remaining, n) ** power


def _polynomial_rise(elapsed: Array, remaining: Array, n: float, xp: Any, power: float) -> Array:
    return 1.0 - xp.ratio(remaining, n) ** power


def _sqrt_fade(elapsed: Array, remaining: Array, n: float, xp: Any, power: float) -> Array:
    # 1 - sqrt(x) with the cancellation taken out: (1 - x) / (1 + sqrt(x)).
    return xp.ratio(remaining, n) / (1.0 + xp.sqrt(xp.ratio(elapsed, n)))


def _sqrt_rise(elapsed: Array, remaining: Array, n: float, xp: Any, power: float) -> Array:
    return xp.sqrt(xp.ratio(elapsed, n))


FADES: dict[str, tuple[Formula, Formula]] = {
    "linear": (_linear_fade, _linear_rise),
    "cosine": (_cosine_fade, _cosine_rise),
    "polynomial": (_polynomial_fade, _polynomial_rise),
    "one_minus_sqrt": (_sqrt_fade, _sqrt_rise),
}


@final
@dataclass(frozen=True, eq=False, repr=False)
class Ramp(Schedule):
    """From `start` to `stop` in `length`, along one of `FADES`."""

    curve: str
    _length: Fraction
    _start: float
    _stop: float
    power: float = 1.0

    @lazy
    def _n(self) -> float:
        return float(self._length)

    @lazy
    def _falls(self) -> bool:
        return abs(self._stop) <= abs(self._start)

    @lazy
    def _formula(self) -> Formula:
        return FADES[self.curve][0 if self._falls else 1]

    def _curve(self, elapsed: Array, remaining: Array, xp: Any) -> Array:
        share = self._formula(elapsed, remaining, self._n, xp, self.power)
        # Both ends come out exactly, and the smaller one adds nothing where it is 0.
        large, small = (self._start, self._stop) if self._falls else (self._stop, self._start)
        if small == 0.0:
            return share if large == 1.0 else large * share
        return large * share + small * (1.0 - share)

    def _stretched(self, k: Fraction) -> Ramp:
        return replace(self, _length=tidy(self._length * k))

    def _over(self, n: int) -> Ramp:
        return replace(self, _length=Fraction(n))

    def _raised(self, height: float) -> Ramp:
        return replace(self, _start=height * self._start, _stop=height * self._stop)

    @lazy
    def _text(self) -> str:
        name, ends = self.curve, (1.0, 0.0)
        # Of `linear` and `warmup`, which differ in their defaults only, the shorter spelling.
        given = (self._start, self._stop)
        if name == "linear" and sum(map(float.__ne__, given, (0.0, 1.0))) < sum(
            map(float.__ne__, given, ends)
        ):
            name, ends = "warmup", (0.0, 1.0)
        power = {"power": value(self.power)} if self.curve == "polynomial" else {}
        return call(
            name,
            self._length,
            **power,
            start=value(self._start, unless=ends[0]),
            stop=value(self._stop, unless=ends[1]),
        )


@final
@dataclass(frozen=True, eq=False, repr=False)
class Geometric(Schedule):
    """From `start` to `stop` by the same factor at every step."""

    _length: Fraction
    _start: float
    _stop: float

    @lazy
    def _n(self) -> float:
        return float(self._length)

    def _curve(self, elapsed: Array, remaining: Array, xp: Any) -> Array:
        share = xp.power(self._stop / self._start, xp.ratio(elapsed, self._n))
        return share if self._start == 1.0 else self._start * share

    def _stretched(self, k: Fraction) -> Geometric:
        return replace(self, _length=tidy(self._length * k))

    def _over(self, n: int) -> Geometric:
        return replace(self, _length=Fraction(n))

    @lazy
    def _text(self) -> str:
        start = value(self._start, unless=1.0)
        return call("geometric", self._length, start=start, stop=value(self._stop))


@final
@dataclass(frozen=True, eq=False, repr=False)
class Hold(Schedule):
    """One value, for a time or for ever."""

    _length: Time
    _start: float

    @lazy
    def _stop(self) -> float:
        return self._start

    def _curve(self, elapsed: Array, remaining: Array, xp: Any) -> Array:
        # 0 * elapsed gives the constant the shape of the step.
        return self._start if xp.fills else xp.real(elapsed) * 0.0 + self._start

    def _stretched(self, k: Fraction) -> Hold:
        length = self._length
        return replace(self, _length=tidy(length * k)) if isinstance(length, Fraction) else self

    def _over(self, n: int) -> Hold:
        return replace(self, _length=Fraction(n))

    def _is_constant(self) -> bool:
        return True

    def _raised(self, height: float) -> Hold:
        return replace(self, _start=height * self._start)

    @lazy
    def _text(self) -> str:
        return call("hold", self._length, value=value(self._start, unless=1.0))


@final
@dataclass(frozen=True, eq=False, repr=False)
class Decay(Schedule):
    """An endless curve from 1 whose one time constant is `every`."""

    curve: str
    every: Fraction
    rate: float = 1.0

    _length = math.inf
    _start = 1.0

    @lazy
    def _stop(self) -> float:
        """The limit."""
        if self.curve == "exponential" and self.rate >= 1.0:
            return 1.0 if self.rate == 1.0 else math.inf
        return 1.0 if self.rate == 0.0 else 0.0

    @lazy
    def _n(self) -> float:
        return float(self.every)

    def _curve(self, elapsed: Array, remaining: Array, xp: Any) -> Array:
        if self.curve == "exponential":
            return xp.power(self.rate, xp.ratio(elapsed, self._n))
        if self.curve == "inverse_time":
            return 1.0 / (1.0 + self.rate * xp.ratio(elapsed, self._n))
        return xp.sqrt(self._n / (xp.ratio(elapsed, 1.0) + self._n))

    def _stretched(self, k: Fraction) -> Decay:
        return replace(self, every=tidy(self.every * k))

    @lazy
    def _text(self) -> str:
        if self.curve == "inverse_sqrt":
            return call("inverse_sqrt", self.every)
        every = None if self.every == 1 else call("", self.every)[1:-1]
        return call(self.curve, rate=value(self.rate), every=every)
