"""Warmup, stable, decay: as transformers gives it."""

from __future__ import annotations

from collections.abc import Callable

from lrkit.core.schedule import Schedule
from lrkit.core.shapes import cosine, hold, linear, one_minus_sqrt, polynomial
from lrkit.core.validate import at_least_zero, refuse
from lrkit.like.call import dialect
from lrkit.like.phases import ending, joined, numbers, skipped
from lrkit.like.transformers.phases import lasting, never_negative, waves

TYPES = ("linear", "cosine", "1-sqrt")


@dialect()
def get_wsd_schedule(
    num_warmup_steps: float,
    num_decay_steps: float,
    num_training_steps: float | None = None,
    num_stable_steps: float | None = None,
    warmup_type: str = "linear",
    decay_type: str = "cosine",
    min_lr_ratio: float = 0,
    num_cycles: float = 0.5,
    last_epoch: int = -1,
    *,
    base_lr: float = 1.0,
) -> Schedule:
    """A warmup, a constant rate, a decay, as transformers gives it.

        value(t) = base_lr * (m + (1 - m) * up(t / W))           for t < W, m = min_lr_ratio
        value(t) = base_lr                                       for t < W + S
        value(t) = base_lr * (m + (1 - m) * down((t - W - S) / D))  for t < W + S + D
        value(t) = base_lr * m                                   after

    `up` is x, (1 - cos(pi * x)) / 2 or 1 - sqrt(1 - x); `down` is 1 - x,
    (1 + cos(2 * pi * num_cycles * x)) / 2 or 1 - sqrt(x). In lrkit's words:
    `base_lr * (warmup(W) >> hold(S) >> cosine(D))`.

    Quirks: the warmup begins at the minimum too, the "1-sqrt" warmup is steepest at its end, and
    `num_cycles` other than 0.5 ends the decay with a jump to the minimum. Where the phases are
    longer than the training (S below 0), the decay begins in its middle.

    Args:
        num_warmup_steps: W, the steps of the warmup; 0 or less for none.
        num_decay_steps: D, the steps of the decay; 0 or less for none.
        num_training_steps: The steps of the whole run; S is what the others leave of it.
        num_stable_steps: S, the steps at the full rate. Where both are given, this one counts.
        warmup_type: "linear", "cosine" or "1-sqrt".
        decay_type: "linear", "cosine" or "1-sqrt".
        min_lr_ratio: The least rate as a share of `base_lr`.
        num_cycles: Waves of a cosine decay; 0.5 is one way down.
        last_epoch: The schedule goes on after this step; -1 begins it.
        base_lr: The rate that the optimizer would have. 0 or more.

    Raises:
        ValueError: Neither `num_training_steps` nor `num_stable_steps` is given, or a type is
            unknown, or `base_lr` is negative.

    Source: transformers 5.23, `optimization.py`.

    >>> get_wsd_schedule(2, 4, 10, decay_type="linear").values()
    array([0.  , 0.5 , 1.  , 1.  , 1.  , 1.  , 1.  , 0.75, 0.5 , 0.25])
    """
    who = "like.transformers.get_wsd_schedule"
    if num_training_steps is None and num_stable_steps is None:
        raise ValueError(
            f"{who}: `num_training_steps` or `num_stable_steps` must be given, got neither. "
            "The first is the length of the whole run."
        )
    for argument, kind in (("warmup_type", warmup_type), ("decay_type", decay_type)):
        if kind not in TYPES:
            raise refuse(who, argument, f"one of {', '.join(map(repr, TYPES))}", kind)
    warm, decay, least, cycles = numbers(
        who,
        num_warmup_steps=num_warmup_steps,
        num_decay_steps=num_decay_steps,
        min_lr_ratio=min_lr_ratio,
        num_cycles=num_cycles,
    )
    if num_stable_steps is None:
        stable = numbers(who, num_training_steps=num_training_steps)[0] - warm - decay
    else:
        (stable,) = numbers(who, num_stable_steps=num_stable_steps)
    up, down = _climb(warmup_type, least), _fall(decay_type, least, cycles)
    climb = [never_negative(s, least) for s in lasting(warm, up)]
    fall = [never_negative(s, least) for s in lasting(decay, down)]
    return at_least_zero(who, "base_lr", base_lr) * _three_phases(warm, climb, stable, fall, least)


def _three_phases(
    warm: float, climb: list[Schedule], stable: float, fall: list[Schedule], least: float
) -> Schedule:
    """The phases that there are; the decay begins when the others would have ended."""
    begin = max(0.0, warm)
    behind = begin - (warm + stable)  # how much of the decay is over when the warmup ends
    level = [hold(-behind)] if behind < 0 else []
    decay = [skipped(s, behind) for s in fall if behind < s.length]
    pieces = [*climb, *level, *decay]
    return ending(joined(*pieces), least) if pieces else hold(value=least)


def _climb(kind: str, least: float) -> Callable[[float], Schedule]:
    if kind == "linear":
        return lambda n: linear(n, start=least, stop=1.0)
    if kind == "cosine":
        return lambda n: cosine(n, start=least, stop=1.0)
    return lambda n: polynomial(n, power=0.5, start=least, stop=1.0)


def _fall(kind: str, least: float, cycles: float) -> Callable[[float], Schedule]:
    if kind == "linear":
        return lambda n: linear(n, stop=least)
    if kind == "cosine":
        return lambda n: waves(n, cycles, least)
    return lambda n: one_minus_sqrt(n, stop=least)
