"""The pieces that schedules are written with: from one value to another, or one value held."""

from __future__ import annotations

import math

from lrkit.core.curves import LEAVE_OUT, Geometric, Hold, Ramp
from lrkit.core.schedule import Schedule
from lrkit.core.validate import duration, number, positive


def hold(length: float = math.inf, *, value: float = 1.0) -> Schedule:
    """One value, held.

        value(t) = value

    Args:
        length: In steps, or in any unit if `over` or `stretch` follows. Positive.
            Endless by default.
        value: As a multiple of the height.

    Raises:
        ValueError: `length` is not positive, or `value` is not finite.

    >>> hold(75)(74)
    1.0
    """
    endless = isinstance(length, float) and length == math.inf
    span = length if endless else duration("hold", "length", length, LEAVE_OUT)
    return Hold(span, number("hold", "value", value))


def linear(length: float, *, start: float = 1.0, stop: float = 0.0) -> Schedule:
    """A straight line from `start` to `stop`.

        value(t) = start + (stop - start) * t / length

    Args:
        length: In steps, or in any unit if `over` or `stretch` follows. Positive.
        start: Value at 0, as a multiple of the height.
        stop: Value at `length` and after.

    Raises:
        ValueError: `length` is not positive, or an end is not finite.

    >>> linear(4).values()
    array([1.  , 0.75, 0.5 , 0.25])
    """
    return Ramp.build("linear", length, start, stop)


def warmup(length: float, *, start: float = 0.0, stop: float = 1.0) -> Schedule:
    """A straight line up: `linear` with the ends of a warmup as its defaults.

        value(t) = start + (stop - start) * t / length

    Update 0 runs at `start`; give `start=1/length` where a first update at 0 is unwanted.

    Args:
        length: In steps, or in any unit if `over` or `stretch` follows. Positive.
        start: Value at 0, as a multiple of the height.
        stop: Value at `length`, where the next piece begins.

    Raises:
        ValueError: `length` is not positive, or an end is not finite.

    Source: Goyal et al. 2017, "Accurate, Large Minibatch SGD", section 2.2 (arXiv 1706.02677).

    >>> warmup(4).values()
    array([0.  , 0.25, 0.5 , 0.75])
    """
    return Ramp.build("linear", length, start, stop, name="warmup")


def cosine(
    length: float, *, start: float = 1.0, stop: float = 0.0, power: float = 1.0, k: float = 1.0
) -> Schedule:
    """Half a cosine from `start` to `stop`: flat at both ends, steepest in the middle.

        value(t) = stop + (start - stop) * ((1 + cos(pi * (t / length) ** k)) / 2) ** power

    The minimum is reached at `length`, one step after the last update of a run of that length.

    Args:
        length: In steps, or in any unit if `over` or `stretch` follows. Positive.
        start: Value at 0, as a multiple of the height.
        stop: Value at `length` and after.
        power: Positive; above 1 it falls sooner.
        k: Positive; above 1 it stays high longer.

    Raises:
        ValueError: `length`, `power` or `k` is not positive, or an end is not finite.

    Source: Loshchilov & Hutter 2017, "SGDR", equation 5 (arXiv 1608.03983); `k` from Zhang & Li
    2020, "k-decay" (arXiv 2004.05909).

    >>> cosine(100, stop=0.1)(100)
    0.1
    """
    powers = positive("cosine", "power", power), positive("cosine", "k", k)
    return Ramp.build("cosine", length, start, stop, *powers)


def polynomial(
    length: float, *, power: float, start: float = 1.0, stop: float = 0.0, k: float = 1.0
) -> Schedule:
    """A power of the time that remains, from `start` to `stop`.

        value(t) = stop + (start - stop) * (1 - (t / length) ** k) ** power

    Args:
        length: In steps, or in any unit if `over` or `stretch` follows. Positive.
        power: Positive; 1 is `linear`, 2 ends flat.
        start: Value at 0, as a multiple of the height.
        stop: Value at `length` and after.
        k: Positive; above 1 it stays near `start` longer. With `power=1` and the ends exchanged
            it is a warmup along t ** k.

    Raises:
        ValueError: `length`, `power` or `k` is not positive, or an end is not finite.

    Source: Chen et al. 2017, "DeepLab", section 4 (arXiv 1606.00915); `k` from Zhang & Li 2020,
    "k-decay" (arXiv 2004.05909).

    >>> polynomial(4, power=2).values()
    array([1.    , 0.5625, 0.25  , 0.0625])
    """
    powers = positive("polynomial", "power", power), positive("polynomial", "k", k)
    return Ramp.build("polynomial", length, start, stop, *powers)


def one_minus_sqrt(length: float, *, start: float = 1.0, stop: float = 0.0) -> Schedule:
    """Steep at first, then ever flatter: the cooldown that ends WSD runs best.

        value(t) = stop + (start - stop) * (1 - sqrt(t / length))

    Args:
        length: In steps, or in any unit if `over` or `stretch` follows. Positive.
        start: Value at 0, as a multiple of the height.
        stop: Value at `length` and after.

    Raises:
        ValueError: `length` is not positive, or an end is not finite.

    Source: Hägele et al. 2024, "Scaling Laws and Compute-Optimal Training Beyond Fixed Training
    Durations", section 3 (arXiv 2405.18392).

    >>> one_minus_sqrt(4).values()[:2]
    array([1. , 0.5])
    """
    return Ramp.build("one_minus_sqrt", length, start, stop)


def geometric(length: float, *, start: float = 1.0, stop: float) -> Schedule:
    """From `start` to `stop` by the same factor at every step: a line on a log axis.

        value(t) = start * (stop / start) ** (t / length)

    Args:
        length: In steps, or in any unit if `over` or `stretch` follows. Positive.
        start: Value at 0, as a multiple of the height. Positive.
        stop: Value at `length` and after. Positive.

    Raises:
        ValueError: `length`, `start` or `stop` is not positive.

    >>> geometric(2, stop=0.01).values()
    array([1. , 0.1])
    """
    return Geometric(
        duration("geometric", "length", length, LEAVE_OUT),
        positive("geometric", "start", start, "A factor never leads to or from 0."),
        positive(
            "geometric", "stop", stop, "A factor never leads to 0; use exponential(…).take(n)."
        ),
    )
