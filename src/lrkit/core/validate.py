"""Checks of arguments, and the exact fractions that times are kept in.

Every check raises one sentence with the rule, the value received and the way out.
"""

from __future__ import annotations

import math
from fractions import Fraction
from numbers import Integral, Real
from typing import Any

Time = Fraction | float
"""A time in steps: an exact fraction, or `math.inf`."""

ZERO = Fraction(0)

# Floats are read as the simplest fraction that rounds to them: 33.333333333333336 means 100/3.
# Epochs of 937/3 updates then end on whole steps, as their author means.
SIMPLEST_DENOMINATOR = 10**6


def refuse(who: str, argument: str, rule: str, value: Any, way_out: str = "") -> ValueError:
    """The error of a value: who refuses it, the rule, what came, the way out."""
    tail = f" {way_out}" if way_out else ""
    return ValueError(f"{who}: `{argument}` must be {rule}, got {argument}={value!r}.{tail}")


def number(who: str, argument: str, value: Any) -> float:
    """`value` as a finite float."""
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(
            f"{who}: `{argument}` must be a number, got {argument}={value!r} "
            f"of type {type(value).__name__}. Write it as a plain int or float."
        )
    try:
        result = float(value)
    except OverflowError:
        result = math.inf
    if not math.isfinite(result):
        raise refuse(who, argument, "finite", value, "Look where the value comes from.")
    return result


def positive(who: str, argument: str, value: Any, way_out: str = "") -> float:
    """`value` as a finite float above 0."""
    result = number(who, argument, value)
    if not result > 0.0:
        raise refuse(who, argument, "positive", value, way_out)
    return result


def at_least_zero(who: str, argument: str, value: Any, way_out: str = "") -> float:
    """`value` as a finite float of 0 or more."""
    result = number(who, argument, value)
    if result < 0.0:
        raise refuse(who, argument, "0 or more", value, way_out)
    return result


def exact(value: float) -> Fraction:
    """The simplest fraction that rounds to `value`."""
    fraction = Fraction(value)
    if fraction.denominator == 1:
        return fraction
    simple = fraction.limit_denominator(SIMPLEST_DENOMINATOR)
    return simple if float(simple) == value else fraction


def tidy(time: Fraction) -> Fraction:
    """`time` as its text will be read again, so that equal texts are equal schedules."""
    if time.denominator == 1:
        return time
    shown = float(time)
    if shown == 0.0:
        raise ValueError("stretch: every time must stay above 0, got one too small for a float.")
    return exact(shown)


def duration(who: str, argument: str, value: Any, way_out: str = "") -> Fraction:
    """`value` as an exact positive time; whole floats and fractions are welcome."""
    positive(who, argument, value, way_out)
    if isinstance(value, Fraction):
        return tidy(value)
    return Fraction(int(value)) if isinstance(value, Integral) else exact(float(value))


def whole(who: str, argument: str, value: Any, way_out: str = "") -> int:
    """`value` as a positive whole number of steps; 18750.0 is welcome."""
    result = number(who, argument, value)
    if result < 1 or result != math.floor(result):
        raise refuse(who, argument, "a whole number of 1 or more", value, way_out)
    return int(value)


def plain(time: Time) -> int | float:
    """A time as users see it: an int where it is whole, else a float."""
    if isinstance(time, Fraction):
        return time.numerator if time.denominator == 1 else float(time)
    return time
