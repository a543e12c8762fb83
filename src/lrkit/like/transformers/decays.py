"""A constant rate, and decays that come to an end or fade away, after a warmup."""

from __future__ import annotations

import math

from lrkit.core.endless import inverse_sqrt
from lrkit.core.schedule import Schedule
from lrkit.core.shapes import hold, linear, polynomial, warmup
from lrkit.core.validate import at_least_zero, refuse
from lrkit.like.call import dialect
from lrkit.like.phases import joined, numbers
from lrkit.like.transformers.phases import after_warmup


@dialect()
def get_constant_schedule(last_epoch: int = -1, *, base_lr: float = 1.0) -> Schedule:
    """A constant rate, as transformers gives it.

        value(t) = base_lr

    Args:
        last_epoch: The schedule goes on after this step; -1 begins it.
        base_lr: The rate that the optimizer would have. 0 or more.

    Raises:
        ValueError: `base_lr` is negative or not finite.

    Source: transformers 5.23, `optimization.py`.

    >>> get_constant_schedule(base_lr=0.001)(500)
    0.001
    """
    return at_least_zero("like.transformers.get_constant_schedule", "base_lr", base_lr) * hold()


@dialect()
def get_constant_schedule_with_warmup(
    num_warmup_steps: float, last_epoch: int = -1, *, base_lr: float = 1.0
) -> Schedule:
    """A linear warmup to a constant rate, as transformers gives it.

        value(t) = base_lr * min(1, t / num_warmup_steps)

    In lrkit's words: `base_lr * (warmup(num_warmup_steps) >> hold())`.

    Args:
        num_warmup_steps: Steps from 0 to the full rate; 0 or less for none.
        last_epoch: The schedule goes on after this step; -1 begins it.
        base_lr: The rate that the optimizer would have. 0 or more.

    Raises:
        ValueError: `base_lr` is negative, or a number is not finite.

    Source: transformers 5.23, `optimization.py`.

    >>> get_constant_schedule_with_warmup(4, base_lr=0.001)(2)
    0.0005
    """
    who = "like.transformers.get_constant_schedule_with_warmup"
    (warm,) = numbers(who, num_warmup_steps=num_warmup_steps)
    return at_least_zero(who, "base_lr", base_lr) * after_warmup(warm, hold())


@dialect()
def get_linear_schedule_with_warmup(
    num_warmup_steps: float,
    num_training_steps: float,
    last_epoch: int = -1,
    *,
    base_lr: float = 1.0,
) -> Schedule:
    """A linear warmup, then a straight line to 0, as transformers gives it.

        value(t) = base_lr * t / W                 for t < W
        value(t) = base_lr * max(0, T - t) / (T - W)  after

    In lrkit's words: `base_lr * (warmup(W) >> linear(T - W))`. Quirk: where the warmup is as long
    as the training or longer, the rate climbs to its full height and falls to 0 at once.

    Args:
        num_warmup_steps: W, the steps from 0 to the full rate; 0 or less for none.
        num_training_steps: T, the steps of the whole run, warmup included.
        last_epoch: The schedule goes on after this step; -1 begins it.
        base_lr: The rate that the optimizer would have. 0 or more.

    Raises:
        ValueError: `base_lr` is negative, or a number is not finite.

    Source: transformers 5.23, `optimization.py`.

    >>> get_linear_schedule_with_warmup(2, 6).values()
    array([0.  , 0.5 , 1.  , 0.75, 0.5 , 0.25])
    """
    who = "like.transformers.get_linear_schedule_with_warmup"
    warm, total = numbers(
        who,
        num_warmup_steps=num_warmup_steps,
        num_training_steps=num_training_steps,
    )
    length = total - warm
    # transformers divides by one step at least: a shorter line begins further down.
    line = linear(length, start=min(1.0, length)) if length > 0 else hold(value=0.0)
    return at_least_zero(who, "base_lr", base_lr) * after_warmup(warm, line)


@dialect()
def get_polynomial_decay_schedule_with_warmup(
    num_warmup_steps: float,
    num_training_steps: float,
    lr_end: float = 1e-7,
    power: float = 1.0,
    last_epoch: int = -1,
    *,
    base_lr: float = 1.0,
) -> Schedule:
    """A linear warmup, then a power of the time that is left, as transformers gives it.

        value(t) = base_lr * t / W                                                for t < W
        value(t) = lr_end + (base_lr - lr_end) * (1 - (t - W) / (T - W)) ** power  for W <= t <= T
        value(t) = lr_end                                                         after

    In lrkit's words: `warmup(W, stop=base_lr) >> polynomial(T - W, power=power, start=base_lr,
    stop=lr_end)`. Quirks: `lr_end` is a rate, no share, and is not 0 by default; with `power=0`
    the full rate is held through step T. Where the peer divides by 0 at step W = T, the rate is
    `lr_end`, which it would have afterwards.

    Args:
        num_warmup_steps: W, the steps from 0 to the full rate; 0 or less for none.
        num_training_steps: T, the steps of the whole run, warmup included.
        lr_end: The rate at the end. Below `base_lr`.
        power: 0 or more; 1 is a straight line.
        last_epoch: The schedule goes on after this step; -1 begins it.
        base_lr: The rate that the optimizer would have. 0 or more.

    Raises:
        ValueError: `lr_end` is not below `base_lr`, or `power` is negative.
        ZeroDivisionError: The schedule would be over before it begins, W = T = 0, or
            `base_lr` is 0.

    Source: transformers 5.23, `optimization.py`.

    >>> get_polynomial_decay_schedule_with_warmup(2, 6, lr_end=0.0, power=2.0)(4)
    0.25
    """
    who = "like.transformers.get_polynomial_decay_schedule_with_warmup"
    rate = at_least_zero(who, "base_lr", base_lr)
    warm, total, power, lr_end = numbers(
        who,
        num_warmup_steps=num_warmup_steps,
        num_training_steps=num_training_steps,
        power=power,
        lr_end=lr_end,
    )
    if lr_end >= rate:
        raise refuse(who, "lr_end", f"below base_lr={rate!r}", lr_end, "Both are rates.")
    if power < 0:
        raise refuse(who, "power", "0 or more", power, "A negative one is infinite at the end.")
    if rate == 0 or warm == total == 0:
        raise ZeroDivisionError(
            f"{who}: `base_lr` and the length must not be 0, got base_lr={rate!r}, "
            f"num_training_steps={total!r}. Give the rate and the steps of the run."
        )
    curve = _powers_down(warm, total, power, rate, lr_end)
    return after_warmup(warm, curve, lambda n: warmup(n, stop=rate))


def _powers_down(warm: float, total: float, power: float, start: float, stop: float) -> Schedule:
    length = total - warm
    if length <= 0:
        return hold(value=stop)
    if power > 0:
        return polynomial(length, power=power, start=start, stop=stop)
    # 0 ** 0 is 1: the first whole step after the end is the first that is lower.
    return joined(hold(math.floor(total) + 1 - warm, value=start), hold(value=stop))


@dialect()
def get_inverse_sqrt_schedule(
    num_warmup_steps: float,
    timescale: float | None = None,
    last_epoch: int = -1,
    *,
    base_lr: float = 1.0,
) -> Schedule:
    """A linear warmup, then one over the square root of the time, as transformers gives it.

        value(t) = base_lr * t / W                               for t < W
        value(t) = base_lr * sqrt(timescale / (t - W + timescale))  after

    In lrkit's words: `base_lr * (warmup(W) >> inverse_sqrt(timescale))`.

    Args:
        num_warmup_steps: W, the steps from 0 to the full rate; 0 or less for none.
        timescale: Steps after the warmup until the rate has fallen to sqrt(1/2). Positive;
            W by default, and 10,000 without a warmup.
        last_epoch: The schedule goes on after this step; -1 begins it.
        base_lr: The rate that the optimizer would have. 0 or more.

    Raises:
        ValueError: `timescale` is negative.
        ZeroDivisionError: `timescale` is 0.

    Source: transformers 5.23, `optimization.py`.

    >>> get_inverse_sqrt_schedule(100)(400)
    0.5
    """
    who = "like.transformers.get_inverse_sqrt_schedule"
    (warm,) = numbers(who, num_warmup_steps=num_warmup_steps)
    (scale,) = numbers(who, timescale=(warm or 10_000.0) if timescale is None else timescale)
    if scale <= 0:
        problem = ZeroDivisionError if scale == 0 else ValueError
        raise problem(str(refuse(who, "timescale", "positive", scale, "It is a number of steps.")))
    return at_least_zero(who, "base_lr", base_lr) * after_warmup(warm, inverse_sqrt(scale))
