"""What an audit finds at the end of a schedule: before it, at it, beyond it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction

from lrkit.core.schedule import Schedule
from lrkit.plan.faults import CLOSE, counts_alike, few
from lrkit.plan.finding import Finding, counted, number
from lrkit.plan.plan import Plan
from lrkit.plan.run import Run

_PLACES = 100  # at which the height of a hyperparameter is looked at


def found(plan: Plan, run: Run, schedule: Schedule) -> Iterator[Finding]:
    """How the end of the rate's schedule and the end of the run do not go together."""
    if run.told != run.accumulation:
        yield _accumulation(plan, run, schedule)
        return
    if math.isinf(schedule.length):
        return
    yield from _never_reached(plan, run, schedule)
    yield from few(list(_late_fits(run, schedule)), "fit")
    yield from _overshot(plan, run, schedule)


def of_hyperparameters(plan: Plan, run: Run) -> Iterator[Finding]:
    """The same of the schedules beside the rate, each of which counts updates."""
    for name, schedule in run.hyperparameters.items():
        if math.isfinite(schedule.length):
            yield from _never_reached(plan, run, schedule, name)
            yield from _overshot(plan, run, schedule, name)


def _accumulation(plan: Plan, run: Run, schedule: Schedule) -> Finding:
    """The schedule took other batches for an update than the optimizer."""
    pace = Fraction(run.accumulation or 1, run.told or 1)
    text = (
        f"The optimizer makes one update of {run.accumulation} batches and its schedule was told "
        f"{run.told}, so each update moved it by {pace} steps"
    )
    end = math.ceil(schedule.length / pace) if math.isfinite(schedule.length) else None
    stop = float(schedule(schedule.length)) if end is not None else 0.0
    if end is not None and end < run.furthest:
        text += f": it finished early, at update {number(end)} of "
        text += f"{number(max(run.furthest, plan.updates))}"
        text += f", and the updates from there on had the rate {stop:.6g}"
    elif end is not None and end > plan.updates:
        text += (
            f": it would end at update {number(end)}, and the plan ends at {number(plan.updates)}"
        )
    row = len(run.steps) // 2
    return run.finding(
        "accumulation",
        f"{text}. Update {number(run.steps[row])} had {float(run.rates[row]):.6g} in place "
        f"of {schedule(int(run.steps[row])):.6g}.",
    )


def _never_reached(
    plan: Plan, run: Run, schedule: Schedule, name: str | None = None
) -> Iterator[Finding]:
    """The schedule is longer than the run was meant to be."""
    length, last = schedule.length, max(plan.updates, run.furthest)
    if length <= last:
        return
    stop, there = float(schedule(length)), float(schedule(last))
    if abs(there - stop) <= CLOSE * max(abs(there), _height(run, schedule, name)):
        return  # what is cut off is flat
    yield Finding(
        "too-long",
        f"The schedule{_of(name)} is {counted(length, 'update')} long and the run {number(last)}: "
        f"it never reaches its stop value {stop:.6g}, but ends at {_the(name)} "
        f"{float(schedule(last - 1)):.6g}. {_another(plan, run, schedule, last, name)}",
    )


def _height(run: Run, schedule: Schedule, name: str | None) -> float:
    """The highest value that the run had."""
    if name is None:
        return float(max(run.rates))
    last = run.furthest - 1
    return max(abs(float(schedule(last * place / _PLACES))) for place in range(_PLACES + 1))


def _late_fits(run: Run, schedule: Schedule) -> Iterator[Finding]:
    """Calls of fit that began when the schedule was over."""
    rows = [*(fit.row for fit in run.fits), len(run.steps)]
    for place, fit in enumerate(run.fits, start=1):
        count = rows[place] - fit.row
        if fit.first < schedule.length or not count:
            continue
        rate = float(run.rates[fit.row])
        effect = "and so changed nothing" if rate == 0.0 else "its stop value"
        to = fit.first + count
        begun = run.changeable_from(schedule.length)
        way_out = f"schedule.over({to}) for both"
        if begun:
            way_out = f"extend(schedule, at={begun}, to={to}) from the checkpoint of {begun}"
        elif run.fits[0].first:  # nothing of the schedule is left that could be laid out anew
            way_out = f"schedule | another piece of {counted(count, 'update')}"
        yield Finding(
            "fit-after-end",
            f"Fit number {place} began at update {number(fit.first)}, and the schedule is over at "
            f"{number(schedule.length)}: its {counted(count, 'update')} had the rate {rate:.6g}, "
            f"{effect}. Write {way_out}, or begin with a new optimizer.",
        )


def _overshot(
    plan: Plan, run: Run, schedule: Schedule, name: str | None = None
) -> Iterator[Finding]:
    """Updates after the end of the schedule, of the rate in a fit that began before it."""
    end, furthest = math.ceil(schedule.length), run.furthest
    if name is None:  # else no finding of its own says it
        late = [fit.first for fit in run.fits if fit.first >= schedule.length]
        furthest = min([furthest, *late])
    if furthest <= end:
        return
    why = (
        "The run was longer than its plan"
        if plan.updates <= end
        else f"The schedule is shorter than the {counted(plan.updates, 'update')} of the plan"
    )
    to = max(furthest, plan.updates)
    yield Finding(
        "overshot",
        f"The run went on to update {number(furthest - 1)}, and the schedule{_of(name)} is over at "
        f"{number(schedule.length)}: {counted(furthest - end, 'update')}, from {number(end)} on, "
        f"had its stop value {float(schedule(schedule.length)):.6g}. {why}. "
        f"{_another(plan, run, schedule, to, name)}",
    )


def _another(plan: Plan, run: Run, schedule: Schedule, to: int, name: str | None) -> str:
    """What to write for a schedule that ends at `to`, and is as it was where it has been."""
    if not counts_alike(plan, run):
        return "Mend the accumulation first."
    begun = run.changeable_from(min(to, schedule.length))
    new = f"extend(schedule, at={begun}, to={to})" if begun else f"schedule.over({to})"
    if name is None:
        return f"Write {new}."
    meant = ""
    if schedule.length < to:  # a momentum that has risen, say, may well be meant to stay
        stays = f"schedule >> hold(value={float(schedule(schedule.length)):.6g})"
        meant = f", or {stays} where that is meant"
    return f"Write {new} for `{name}`{meant}."


def _of(name: str | None) -> str:
    return "" if name is None else f" of `{name}`"


def _the(name: str | None) -> str:
    return "the rate" if name is None else "the value"
