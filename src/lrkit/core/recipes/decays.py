"""Decays: the rate falls from the first update on, by steps or along a power of the time."""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import pairwise

from lrkit.core import shapes
from lrkit.core.endless import inverse_sqrt, inverse_time
from lrkit.core.join import jump
from lrkit.core.recipes.parts import rest, whole_of
from lrkit.core.schedule import Schedule
from lrkit.core.shapes import cosine, hold, polynomial
from lrkit.core.validate import duration, number, plain, positive, refuse


def multi_step(milestones: Iterable[float], *, factor: float = 0.1) -> Schedule:
    """From 1, times `factor` at each milestone.

        value(t) = factor ** (number of milestones <= t)

    Update k of a milestone k is the first at the new rate; peers change one update sooner (timm)
    or later (Keras).

    Args:
        milestones: Steps at which the rate changes, ascending; in any unit if `stretch` follows.
        factor: What each milestone multiplies the rate by. Positive.

    Raises:
        ValueError: The milestones are none, not positive or not ascending, or `factor` is not
            positive.

    Source: He et al. 2016, "Deep Residual Learning", section 3.4 (arXiv 1512.03385).

    >>> multi_step([30, 60])
    hold(30) | hold(30, value=0.1) | hold(value=0.010000000000000002)
    """
    times = [plain(duration("multi_step", "milestones", t)) for t in milestones]
    if not times:
        raise ValueError(
            "multi_step: `milestones` must be one step or more, got none. "
            "Use hold() for one rate throughout."
        )
    if any(a >= b for a, b in pairwise(times)):
        raise refuse("multi_step", "milestones", "ascending, each given once", times)
    k = positive("multi_step", "factor", factor)
    gaps = enumerate(pairwise([0, *times]))
    levels = [hold(rest(b, a), value=k**i) for i, (a, b) in gaps]
    return jump(*levels, hold(value=k ** len(levels)))


def power_decay(timescale: float, *, power: float) -> Schedule:
    """Endless decay from 1 by a power of the time.

        value(t) = (1 + t / timescale) ** -power

    A power of 1/2 is `inverse_sqrt(timescale)`. Some write (warmup / t) ** power, counted from the
    start of a warmup: that is `warmup(n) >> power_decay(n, power=power)`.

    Args:
        timescale: Steps until the value has fallen to 1 / 2**power. Positive.
        power: Positive.

    Raises:
        ValueError: `timescale` or `power` is not positive.

    Source: Bach & Moulines 2011, "Non-Asymptotic Analysis of Stochastic Approximation Algorithms".

    >>> power_decay(100, power=2)(100)
    0.25
    """
    n = plain(duration("power_decay", "timescale", timescale))
    return inverse_time(rate=1, every=n, power=positive("power_decay", "power", power))


def noam(d_model: float, warmup: float, *, factor: float = 1.0) -> Schedule:
    """The Transformer's rate: a linear warmup, then one over the square root of the step.

        value(t) = factor * d_model**-0.5 * min(t**-0.5, t * warmup**-1.5)

    It gives rates. The paper counts updates from 1; here update 0 has t = 0 and the rate 0, and
    the peak, factor / sqrt(d_model * warmup), is at t = `warmup`.

    Args:
        d_model: Width of the model. Positive.
        warmup: Updates of the warmup. Positive.
        factor: Multiplies every rate. Positive.

    Raises:
        ValueError: An argument is not positive.

    Source: Vaswani et al. 2017, "Attention Is All You Need", equation 3 (arXiv 1706.03762).

    >>> noam(512, 4000)
    0.0006987712429686843 * (warmup(4000) >> inverse_sqrt(4000))
    """
    n = plain(duration("noam", "warmup", warmup))
    width = positive("noam", "d_model", d_model)
    peak = positive("noam", "factor", factor) / math.sqrt(width * n)
    return peak * (shapes.warmup(n) >> inverse_sqrt(n))


def k_decay(
    length: float,
    *,
    k: float = 1.5,
    power: float | None = None,
    start: float = 1.0,
    stop: float = 0.0,
) -> Schedule:
    """A cosine, or a power, whose time is bent by an exponent k.

        value(t) = stop + (start - stop) * (1 + cos(pi * x**k)) / 2,     x = t / length
        value(t) = stop + (start - stop) * (1 - x**k) ** power           if `power` is given

    Above 1, k keeps the rate high for longer; k = 1 is the plain cosine or power.

    Args:
        length: In steps, or in any unit if `over` or `stretch` follows. Positive.
        k: Exponent of the time. Positive.
        power: Exponent of the polynomial form; the cosine form by default. Positive.
        start: Value at 0, as a multiple of the height.
        stop: Value at `length` and after.

    Raises:
        ValueError: `length`, `k` or `power` is not positive, or an end is not finite.

    Source: Zhang & Li 2020, "k-decay" (arXiv 2004.05909).

    >>> k_decay(100, k=2)(50)
    0.8535533905932737
    """
    n = whole_of("k_decay", length)
    bend = positive("k_decay", "k", k)
    first, last = number("k_decay", "start", start), number("k_decay", "stop", stop)
    if power is None:
        return cosine(n, start=first, stop=last, k=bend)
    exponent = positive("k_decay", "power", power)
    return polynomial(n, power=exponent, start=first, stop=last, k=bend)


def power_optimum(length: float, *, capacity: float) -> Schedule:
    """The schedule that a scaling law finds optimal for easy tasks: a power of what remains.

        value(t) = (1 - t / length) ** (2 * capacity - 1)

    Args:
        length: In steps, or in any unit if `over` or `stretch` follows. Positive.
        capacity: The law's capacity exponent, how fast the features' eigenvalues fall. Above 1.

    Raises:
        ValueError: `length` is not positive, or `capacity` is not above 1.

    Source: the optimal schedules of the functional scaling law, 2026 (arXiv 2602.06797).

    >>> power_optimum(100, capacity=1.5)
    polynomial(100, power=2.0)
    """
    n = whole_of("power_optimum", length)
    b = number("power_optimum", "capacity", capacity)
    if b <= 1.0:
        raise refuse("power_optimum", "capacity", "above 1", capacity)
    return polynomial(n, power=2.0 * b - 1.0)
