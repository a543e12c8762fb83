"""The curves that optax's schedules are made of, with its rules for odd arguments."""

from __future__ import annotations

import math

from lrkit.core.schedule import Schedule
from lrkit.core.shapes import cosine, hold, linear, polynomial
from lrkit.core.validate import number, refuse
from lrkit.like.parts import powers, times
from lrkit.like.phases import joined


def transition(
    who: str, init_value: float, end_value: float, power: float, steps: float, begin: float
) -> Schedule:
    """From one value to another along a power of the time that remains, after `begin` steps."""
    start = number(who, "init_value", init_value)
    stop = number(who, "end_value", end_value)
    exponent = number(who, "power", power)
    wait = number(who, "transition_begin", begin)
    if number(who, "transition_steps", steps) <= 0.0:
        return hold(value=start)
    if exponent < 0.0:
        raise refuse(who, "power", "0 or more", power, "optax divides by 0 at the end.")
    if exponent == 0.0:
        return hold(value=start)
    if exponent == 1.0:
        curve = linear(steps, start=start, stop=stop)
    else:
        curve = polynomial(steps, power=exponent, start=start, stop=stop)
    return joined(hold(begin, value=start), curve) if wait > 0.0 else curve


def decay(
    who: str,
    init_value: float,
    transition_steps: float,
    decay_rate: float,
    transition_begin: float,
    staircase: bool,
    end_value: float | None,
) -> Schedule:
    """A factor for every `transition_steps`, after `transition_begin` steps, up to a limit."""
    start = number(who, "init_value", init_value)
    steps = number(who, "transition_steps", transition_steps)
    rate = number(who, "decay_rate", decay_rate)
    begin = number(who, "transition_begin", transition_begin)
    if steps <= 0.0 or rate == 0.0:
        return hold(value=start)
    curve = times(start, powers(who, rate, transition_steps, staircase=bool(staircase)))
    if end_value is not None:
        curve = _limited(curve, rate, number(who, "end_value", end_value), steps)
    if begin <= 0.0:
        return curve
    # The value at 0 has been through the limit too.
    return joined(hold(transition_begin, value=curve(0)), curve)


def _limited(curve: Schedule, rate: float, limit: float, steps: float) -> Schedule:
    """Never below the limit where the curve decays, never above it where it grows."""
    if rate < 1.0:
        return curve.at_least(limit)
    capped = curve.at_most(limit)
    start = curve(0)
    if rate == 1.0 or start <= 0.0:
        return capped
    # A curve that has grown past the limit is cut off, before it is too large for a float.
    growth = math.log(limit) - math.log(start) if limit > start else 0.0
    periods = 2.0 + growth / math.log(rate)
    return joined(capped.take(math.ceil(periods * steps)), hold(value=limit))


def half_cosine(
    who: str, init_value: float, decay_steps: float, alpha: float, exponent: float
) -> Schedule:
    """Half a cosine to the share `alpha`; the cosine, before the share, to a power."""
    start = number(who, "init_value", init_value)
    left, power = number(who, "alpha", alpha), number(who, "exponent", exponent)
    if not number(who, "decay_steps", decay_steps) > 0.0:
        raise refuse(who, "decay_steps", "positive, without the warmup", decay_steps)
    if power < 0.0:
        raise refuse(who, "exponent", "0 or more", exponent, "optax divides by 0 at the end.")
    if power == 0.0:
        return hold(value=start)
    return cosine(decay_steps, start=start, stop=start * left, power=power)
