"""timm's schedulers that come down in cycles: along a cosine, a tangent, a power."""

from __future__ import annotations

import math

from lrkit.core.ramps import tanh
from lrkit.core.schedule import Schedule
from lrkit.core.shapes import cosine, hold, polynomial
from lrkit.core.validate import at_least_zero, number, refuse
from lrkit.like.call import dialect
from lrkit.like.phases import numbers
from lrkit.like.timm.cycles import Cycles, demand
from lrkit.like.timm.phases import noisy, warmed_up


@dialect()
def CosineLRScheduler(
    t_initial: float,
    lr_min: float = 0.0,
    cycle_mul: float = 1.0,
    cycle_decay: float = 1.0,
    cycle_limit: int = 1,
    warmup_t: float = 0,
    warmup_lr_init: float = 0.0,
    warmup_prefix: bool = False,
    t_in_epochs: bool = True,
    noise_range_t: float | list[float] | None = None,
    noise_pct: float = 0.67,
    noise_std: float = 1.0,
    noise_seed: int | None = 42,
    k_decay: float = 1.0,
    initialize: bool = True,
    *,
    base_lr: float = 1.0,
) -> Schedule:
    """Cosines down to a minimum, each as long and as high as told, as timm gives them.

        value(t) = lr_min + (base_lr * cycle_decay**i - lr_min) * (1 + cos(pi * x**k_decay)) / 2

    with cycle i of length t_initial * cycle_mul**i and x the share of it that is over; `lr_min`
    after `cycle_limit` cycles. In lrkit's words, for one cycle of length n:
    `warmup(w, stop=base_lr) >> cosine(n, start=base_lr, stop=lr_min)`.

    Quirk: without `warmup_prefix` the warmup stands in the place of the first steps of the curve,
    so that the rate climbs towards the peak and drops to where the curve is by then. Where
    rounding makes the peer miss a restart and give `lr_min`, this gives the peak.

    Args:
        t_initial: Length of the first cycle, in what timm is stepped with: epochs or updates.
        lr_min: The rate at the end of a cycle and after the last. 0 or more.
        cycle_mul: Length of a cycle as a multiple of the one before. Positive.
        cycle_decay: Peak of a cycle as a multiple of the one before. 0 or more.
        cycle_limit: How many cycles.
        warmup_t: Length of the warmup.
        warmup_lr_init: The rate at its beginning.
        warmup_prefix: The cycles begin after the warmup, not under it.
        t_in_epochs: Without effect: a step here is a step of timm's t.
        noise_range_t: Noise from this step on, or in [first, end); none by default.
        noise_pct: The largest noise, as a share of the rate. Positive.
        noise_std: Its deviation, before what is larger is drawn again.
        noise_seed: Another whole number gives other noise. The noise is lrkit's, not timm's.
        k_decay: 0 or more; above 1 the curve stays high longer.
        initialize: Without effect: the rate is `base_lr`.
        base_lr: The rate of the optimizer. 0 or more.

    Raises:
        AssertionError: `t_initial` is not positive, or `lr_min` is negative.
        ValueError: `cycle_mul` is not positive, or `cycle_decay` or `base_lr` is negative.
        ZeroDivisionError: `k_decay` is negative.

    Source: timm 1.0.31, `scheduler/cosine_lr.py`.

    >>> CosineLRScheduler(10, warmup_t=2, warmup_prefix=True, base_lr=0.1).values(4)
    array([0.        , 0.05      , 0.1       , 0.09755283])
    """
    who = "like.timm.CosineLRScheduler"
    cycles = Cycles.checked(who, t_initial, lr_min, cycle_mul, cycle_decay, cycle_limit)
    k, warm, start = numbers(who, k_decay=k_decay, warmup_t=warmup_t, warmup_lr_init=warmup_lr_init)
    rate, n = at_least_zero(who, "base_lr", base_lr), cycles.t_initial
    # x ** 0 is 1, also at the beginning of a cycle: there is no way down.
    fade = hold(n, value=0.0) if _share_power(who, k) == 0 else cosine(n, k=k)
    curve = warmed_up(cycles.along(fade, rate), warm, start, rate, warmup_prefix)
    return noisy(who, curve, noise_range_t, noise_pct, noise_std, noise_seed)


@dialect()
def TanhLRScheduler(
    t_initial: float,
    lb: float = -7.0,
    ub: float = 3.0,
    lr_min: float = 0.0,
    cycle_mul: float = 1.0,
    cycle_decay: float = 1.0,
    cycle_limit: int = 1,
    warmup_t: float = 0,
    warmup_lr_init: float = 0.0,
    warmup_prefix: bool = False,
    t_in_epochs: bool = True,
    noise_range_t: float | list[float] | None = None,
    noise_pct: float = 0.67,
    noise_std: float = 1.0,
    noise_seed: int | None = 42,
    initialize: bool = True,
    *,
    base_lr: float = 1.0,
) -> Schedule:
    """Hyperbolic tangents down to a minimum, as timm gives them.

        value(t) = lr_min + (base_lr * cycle_decay**i - lr_min) * (1 - tanh(lb + (ub - lb) * x)) / 2

    with cycle i of length t_initial * cycle_mul**i and x the share of it that is over; `lr_min`
    after `cycle_limit` cycles. In lrkit's words, for one cycle of length n:
    `warmup(w, stop=base_lr) >> tanh(n, lower=lb, upper=ub, start=base_lr, stop=lr_min)`, which
    starts and stops exactly there.

    Quirks: the first rate is a little below the peak and the last a little above the minimum,
    from where it drops. Without `warmup_prefix` the warmup stands in the place of the first steps
    of the curve, and leads to where the curve is by then. Where rounding makes the peer miss a
    restart and stay at the end of a cycle, this begins the next.

    Args:
        t_initial: Length of the first cycle, in what timm is stepped with: epochs or updates.
        lb: Where on the tangent a cycle begins. From -300.
        ub: Where it ends. Above `lb`, to 300.
        lr_min: The rate towards the end of a cycle, and after the last. 0 or more.
        cycle_mul: Length of a cycle as a multiple of the one before. Positive.
        cycle_decay: Peak of a cycle as a multiple of the one before. 0 or more.
        cycle_limit: How many cycles. 0 or more.
        warmup_t: Length of the warmup. 0 or more.
        warmup_lr_init: The rate at its beginning. 0 or more.
        warmup_prefix: The cycles begin after the warmup, not under it.
        t_in_epochs: Without effect: a step here is a step of timm's t.
        noise_range_t: Noise from this step on, or in [first, end); none by default.
        noise_pct: The largest noise, as a share of the rate. Positive.
        noise_std: Its deviation, before what is larger is drawn again.
        noise_seed: Another whole number gives other noise. The noise is lrkit's, not timm's.
        initialize: Without effect: the rate is `base_lr`.
        base_lr: The rate of the optimizer. 0 or more.

    Raises:
        AssertionError: `t_initial` is not positive, `lb` is not below `ub`, or `lr_min`,
            `cycle_limit`, `warmup_t` or `warmup_lr_init` is negative.
        ValueError: `cycle_mul` is not positive, `cycle_decay` or `base_lr` is negative, or a bound
            is beyond 300.

    Source: timm 1.0.31, `scheduler/tanh_lr.py`.

    >>> lr = TanhLRScheduler(10, lb=-3, ub=3, base_lr=0.1)
    >>> round(lr(0), 6), round(lr(5), 6), lr(10)
    (0.099753, 0.05, 0.0)
    """
    who = "like.timm.TanhLRScheduler"
    low, high, warm, start, limit = numbers(
        who,
        lb=lb,
        ub=ub,
        warmup_t=warmup_t,
        warmup_lr_init=warmup_lr_init,
        cycle_limit=cycle_limit,
    )
    cycles = Cycles.checked(who, t_initial, lr_min, cycle_mul, cycle_decay, limit)
    demand(low < high, who, "lb", f"below ub={high!r}", low)
    demand(limit >= 0, who, "cycle_limit", "0 or more", limit)
    demand(warm >= 0, who, "warmup_t", "0 or more", warm)
    demand(start >= 0, who, "warmup_lr_init", "0 or more", start)
    rate = at_least_zero(who, "base_lr", base_lr)
    ends = {"start": (1.0 - math.tanh(low)) / 2.0, "stop": (1.0 - math.tanh(high)) / 2.0}
    curve = cycles.along(tanh(cycles.t_initial, lower=low, upper=high, **ends), rate)
    stop = rate if warmup_prefix else curve(warm)
    curve = warmed_up(curve, warm, start, stop, warmup_prefix)
    return noisy(who, curve, noise_range_t, noise_pct, noise_std, noise_seed)


@dialect()
def PolyLRScheduler(
    t_initial: float,
    power: float = 0.5,
    lr_min: float = 0.0,
    cycle_mul: float = 1.0,
    cycle_decay: float = 1.0,
    cycle_limit: int = 1,
    warmup_t: float = 0,
    warmup_lr_init: float = 0.0,
    warmup_prefix: bool = False,
    t_in_epochs: bool = True,
    noise_range_t: float | list[float] | None = None,
    noise_pct: float = 0.67,
    noise_std: float = 1.0,
    noise_seed: int | None = 42,
    k_decay: float = 1.0,
    initialize: bool = True,
    *,
    base_lr: float = 1.0,
) -> Schedule:
    """Powers of the time that is left, down to a minimum, as timm gives them.

        value(t) = lr_min + (base_lr * cycle_decay**i - lr_min) * (1 - x**k_decay) ** power

    with cycle i of length t_initial * cycle_mul**i and x the share of it that is over; `lr_min`
    after `cycle_limit` cycles. In lrkit's words, for one cycle of length n:
    `warmup(w, stop=base_lr) >> polynomial(n, power=power, start=base_lr, stop=lr_min)`.

    Quirks: the power is 0.5 by default, steep at the end. Without `warmup_prefix` the warmup
    stands in the place of the first steps of the curve, so that the rate climbs towards the peak
    and drops to where the curve is by then. Where rounding makes the peer miss a restart and give
    `lr_min`, this gives the peak.

    Args:
        t_initial: Length of the first cycle, in what timm is stepped with: epochs or updates.
        power: 0 or more; 1 is a straight line.
        lr_min: The rate at the end of a cycle and after the last. 0 or more.
        cycle_mul: Length of a cycle as a multiple of the one before. Positive.
        cycle_decay: Peak of a cycle as a multiple of the one before. 0 or more.
        cycle_limit: How many cycles.
        warmup_t: Length of the warmup.
        warmup_lr_init: The rate at its beginning.
        warmup_prefix: The cycles begin after the warmup, not under it.
        t_in_epochs: Without effect: a step here is a step of timm's t.
        noise_range_t: Noise from this step on, or in [first, end); none by default.
        noise_pct: The largest noise, as a share of the rate. Positive.
        noise_std: Its deviation, before what is larger is drawn again.
        noise_seed: Another whole number gives other noise. The noise is lrkit's, not timm's.
        k_decay: 0 or more; above 1 the curve stays high longer.
        initialize: Without effect: the rate is `base_lr`.
        base_lr: The rate of the optimizer. 0 or more.

    Raises:
        AssertionError: `t_initial` is not positive, or `lr_min` is negative.
        ValueError: `cycle_mul` is not positive, or `power`, `cycle_decay` or `base_lr` is negative.
        ZeroDivisionError: `k_decay` is negative.

    Source: timm 1.0.31, `scheduler/poly_lr.py`.

    >>> PolyLRScheduler(4, power=2, base_lr=0.1).values()
    array([0.1    , 0.05625, 0.025  , 0.00625])
    """
    who = "like.timm.PolyLRScheduler"
    cycles = Cycles.checked(who, t_initial, lr_min, cycle_mul, cycle_decay, cycle_limit)
    k, warm, start = numbers(who, k_decay=k_decay, warmup_t=warmup_t, warmup_lr_init=warmup_lr_init)
    rate = at_least_zero(who, "base_lr", base_lr)
    fade = _power_of_the_rest(who, cycles.t_initial, number(who, "power", power), k)
    curve = warmed_up(cycles.along(fade, rate), warm, start, rate, warmup_prefix)
    return noisy(who, curve, noise_range_t, noise_pct, noise_std, noise_seed)


def _power_of_the_rest(who: str, n: float, power: float, k: float) -> Schedule:
    if power < 0:
        raise refuse(who, "power", "0 or more", power, "A negative one grows without limit.")
    if power == 0:
        return hold(n)
    if _share_power(who, k) == 0:
        return hold(n, value=0.0)
    return polynomial(n, power=power, k=k)


def _share_power(who: str, k: float) -> float:
    """`k_decay`, checked."""
    if k < 0:
        raise ZeroDivisionError(
            f"{who}: `k_decay` must be 0 or more, got k_decay={k!r}. "
            "At the beginning of a cycle timm would divide by 0 ** k."
        )
    return k
