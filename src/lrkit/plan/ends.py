"""What an audit finds at the end of the schedule: before it, at it, beyond it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction

from lrkit.core.schedule import Schedule
from lrkit.plan.faults import CLOSE
from lrkit.plan.finding import Finding
from lrkit.plan.plan import Plan
from lrkit.plan.run import Run


def found(plan: Plan, run: Run, schedule: Schedule) -> Iterator[Finding]:
    """How the end of the schedule and the end of the run do not go together."""
    if run.told != run.accumulation:
        yield _accumulation(plan, run, schedule)
        return
    if math.isinf(schedule.length):
        return
    yield from _never_reached(plan, run, schedule)
    yield from _late_fits(run, schedule)
    yield from _overshot(plan, run, schedule)


def _accumulation(plan: Plan, run: Run, schedule: Schedule) -> Finding:
    """The schedule took other batches for an update than the optimizer."""
    pace = Fraction(run.accumulation, run.told)
    text = (
        f"The optimizer makes one update of {run.accumulation} batches and its schedule was told "
        f"{run.told}, so each update moved it by {pace} steps"
    )
    end = math.ceil(schedule.length / pace) if math.isfinite(schedule.length) else None
    stop = float(schedule(schedule.length)) if end is not None else 0.0
    if end is not None and end < run.furthest:
        text += f": it finished early, at update {end} of {max(run.furthest, plan.updates)}"
        text += f", and the updates from there on had the rate {stop:.6g}"
    elif end is not None and end > plan.updates:
        text += f": it would end at update {end}, and the plan ends at {plan.updates}"
    row = len(run.steps) // 2
    return run.finding(
        "accumulation",
        f"{text}. Update {run.steps[row]} had {float(run.rates[row]):.6g} in place of "
        f"{schedule(int(run.steps[row])):.6g}.",
    )


def _never_reached(plan: Plan, run: Run, schedule: Schedule) -> Iterator[Finding]:
    """The schedule is longer than the run was meant to be."""
    length, last = schedule.length, max(plan.updates, run.furthest)
    if length <= last:
        return
    stop, there = float(schedule(length)), float(schedule(last))
    if abs(there - stop) <= CLOSE * max(abs(there), float(max(run.rates))):
        return  # what is cut off is flat
    yield Finding(
        "too-long",
        f"The schedule is {length:g} updates long and the run {last}: it never reaches its stop "
        f"value {stop:.6g}, but ends at the rate {float(schedule(last - 1)):.6g}. Write "
        f"schedule.over({last}).",
    )


def _late_fits(run: Run, schedule: Schedule) -> Iterator[Finding]:
    """Calls of fit that began when the schedule was over."""
    rows = [*(fit.row for fit in run.fits), len(run.steps)]
    for number, fit in enumerate(run.fits, start=1):
        count = rows[number] - fit.row
        if fit.first < schedule.length or not count:
            continue
        rate = float(run.rates[fit.row])
        effect = "and so changed nothing" if rate == 0.0 else "its stop value"
        yield Finding(
            "fit-after-end",
            f"Fit number {number} began at update {fit.first}, and the schedule is over at "
            f"{schedule.length:g}: its {count} updates had the rate {rate:.6g}, {effect}. "
            f"Write schedule.over({fit.first + count}) for both, or begin with a new optimizer.",
        )


def _overshot(plan: Plan, run: Run, schedule: Schedule) -> Iterator[Finding]:
    """Updates after the end of the schedule in a fit that began before it."""
    end = math.ceil(schedule.length)
    late = [fit for fit in run.fits if fit.first >= schedule.length]
    furthest = min([run.furthest, *(fit.first for fit in late)])
    if furthest <= end:
        return
    why = (
        "The run was longer than its plan"
        if plan.updates <= end
        else f"The schedule is shorter than the {plan.updates} updates of the plan"
    )
    yield Finding(
        "overshot",
        f"The run went on to update {furthest - 1}, and the schedule is over at "
        f"{schedule.length:g}: {furthest - end} updates, from {end} on, had its stop value "
        f"{float(schedule(schedule.length)):.6g}. {why}. Write "
        f"schedule.over({max(furthest, plan.updates)}).",
    )
