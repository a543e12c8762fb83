"""Jumps that are more likely a slip than a step: up to a new height, and down from a warmup."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from lrkit.plan.doctor.case import Break, Case
from lrkit.plan.doctor.found import Found
from lrkit.plan.doctor.parts import bridged, lowered, met
from lrkit.plan.doctor.words import rate, steps
from lrkit.plan.finding import WARNING

#: Times what was the highest rate before.
HIGH = 3.0
#: Of the highest rate of the run. A smaller jump up is a stair.
LARGE = 0.25
#: Of the rate before it. A smaller drop is rounding.
DROP = 1e-3


def found(case: Case) -> Iterator[Found]:
    """The first jump of each kind."""
    highest = max(case.rate(case.begin), 0.0)
    for index, one in enumerate(case.breaks):
        highest = max([highest, one.before, *_rates_until(case, one.step)])
        if highest > 0 and one.after >= HIGH * highest and one.after - highest > LARGE * case.peak:
            yield _up(case, one, highest)
            return
        if index == 0 and one.step > 1 and _is_drop(case, one):  # noise jumps at 1 already
            yield _down(case, one)
            return
        highest = max(highest, one.after)


def _rates_until(case: Case, step: float) -> list[float]:
    return [value for at, value in zip(case.steps, case.rates, strict=True) if at < step]


def _is_drop(case: Case, one: Break) -> bool:
    """Whether the rate has risen all the time, and falls at once; not to where it began."""
    start = case.rate(case.begin)
    rates = [*_rates_until(case, one.step), one.before]
    rises = rates[0] < rates[-1] and all(a <= b for a, b in pairwise(rates))
    return rises and start + DROP * one.before < one.after < (1 - DROP) * one.before


def _up(case: Case, one: Break, highest: float) -> Found:
    level = case.rate(case.begin) == one.before
    ramp = lambda: bridged(case.schedule, one.step)  # noqa: E731
    low = lambda: lowered(case.schedule, one.step, one.before / one.after)  # noqa: E731
    return Found(
        "jumps",
        WARNING,
        f"At update {steps(one.step)} the rate jumps from {rate(one.before)} to {rate(one.after)}, "
        f"{one.after / highest:.3g} times the highest before.",
        int(-(-one.step // 1)),
        (ramp, low) if level else (low, ramp),
    )


def _down(case: Case, one: Break) -> Found:
    return Found(
        "jumps",
        WARNING,
        f"At update {steps(one.step)}, where the warmup ends, the rate drops from "
        f"{rate(one.before)} to {rate(one.after)}: what follows does not begin at its beginning.",
        int(-(-one.step // 1)),
        (lambda: met(case.schedule, one.step, one.after / one.before),),
    )
