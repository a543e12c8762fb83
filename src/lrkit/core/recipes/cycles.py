"""Cycles: the rate comes back again and again.

A cycle begins at its boundary: there the value is the next cycle's first, as everywhere in lrkit.
"""

from __future__ import annotations

import math

from lrkit.core import shapes
from lrkit.core.endless import exponential, inverse_time
from lrkit.core.recipes.parts import flow, rest, short_of, some
from lrkit.core.repeat import repeat
from lrkit.core.schedule import Schedule
from lrkit.core.shapes import cosine, linear, polynomial
from lrkit.core.validate import duration, number, plain, positive, refuse


def polynomial_cycles(cycle: float, *, power: float = 1.0, stop: float = 0.0) -> Schedule:
    """Polynomial decays one after the other, cycle i starting 1 / (i + 1)**power high.

        value(t) = stop + (1 - stop) * ((1 - x) / (i + 1)) ** power
        i = floor(t / cycle),  x = t / cycle - i

    This is `PolynomialDecay(cycle=True)` of Keras and TensorFlow, whose line to the end value is
    drawn longer each time it is reached. At a boundary the next cycle has begun here; there the
    end value is given once more.

    Args:
        cycle: Steps of one cycle, or in any unit if `stretch` follows. Positive.
        power: Positive; 1 is a straight line.
        stop: Value that each cycle falls to, as a multiple of the height.

    Raises:
        ValueError: `cycle` or `power` is not positive, or `stop` is not finite.

    >>> polynomial_cycles(4).values(8)
    array([1.   , 0.75 , 0.5  , 0.25 , 0.5  , 0.375, 0.25 , 0.125])
    """
    n = plain(duration("polynomial_cycles", "cycle", cycle))
    p = positive("polynomial_cycles", "power", power)
    heights = inverse_time(rate=1, every=n, power=p).staircase(n)
    return _above(
        number("polynomial_cycles", "stop", stop), repeat(polynomial(n, power=p)) * heights
    )


def cosine_restarts(
    first: float,
    *,
    times: float = math.inf,
    stretch: float = 1,
    height: float = 1,
    warmup: float = 0,
    stop: float = 0.0,
) -> Schedule:
    """Cosines one after the other, each cycle longer and lower than the one before as told.

        value(t) = stop + (peak - stop) * (1 + cos(pi * x)) / 2
        peak = stop + (1 - stop) * height**i,  x = the share of cycle i after its warmup

    Each cycle begins on a whole step, for any `stretch`. The minimum is reached at a cycle's end,
    where the next has begun: no update runs at it, but after the last cycle it holds. The floor
    `stop` is the same in every cycle, and a warmup lengthens with its cycle; Keras, timm and
    others differ in both.

    Args:
        first: Length of the first cycle with its warmup, in steps. Positive.
        times: How many cycles, a whole number of 1 or more; endless by default.
        stretch: Length of a cycle as a multiple of the one before. Positive.
        height: Height of a cycle above `stop` as a multiple of the one before. 0 or more.
        warmup: Steps of the first cycle in which it rises from `stop` to its peak. 0 or more, less
            than `first`.
        stop: Value that each cycle falls to, as a multiple of the height.

    Raises:
        ValueError: An argument is out of range, or the cycles shrink without end.

    Source: Loshchilov & Hutter 2017, "SGDR", section 3 (arXiv 1608.03983).

    >>> lr = cosine_restarts(10, stretch=2, height=0.5)
    >>> lr(0), lr(10), lr(30), lr(70)
    (1.0, 0.5, 0.25, 0.125)
    """
    n = plain(duration("cosine_restarts", "first", first))
    rise = short_of("cosine_restarts", "warmup", warmup, n, "the length of the first cycle")
    floor = number("cosine_restarts", "stop", stop)
    # With peaks of one height the floor is the end of the curve, else it is put under the cycles.
    low = floor if height == 1 else 0.0
    cycle = flow(some(shapes.warmup, rise, start=low), cosine(rest(n, rise), stop=low))
    cycles = repeat(cycle, times, stretch=stretch, height=height)
    return cycles if height == 1 else _above(floor, cycles)


def triangular(up: float, *, down: float | None = None, start: float = 0.0) -> Schedule:
    """Up and down in straight lines, for ever.

        value(t) = start + (1 - start) * triangle(t),  from 0 to 1 in `up`, to 0 in `down`

    Args:
        up: Length of the rise, in steps, or in any unit if `stretch` follows. Positive.
        down: Length of the fall; that of the rise by default. Positive.
        start: Lowest value, as a multiple of the height.

    Raises:
        ValueError: `up` or `down` is not positive, or `start` is not finite.

    Source: Smith 2017, "Cyclical Learning Rates", section 3.2 (arXiv 1506.01186).

    >>> triangular(4, start=0.2).values(9)
    array([0.2, 0.4, 0.6, 0.8, 1. , 0.8, 0.6, 0.4, 0.2])
    """
    return repeat(_triangle("triangular", up, down, number("triangular", "start", start)))


def triangular2(up: float, *, down: float | None = None, start: float = 0.0) -> Schedule:
    """`triangular`, each triangle half as high as the one before.

        value(t) = start + (1 - start) * triangle(t) / 2**i,  i = floor(t / (up + down))

    Args:
        up: Length of the rise, in steps, or in any unit if `stretch` follows. Positive.
        down: Length of the fall; that of the rise by default. Positive.
        start: Lowest value, as a multiple of the height.

    Raises:
        ValueError: `up` or `down` is not positive, or `start` is not finite.

    Source: Smith 2017, "Cyclical Learning Rates", section 3.2 (arXiv 1506.01186).

    >>> lr = triangular2(4, start=0.2)
    >>> lr(4), lr(8), lr(12)
    (1.0, 0.2, 0.6000000000000001)
    """
    triangles = repeat(_triangle("triangular2", up, down), height=0.5)
    return _above(number("triangular2", "start", start), triangles)


def exp_range(up: float, *, rate: float, down: float | None = None, start: float = 0.0) -> Schedule:
    """`triangular`, its height falling by a factor at every step.

        value(t) = start + (1 - start) * triangle(t) * rate**t

    Args:
        up: Length of the rise, in steps, or in any unit if `stretch` follows. Positive.
        rate: Factor of one step (of one unit), such as 0.99994. Positive, at most 1.
        down: Length of the fall; that of the rise by default. Positive.
        start: Lowest value, as a multiple of the height.

    Raises:
        ValueError: `up`, `down` or `rate` is out of range, or `start` is not finite.

    Source: Smith 2017, "Cyclical Learning Rates", section 3.2 (arXiv 1506.01186).

    >>> exp_range(2, rate=0.5).values(5)
    array([0.    , 0.25  , 0.25  , 0.0625, 0.    ])
    """
    factor = positive("exp_range", "rate", rate)
    if factor > 1.0:
        raise refuse("exp_range", "rate", "at most 1", rate, "The factor of one step decays.")
    triangles = repeat(_triangle("exp_range", up, down)) * exponential(rate=factor)
    return _above(number("exp_range", "start", start), triangles)


def _triangle(who: str, up: float, down: float | None, low: float = 0.0) -> Schedule:
    rise = plain(duration(who, "up", up))
    fall = rise if down is None else plain(duration(who, "down", down))
    return shapes.warmup(rise, start=low) >> linear(fall, stop=low)


def _above(floor: float, s: Schedule) -> Schedule:
    """`s`, from 0 to 1, put between `floor` and 1."""
    return s if floor == 0.0 else ((1.0 - floor) * s).plus(floor)
