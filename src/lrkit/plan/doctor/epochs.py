"""Schedules that are in epochs although nothing in them is exactly as long as the run."""

from __future__ import annotations

import math
from collections.abc import Iterator

from lrkit.plan.doctor.case import CYCLES, Case
from lrkit.plan.doctor.found import Found
from lrkit.plan.doctor.words import rate, steps
from lrkit.plan.finding import ERROR
from lrkit.plan.units import is_known

#: So much longer is a run than its schedule that seems to be in epochs.
MUCH = 10
#: Of the highest rate: nothing is trained any more.
DEAD = 1e-6
#: Of the highest rate. A smaller fall is none.
FALL = 1e-3


def found(case: Case) -> Iterator[Found]:
    """All that happens happens within as many updates as the run has epochs."""
    plan = case.plan
    if not is_known(plan, "epochs") or plan.updates <= MUCH * plan.epoch_at():
        return
    if math.isfinite(case.length):
        yield from _with_an_end(case)
    else:
        yield from _endless(case)


def _with_an_end(case: Case) -> Iterator[Found]:
    """A join, and the end after it, at the number of an epoch."""
    count, joins = case.plan.epoch_at(), case.first_breaks
    if case.length > count or not joins:
        return
    last = joins[-1].step if case.stop == joins[-1].after else case.length
    yield Found(
        "units-epochs",
        ERROR,
        f"All that happens in the schedule happens by update {steps(last)} of "
        f"{steps(case.plan.updates)}: it seems to be in epochs, of which the run has {count:.6g}, "
        "and it is in updates.",
        math.ceil(last),
        # A length that is one less than the epochs is that of a library that counts to the last.
        (
            *([lambda: case.schedule.over(case.end)] if count - case.length <= 1 else []),
            lambda: case.plan.lay(case.schedule, "epochs"),
            lambda: case.schedule.over(case.end),
        ),
    )


def _endless(case: Case) -> Iterator[Found]:
    """It is done with its joins, and has fallen; or it is as good as 0."""
    plan = case.plan
    joins, half = case.all_breaks, plan.updates // 2
    last: float = joins[-1].step if joins and len(joins) <= CYCLES else math.inf
    falls = last <= plan.epoch_at() and case.rate(last) < (1 - FALL) * case.height
    dead = _is_dead_from(case, half)
    if not falls and not (dead and _is_alive_in_epochs(case, half)):
        return
    place = f"after update {steps(last)}" if falls else f"at update {steps(half)}, half-way"
    yield Found(
        "units-epochs",
        ERROR,
        f"The rate has come down to {rate(case.rate(last if falls else half))} {place}, of "
        f"{steps(plan.updates)}: the schedule seems to be in epochs, of which the run has "
        f"{plan.epoch_at():.6g}.",
        math.ceil(last) if falls else None,
        (lambda: plan.lay(case.schedule, "epochs"),),
    )


def _is_dead_from(case: Case, half: int) -> bool:
    """Whether the rate is as good as 0 from there on; that of a restart is so for a moment."""
    later = [value for step, value in zip(case.steps, case.rates, strict=True) if step >= half]
    return max([case.rate(half), *later]) <= DEAD * case.height


def _is_alive_in_epochs(case: Case, half: int) -> bool:
    laid = case.plan.lay(case.schedule, "epochs")
    return float(laid(half)) > DEAD * case.height
