"""Values at given steps, and a curve between each two."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any, final

from lrkit.core.formulas import SHAPES
from lrkit.core.lazy import lazy
from lrkit.core.moments import Ladder
from lrkit.core.phase import Array
from lrkit.core.schedule import Schedule
from lrkit.core.spelling import time
from lrkit.core.validate import ZERO, at_least_zero, exact, number, refuse, tidy

CURVES = ("linear", "cosine", "geometric", "hold")


@final
@dataclass(frozen=True, eq=False, repr=False)
class Points(Schedule):
    """Values at given times, and a curve between each two."""

    times: tuple[Fraction, ...]
    levels: tuple[float, ...]
    curve: str

    @lazy
    def _length(self) -> Fraction:
        return self.times[-1]

    @lazy
    def _start(self) -> float:
        return self.levels[0]

    @lazy
    def _stop(self) -> float:
        return self.levels[-1]

    @lazy
    def _ladder(self) -> Ladder:
        return Ladder(self.times)

    @lazy
    def _spans(self) -> array[float]:
        return array("d", [float(b - a) for a, b in pairwise(self.times)])

    @lazy
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
        shape = SHAPES[self.curve]
        # Each end is weighed by its own precise share, so both come out exactly.
        fade, rise = (share(since, left, span, xp) for share in (shape.fade, shape.rise))
        return start * fade + stop * rise

    def _breaks(self, after: Fraction = ZERO) -> Iterator[Fraction]:
        return (t for t in self.times[1:-1] if t > after)

    def _before(self, t: Fraction) -> float:
        if self.curve != "hold" or t not in self.times:
            return super()._before(t)
        return self.levels[self.times.index(t) - 1]

    def _stretched(self, k: Fraction) -> Points:
        return Points(tuple(tidy(t * k) for t in self.times), self.levels, self.curve)

    @lazy
    def _text(self) -> str:
        pairs = ", ".join(f"{time(t)}: {v!r}" for t, v in zip(self.times, self.levels, strict=True))
        curve = "" if self.curve == "linear" else f", curve={self.curve!r}"
        return f"points({{{pairs}}}{curve})"


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
        raise TypeError(f"points: `levels` must be a mapping {{step: value}}, got {levels!r}.")
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
            f"points: two or more points must be given, got {dict(levels)!r}. "
            "Use hold(value=…) for one value."
        )
    if curve == "geometric" and min(v for _, v in pairs) <= 0.0:
        raise ValueError(
            f"points: values must be positive with curve='geometric', got {dict(levels)!r}."
        )
    return Points(tuple(t for t, _ in pairs), tuple(v for _, v in pairs), curve)
