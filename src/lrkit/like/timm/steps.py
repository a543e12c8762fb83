"""timm's schedulers that change the rate by a factor: every so many steps, or at milestones."""

from __future__ import annotations

from bisect import bisect_right

from lrkit.core.schedule import Schedule
from lrkit.core.validate import at_least_zero, refuse
from lrkit.like.call import dialect
from lrkit.like.parts import powers, steps, times
from lrkit.like.phases import numbers
from lrkit.like.timm.phases import noisy, warmed_up


@dialect()
def StepLRScheduler(
    decay_t: float,
    decay_rate: float = 1.0,
    warmup_t: float = 0,
    warmup_lr_init: float = 0.0,
    warmup_prefix: bool = True,
    t_in_epochs: bool = True,
    noise_range_t: float | list[float] | None = None,
    noise_pct: float = 0.67,
    noise_std: float = 1.0,
    noise_seed: int | None = 42,
    initialize: bool = True,
    *,
    base_lr: float = 1.0,
) -> Schedule:
    """A factor every `decay_t` steps, as timm gives it.

        value(t) = base_lr * decay_rate ** floor((t - warmup_t) / decay_t)

    In lrkit's words: `warmup(w, stop=base_lr) >> step_decay(base_lr, decay_rate, every=decay_t)`.

    Quirk: without `warmup_prefix` the warmup stands in the place of the first steps, and the
    periods count from step 0. Where the peer's rounding of a broken `decay_t` is a step late
    (1 // 0.1 is 9), this is not.

    Args:
        decay_t: Steps of a period. Positive.
        decay_rate: The factor from one period to the next.
        warmup_t: Length of the warmup.
        warmup_lr_init: The rate at its beginning.
        warmup_prefix: The periods begin after the warmup, not under it.
        t_in_epochs: Without effect: a step here is a step of timm's t.
        noise_range_t: Noise from this step on, or in [first, end); none by default.
        noise_pct: The largest noise, as a share of the rate. Positive.
        noise_std: Its deviation, before what is larger is drawn again.
        noise_seed: Another whole number gives other noise. The noise is lrkit's, not timm's.
        initialize: Without effect: the rate is `base_lr`.
        base_lr: The rate of the optimizer. 0 or more.

    Raises:
        ZeroDivisionError: `decay_t` is 0.
        ValueError: `decay_t` or `base_lr` is negative.

    Source: timm 1.0.31, `scheduler/step_lr.py`.

    >>> StepLRScheduler(2, decay_rate=0.5, warmup_t=1, base_lr=0.1).values(6)
    array([0.   , 0.1  , 0.1  , 0.05 , 0.05 , 0.025])
    """
    who = "like.timm.StepLRScheduler"
    every, factor, warm, start = numbers(
        who,
        decay_t=decay_t,
        decay_rate=decay_rate,
        warmup_t=warmup_t,
        warmup_lr_init=warmup_lr_init,
    )
    if every <= 0:
        problem = ZeroDivisionError if every == 0 else ValueError
        raise problem(str(refuse(who, "decay_t", "positive", every, "It is a number of steps.")))
    rate = at_least_zero(who, "base_lr", base_lr)
    stairs = times(rate, powers(who, factor, every, staircase=True))
    curve = warmed_up(stairs, warm, start, rate, warmup_prefix)
    return noisy(who, curve, noise_range_t, noise_pct, noise_std, noise_seed)


@dialect()
def MultiStepLRScheduler(
    decay_t: list[float],
    decay_rate: float = 1.0,
    warmup_t: float = 0,
    warmup_lr_init: float = 0.0,
    warmup_prefix: bool = True,
    t_in_epochs: bool = True,
    noise_range_t: float | list[float] | None = None,
    noise_pct: float = 0.67,
    noise_std: float = 1.0,
    noise_seed: int | None = 42,
    initialize: bool = True,
    *,
    base_lr: float = 1.0,
) -> Schedule:
    """A factor at each milestone, one step early, as timm gives it.

        value(t) = base_lr * decay_rate ** (how many milestones are at most t - warmup_t + 1)

    In lrkit's words: `warmup(w, stop=base_lr) >> base_lr * multi_step(milestones, factor=…)` with
    milestones that are one lower.

    Quirks: a milestone of 10 acts at step 9. Without `warmup_prefix` the warmup stands in the
    place of the first steps, and milestones count from step 0. Milestones that are not in
    ascending order are counted as a search by halves meets them, as in the peer.

    Args:
        decay_t: The milestones, in ascending order.
        decay_rate: The factor at each.
        warmup_t: Length of the warmup.
        warmup_lr_init: The rate at its beginning.
        warmup_prefix: Milestones count from the end of the warmup, not from step 0.
        t_in_epochs: Without effect: a step here is a step of timm's t.
        noise_range_t: Noise from this step on, or in [first, end); none by default.
        noise_pct: The largest noise, as a share of the rate. Positive.
        noise_std: Its deviation, before what is larger is drawn again.
        noise_seed: Another whole number gives other noise. The noise is lrkit's, not timm's.
        initialize: Without effect: the rate is `base_lr`.
        base_lr: The rate of the optimizer. 0 or more.

    Raises:
        TypeError: `decay_t` is no list of numbers.
        ValueError: `base_lr` is negative.

    Source: timm 1.0.31, `scheduler/multistep_lr.py`.

    >>> MultiStepLRScheduler([3], decay_rate=0.1).values(4)
    array([1. , 1. , 0.1, 0.1])
    """
    who = "like.timm.MultiStepLRScheduler"
    factor, warm, start = numbers(
        who, decay_rate=decay_rate, warmup_t=warmup_t, warmup_lr_init=warmup_lr_init
    )
    if not isinstance(decay_t, list):
        raise TypeError(
            f"{who}: `decay_t` must be a list of milestones, got decay_t={decay_t!r}. "
            "For one milestone write [n]; for a factor every n steps take StepLRScheduler."
        )
    milestones = [numbers(who, decay_t=m)[0] for m in decay_t]
    rate = at_least_zero(who, "base_lr", base_lr)
    levels = {0.0: factor ** bisect_right(milestones, 1.0)}
    later = sorted(m for m in set(milestones) if m > 1.0)
    levels |= {m - 1.0: factor ** bisect_right(milestones, m) for m in later}
    curve = warmed_up(times(rate, steps(levels)), warm, start, rate, warmup_prefix)
    return noisy(who, curve, noise_range_t, noise_pct, noise_std, noise_seed)
