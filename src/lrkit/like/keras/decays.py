"""Keras's exponential, inverse-time and polynomial decay."""

from __future__ import annotations

import math
from array import array

from lrkit.core.endless import inverse_time
from lrkit.core.packing import MOST_VALUES
from lrkit.core.repeat import repeat
from lrkit.core.schedule import Schedule
from lrkit.core.shapes import hold, polynomial
from lrkit.core.table import Table
from lrkit.core.validate import duration, exact, number, refuse
from lrkit.like.call import dialect
from lrkit.like.parts import powers, times
from lrkit.like.phases import joined

_LAST_STEP = 2**53


@dialect()
def ExponentialDecay(
    initial_learning_rate: float,
    decay_steps: float,
    decay_rate: float,
    staircase: bool = False,
    name: str | None = "ExponentialDecay",
) -> Schedule:
    """Keras's `ExponentialDecay`: a factor for every `decay_steps` updates.

        value(t) = initial_learning_rate * decay_rate ** (t / decay_steps)

    With `staircase` the exponent is rounded down, and the rate drops once a period. In lrkit's own
    words: `initial_lr * exponential(rate=…, every=…)`, and `.staircase(every)`.

    Args:
        initial_learning_rate: Rate of update 0.
        decay_steps: Updates of one period. Positive.
        decay_rate: Factor of one period. 0 is 0 after update 0, or after the first period; a
            negative factor changes the sign, and needs `staircase`.
        staircase: Whether to drop once a period only. Default: False.
        name: Accepted and ignored.

    Raises:
        ValueError: `decay_steps` is not positive, or the value would be no real number.

    Source: Keras 3, `keras.optimizers.schedules.ExponentialDecay`.

    >>> from lrkit import like
    >>> like.keras.ExponentialDecay(0.1, decay_steps=100, decay_rate=0.5)(200)
    0.025
    """
    who = "like.keras.ExponentialDecay"
    initial = number(who, "initial_learning_rate", initial_learning_rate)
    period = float(duration(who, "decay_steps", decay_steps))
    rate = number(who, "decay_rate", decay_rate)
    return times(initial, powers(who, rate, period, staircase=bool(staircase)))


@dialect()
def InverseTimeDecay(
    initial_learning_rate: float,
    decay_steps: float,
    decay_rate: float,
    staircase: bool = False,
    name: str | None = "InverseTimeDecay",
) -> Schedule:
    """Keras's `InverseTimeDecay`: one over the time that has passed.

        value(t) = initial_learning_rate / (1 + decay_rate * t / decay_steps)

    With `staircase`, t / decay_steps is rounded down. In lrkit's own words:
    `initial_lr * inverse_time(rate=…, every=…)`, and `.staircase(every)`.

    Args:
        initial_learning_rate: Rate of update 0.
        decay_steps: Updates of one period. Positive.
        decay_rate: Share of the initial rate's inverse that each period adds. A negative one
            leads up to a pole and comes back from below 0, as in Keras: rarely meant.
        staircase: Whether to drop once a period only. Default: False.
        name: Accepted and ignored.

    Raises:
        ValueError: `decay_steps` is not positive; or a negative `decay_rate` divides by 0 at a
            whole step, or comes near it only after 10,000,000 steps.

    Source: Keras 3, `keras.optimizers.schedules.InverseTimeDecay`.

    >>> from lrkit import like
    >>> like.keras.InverseTimeDecay(0.1, decay_steps=1, decay_rate=0.5)(2)
    0.05
    """
    who = "like.keras.InverseTimeDecay"
    initial = number(who, "initial_learning_rate", initial_learning_rate)
    period = float(duration(who, "decay_steps", decay_steps))
    rate = number(who, "decay_rate", decay_rate)
    if rate < 0.0:
        return times(initial, _across_the_pole(who, rate, period, bool(staircase)))
    curve = inverse_time(rate=rate, every=period)
    return times(initial, curve.staircase(period) if staircase else curve)


def _across_the_pole(who: str, rate: float, period: float, staircase: bool) -> Schedule:
    """1 / (1 + slope * k) with a slope below 0, for k counting steps or periods."""
    slope = exact(rate) if staircase else exact(rate) / exact(period)
    pole = -1 / slope
    if pole.denominator == 1:
        rule = f"such that 1 + decay_rate * {int(pole)} {'periods' if staircase else 'steps'} is"
        raise refuse(who, "decay_rate", f"{rule} not 0", rate, "Keras gives inf there.")
    beyond = math.ceil(pole)
    if beyond > MOST_VALUES:
        raise refuse(who, "decay_rate", f"0 or more, or below {-1 / MOST_VALUES}", rate)
    p, q = pole.as_integer_ratio()
    before = Table(array("d", (p / (p - k * q) for k in range(beyond))))
    foot = 1 + slope * beyond
    after = inverse_time(rate=float(slope / foot))
    whole = before | float(1 / foot) * (after.staircase(1) if staircase else after)
    return whole.stretch(period) if staircase else whole


@dialect()
def PolynomialDecay(
    initial_learning_rate: float,
    decay_steps: float,
    end_learning_rate: float = 0.0001,
    power: float = 1.0,
    cycle: bool = False,
    name: str | None = "PolynomialDecay",
) -> Schedule:
    """Keras's `PolynomialDecay`: a power of the time that remains, once or again and again.

        value(t) = end + (initial - end) * (1 - t / decay_steps) ** power

    With `cycle`, decay_steps is multiplied by ceil(t / decay_steps): cycle i begins 1 / (i + 1) as
    high to that power. *Quirk*: at a multiple of decay_steps the value is the END of the cycle,
    and the next cycle is first seen one update later. lrkit's own begins there:
    `repeat(polynomial(n, power=p)) * inverse_time(rate=1, every=n, power=p).staircase(n)`.

    Args:
        initial_learning_rate: Rate of update 0.
        decay_steps: Updates until the end, or of one cycle. Positive.
        end_learning_rate: Rate at the end. Default: 0.0001, which is above many initial rates of
            a fine-tuning: say what you mean.
        power: 0 or more; 0 never decays. Default: 1.0.
        cycle: Whether to start again. Default: False.
        name: Accepted and ignored.

    Raises:
        ValueError: `decay_steps` is not positive, or `power` is negative (Keras then gives inf at
            the end).

    Source: Keras 3, `keras.optimizers.schedules.PolynomialDecay`.

    >>> from lrkit import like
    >>> like.keras.PolynomialDecay(1.0, 4, end_learning_rate=0.0, cycle=True).values(8)
    array([1.   , 0.75 , 0.5  , 0.25 , 0.   , 0.375, 0.25 , 0.125])
    """
    who = "like.keras.PolynomialDecay"
    initial = number(who, "initial_learning_rate", initial_learning_rate)
    period = float(duration(who, "decay_steps", decay_steps))
    end = number(who, "end_learning_rate", end_learning_rate)
    exponent = number(who, "power", power)
    if exponent < 0.0:
        raise refuse(who, "power", "0 or more", power, "Keras divides by 0 at the end.")
    if exponent == 0.0:
        return hold(value=initial)
    if not cycle:
        return polynomial(period, power=exponent, start=initial, stop=end)
    return times(initial - end, _cycles(period, exponent)).plus(end)


def _cycles(period: float, power: float) -> Schedule:
    """From 1 to 0 again and again, each time lower, and 0 at every multiple of `period`.

    Of those multiples only whole ones are ever seen: they are as many steps apart as the numerator
    of the period.
    """
    stairs = inverse_time(rate=1, every=period, power=power).staircase(period)
    falling = polynomial(period, power=power)
    steps, cycles = exact(period).as_integer_ratio()
    if steps > _LAST_STEP:
        return repeat(falling) * stairs
    if steps == 1:
        return hold(1) | hold(value=0.0)
    falling = repeat(falling, cycles)
    late = joined(falling.skip(1), hold(1, value=0.0))
    return (falling.take(1) | repeat(late)) * stairs
