"""The basic curves: bounded from one value to another, held, or endless from 1."""

from __future__ import annotations

import math
import operator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, final

from lrkit.core.curve import Number
from lrkit.core.formulas import SHAPES, Formula, at_numbers
from lrkit.core.lazy import lazy
from lrkit.core.phase import Array
from lrkit.core.schedule import Schedule
from lrkit.core.spelling import call, value
from lrkit.core.validate import Time, duration, number, tidy

LEAVE_OUT = "Leave the piece out instead."


@final
@dataclass(frozen=True, eq=False, repr=False)
class Ramp(Schedule):
    """From `start` to `stop` in `length`, along one of `SHAPES`."""

    curve: str
    _length: Fraction
    _start: float
    _stop: float
    knobs: tuple[float, ...] = ()

    @staticmethod
    def build(
        curve: str, length: float, start: float, stop: float, *knobs: float, name: str = ""
    ) -> Schedule:
        """A curve between two values; `knobs` as `SHAPES` lists them."""
        who = name or curve
        return Ramp(
            curve,
            duration(who, "length", length, LEAVE_OUT),
            number(who, "start", start),
            number(who, "stop", stop),
            knobs,
        )

    @lazy
    def _n(self) -> float:
        return float(self._length)

    @lazy
    def _falls(self) -> bool:
        return abs(self._stop) <= abs(self._start)

    @lazy
    def _formula(self) -> Formula:
        shape = SHAPES[self.curve]
        return shape.fade if self._falls else shape.rise

    @lazy
    def _number(self) -> Number:
        ends = (self._start, self._stop) if self._falls else (self._stop, self._start)
        usual = all(map(operator.eq, self.knobs, SHAPES[self.curve].knobs.values()))
        fast = at_numbers(self.curve, self._n, *ends, self._falls) if usual else None
        return fast or super()._number

    def _curve(self, elapsed: Array, remaining: Array, xp: Any) -> Array:
        share = self._formula(elapsed, remaining, self._n, xp, *self.knobs)
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
        knobs = zip(SHAPES[self.curve].knobs.items(), self.knobs, strict=True)
        return call(
            name,
            self._length,
            **{knob: value(given, unless) for (knob, unless), given in knobs},
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

    @lazy
    def _number(self) -> Number:
        held = self._start
        return lambda elapsed, remaining: held

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
    power: float = 1.0

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

    @lazy
    def _number(self) -> Number:
        rate, n = self.rate, self._n
        if self.curve == "exponential" and rate < 1.0:
            return lambda elapsed, remaining: rate ** (elapsed / n)
        return super()._number

    def _curve(self, elapsed: Array, remaining: Array, xp: Any) -> Array:
        if self.curve == "exponential":
            return xp.power(self.rate, xp.ratio(elapsed, self._n))
        if self.curve == "inverse_time":
            value = 1.0 / (1.0 + self.rate * xp.ratio(elapsed, self._n))
            return value if self.power == 1.0 else value**self.power
        return xp.sqrt(self._n / (xp.ratio(elapsed, 1.0) + self._n))

    def _stretched(self, k: Fraction) -> Decay:
        return replace(self, every=tidy(self.every * k))

    @lazy
    def _text(self) -> str:
        if self.curve == "inverse_sqrt":
            return call("inverse_sqrt", self.every)
        every = None if self.every == 1 else call("", self.every)[1:-1]
        power = value(self.power, unless=1.0)
        return call(self.curve, rate=value(self.rate), every=every, power=power)
