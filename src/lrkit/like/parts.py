"""Parts that the dialects of several libraries share: heights, steps, powers of any base."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from lrkit.core.endless import exponential
from lrkit.core.points import points
from lrkit.core.repeat import repeat
from lrkit.core.schedule import Schedule
from lrkit.core.shapes import hold
from lrkit.core.validate import exact, refuse
from lrkit.like.phases import joined


def times(height: float, s: Schedule) -> Schedule:
    """`height * s`; 0 where the height is, also where an endless curve grows without limit."""
    return height * s if height != 0.0 else hold(value=0.0)


def steps(levels: Mapping[float, float]) -> Schedule:
    """{0: value, step: value, …}: each value from its step until the next, the last for ever."""
    return hold(value=levels[0]) if len(levels) == 1 else points(levels, curve="hold")


def lasting(s: Schedule, n: Fraction) -> Schedule:
    """The first n steps of `s`, which holds its last value where it is shorter."""
    if n <= s._length:
        return s.take(float(n))
    return joined(s, hold(float(n - s._length), value=s(s.length)))


def powers(who: str, rate: float, every: float, *, staircase: bool) -> Schedule:
    """`rate ** (t / every)`, or of the whole part of the exponent; the rate may be 0 or less.

    Of a negative rate only whole exponents are real numbers. Then the sign changes once a period.
    """
    if rate > 0.0:
        curve = exponential(rate=rate, every=every)
        return curve.staircase(every) if staircase else curve
    if rate == 0.0:
        return hold(every if staircase else 1) | hold(value=0.0)
    if not staircase and exact(every).numerator != 1:
        way_out = "Give staircase=True: of a negative number only whole powers are real."
        raise refuse(who, "decay_rate", "0 or more without staircase", rate, way_out)
    signs = repeat(hold(every) | hold(every, value=-1.0))
    return signs * exponential(rate=-rate, every=every).staircase(every)
