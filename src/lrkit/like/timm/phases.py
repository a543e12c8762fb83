"""What all of timm's schedules have: a warmup before or over the curve, and noise on top."""

from __future__ import annotations

import math
from typing import Any

from lrkit.core.noise import noise
from lrkit.core.schedule import Schedule
from lrkit.core.shapes import hold, linear
from lrkit.core.validate import number, refuse
from lrkit.like.phases import joined, skipped

SEED = 42
"""What timm takes where no seed is given."""


def warmed_up(curve: Schedule, warm: float, start: float, stop: float, prefix: bool) -> Schedule:
    """A straight line from `start` to `stop` over `warm` steps.

    With `prefix` the curve begins behind it; without, the line stands in the place of the curve's
    first steps. A negative warmup is none, but moves a curve that it is a prefix of.
    """
    rest = skipped(curve, -warm if prefix else max(0.0, warm))
    return joined(linear(warm, start=start, stop=stop), rest) if warm > 0 else rest


def noisy(
    who: str, s: Schedule, noise_range_t: Any, noise_pct: Any, noise_std: Any, noise_seed: Any
) -> Schedule:
    """`s` with lrkit's own noise on it, in the steps of timm's range."""
    if noise_range_t is None:
        return s
    begin, end = _range(who, noise_range_t)
    limit, std = number(who, "noise_pct", noise_pct), abs(number(who, "noise_std", noise_std))
    if limit <= 0:
        raise refuse(who, "noise_pct", "positive", noise_pct, "For no noise leave the range out.")
    if std == 0 or begin >= end:
        return s
    seed = SEED if noise_seed is None else noise_seed
    # Skipped, so that a step has the same noise wherever the range begins.
    waves = skipped(noise(std=std, limit=limit, seed=seed), begin)
    before = [hold(begin)] if begin > 0 else []
    if math.isinf(end):
        return s * _cut(*before, waves)
    return s * _cut(*before, waves.take(end - begin), hold(1))


def _cut(*pieces: Schedule) -> Schedule:
    whole = pieces[0]
    for piece in pieces[1:]:
        whole = whole | piece
    return whole


def _range(who: str, given: Any) -> tuple[float, float]:
    """The first step with noise, and the first without: whole steps, none before 0."""
    if not isinstance(given, list):
        return _first_step(number(who, "noise_range_t", given)), math.inf
    if len(given) < 2:
        raise IndexError(
            f"{who}: `noise_range_t` must be a step or a pair of steps, got "
            f"noise_range_t={given!r}. Write [first, end], or one number for no end."
        )
    first, end = (number(who, "noise_range_t", t) for t in given[:2])
    return _first_step(first), _first_step(end)


def _first_step(t: float) -> float:
    return float(max(0, math.ceil(t)))
