"""The decays that the project began with: an initial rate, a floor, and steps in between.

They give rates rather than shapes, so nothing is multiplied in front of them.
"""

from __future__ import annotations

from lrkit.core.endless import exponential, inverse_time
from lrkit.core.schedule import Schedule
from lrkit.core.shapes import cosine
from lrkit.core.validate import at_least_zero


def exponential_decay(
    initial_lr: float,
    decay_rate: float,
    every: float,
    min_lr: float = 0.0,
    *,
    staircase: bool = True,
) -> Schedule:
    """Multiply the rate by `decay_rate` once every `every` updates.

        value(t) = max(min_lr, initial_lr * decay_rate ** floor(t / every))

    Args:
        initial_lr: Rate of the first period.
        decay_rate: Factor from one period to the next. Positive; below 1 it decays.
        every: Updates of a period, for example those of an epoch; may be fractional. Positive.
        min_lr: The rate never falls below this. 0 or more.
        staircase: Change once a period; False decays a little at every update instead.

    Raises:
        ValueError: An argument is out of range.
        TypeError: `staircase` is not True or False.

    >>> lr = exponential_decay(0.001, 0.9, every=313)
    >>> lr(312), lr(313)
    (0.001, 0.0009000000000000001)
    """
    stairs = _chosen("exponential_decay", staircase)
    curve = initial_lr * exponential(rate=decay_rate, every=every)
    return _floored(curve.staircase(every) if stairs else curve, min_lr, "exponential_decay")


def inverse_time_decay(
    initial_lr: float,
    decay_rate: float,
    every: float,
    min_lr: float = 0.0,
    *,
    staircase: bool = True,
) -> Schedule:
    """Divide the rate by one more `decay_rate` for every period of `every` updates.

        value(t) = max(min_lr, initial_lr / (1 + decay_rate * floor(t / every)))

    Args:
        initial_lr: Rate of the first period.
        decay_rate: What each period adds to the divisor; with 1 the rates are 1, 1/2, 1/3, … of
            the initial one. 0 or more.
        every: Updates of a period; may be fractional. Positive.
        min_lr: The rate never falls below this. 0 or more.
        staircase: Change once a period; False decays a little at every update instead.

    Raises:
        ValueError: An argument is out of range.
        TypeError: `staircase` is not True or False.

    Source: Robbins & Monro 1951, "A Stochastic Approximation Method".

    >>> lr = inverse_time_decay(0.8, 1.0, every=100)
    >>> lr(99), lr(100), lr(300)
    (0.8, 0.4, 0.2)
    """
    stairs = _chosen("inverse_time_decay", staircase)
    curve = initial_lr * inverse_time(rate=decay_rate, every=every)
    return _floored(curve.staircase(every) if stairs else curve, min_lr, "inverse_time_decay")


def step_decay(initial_lr: float, decay_rate: float, every: float, min_lr: float = 0.0) -> Schedule:
    """Drop the rate by a factor every few epochs.

        value(t) = max(min_lr, initial_lr * decay_rate ** floor(t / every))

    Args:
        initial_lr: Rate of the first period.
        decay_rate: Factor at each drop, often 0.5 or 0.1. Positive.
        every: Updates between two drops, for example those of three epochs. Positive.
        min_lr: The rate never falls below this. 0 or more.

    Raises:
        ValueError: An argument is out of range.

    >>> lr = step_decay(0.001, 0.5, every=3 * 313)
    >>> lr(938), lr(939)
    (0.001, 0.0005)
    """
    return exponential_decay(initial_lr, decay_rate, every, min_lr)


def cosine_decay(initial_lr: float, decay_steps: float, min_lr: float = 0.0) -> Schedule:
    """Half a cosine from `initial_lr` to 0 over the whole run, never below `min_lr`.

        value(t) = max(min_lr, initial_lr * (1 + cos(pi * t / decay_steps)) / 2)

    The floor cuts the curve off; for a cosine that ends at a minimum write
    `initial_lr * cosine(decay_steps, stop=share)`.

    Args:
        initial_lr: Rate of the first update.
        decay_steps: Updates until the end of the curve, usually those of the run. Positive.
        min_lr: The rate never falls below this. 0 or more.

    Raises:
        ValueError: An argument is out of range.

    Source: Loshchilov & Hutter 2017, "SGDR", equation 5 (arXiv 1608.03983).

    >>> cosine_decay(0.001, 3130, min_lr=1e-5)(3130)
    1e-05
    """
    return _floored(initial_lr * cosine(decay_steps), min_lr, "cosine_decay")


def _chosen(who: str, staircase: bool) -> bool:
    if not isinstance(staircase, bool):
        raise TypeError(
            f"{who}: `staircase` must be True or False, got staircase={staircase!r}. "
            "The length of a period is `every`."
        )
    return staircase


def _floored(s: Schedule, min_lr: float, who: str) -> Schedule:
    floor = at_least_zero(who, "min_lr", min_lr)
    return s.at_least(floor) if floor > 0.0 else s
