"""The pieces that go on for ever, from 1: last in a join, or ended by `.take(n)`."""

from __future__ import annotations

from lrkit.core.curves import Decay
from lrkit.core.schedule import Schedule
from lrkit.core.validate import duration, number, positive, refuse


def exponential(*, rate: float, every: float = 1) -> Schedule:
    """Endless exponential decay from 1.

        value(t) = rate ** (t / every)

    `.staircase(every)` makes it drop once per period; `.take(n)` ends it.

    Args:
        rate: The factor of one period. Positive; below 1 it decays.
        every: Steps of one period. Positive.

    Raises:
        ValueError: `rate` or `every` is not positive.

    >>> exponential(rate=0.5, every=10)(20)
    0.25
    """
    return Decay(
        "exponential",
        duration("exponential", "every", every),
        positive("exponential", "rate", rate, "A decay has a rate between 0 and 1."),
    )


def inverse_time(*, rate: float, every: float = 1, power: float = 1.0) -> Schedule:
    """Endless decay from 1, one over the time or a power of it.

        value(t) = 1 / (1 + rate * t / every) ** power

    Args:
        rate: 0 or more.
        every: Steps of one period. Positive.
        power: Positive; 0.5 is `inverse_sqrt`.

    Raises:
        ValueError: `rate` is negative, or `every` or `power` is not positive.

    Source: Robbins & Monro 1951, "A Stochastic Approximation Method".

    >>> inverse_time(rate=1.0, every=10)(10)
    0.5
    """
    rate = number("inverse_time", "rate", rate)
    if rate < 0:
        raise refuse("inverse_time", "rate", "0 or more", rate)
    period = duration("inverse_time", "every", every)
    return Decay("inverse_time", period, rate, positive("inverse_time", "power", power))


def inverse_sqrt(timescale: float) -> Schedule:
    """Endless decay from 1, one over the square root of the time.

        value(t) = sqrt(timescale / (t + timescale))

    After `warmup(n)` the classical Transformer decay is `warmup(n) >> inverse_sqrt(n)`.

    Args:
        timescale: Steps until the value has fallen to sqrt(1/2). Positive.

    Raises:
        ValueError: `timescale` is not positive.

    Source: Vaswani et al. 2017, "Attention Is All You Need", section 5.3 (arXiv 1706.03762).

    >>> inverse_sqrt(100)(300)
    0.5
    """
    return Decay("inverse_sqrt", duration("inverse_sqrt", "timescale", timescale))
