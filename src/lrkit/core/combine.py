"""Schedules made of others pointwise: a height, a product, a floor or a ceiling."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from heapq import merge
from itertools import groupby
from typing import Any, final

from lrkit.core.around import Around, Pointwise
from lrkit.core.curve import Number
from lrkit.core.lazy import lazy
from lrkit.core.phase import NUMBERS, Array
from lrkit.core.schedule import PRODUCT, Schedule
from lrkit.core.validate import ZERO, Time, number

MOST_FACTORS = 100


def scaled(height: Any, s: Schedule) -> Schedule:
    """`height * s`, with one factor in front however often it is scaled."""
    k = number("k * schedule", "k", height)
    if isinstance(s, Scaled):
        k, s = number("k * schedule", "k", k * s.height), s.inner
    return s if k == 1.0 else Scaled(k, s)


@final
@dataclass(frozen=True, eq=False, repr=False)
class Scaled(Pointwise):
    """`height * inner`; the inner schedule is never scaled itself."""

    height: float
    inner: Schedule

    _binds = PRODUCT

    def _changed(self, value: float) -> float:
        return self.height * value

    def _rebuilt(self, inner: Schedule) -> Schedule:
        return scaled(self.height, inner)

    def _is_constant(self) -> bool:
        return self.inner._is_constant()

    def _lower(self) -> list[Any]:
        return [_raised(self.height, piece) for piece in self.inner._lower()]

    @lazy
    def _run(self) -> Schedule:
        """What to evaluate: the height goes into the pieces that can take it."""
        from lrkit.core.join import Join

        pieces = tuple(self._lower())
        return pieces[0] if len(pieces) == 1 else Join(pieces, ("|",) * (len(pieces) - 1))

    @lazy
    def _number(self) -> Number:
        if not isinstance(self._run, Scaled):
            return self._run._number
        height, inner = self.height, self._run.inner._number
        return lambda elapsed, remaining: height * inner(elapsed, remaining)

    def _at_steps(self) -> Callable[[int], float]:
        return super()._at_steps() if isinstance(self._run, Scaled) else self._run._at_steps()

    def _curve(self, elapsed: Array, remaining: Array, xp: Any) -> Array:
        if xp is NUMBERS:
            return self._number(elapsed, remaining)
        if not isinstance(self._run, Scaled):
            return self._run._curve(elapsed, remaining, xp)
        return self.height * self.inner._curve(elapsed, remaining, xp)

    @lazy
    def _text(self) -> str:
        inner = self.inner
        text = inner._text if inner._binds >= PRODUCT else f"({inner._text})"
        return f"{self.height!r} * {text}"


def _raised(height: float, piece: Schedule) -> Schedule:
    raised = piece._raised(height)
    return Scaled(height, piece) if raised is None else raised


@final
@dataclass(frozen=True, eq=False, repr=False)
class Product(Schedule):
    """`a * b * …` pointwise, as long as the longest; no factor is scaled or a product itself."""

    factors: tuple[Schedule, ...]

    _binds = PRODUCT

    @staticmethod
    def build(a: Schedule, b: Schedule) -> Schedule:
        """`a * b`, with the heights of both in front."""
        height: float = 1.0
        factors: tuple[Schedule, ...] = ()
        for s in (a, b):
            if isinstance(s, Scaled):
                height, s = height * s.height, s.inner
            factors += s.factors if isinstance(s, Product) else (s,)
        if len(factors) > MOST_FACTORS:
            raise ValueError(
                f"*: a product must have at most {MOST_FACTORS} factors, got {len(factors)}. "
                "Keep its values with `table`."
            )
        return scaled(height, Product(factors))

    @lazy
    def _length(self) -> Time:
        return max(f._length for f in self.factors)

    @lazy
    def _start(self) -> float:
        return math.prod(f._start for f in self.factors)

    @lazy
    def _stop(self) -> float:
        return math.prod(f._stop for f in self.factors)

    def _curve(self, elapsed: Array, remaining: Array, xp: Any) -> Array:
        values = [
            f._curve(elapsed, remaining, xp) if f._length == self._length else f._held(elapsed, xp)
            for f in self.factors
        ]
        return reduce(operator.mul, values)

    def _breaks(self, after: Fraction = ZERO) -> Iterator[Fraction]:
        ends = [iter([f._length]) for f in self.factors if after < f._length < self._length]
        every = merge(*(f._breaks(after) for f in self.factors), *ends)
        return (Fraction(t) for t, _ in groupby(every))

    def _before(self, t: Fraction) -> float:
        return math.prod(f._before(t) if t <= f._length else f._stop for f in self.factors)

    def _stretched(self, k: Fraction) -> Schedule:
        return Product(tuple(f._stretched(k) for f in self.factors))

    @lazy
    def _text(self) -> str:
        return " * ".join(Around._atom(f) for f in self.factors)


_ADJUSTED: dict[str, Callable[[float, float], float]] = {
    "at_least": max,
    "at_most": min,
    "plus": operator.add,
}


@final
@dataclass(frozen=True, eq=False, repr=False)
class Adjusted(Pointwise):
    """`inner.at_least(value)`, `inner.at_most(value)` or `inner.plus(value)`."""

    inner: Schedule
    method: str
    value: float

    @staticmethod
    def build(inner: Schedule, method: str, value: float) -> Schedule:
        """A floor, a ceiling or an offset for `inner`; of two of a kind, one."""
        given = number(method, "value", value)
        if isinstance(inner, Adjusted) and inner.method == method:
            given, inner = number(method, "value", inner._changed(given)), inner.inner
        if method == "plus" and given == 0.0:
            return inner
        return Adjusted(inner, method, given)

    def _changed(self, value: float) -> float:
        return _ADJUSTED[self.method](value, self.value)

    def _rebuilt(self, inner: Schedule) -> Schedule:
        return Adjusted.build(inner, self.method, self.value)

    def _is_constant(self) -> bool:
        return self.inner._is_constant()

    @lazy
    def _number(self) -> Number:
        inner, change, value = self.inner._number, _ADJUSTED[self.method], self.value
        return lambda elapsed, remaining: change(inner(elapsed, remaining), value)

    def _curve(self, elapsed: Array, remaining: Array, xp: Any) -> Array:
        value = self.inner._curve(elapsed, remaining, xp)
        if self.method == "plus":
            return value + self.value
        limit = xp.maximum if self.method == "at_least" else xp.minimum
        return limit(value, self.value)

    @lazy
    def _text(self) -> str:
        return self._method(f"{self.method}({self.value!r})")
