"""optax's constant, linear, polynomial, exponential and cosine schedules."""

from __future__ import annotations

from lrkit.core.schedule import Schedule
from lrkit.core.shapes import hold
from lrkit.core.validate import number
from lrkit.like.call import dialect
from lrkit.like.optax.curves import decay, half_cosine, transition


@dialect()
def constant_schedule(value: float) -> Schedule:
    """Optax's `constant_schedule`: one value.

        value(t) = value

    In lrkit's own words: `hold(value=…)`.

    Args:
        value: The rate of every update.

    Raises:
        ValueError: `value` is not finite.

    Source: optax, `optax.schedules.constant_schedule`.

    >>> from lrkit import like
    >>> like.optax.constant_schedule(0.1)(7)
    0.1
    """
    return hold(value=number("like.optax.constant_schedule", "value", value))


@dialect()
def polynomial_schedule(
    init_value: float,
    end_value: float,
    power: float,
    transition_steps: float,
    transition_begin: float = 0,
) -> Schedule:
    """Optax's `polynomial_schedule`: along a power of the time that remains.

        value(t) = end + (init - end) * (1 - (t - begin) / transition_steps) ** power

    *Quirk*: with no `transition_steps`, or fewer, nothing happens: the value stays `init_value`,
    it does not jump to the end. In lrkit's own words:
    `hold(begin, value=init) >> polynomial(n, power=…, start=init, stop=end)`.

    Args:
        init_value: Rate until `transition_begin`.
        end_value: Rate after the transition.
        power: 0 or more; 0 never changes.
        transition_steps: Updates of the transition; 0 or fewer is none.
        transition_begin: Updates before it; a negative number counts as 0. Default: 0.

    Raises:
        ValueError: `power` is negative: optax then gives inf at the end.

    Source: optax, `optax.schedules.polynomial_schedule`.

    >>> from lrkit import like
    >>> like.optax.polynomial_schedule(1.0, 0.0, power=2, transition_steps=4).values()
    array([1.    , 0.5625, 0.25  , 0.0625])
    """
    who = "like.optax.polynomial_schedule"
    return transition(who, init_value, end_value, power, transition_steps, transition_begin)


@dialect()
def linear_schedule(
    init_value: float, end_value: float, transition_steps: float, transition_begin: float = 0
) -> Schedule:
    """Optax's `linear_schedule`: a straight line from one value to another.

        value(t) = init + (end - init) * (t - begin) / transition_steps

    *Quirk*: with no `transition_steps`, or fewer, nothing happens: the value stays `init_value`.
    In lrkit's own words: `linear(n, start=init, stop=end)`.

    Args:
        init_value: Rate until `transition_begin`.
        end_value: Rate after the transition.
        transition_steps: Updates of the transition; 0 or fewer is none.
        transition_begin: Updates before it; a negative number counts as 0. Default: 0.

    Raises:
        ValueError: An argument is not finite.

    Source: optax, `optax.schedules.linear_schedule`.

    >>> from lrkit import like
    >>> like.optax.linear_schedule(0.0, 1.0, transition_steps=4).values()
    array([0.  , 0.25, 0.5 , 0.75])
    """
    who = "like.optax.linear_schedule"
    return transition(who, init_value, end_value, 1.0, transition_steps, transition_begin)


@dialect()
def exponential_decay(
    init_value: float,
    transition_steps: float,
    decay_rate: float,
    transition_begin: float = 0,
    staircase: bool = False,
    end_value: float | None = None,
) -> Schedule:
    """Optax's `exponential_decay`: a factor for every `transition_steps` updates.

        value(t) = init * decay_rate ** ((t - begin) / transition_steps), no further than end_value

    With `staircase` the exponent is rounded down. *Quirk*: no `transition_steps`, or a
    `decay_rate` of 0, means no decay at all, and no limit either; the limit is a floor for a rate
    below 1 and a ceiling otherwise, and holds for `init_value` too. In lrkit's own words:
    `(init * exponential(rate=…, every=…)).at_least(end)`.

    Args:
        init_value: Rate until `transition_begin`.
        transition_steps: Updates of one period; 0 or fewer is no decay.
        decay_rate: Factor of one period. A negative one changes the sign, and needs `staircase`.
        transition_begin: Updates before it; a negative number counts as 0. Default: 0.
        staircase: Whether to change once a period only. Default: False.
        end_value: Where it ends. Default: None, nowhere.

    Raises:
        ValueError: The value would be no real number.

    Source: optax, `optax.schedules.exponential_decay`.

    >>> from lrkit import like
    >>> lr = like.optax.exponential_decay(1.0, 10, 0.5, end_value=0.3)
    >>> lr(10), lr(20)
    (0.5, 0.3)
    """
    who = "like.optax.exponential_decay"
    return decay(
        who, init_value, transition_steps, decay_rate, transition_begin, staircase, end_value
    )


@dialect()
def cosine_decay_schedule(
    init_value: float, decay_steps: float, alpha: float = 0.0, exponent: float = 1.0
) -> Schedule:
    """Optax's `cosine_decay_schedule`: half a cosine, to a power, to a share of its height.

        value(t) = init * (alpha + (1 - alpha) * ((1 + cos(pi * t / decay_steps)) / 2) ** exponent)

    The minimum is reached at `decay_steps` and held. In lrkit's own words:
    `init * cosine(n, stop=alpha, power=exponent)`.

    Args:
        init_value: Rate of update 0.
        decay_steps: Updates until the minimum. Positive.
        alpha: Share of `init_value` that is left at the end. Default: 0.0.
        exponent: 0 or more; above 1 it falls sooner, 0 never falls. Default: 1.0.

    Raises:
        ValueError: `decay_steps` is not positive, or `exponent` is negative (optax then gives inf
            at the end).

    Source: optax, `optax.schedules.cosine_decay_schedule`.

    >>> from lrkit import like
    >>> like.optax.cosine_decay_schedule(0.1, 100, alpha=0.5)(200)
    0.05
    """
    who = "like.optax.cosine_decay_schedule"
    return half_cosine(who, init_value, decay_steps, alpha, exponent)
