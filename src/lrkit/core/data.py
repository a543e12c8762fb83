"""Schedules from data: values at given steps, a value for every step, any Python function."""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any, final

from lrkit.core.curves import FADES
from lrkit.core.cut import Warped
from lrkit.core.packing import MOST_VALUES, pack, unpack
from lrkit.core.phase import NUMBERS, Array, Ladder
from lrkit.core.schedule import Schedule
from lrkit.core.spelling import time
from lrkit.core.validate import at_least_zero, exact, number, refuse, tidy, whole

_SPELLED_OUT = 100
"""A table of up to so many values is written as a list; a longer one is packed."""

CURVES = ("linear", "cosine", "geometric", "hold")


@final
@dataclass(frozen=True, eq=False, repr=False)
class Points(Schedule):
    """Values at given times, and a curve between each two."""

    times: tuple[Fraction, ...]
    levels: tuple[float, ...]
    curve: str

    @property
    def _length(self) -> Fraction:  # type: ignore[override]
        return self.times[-1]

    @property
    def _start(self) -> float:  # type: ignore[override]
        return self.levels[0]

    @property
    def _stop(self) -> float:  # type: ignore[override]
        return self.levels[-1]

    @cached_property
    def _ladder(self) -> Ladder:
        return Ladder(self.times)

    @cached_property
    def _spans(self) -> array[float]:
        pairs = zip(self.times, self.times[1:], strict=False)
        return array("d", [float(b - a) for a, b in pairs])

    @cached_property
    def _levels(self) -> array[float]:
        return array("d", self.levels)

    def _curve(self, elapsed: Array, remaining: Array, xp: Any) -> Array:
        ladder = self._ladder
        i = xp.rung(ladder, elapsed)
        start = xp.take(self._levels, i, elapsed)
        if self.curve == "hold":
            return start
        stop = xp.take(self._levels, i + 1, elapsed)
        span = xp.take(self._spans, i, elapsed)
        since = xp.ratio(xp.since_rung(ladder, i, elapsed), 1.0)
        left = xp.ratio(xp.until_rung(ladder, i + 1, elapsed), 1.0)
        if self.curve == "geometric":
            return start * (stop / start) ** (since / span)
        fade, rise = FADES[self.curve]
        # Each end is weighed by its own precise share, so both come out exactly.
        return start * fade(since, left, span, xp, 1.0) + stop * rise(since, left, span, xp, 1.0)

    def _breaks(self) -> Iterator[Fraction]:
        return iter(self.times[1:-1])

    def _before(self, t: Fraction) -> float:
        if self.curve != "hold" or t not in self.times:
            return super()._before(t)
        return self.levels[self.times.index(t) - 1]

    def _stretched(self, k: Fraction) -> Points:
        return Points(tuple(tidy(t * k) for t in self.times), self.levels, self.curve)

    @cached_property
    def _text(self) -> str:
        pairs = ", ".join(f"{time(t)}: {v!r}" for t, v in zip(self.times, self.levels, strict=True))
        curve = "" if self.curve == "linear" else f", curve={self.curve!r}"
        return f"points({{{pairs}}}{curve})"


@final
@dataclass(frozen=True, eq=False, repr=False)
class Table(Schedule):
    """One value for each step, kept as straight stretches where that is shorter."""

    stored: array[float]
    label: str = ""
    unit: Fraction = Fraction(1)

    @cached_property
    def _length(self) -> Fraction:  # type: ignore[override]
        return len(self.stored) * self.unit

    @property
    def _start(self) -> float:  # type: ignore[override]
        return self.stored[0]

    @property
    def _stop(self) -> float:  # type: ignore[override]
        return self.stored[-1]

    @cached_property
    def _stretches(self) -> tuple[Ladder, array[float], array[float]] | None:
        """(begins, first values, slopes), or None where looking each value up takes less room."""
        begins, slopes = _straight_stretches(self.stored)
        if 3 * len(begins) > len(self.stored):
            return None
        ladder = Ladder([Fraction(b) for b in [*begins, len(self.stored)]])
        return ladder, array("d", [self.stored[b] for b in begins]), slopes

    def _curve(self, elapsed: Array, remaining: Array, xp: Any) -> Array:
        if self.unit == 1:
            index = xp.whole(elapsed)
        else:
            index, _, _ = xp.cycle(elapsed, self.unit)
        if self._stretches is None or xp is NUMBERS:
            return xp.take(self.stored, xp.minimum(index, len(self.stored) - 1), elapsed)
        ladder, firsts, slopes = self._stretches
        i = xp.rung(ladder, index)
        run = xp.ratio(xp.since_rung(ladder, i, index), 1.0)
        return xp.take(firsts, i, elapsed) + run * xp.take(slopes, i, elapsed)

    def _breaks(self) -> Iterator[Fraction]:
        values = self.stored
        return (i * self.unit for i in range(1, len(values)) if values[i] != values[i - 1])

    def _before(self, t: Fraction) -> float:
        return self.stored[math.ceil(t / self.unit) - 1]

    def _stretched(self, k: Fraction) -> Schedule:
        return Warped.build(self, k)

    def _in_units(self, k: Fraction) -> Schedule:
        return Table(self.stored, self.label, self.unit * k)

    @cached_property
    def _text(self) -> str:
        label = f", label={self.label!r}" if self.label else ""
        if len(self.stored) <= _SPELLED_OUT:
            return f"table({list(self.stored)!r}{label})"
        return f'table("{pack(self.stored)}"{label})'


def _straight_stretches(values: array[float]) -> tuple[list[int], array[float]]:
    """Where straight stretches begin, and their slopes: every value comes out bit by bit."""
    begins, slopes, n, i = [], array("d"), len(values), 0
    while i < n:
        slope = values[i + 1] - values[i] if i + 1 < n else 0.0
        end = i + 1
        while end < n and values[i] + (end - i) * slope == values[end]:
            end += 1
        begins.append(i)
        slopes.append(slope if end > i + 1 else 0.0)
        i = end
    return begins, slopes


def points(levels: Mapping[float, float], *, curve: str = "linear") -> Schedule:
    """Values at given steps, and a curve between each two.

        value(t) = start + (stop - start) * curve((t - begin) / (end - begin))

    Args:
        levels: {step: value}, two or more; the least step is 0 or more, and before it the first
            value holds.
        curve: "linear", "cosine", "geometric" (values above 0), or "hold" (the value of the last
            point, until the next).

    Raises:
        ValueError: Too few points, a step below 0, a value that does not suit the curve, or an
            unknown curve.

    >>> points({0: 1.0, 10: 0.1, 20: 0.0})(5)
    0.55
    """
    if not isinstance(levels, Mapping):
        raise TypeError(f"`points`: `levels` must be a mapping {{step: value}}, got {levels!r}.")
    if curve not in CURVES:
        raise refuse("points", "curve", f"one of {', '.join(map(repr, CURVES))}", curve)
    pairs = sorted(
        (exact(at_least_zero("points", "step", t)), number("points", "value", v))
        for t, v in levels.items()
    )
    if pairs and pairs[0][0] > 0:
        pairs.insert(0, (Fraction(0), pairs[0][1]))
    if len(pairs) < 2:
        raise ValueError(
            f"`points`: two or more points must be given, got {dict(levels)!r}. "
            "Use hold(value=…) for one value."
        )
    if curve == "geometric" and min(v for _, v in pairs) <= 0.0:
        raise ValueError(
            f"`points`: values must be positive with curve='geometric', got {dict(levels)!r}."
        )
    return Points(tuple(t for t, _ in pairs), tuple(v for _, v in pairs), curve)


def table(values: Iterable[float] | str, *, label: str = "") -> Schedule:
    """One value for each step; between steps, the value of the step before; then the last.

        value(t) = values[floor(t)]

    Args:
        values: One number for each step, 1 to 10,000,000; or the packed string that a long table
            is written as.
        label: A name, shown in the text only.

    Raises:
        ValueError: No value, too many, one that is not finite, or a damaged string.

    >>> table([0.1, 0.2, 0.3])(1)
    0.2
    """
    if not isinstance(label, str) or len(label) > 200:
        raise refuse("table", "label", "a text of at most 200 characters", label)
    if isinstance(values, str):
        stored = unpack(values)
        first_bad = next((i for i, v in enumerate(stored) if not math.isfinite(v)), None)
        if first_bad is not None:
            raise refuse("table", f"values[{first_bad}]", "finite", stored[first_bad])
        return Table(stored, label)
    stored = array("d")
    for i, v in enumerate(values):
        stored.append(number("table", f"values[{i}]", v))
        if len(stored) > MOST_VALUES:
            raise ValueError(f"`table`: at most {MOST_VALUES:,} values can be stored, got more.")
    if not stored:
        raise ValueError("`table`: at least one value must be given, got none. Use hold().")
    return Table(stored, label)


def custom(function: Callable[[int], float], length: int) -> Schedule:
    """Any Python function of the step, as data: called once for each step, now and never again.

        value(t) = function(floor(t)) for 0 <= t < length, then the last value

    So it may use `if`, `math`, `//`, dictionaries or anything else, works in every graph, and is
    saved exactly as it was. The function's name is kept as a label.

    Args:
        function: Takes the step as an int, gives a finite number; it must depend on nothing else.
        length: How many steps to call it for: 0…length-1. A whole number of 1 to 10,000,000.

    Raises:
        TypeError: `function` cannot be called, or gave something that is no number.
        ValueError: `length` is out of range, or a value is not finite; says at which step.

    >>> custom(lambda step: 0.1 if step < 30 else 0.01, 90)(30)
    0.01
    """
    if not callable(function):
        raise TypeError(f"`custom`: `function` must be a function of the step, got {function!r}.")
    if isinstance(function, Schedule):
        raise TypeError("`custom`: `function` is a schedule already; use it as it is.")
    n = whole("custom", "length", length, "It is how many steps the function is asked for.")
    if n > MOST_VALUES:
        raise refuse("custom", "length", f"at most {MOST_VALUES:,}", length)
    stored = array("d", bytes(8 * n))
    for step in range(n):
        stored[step] = _value_at(step, function(step))
    name = getattr(function, "__name__", type(function).__name__)
    return Table(stored, "" if name == "<lambda>" else name[:200])


def _value_at(step: int, result: Any) -> float:
    try:
        return number("custom", "function(step)", result)
    except (TypeError, ValueError) as error:
        kind = TypeError if isinstance(error, TypeError) else ValueError
        raise kind(
            f"`custom`: the function must give a finite number for every step, got {result!r} "
            f"at step {step}. Mend the function, or give a smaller length."
        ) from None
