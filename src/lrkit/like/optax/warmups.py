"""optax's schedules that begin with a warmup."""

from __future__ import annotations

from lrkit.core.schedule import Schedule
from lrkit.core.validate import exact, number
from lrkit.like.call import dialect
from lrkit.like.optax.curves import decay, half_cosine, transition
from lrkit.like.optax.sequence import sequence


@dialect()
def warmup_constant_schedule(init_value: float, peak_value: float, warmup_steps: float) -> Schedule:
    """Optax's `warmup_constant_schedule`: a line up, then constant.

        value(t) = init + (peak - init) * t / warmup_steps, at most peak

    *Quirk*: with no `warmup_steps` the value stays `init_value` for ever, often 0. In lrkit's own
    words: `peak * (warmup(n) >> hold())`.

    Args:
        init_value: Rate of update 0.
        peak_value: Rate after the warmup.
        warmup_steps: Updates of the warmup; 0 or fewer never leaves `init_value`.

    Raises:
        ValueError: An argument is not finite.

    Source: optax, `optax.schedules.warmup_constant_schedule`.

    >>> from lrkit import like
    >>> like.optax.warmup_constant_schedule(0.0, 0.1, 4)(2)
    0.05
    """
    who = "like.optax.warmup_constant_schedule"
    return transition(who, init_value, peak_value, 1.0, warmup_steps, 0)


@dialect()
def warmup_cosine_decay_schedule(
    init_value: float,
    peak_value: float,
    warmup_steps: float,
    decay_steps: float,
    end_value: float = 0.0,
    exponent: float = 1.0,
) -> Schedule:
    """Optax's `warmup_cosine_decay_schedule`: a line up, then half a cosine.

        value(t) = init + (peak - init) * t / warmup_steps                       t < warmup_steps
        value(t) = end + (peak - end) * ((1 + cos(pi * x)) / 2) ** exponent      then
        x = (t - warmup_steps) / (decay_steps - warmup_steps), at most 1

    *Quirk*: `decay_steps` is the total and includes the warmup; Keras's does not. *Quirk*: a
    `peak_value` of 0 ends at 0, whatever `end_value` says. In lrkit's own words:
    `peak * (warmup(w) >> cosine(n - w, stop=…))`.

    Args:
        init_value: Rate of update 0.
        peak_value: Rate after the warmup.
        warmup_steps: Updates of the warmup; a negative number cuts the first updates off the
            cosine, as in optax.
        decay_steps: Updates of warmup and cosine. More than `warmup_steps`.
        end_value: Rate at the end. Default: 0.0.
        exponent: 0 or more; above 1 the cosine falls sooner. Default: 1.0.

    Raises:
        ValueError: Nothing is left for the cosine, or `exponent` is negative.

    Source: optax, `optax.schedules.warmup_cosine_decay_schedule`.

    >>> from lrkit import like
    >>> lr = like.optax.warmup_cosine_decay_schedule(0.0, 0.1, 100, 1000)
    >>> lr(50), lr(100), lr(1000)
    (0.05, 0.1, 0.0)
    """
    who = "like.optax.warmup_cosine_decay_schedule"
    return warmup_cosine(
        who, init_value, peak_value, warmup_steps, decay_steps, end_value, exponent
    )


def warmup_cosine(
    who: str,
    init_value: float,
    peak_value: float,
    warmup_steps: float,
    decay_steps: float,
    end_value: float = 0.0,
    exponent: float = 1.0,
) -> Schedule:
    """The two in sequence, without optax's name around it."""
    peak, end = number(who, "peak_value", peak_value), number(who, "end_value", end_value)
    total = exact(number(who, "decay_steps", decay_steps))
    left = float(total - exact(number(who, "warmup_steps", warmup_steps)))
    up = transition(who, init_value, peak, 1.0, warmup_steps, 0)
    down = half_cosine(who, peak, left, end / peak if peak else 0.0, exponent)
    return sequence(who, [up, down], [warmup_steps])


@dialect()
def warmup_exponential_decay_schedule(
    init_value: float,
    peak_value: float,
    warmup_steps: float,
    transition_steps: float,
    decay_rate: float,
    transition_begin: float = 0,
    staircase: bool = False,
    end_value: float | None = None,
) -> Schedule:
    """Optax's `warmup_exponential_decay_schedule`: a line up, then `exponential_decay`.

        value(t) = init + (peak - init) * t / warmup_steps                       t < warmup_steps
        value(t) = peak * decay_rate ** ((t - warmup_steps - begin) / transition_steps)      then

    *Quirk*: with no `transition_steps`, or a `decay_rate` of 0, the peak is held. In lrkit's own
    words: `peak * (warmup(w) >> exponential(rate=…, every=…))`.

    Args:
        init_value: Rate of update 0.
        peak_value: Rate after the warmup.
        warmup_steps: Updates of the warmup.
        transition_steps: Updates of one period of the decay; 0 or fewer is no decay.
        decay_rate: Factor of one period. A negative one changes the sign, and needs `staircase`.
        transition_begin: Updates between warmup and decay; a negative number counts as 0.
            Default: 0.
        staircase: Whether to change once a period only. Default: False.
        end_value: Where it ends; a floor for a rate below 1, else a ceiling. Default: None.

    Raises:
        ValueError: The value would be no real number.

    Source: optax, `optax.schedules.warmup_exponential_decay_schedule`.

    >>> from lrkit import like
    >>> lr = like.optax.warmup_exponential_decay_schedule(0.0, 0.1, 4, 10, 0.5)
    >>> lr(2), lr(14)
    (0.05, 0.05)
    """
    who = "like.optax.warmup_exponential_decay_schedule"
    up = transition(who, init_value, peak_value, 1.0, warmup_steps, 0)
    down = decay(
        who, peak_value, transition_steps, decay_rate, transition_begin, staircase, end_value
    )
    return sequence(who, [up, down], [warmup_steps])
