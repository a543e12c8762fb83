"""The shapes of bounded curves, one formula each, in the words of any array library.

A falling curve is written by its `fade`: the share of `start` that is left, computed from the
steps that remain, so that it keeps its relative precision down to the last step. A rising curve
is written by its `rise`, computed from the steps that have passed, for the same reason. The two
add up to 1.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

from lrkit.core.phase import Array

Formula = Callable[..., Array]
"""(elapsed, remaining, length, library, *knobs) to a share between 0 and 1."""


class Shape(NamedTuple):
    """A curve between two values."""

    fade: Formula
    rise: Formula
    knobs: dict[str, float | None]
    """What else the curve is told, with the value that its text leaves out."""


def _gone(elapsed: Array, n: float, xp: Any, k: float) -> Array:
    """`x**k`, where x is the share of the time that has passed."""
    x = xp.ratio(elapsed, n)
    return x if k == 1.0 else x**k


def _left(elapsed: Array, remaining: Array, n: float, xp: Any, k: float) -> Array:
    """`1 - x**k`, precise down to the end."""
    r = xp.ratio(remaining, n)
    return r if k == 1.0 else xp.one_minus_power(xp.ratio(elapsed, n), r, k)


def _linear_fade(elapsed: Array, remaining: Array, n: float, xp: Any) -> Array:
    return xp.ratio(remaining, n)


def _linear_rise(elapsed: Array, remaining: Array, n: float, xp: Any) -> Array:
    return xp.ratio(elapsed, n)


def _cosine_fade(
    elapsed: Array, remaining: Array, n: float, xp: Any, power: float = 1.0, k: float = 1.0
) -> Array:
    # (1 + cos(pi t/n)) / 2 is the square of this sine; the sum would cancel near the end.
    if k == 1.0:
        s = xp.sin(xp.ratio(remaining, n / (math.pi / 2)))
    else:
        s = xp.sin(_left(elapsed, remaining, n, xp, k) * (math.pi / 2))
    return s * s if power == 1.0 else (s * s) ** power


def _cosine_rise(
    elapsed: Array, remaining: Array, n: float, xp: Any, power: float = 1.0, k: float = 1.0
) -> Array:
    s = xp.sin(_gone(elapsed, n, xp, k) * (math.pi / 2))
    if power == 1.0:
        return s * s
    return xp.one_minus_power(_cosine_fade(elapsed, remaining, n, xp, 1.0, k), s * s, power)


def _polynomial_fade(
    elapsed: Array, remaining: Array, n: float, xp: Any, power: float, k: float = 1.0
) -> Array:
    return _left(elapsed, remaining, n, xp, k) ** power


def _polynomial_rise(
    elapsed: Array, remaining: Array, n: float, xp: Any, power: float, k: float = 1.0
) -> Array:
    gone = _gone(elapsed, n, xp, k)
    if power == 1.0:
        return gone
    return xp.one_minus_power(_left(elapsed, remaining, n, xp, k), gone, power)


def _sqrt_fade(elapsed: Array, remaining: Array, n: float, xp: Any) -> Array:
    # 1 - sqrt(x) with the cancellation taken out: (1 - x) / (1 + sqrt(x)).
    return xp.ratio(remaining, n) / (1.0 + xp.sqrt(xp.ratio(elapsed, n)))


def _sqrt_rise(elapsed: Array, remaining: Array, n: float, xp: Any) -> Array:
    return xp.sqrt(xp.ratio(elapsed, n))


def _rex_fade(elapsed: Array, remaining: Array, n: float, xp: Any) -> Array:
    r = xp.ratio(remaining, n)
    return 2.0 * r / (1.0 + r)


def _rex_rise(elapsed: Array, remaining: Array, n: float, xp: Any) -> Array:
    return xp.ratio(elapsed, n) / (1.0 + xp.ratio(remaining, n))


def _tanh_share(share: Array, low: float, high: float, xp: Any) -> Array:
    # (tanh(high) - tanh(z)) / (tanh(high) - tanh(low)) at z = high - (high - low) * share, with
    # the difference of the tanhs as sinh(high - z) / (cosh(high) * cosh(z)): it would cancel.
    twice = 2.0 * (high - low)
    gone = xp.expm1(-twice * share) / math.expm1(-twice)
    # float32 ends at exp(88); what is divided by exp(80) is 0 beside any rate.
    steep = xp.exp(xp.minimum(2.0 * high - twice * share, 80.0))
    return gone * ((1.0 + math.exp(2.0 * low)) / (1.0 + steep))


def _tanh_fade(
    elapsed: Array, remaining: Array, n: float, xp: Any, lower: float, upper: float
) -> Array:
    return _tanh_share(xp.ratio(remaining, n), lower, upper, xp)


def _tanh_rise(
    elapsed: Array, remaining: Array, n: float, xp: Any, lower: float, upper: float
) -> Array:
    # The curve turned by half a turn is that of the turned bounds.
    return _tanh_share(xp.ratio(elapsed, n), -upper, -lower, xp)


def _hyperbolic_fade(elapsed: Array, remaining: Array, n: float, xp: Any, bound: float) -> Array:
    r = xp.ratio(remaining, n)
    return xp.sqrt(r * ((2.0 * bound - 2.0 + r) / (2.0 * bound - 1.0)))


def _hyperbolic_rise(elapsed: Array, remaining: Array, n: float, xp: Any, bound: float) -> Array:
    x = xp.ratio(elapsed, n)
    rest = x * ((2.0 * bound - x) / (2.0 * bound - 1.0))  # 1 - fade**2
    return rest / (1.0 + _hyperbolic_fade(elapsed, remaining, n, xp, bound))


def _exponential_fade(elapsed: Array, remaining: Array, n: float, xp: Any, rate: float) -> Array:
    log = math.log(rate)
    left = xp.expm1(xp.ratio(remaining, n / log)) / math.expm1(log)
    return xp.power(rate, xp.ratio(elapsed, n)) * left


def _exponential_rise(elapsed: Array, remaining: Array, n: float, xp: Any, rate: float) -> Array:
    log = math.log(rate)
    return xp.expm1(xp.ratio(elapsed, n / log)) / math.expm1(log)


SHAPES: dict[str, Shape] = {
    "linear": Shape(_linear_fade, _linear_rise, {}),
    "cosine": Shape(_cosine_fade, _cosine_rise, {"power": 1.0, "k": 1.0}),
    "polynomial": Shape(_polynomial_fade, _polynomial_rise, {"power": None, "k": 1.0}),
    "one_minus_sqrt": Shape(_sqrt_fade, _sqrt_rise, {}),
    "rex": Shape(_rex_fade, _rex_rise, {}),
    "tanh": Shape(_tanh_fade, _tanh_rise, {"lower": -6.0, "upper": 3.0}),
    "hyperbolic": Shape(_hyperbolic_fade, _hyperbolic_rise, {"bound": None}),
    "exponential_ramp": Shape(_exponential_fade, _exponential_rise, {"rate": None}),
}


def at_numbers(
    curve: str, n: float, large: float, small: float, falls: bool
) -> Callable[[float, float], float] | None:
    """(elapsed, remaining) to a value, for one plain number of the curves that are used most.

    The same formulas once more, without a detour: a call of a schedule is one call of these.
    """
    if curve == "linear":
        return _line_at_numbers(n, large, small, falls)
    return _cosine_at_numbers(n, large, small, falls) if curve == "cosine" else None


def _line_at_numbers(
    n: float, large: float, small: float, falls: bool
) -> Callable[[float, float], float]:
    if small == 0.0:
        if falls:
            return lambda elapsed, remaining: large * (remaining / n)
        return lambda elapsed, remaining: large * (elapsed / n)
    if falls:
        return lambda elapsed, remaining: large * (remaining / n) + small * (1.0 - remaining / n)
    return lambda elapsed, remaining: large * (elapsed / n) + small * (1.0 - elapsed / n)


def _cosine_at_numbers(
    n: float, large: float, small: float, falls: bool
) -> Callable[[float, float], float]:
    quarter, sin = n / (math.pi / 2), math.sin

    def falling(elapsed: float, remaining: float) -> float:
        share = sin(remaining / quarter)
        share *= share
        return large * share + small * (1.0 - share)

    def falling_to_0(elapsed: float, remaining: float) -> float:
        share = sin(remaining / quarter)
        return large * (share * share)

    if falls:
        return falling_to_0 if small == 0.0 else falling
    return lambda elapsed, remaining: falling(remaining, elapsed)
