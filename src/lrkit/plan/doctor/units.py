"""Lengths that are right in another unit: epochs, batches, the updates of all replicas."""

from __future__ import annotations

import math
from collections.abc import Iterator

from lrkit.core.schedule import Schedule
from lrkit.plan import progress
from lrkit.plan.doctor import epochs
from lrkit.plan.doctor.case import Case
from lrkit.plan.doctor.dialects import nominal_ends
from lrkit.plan.doctor.found import Found
from lrkit.plan.doctor.words import rate, steps, updates
from lrkit.plan.finding import ERROR
from lrkit.plan.units import is_known

#: Fewer updates in an epoch could be meant where epochs seem to be.
FEW = 2


def over(case: Case, schedule: Schedule) -> Schedule:
    """The schedule, ending where the run does."""
    return schedule.over(case.end)


def of_the_length(case: Case) -> Iterator[Found]:
    """A length that is not that of the run, and exactly that of something else."""
    if case.pace != 1:
        yield from _told_accumulation(case)
    elif not case.facts.resumed:
        for length, bounded in _lengths(case):
            found = next(_in_another_unit(case, length, bounded), None)
            if found is not None:
                yield found
                return
        yield from epochs.found(case)


def _lengths(case: Case) -> Iterator[tuple[float, Schedule]]:
    """Where the schedule ends or, in the words of another library, was told to."""
    if math.isfinite(case.length):
        yield case.length, case.schedule
    for end in nominal_ends(case.given):
        yield end, case.schedule.take(end)


def _in_another_unit(case: Case, length: float, bounded: Schedule) -> Iterator[Found]:
    n = case.plan.updates
    if abs(length - n) <= 1:
        return
    ways = (lambda: case.plan.lay(bounded, "epochs"), lambda: over(case, bounded))
    if _is_in_epochs(case, length):
        yield Found(
            "units-epochs",
            ERROR,
            f"The schedule is {steps(length)} long, as many as the run has epochs, and it is in "
            f"updates: it is over after {updates(length)} of {steps(n)}.",
            math.ceil(length),
            ways,
        )
    yield from _by_accumulation(case, length, bounded)
    yield from _by_replicas(case, length, bounded)
    yield from _by_both(case, length, bounded)


def _by_accumulation(case: Case, length: float, bounded: Schedule) -> Iterator[Found]:
    each, n, near = case.plan.accumulation, case.plan.updates, _rounding(case, length)
    ways = (lambda: over(case, bounded),)
    if each > 1 and (abs(length / each - n) <= near or abs(length - _batches(case)) <= 1):
        yield Found(
            "accumulation-missed",
            ERROR,
            f"The schedule is {steps(length)} long, the batches of the run, of which {each} make "
            f"an update: the run ends at update {steps(n)}, and the last rate is "
            f"{rate(case.rate(n - 1))}.",
            n - 1,
            ways,
        )
    if each > 1 and abs(length - n / each) <= near:
        yield Found(
            "accumulation-twice",
            ERROR,
            f"The schedule is {steps(length)} long, the {updates(n)} of the run divided by "
            f"accumulation={each} once more: the plan has done that already.",
            math.ceil(length),
            ways,
        )


def _by_replicas(case: Case, length: float, bounded: Schedule) -> Iterator[Found]:
    replicas, n = case.plan.replicas, case.plan.updates
    if replicas == 1:
        return
    near = _rounding(case, length)
    many = abs(length / replicas - n) <= near
    if many or abs(length - n / replicas) <= near:
        counted = "times" if many else "divided by"
        yield Found(
            "replicas-counted",
            ERROR,
            f"The schedule is {steps(length)} long, the {updates(n)} of the run {counted} "
            f"replicas={replicas}: all replicas together make one update.",
            min(n - 1, math.ceil(length)),
            (lambda: over(case, bounded),),
        )


def _by_both(case: Case, length: float, bounded: Schedule) -> Iterator[Found]:
    """Accumulation and replicas forgotten together, or both counted once more."""
    each, replicas, n = case.plan.accumulation, case.plan.replicas, case.plan.updates
    both, near = each * replicas, _rounding(case, length)
    if each == 1 or replicas == 1:
        return
    factors = f"accumulation={each} times replicas={replicas}, that is {both}"
    if abs(length / both - n) <= near:
        yield Found(
            "accumulation-missed",
            ERROR,
            f"The schedule is {steps(length)} long, the {updates(n)} of the run times {factors}: "
            f"{each} batches on each of {replicas} replicas make one update, and the last rate is "
            f"{rate(case.rate(n - 1))}.",
            n - 1,
            (lambda: over(case, bounded),),
        )
    elif abs(length - n / both) <= near:
        yield Found(
            "accumulation-twice",
            ERROR,
            f"The schedule is {steps(length)} long, the {updates(n)} of the run divided by "
            f"{factors}, once more: the plan has done that already.",
            math.ceil(length),
            (lambda: over(case, bounded),),
        )


def _rounding(case: Case, length: float) -> float:
    """By how much a length may differ that was rounded once, or at the end of every epoch."""
    epochs = case.plan.epochs or 0
    return 1 + (epochs if length > 20 * epochs else 0)


def _batches(case: Case) -> int:
    """Batches of the run, those that are left over at an epoch's end included."""
    plan = case.plan
    if plan.epochs is None or plan.batches_per_epoch is None:
        return progress.batches(plan, plan.updates)
    return plan.epochs * plan.batches_per_epoch


def _is_in_epochs(case: Case, length: float) -> bool:
    if not is_known(case.plan, "epochs") or (case.plan.updates_per_epoch or 0) < FEW:
        return False
    return abs(length - float(case.plan.epoch_at())) < 0.5


def why(case: Case, length: float) -> str:
    """What else is just as long, as a sentence; empty where nothing is."""
    plan = case.plan
    same: dict[str, float] = {}
    if is_known(plan, "epochs") and plan.epoch_at() > 1:
        same["the updates of one epoch"] = plan.updates_per_epoch or 0
        same["the batches of one epoch"] = plan.batches_per_epoch or 0
    if is_known(plan, "examples"):
        same["the examples of the run"] = plan.examples_at()
        same["the examples of an epoch"] = plan.examples or 0
    if is_known(plan, "tokens"):
        same["the tokens of the run"] = plan.tokens_at()
    named = next((name for name, count in same.items() if abs(count - length) <= 1), "")
    return f" It is as long as {named}." if named else ""


def _told_accumulation(case: Case) -> Iterator[Found]:
    """The schedule was told other batches for an update than the plan."""
    each, told, n = case.plan.accumulation, case.facts.accumulation_told, case.end
    if abs(case.length - n) <= max(1.0, float(case.pace)):  # it was made for that
        return
    text = (
        f"An update is made of {each} batches and the schedule was told {told}, so each update "
        f"moves it by {case.pace} steps"
    )
    if math.isfinite(case.length):
        text += f": it is over at update {steps(case.length)}, and the run at {steps(n)}"
    yield Found(
        "accumulation-missed" if case.pace > 1 else "accumulation-twice",
        ERROR,
        f"{text}. Tell it {each}, or make it for what it is told.",
        min(n - 1, math.ceil(case.length)) if math.isfinite(case.length) else None,
        (lambda: over(case, case.schedule),),
    )
