"""Cycles that the run cuts off, and a rate that rises again after its end."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import partial

from lrkit.core.repeat import Repeat
from lrkit.core.schedule import Schedule
from lrkit.plan.doctor.case import MOST_BREAKS, Break, Case
from lrkit.plan.doctor.dialects import nominal_ends
from lrkit.plan.doctor.found import Found, Way
from lrkit.plan.doctor.units import of_the_length
from lrkit.plan.doctor.words import percent, rate, steps, updates
from lrkit.plan.finding import ERROR, WARNING

#: Of the highest rate. A smaller rise begins no cycle.
A_RISE = 0.1
#: Of the highest rate. What is left to fall is less than it matters.
ALL_BUT_DOWN = 0.05


def found(case: Case) -> Iterator[Found]:
    """A last cycle that is cut off, or a rise that was not meant."""
    risen = list(_rises_after_the_end(case))
    yield from risen or cut_cycle(case)


def _rises_after_the_end(case: Case) -> Iterator[Found]:
    if any(of_the_length(case)):
        return
    for nominal in nominal_ends(case.given):
        end = nominal / float(case.pace)
        begin = max(math.ceil(end), case.begin)
        later = [value for step, value in zip(case.steps, case.rates, strict=True) if step > begin]
        low = case.rate(end)
        if not later or max(later) - low <= 0.01 * case.height:
            continue
        yield Found(
            "rises-after-end",
            ERROR if max(later) > A_RISE * case.height else WARNING,
            f"The schedule comes down to {rate(low)} at update {steps(end)} and does not stay "
            f"there: in the {updates(case.end - begin)} that are left the rate rises to "
            f"{rate(max(later))}.",
            begin,
            (partial(_taken, case, end),),
        )
        return


def cut_cycle(case: Case) -> Iterator[Found]:
    """The run ends within a cycle, before the rate has come down."""
    if any(nominal_ends(case.given)) or not any(isinstance(s, Repeat) for s in case.nodes()):
        return
    last = case.rate(case.end - 1)
    if last <= ALL_BUT_DOWN * case.height:
        return
    begins = _boundaries(case)
    behind = [one.step for one in begins if one.step < case.end - 1]
    ahead = [one for one in begins if one.step >= case.end - 1]
    if math.isfinite(case.length):
        ahead.append(Break(case.length, case.stop, case.stop))
    if not behind or not ahead or ahead[0].step - case.end <= 1:
        return
    begin, end, low = behind[-1], ahead[0].step, ahead[0].before
    if last - low <= ALL_BUT_DOWN * case.height:
        return
    share = percent((case.end - begin) / (end - begin))
    ways: list[Way] = [partial(_taken, case, end)]
    if end == case.length:
        ways.insert(0, lambda: case.schedule.over(case.end))
    yield Found(
        "cycle-cut",
        WARNING,
        f"The run ends after {share} of a cycle, that of update {steps(begin)} to {steps(end)}: "
        f"the last rate is {rate(last)}, and the {rate(low)} at the cycle's end never comes.",
        case.end - 1,
        (*ways, partial(_taken, case, begin)),
    )


def _taken(case: Case, end: float) -> Schedule:
    """What is before a step, as long as the run."""
    return case.schedule.take(end).over(case.end)


def _boundaries(case: Case) -> list[Break]:
    """Where cycles begin, around the end of the run."""
    joins = case.first_breaks
    if len(joins) == MOST_BREAKS and joins[-1].step < case.end:
        # Of many cycles only the last are looked at: as long as all of the first together.
        joins = list(case.breaks_after(max(case.end - joins[-1].step, 0), 2 * MOST_BREAKS))
    return [one for one in joins if _begins_cycle(case, one)]


def _begins_cycle(case: Case, one: Break) -> bool:
    """Whether the rate jumps up there, or turns."""
    if one.after - one.before > A_RISE * case.height:
        return True
    sides = [case.rate(one.step - 1), case.rate(one.step + 1)]
    return one.after <= one.before and min(sides) > one.after
