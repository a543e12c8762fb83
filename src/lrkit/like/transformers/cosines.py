"""Cosines after a warmup: down and up again, with hard restarts, down to a minimum."""

from __future__ import annotations

import math

from lrkit.core.repeat import repeat
from lrkit.core.schedule import Schedule
from lrkit.core.shapes import cosine, hold, linear
from lrkit.core.validate import at_least_zero, exact
from lrkit.like.call import dialect
from lrkit.like.phases import ending, joined, numbers, skipped
from lrkit.like.transformers.phases import after_warmup, never_negative, waves


@dialect()
def get_cosine_schedule_with_warmup(
    num_warmup_steps: float,
    num_training_steps: float,
    num_cycles: float = 0.5,
    last_epoch: int = -1,
    *,
    base_lr: float = 1.0,
) -> Schedule:
    """A linear warmup, then waves of a cosine, as transformers gives it.

        value(t) = base_lr * t / W                                                for t < W
        value(t) = base_lr * (1 + cos(2 * pi * num_cycles * (t - W) / (T - W))) / 2  after

    Quirk: it does not stop at T but rises again, so its length is endless. What is mostly meant
    is `base_lr * (warmup(W) >> cosine(T - W))`.

    Args:
        num_warmup_steps: W, the steps from 0 to the full rate; 0 or less for none.
        num_training_steps: T, the steps of the whole run, warmup included.
        num_cycles: Waves until T; 0.5 is one way down.
        last_epoch: The schedule goes on after this step; -1 begins it.
        base_lr: The rate that the optimizer would have. 0 or more.

    Raises:
        ValueError: `base_lr` is negative, or a number is not finite.

    Source: transformers 5.23, `optimization.py`.

    >>> lr = get_cosine_schedule_with_warmup(4, 10)
    >>> lr(10), round(lr(13), 9)
    (0.0, 0.5)
    """
    who = "like.transformers.get_cosine_schedule_with_warmup"
    warm, total, cycles = numbers(
        who,
        num_warmup_steps=num_warmup_steps,
        num_training_steps=num_training_steps,
        num_cycles=num_cycles,
    )
    return at_least_zero(who, "base_lr", base_lr) * after_warmup(warm, waves(total - warm, cycles))


@dialect()
def get_cosine_with_hard_restarts_schedule_with_warmup(
    num_warmup_steps: float,
    num_training_steps: float,
    num_cycles: float = 1,
    last_epoch: int = -1,
    *,
    base_lr: float = 1.0,
) -> Schedule:
    """A linear warmup, then a cosine that starts again and again, as transformers gives it.

        value(t) = base_lr * t / W                                                    for t < W
        value(t) = base_lr * (1 + cos(pi * (num_cycles * (t - W) / (T - W) mod 1))) / 2  until T
        value(t) = 0                                                                  after

    In lrkit's words: `base_lr * (warmup(W) >> repeat(cosine(1), num_cycles).over(T - W))`. Where
    rounding makes the peer miss a restart and give 0, this gives the peak, as it is documented.

    Args:
        num_warmup_steps: W, the steps from 0 to the full rate; 0 or less for none.
        num_training_steps: T, the steps of the whole run, warmup included.
        num_cycles: How many cosines; the last is cut off where it is no whole number.
        last_epoch: The schedule goes on after this step; -1 begins it.
        base_lr: The rate that the optimizer would have. 0 or more.

    Raises:
        ValueError: `base_lr` is negative, or a number is not finite.

    Source: transformers 5.23, `optimization.py`.

    >>> get_cosine_with_hard_restarts_schedule_with_warmup(0, 8, num_cycles=2)(4)
    1.0
    """
    who = "like.transformers.get_cosine_with_hard_restarts_schedule_with_warmup"
    warm, total, cycles = numbers(
        who,
        num_warmup_steps=num_warmup_steps,
        num_training_steps=num_training_steps,
        num_cycles=num_cycles,
    )
    restarts = _restarts(max(1.0, total - warm), cycles)
    return at_least_zero(who, "base_lr", base_lr) * after_warmup(warm, ending(restarts, 0.0))


def _restarts(length: float, cycles: float) -> Schedule:
    """Cosines down, in all `length` long."""
    if cycles == 0:
        return hold(length)
    if cycles > 0 and cycles.is_integer() and length.is_integer():
        return repeat(cosine(1), int(cycles)).over(length)
    each = length / abs(cycles)
    if cycles > 0:
        return repeat(cosine(each)).take(length)
    # Fewer than none run backwards, but for the boundaries: for less than a step each is at 1.
    instant = 0.5 / exact(each).denominator
    backwards = hold(instant) | cosine(each, start=0.0, stop=1.0).skip(instant)
    return repeat(backwards).take(length)


@dialect()
def get_cosine_with_min_lr_schedule_with_warmup(
    num_warmup_steps: float,
    num_training_steps: float,
    num_cycles: float = 0.5,
    last_epoch: int = -1,
    min_lr: float | None = None,
    min_lr_rate: float | None = None,
    *,
    base_lr: float = 1.0,
) -> Schedule:
    """A linear warmup, then waves of a cosine above a minimum, as transformers gives it.

        value(t) = base_lr * t / W                          for t < W
        value(t) = max(0, min_lr + (base_lr - min_lr) * c(t))  after
        c(t) = (1 + cos(2 * pi * num_cycles * (t - W) / (T - W))) / 2

    Quirk: it does not stop at T but rises again, so its length is endless. What is mostly meant
    is `base_lr * (warmup(W) >> cosine(T - W, stop=min_lr / base_lr))`.

    Args:
        num_warmup_steps: W, the steps from 0 to the full rate; 0 or less for none.
        num_training_steps: T, the steps of the whole run, warmup included.
        num_cycles: Waves until T; 0.5 is one way down.
        last_epoch: The schedule goes on after this step; -1 begins it.
        min_lr: The least rate. This or `min_lr_rate` must be given, and not both.
        min_lr_rate: The least rate as a share of `base_lr`.
        base_lr: The rate that the optimizer would have. 0 or more.

    Raises:
        ValueError: Both minima are given, or none, or `base_lr` is negative.
        ZeroDivisionError: `min_lr` is given and `base_lr` is 0.

    Source: transformers 5.23, `optimization.py`.

    >>> get_cosine_with_min_lr_schedule_with_warmup(4, 10, min_lr=0.1)(10)
    0.1
    """
    who = "like.transformers.get_cosine_with_min_lr_schedule_with_warmup"
    warm, total, cycles = numbers(
        who,
        num_warmup_steps=num_warmup_steps,
        num_training_steps=num_training_steps,
        num_cycles=num_cycles,
    )
    share = _least_share(who, min_lr, min_lr_rate, base_lr)
    return at_least_zero(who, "base_lr", base_lr) * after_warmup(
        warm, never_negative(waves(total - warm, cycles, share), share)
    )


@dialect()
def get_cosine_with_min_lr_schedule_with_warmup_lr_rate(
    num_warmup_steps: float,
    num_training_steps: float,
    num_cycles: float = 0.5,
    last_epoch: int = -1,
    min_lr: float | None = None,
    min_lr_rate: float | None = None,
    warmup_lr_rate: float | None = None,
    *,
    base_lr: float = 1.0,
) -> Schedule:
    """A warmup from above 0, then a cosine to a minimum, one step early: as transformers gives it.

        value(t) = base_lr * (t + 1) / W                                     for t < W, or
        value(t) = base_lr * (w + (1 - w) * t / (W - 1)), w = warmup_lr_rate
        value(t) = max(0, min_lr + (base_lr - min_lr) * c(t))                after
        c(t) = (1 + cos(2 * pi * num_cycles * (t + 1 - W) / (T - W))) / 2

    Quirks: the peak is at W - 1, the minimum at T - 1, and from there it rises again. What is
    mostly meant is `base_lr * (warmup(W, start=1/W) >> cosine(T - W, stop=min_lr / base_lr))`.

    Args:
        num_warmup_steps: W, the steps of the warmup; 0 or less for none.
        num_training_steps: T, the steps of the whole run, warmup included.
        num_cycles: Waves until T; 0.5 is one way down.
        last_epoch: The schedule goes on after this step; -1 begins it.
        min_lr: The least rate. This or `min_lr_rate` must be given, and not both.
        min_lr_rate: The least rate as a share of `base_lr`.
        warmup_lr_rate: The first rate as a share of `base_lr`; 1 / W by default.
        base_lr: The rate that the optimizer would have. 0 or more.

    Raises:
        ValueError: Both minima are given, or none, or `base_lr` is negative.
        ZeroDivisionError: `min_lr` is given and `base_lr` is 0.

    Source: transformers 5.23, `optimization.py`.

    >>> lr = get_cosine_with_min_lr_schedule_with_warmup_lr_rate(4, 10, min_lr_rate=0.1)
    >>> lr(0), lr(3), lr(9)
    (0.25, 1.0, 0.1)
    """
    who = "like.transformers.get_cosine_with_min_lr_schedule_with_warmup_lr_rate"
    warm, total, cycles = numbers(
        who,
        num_warmup_steps=num_warmup_steps,
        num_training_steps=num_training_steps,
        num_cycles=num_cycles,
    )
    share = _least_share(who, min_lr, min_lr_rate, base_lr)
    start = slope = 1.0 / max(1.0, warm)
    if warmup_lr_rate is not None:
        (start,) = numbers(who, warmup_lr_rate=warmup_lr_rate)
        slope = (1.0 - start) / max(1.0, warm - 1.0)
    wave = never_negative(waves(total - warm, cycles, share), share)
    return at_least_zero(who, "base_lr", base_lr) * _one_step_early(warm, start, slope, wave)


def _one_step_early(warm: float, start: float, slope: float, wave: Schedule) -> Schedule:
    """A climb from `start` over `warm` steps, whose last is already the first of the wave."""
    if warm > 1 and warm.is_integer():
        return joined(linear(warm - 1.0, start=start, stop=1.0), wave)
    # A warmup of one step, or of a broken number, that does not arrive at 1.
    steps = max(0, math.ceil(warm))
    climb = [linear(steps, start=start, stop=start + slope * steps)] if steps else []
    return joined(*climb, skipped(wave, 1.0 + steps - warm))


def _least_share(who: str, min_lr: float | None, rate: float | None, base_lr: float) -> float:
    if (min_lr is None) == (rate is None):
        raise ValueError(
            f"{who}: one of `min_lr` and `min_lr_rate` must be given, got min_lr={min_lr!r}, "
            f"min_lr_rate={rate!r}. The first is a rate, the second a share of base_lr."
        )
    if min_lr is None:
        return numbers(who, min_lr_rate=rate)[0]
    least, base = numbers(who, min_lr=min_lr, base_lr=base_lr)
    if base == 0:
        raise ZeroDivisionError(
            f"{who}: `base_lr` must not be 0 with min_lr, got base_lr={base_lr!r}. "
            "Give min_lr_rate instead."
        )
    return least / base
