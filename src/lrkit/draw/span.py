"""How far to draw a schedule that has no end."""

from __future__ import annotations

import math
from typing import Any

from lrkit.core.schedule import Schedule

#: Default span of an endless schedule without joins, in updates.
SHORTEST = 1000.0
#: As good as endless, in updates; still exact as a float.
FAR = 2**48
#: A rate as high as this cannot be drawn: sums of two would be infinite.
HIGHEST = 1e300
#: So many joins of an endless schedule show how it goes on.
CYCLES = 4


def checked_span(who: str, span: Any) -> float:
    """The last step to draw, as a user gives it.

    Args:
        who: The name that the user called, for the message.
        span: What the user gave.

    Raises:
        TypeError: It is no number.
        ValueError: It is not positive and finite.

    >>> checked_span("plot", 4000)
    4000.0
    """
    if isinstance(span, str | bytes | bool) or not hasattr(span, "__float__"):
        raise TypeError(
            f"{who}: `span` must be one number, the last step to draw, got span={span!r}. Every "
            "picture begins at step 0."
        )
    end = float(span)
    if not 0 < end < math.inf:
        raise ValueError(
            f"{who}: `span` must be positive and finite, got span={span}. "
            "Leave it out for the whole schedule."
        )
    return end


def default_span(schedule: Schedule) -> float:
    """The last step to draw: the length, and for an endless schedule a round number of steps.

    That is the smallest of 1, 2 or 5 × 10ⁿ from which on the rate changes by no more than a quarter
    of its height; but at least 1,000, or where there are joins four times the last one. Of a rate
    that goes on in joins at least the first four are drawn.

    >>> from lrkit import exponential, hold
    >>> default_span(hold()), default_span(exponential(rate=0.5, every=1000))
    (1000.0, 2000.0)
    """
    if not math.isinf(schedule.length):
        return schedule.length
    joins = _first_joins(schedule)
    goes_on = len(joins) >= CYCLES
    if goes_on:
        span = _round_up(joins[CYCLES - 1])
    else:
        span = _round_up(4.0 * joins[-1] if joins else SHORTEST)
    while span > 1 and not abs(schedule(span)) < HIGHEST:
        span /= 10
    height = max(abs(schedule(span * part / 64)) for part in range(65))
    while span < FAR:
        # What repeats has no value that it ends in: see whether it still decays.
        far = schedule(16 * span if goes_on else FAR)
        # A rate that grows without end has no better place to stop than the first.
        if not abs(far) <= height or abs(schedule(span) - far) <= height / 4:
            break
        span = _round_up(1.5 * span)
    return span


def _first_joins(schedule: Schedule) -> list[float]:
    """The first joins of an endless schedule, `CYCLES` of them if there are as many.

    Asked of longer and longer beginnings: of an endless staircase only these are ever counted.
    """
    joins: list[float] = []
    length = 1
    while len(joins) < CYCLES and length < FAR:
        length *= 2
        joins = [knot[0] for knot in schedule.take(length).knots()[1:-1]]
    return joins


def _round_up(value: float) -> float:
    power = 10.0 ** math.floor(math.log10(value))
    return float(next(f * power for f in (1, 2, 5, 10) if f * power >= value * (1 - 1e-9)))
