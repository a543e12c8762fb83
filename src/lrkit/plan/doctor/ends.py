"""How the end of the schedule and the end of the run do not go together."""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction

from lrkit.core.curves import Hold
from lrkit.core.schedule import Schedule
from lrkit.core.validate import plain
from lrkit.plan.continuing import extend
from lrkit.plan.doctor.case import CYCLES, Case
from lrkit.plan.doctor.cycles import cut_cycle
from lrkit.plan.doctor.found import Found, Way
from lrkit.plan.doctor.units import of_the_length, over, why
from lrkit.plan.doctor.words import percent, rate, steps, updates
from lrkit.plan.finding import ERROR, NOTE, WARNING

#: Of the highest rate. What differs by less is the same to a run.
SAME = 1e-3
#: Of the run. What is shorter is a blemish.
SHORT = 0.1


def found(case: Case) -> Iterator[Found]:
    """The schedule ends before the run, after it, or the rate has not come down."""
    told = list(of_the_length(case))
    yield from told
    if told:  # the same in other words
        return
    if math.isinf(case.length):
        yield from _of_an_endless_one(case)
    elif case.begin >= case.length:
        yield from _over_before(case)
    elif case.end - case.length > 1:
        yield from _early(case)
    elif case.length - case.end > 1:
        yield from _late(case)


def _is_settled(case: Case) -> bool:
    """Whether the rate after the end is meant: it has been the last level, or the highest rate."""
    if case.stop <= SAME * case.height:
        return False
    if case.stop >= (1 - SAME) * case.height:
        return True
    last = {case.rate(case.length * (0.95 + 0.05 * i / 16)) for i in range(16)}
    return len(last) == 1


def _over_before(case: Case) -> Iterator[Found]:
    """A second fit."""
    if _is_settled(case):
        return
    nothing = case.stop <= SAME * case.height
    effect = "and train nothing" if nothing else "that it ended with"
    yield Found(
        "fit-after-end",
        ERROR if nothing else WARNING,
        f"The optimizer has made {updates(case.begin)} and the schedule is over at "
        f"{steps(case.length)}: the {updates(case.plan.updates)} of this run have the rate "
        f"{rate(case.stop)} {effect}. A new optimizer would begin it anew; this one needs a "
        "schedule that goes on.",
        case.begin,
        (lambda: _another_cycle(case),),
    )


def _another_cycle(case: Case) -> Schedule:
    """What has been, and the same shape once more."""
    schedule, idle = case.schedule, case.begin - Fraction(case.schedule._length)
    past = schedule >> Hold(idle, schedule._stop) if idle else schedule
    return past | schedule.over(case.plan.updates)


def _early(case: Case) -> Iterator[Found]:
    if _is_settled(case):
        return
    share = (case.end - case.length) / case.plan.updates
    stop, begin = case.stop, math.ceil(case.length)
    is_long = share >= SHORT
    if stop <= 1e-9 * case.height:
        severity, effect = ERROR if is_long else WARNING, f"the rate {rate(stop)} and train nothing"
    elif stop <= SAME * case.height:
        severity = WARNING if is_long else NOTE
        effect = f"the rate {rate(stop)}, as good as none of {rate(case.height)}"
    else:
        severity = WARNING if is_long else NOTE
        effect = f"its stop value {rate(stop)}; where that is meant, `>> hold(value=...)` says so"
    behind = percent((case.length - case.begin) / case.plan.updates)
    yield Found(
        "ends-early",
        severity,
        f"The schedule is over at update {steps(case.length)}, after {behind} of the run: the "
        f"{updates(case.end - begin)} from there on have {effect}.{why(case, case.length)}",
        begin,
        _as_long_as_the_run(case),
    )


def _late(case: Case) -> Iterator[Found]:
    there, stop, last = case.rate(case.end), case.stop, case.rate(case.end - 1)
    rises = case.height > (1 + SAME) * case.peak and last >= (1 - SAME) * case.peak
    if rises:
        yield Found(
            "peak-never-reached",
            ERROR,
            f"The run ends at update {steps(case.end)}, while the rate still rises: it gets to "
            f"{rate(last)} and never to the {rate(case.height)} of the schedule, which is "
            f"{updates(case.length)} long.{why(case, case.length)}",
            case.end - 1,
            _as_long_as_the_run(case),
        )
    elif abs(there - stop) > SAME * case.height and not any(cut_cycle(case)):
        behind = percent(case.end / case.length)
        yield Found(
            "ends-late",
            ERROR if 2 * case.end <= case.length else WARNING,
            f"The schedule is {updates(case.length)} long and the run ends after {behind} of it: "
            f"the last rate is {rate(last)}, and the stop value {rate(stop)} is never reached."
            f"{why(case, case.length)}",
            case.end - 1,
            _as_long_as_the_run(case),
        )


def _as_long_as_the_run(case: Case) -> tuple[Way, ...]:
    """What has been trained stays as it was, if that can be."""
    if not case.facts.resumed:
        return (lambda: over(case, case.schedule),)
    rest: Way = lambda: extend(case.schedule, at=case.begin, to=case.end)  # noqa: E731
    return rest, lambda: over(case, case.schedule)


def _of_an_endless_one(case: Case) -> Iterator[Found]:
    """An endless schedule that has not come down to where it was going."""
    joins = case.all_breaks
    if not joins:
        return
    goes_on = len(joins) > CYCLES
    goal = joins[0] if goes_on else joins[-1]
    low = min(goal.before, goal.after)
    last = case.rate(case.end - 1)
    drops = goal.before - goal.after > SAME * case.height  # at that update, not until it
    if goal.step - case.end <= (-1 if drops else 1) or last - low <= SAME * case.height:
        return
    if goes_on and goal.before >= (1 - SAME) * last:  # level until there: a stair
        text = f"The rate is {rate(last)} throughout: it first changes at update {steps(goal.step)}"
    else:
        text = (
            f"The last rate is {rate(last)}: the {rate(low)} of the schedule would come at update "
            f"{steps(goal.step)}"
        )
    share = Fraction(case.end) / Fraction(goal.step)
    yield Found(
        "floor-never-reached",
        WARNING,
        f"{text}, and the run ends at {steps(case.end)}.{why(case, goal.step)}",
        case.end - 1,
        (
            lambda: case.schedule.stretch(plain(share)),
            lambda: case.schedule.stretch(plain(share * Fraction(9, 10))),
            lambda: case.schedule.take(goal.step).over(case.end),
        ),
    )
