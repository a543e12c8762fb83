"""Curves of the literature between two values, each as exact at both ends as a cosine."""

from __future__ import annotations

from lrkit.core.curves import Ramp
from lrkit.core.schedule import Schedule
from lrkit.core.validate import number, positive, refuse

STEEPEST = 300.0
"""Beyond it the exponentials of the formula leave the floats."""


def rex(length: float, *, start: float = 1.0, stop: float = 0.0) -> Schedule:
    """Reflected exponential: above a straight line all the way, and steep at the end.

        value(t) = stop + (start - stop) * (1 - x) / (1 - x / 2), x = t / length

    Args:
        length: In steps, or in any unit if `over` or `stretch` follows. Positive.
        start: Value at 0, as a multiple of the height.
        stop: Value at `length` and after.

    Raises:
        ValueError: `length` is not positive, or an end is not finite.

    Source: Chen, Wolfe & Kyrillidis 2021, "REX: Revisiting Budgeted Training with an Improved
    Schedule" (arXiv 2107.04197).

    >>> rex(3)(1), rex(3)(3)
    (0.8, 0.0)
    """
    return Ramp.build("rex", length, start, stop)


def tanh(
    length: float,
    *,
    lower: float = -6.0,
    upper: float = 3.0,
    start: float = 1.0,
    stop: float = 0.0,
) -> Schedule:
    """A hyperbolic tangent: high for long, then down, then low.

        value(t) = stop + (start - stop) * (tanh(upper) - tanh(z)) / (tanh(upper) - tanh(lower)),
        z = lower + (upper - lower) * t / length

    The paper's curve, (1 - tanh(z)) / 2, begins a little below 1 and ends a little above 0
    (at 0.0025 with these bounds), from where programs jump to the minimum. This one is rescaled
    so that it starts and stops exactly where it says.

    Args:
        length: In steps, or in any unit if `over` or `stretch` follows. Positive.
        lower: Where on the tangent it begins, -300 to 300; the lower, the longer it stays high.
        upper: Where it ends, above `lower`, up to 300; the higher, the longer it stays low.
        start: Value at 0, as a multiple of the height.
        stop: Value at `length` and after.

    Raises:
        ValueError: `length` is not positive, the bounds are out of range or order, or an end is
            not finite.

    Source: Hsueh, Li & Wu 2019, "Stochastic Gradient Descent with Hyperbolic-Tangent Decay on
    Classification" (arXiv 1806.01593).

    >>> round(tanh(10, lower=-3, upper=3)(5), 12)
    0.5
    """
    low, high = number("tanh", "lower", lower), number("tanh", "upper", upper)
    if not -STEEPEST <= low < STEEPEST:
        raise refuse("tanh", "lower", "at least -300 and below 300", lower)
    if not low < high <= STEEPEST:
        raise refuse("tanh", "upper", f"above lower={lower!r} and at most 300", upper)
    return Ramp.build("tanh", length, start, stop, low, high)


def hyperbolic(length: float, *, bound: float, start: float = 1.0, stop: float = 0.0) -> Schedule:
    """An arc of a hyperbola: the same first steps however long the run is.

        value(t) = stop + (start - stop) * sqrt(r * (2 * bound - 2 + r) / (2 * bound - 1)),
        r = 1 - t / length

    The paper counts the bound in epochs, U, and its curve comes down to the given infimum only
    where the run is as long as the bound. Here the bound is a multiple of the length, and `stop`
    is where the curve stops; with the paper's infimum e that is
    1 - (1 - e) * sqrt(2 * bound - 1) / bound.

    Args:
        length: In steps, or in any unit if `over` or `stretch` follows. Positive.
        bound: Upper bound of all lengths, as a multiple of this one. 1 or more; 1 is a straight
            line, and the higher, the rounder.
        start: Value at 0, as a multiple of the height.
        stop: Value at `length` and after.

    Raises:
        ValueError: `length` is not positive, `bound` is below 1, or an end is not finite.

    Source: Kim 2024, "HyperbolicLR: Epoch Insensitive Learning Rate Scheduler" (arXiv 2407.15200).

    >>> hyperbolic(10, bound=1)(3)
    0.7
    """
    ratio = number("hyperbolic", "bound", bound)
    if ratio < 1.0:
        raise refuse("hyperbolic", "bound", "1 or more", bound, "It is a multiple of the length.")
    return Ramp.build("hyperbolic", length, start, stop, ratio)


def exponential_ramp(
    length: float, *, rate: float, start: float = 1.0, stop: float = 0.0
) -> Schedule:
    """An exponential that ends: shifted and scaled so that it comes down to `stop` itself.

        value(t) = stop + (start - stop) * (rate ** (t / length) - rate) / (1 - rate)

    Args:
        length: In steps, or in any unit if `over` or `stretch` follows. Positive.
        rate: What would be left at the end without the shift. Positive, not 1: below 1 it falls
            fast at first, above 1 fast at the end.
        start: Value at 0, as a multiple of the height.
        stop: Value at `length` and after.

    Raises:
        ValueError: `length` is not positive, `rate` is not positive or is 1, or an end is not
            finite.

    >>> exponential_ramp(2, rate=0.25)(1)
    0.3333333333333333
    """
    share = positive("exponential_ramp", "rate", rate)
    if share == 1.0:
        raise refuse("exponential_ramp", "rate", "other than 1", rate, "At 1 it is `linear`.")
    return Ramp.build("exponential_ramp", length, start, stop, share)
