"""What an audit finds in the count of the updates and in their rates."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from lrkit.core.schedule import Schedule
from lrkit.plan.finding import Finding, counted, number
from lrkit.plan.plan import Plan
from lrkit.plan.run import Run

#: Of the highest rate. Rates are float32; a wrong one is further off than rounding.
CLOSE = 1e-6
#: So many findings of one kind are told, the others counted.
FEW = 3


def of_the_counter(plan: Plan, run: Run) -> Iterator[Finding]:
    """What is wrong with the updates, whatever their rates were."""
    yield from accumulation_of_the_plan(plan, run)
    restarts = list(restarted(run))
    yield from few(restarts, "restart")
    yield from few(list(unrecorded(run)), "gap")
    yield from skipped(run)
    if not restarts:  # else the count says nothing
        yield from too_few_or_many(plan, run)


def few(findings: Sequence[Finding], thing: str) -> Iterator[Finding]:
    """The first findings of one kind, and how many more there are.

    >>> print(*few([Finding("a", f"{letter}.") for letter in "abcdef"], "gap"))
    a. b. c. And 3 more such gaps.
    """
    yield from findings[:FEW]
    left = len(findings) - FEW
    if left > 0:
        more = f"And {number(left)} more such {thing}{'s' if left > 1 else ''}."
        yield Finding(findings[FEW].code, more)


def stride(steps: Sequence[int]) -> int:
    """How far apart the steps of a log are: 1, or the distance that most of them have.

    >>> stride([0, 100, 200, 300, 349]), stride([0, 1, 2, 9]), stride([0, 100])
    (100, 1, 1)
    """
    if len(steps) == 0 or steps[-1] - steps[0] == len(steps) - 1:
        return 1
    distances = [b - a for a, b in pairwise(map(int, steps))]
    ((usual, times),) = Counter(distances).most_common(1) or [(1, 0)]
    return usual if usual > 1 and times >= 2 and len(distances) <= 2 * times else 1


def epoch(plan: Plan, run: Run, row: int) -> str:
    """The epoch of a row in brackets, by the plan or else by the record; "" where none knows it."""
    batches = run.batches_per_epoch
    alike = counts_alike(plan, run) and batches in (None, plan.batches_per_epoch)
    if plan.batches_per_epoch is not None and alike:
        return f" (epoch {int(plan.epoch_at(int(run.steps[row])))})"
    return f" (epoch {run.epochs[row]})" if says_epochs(run) else ""


def says_epochs(run: Run) -> bool:
    """Whether the record knows of epochs: somebody who sets none leaves all of them at 0."""
    return bool(max(run.epochs))


def accumulation_of_the_plan(plan: Plan, run: Run) -> Iterator[Finding]:
    """The plan counts other batches to an update than the optimizer."""
    if counts_alike(plan, run):
        return
    untold = (
        f"; or, if {plan.accumulation} was meant, give the optimizer "
        f"gradient_accumulation_steps={plan.accumulation}"
    )
    yield Finding(
        "plan-accumulation",
        f"The plan counts accumulation={plan.accumulation} batches to an update, and the optimizer "
        f"{run.accumulation}, so the plan's {counted(plan.updates, 'update')} are not those of the "
        f"run. Write Plan(..., accumulation={run.accumulation})"
        f"{untold if plan.accumulation > 1 else ''}.",
    )


def counts_alike(plan: Plan, run: Run) -> bool:
    """Whether plan and optimizer take as many batches for an update, as far as both say."""
    unknown = plan.batches_per_epoch is None or run.accumulation is None
    return unknown or plan.accumulation == run.accumulation


def restarted(run: Run) -> Iterator[Finding]:
    """The count of updates began again at 0 in a later epoch."""
    why = "The optimizer's state was not restored."
    for row in run.rows_back():
        if run.steps[row] == 0:
            when = f"In epoch {run.epochs[row]} the" if says_epochs(run) else "The"
            yield run.finding(
                "restarted",
                f"{when} count of updates began again at 0, after update "
                f"{number(run.steps[row - 1])}: the rate is {float(run.rates[row]):.6g} again, "
                f"after {float(run.rates[row - 1]):.6g}. {why}",
            )
    if run.steps[0] != 0:
        return
    began = f"The run began with update 0, at the rate {float(run.rates[0]):.6g},"
    if run.set_aside:
        yield run.finding(
            "restarted",
            f"{began} while its file held {counted(run.set_aside, 'update')} of an earlier run, "
            "which were "
            "set aside. To begin anew, give each run a file of its own. To go on, restore the "
            "optimizer's state.",
        )
    elif run.epochs[0] > 0:
        yield run.finding(
            "restarted", f"{began} although its first epoch is number {run.epochs[0]}. {why}"
        )


def unrecorded(run: Run) -> Iterator[Finding]:
    """Updates that were made, and nobody saw their rates."""
    usual = stride(run.steps)
    for row in run.rows_ahead():
        if run.steps[row] - run.steps[row - 1] <= usual:
            continue
        first, last = run.steps[row - 1] + 1, run.steps[row] - 1
        told = f"Update {number(first)} was made without the Recorder, so its rate is not known."
        if first < last:
            told = (
                f"Updates {number(first)} to {number(last)} were made without the Recorder, so "
                "their rates are not known."
            )
        yield run.finding("unrecorded", told)


def skipped(run: Run) -> Iterator[Finding]:
    """Batches that mixed precision left out."""
    if not run.skipped:
        return
    made = "made no update"
    if (run.accumulation or 1) > 1:
        made = f"did not count among the {run.accumulation} that make an update"
    yield run.finding(
        "skipped",
        f"Mixed precision skipped {counted(run.skipped, 'batch')}, whose gradients were not "
        f"finite: {'it' if run.skipped == 1 else 'they'} {made}, and the schedule ends as much "
        "later.",
    )


def too_few_or_many(plan: Plan, run: Run) -> Iterator[Finding]:
    """The run was shorter or longer than planned."""
    made, wanted = run.furthest, plan.updates
    if not counts_alike(plan, run):
        return  # found already
    late = math.ceil(run.skipped / (run.accumulation or 1))
    apart = stride(run.steps)
    if made + apart - 1 < wanted - late:
        left = wanted - made
        so_far = "made" if apart == 1 else "was recorded for"
        yield Finding(
            "fewer-updates",
            f"The run {so_far} {number(made)} of the {counted(wanted, 'update')} of the plan, "
            f"and stopped at the rate {float(run.rates[-1]):.6g}.{_of_an_epoch(plan, run)} "
            f"Train for the {counted(left, 'update')} that {'is' if left == 1 else 'are'} left, "
            f"or plan for {number(made)}.",
        )
    elif made > wanted:
        yield Finding(
            "more-updates",
            f"The run made {counted(made, 'update')}, {number(made - wanted)} more than the "
            f"{number(wanted)} of "
            f"the plan.{_of_an_epoch(plan, run)}{_began_again(run)} Write Plan(updates={made}) and "
            "lay the schedule over them.",
        )


def _began_again(run: Run) -> str:
    """A fit that went on with the updates and not with the epochs, in the framework's words."""
    ask = run.ways_out.get("epoch-0", "")
    for turn, fit in enumerate(run.fits, start=1):
        if fit.first > 0 and fit.epoch == 0:
            which = f"Fit number {turn}" if len(run.fits) > 1 else "It"
            return f" {which} began at update {fit.first} with epoch 0 again. {ask}".rstrip()
    return ""


def _of_an_epoch(plan: Plan, run: Run) -> str:
    """Why, where the epochs show it."""
    ran, planned = run.batches_per_epoch, plan.batches_per_epoch
    if ran is None or planned is None or ran == planned:
        return ""
    return (
        f" An epoch had {ran} batches, and by the plan {planned}: look at `examples`, "
        "`batch_size`, `replicas` and `drop_last`."
    )


def of_the_rates(plan: Plan, run: Run, planned: Sequence[float]) -> Iterator[Finding]:
    """Rates that are not those of the schedule, where it was not the counting that was wrong."""
    if run.told != run.accumulation:
        return
    wrong = _wrong(run, planned)
    if not wrong:
        return
    row, last = wrong[0], wrong[-1]
    first = f"{number(run.steps[row])}{epoch(plan, run, row)}"
    which = f"1 update, {first}"
    if len(wrong) > 1:
        which = f"{counted(len(wrong), 'update')}, from {first} to {number(run.steps[last])}"
    yield Finding(
        "other-rate",
        f"{which}, had a rate that is not the schedule's: update {number(run.steps[row])} had "
        f"{float(run.rates[row]):.6g}, and the schedule says "
        f"{planned[row] * run.factor(row):.6g}. They were trained with another schedule or a rate "
        "set by hand. Resume with the schedule that the run began with, or continue it with "
        "lrkit.extend.",
    )


def shifted(run: Run, schedule: Schedule, planned: Sequence[float]) -> int:
    """1 or -1 where each step k has the rate of step k + 1 or k - 1, else 0."""
    if run.told != run.accumulation:
        return 0
    wrong, limit = set(_wrong(run, planned)), CLOSE * max(map(abs, planned))
    for by in (1, -1) if len(wrong) > 1 else ():
        rows = [row for row, step in enumerate(run.steps) if step + by >= 0]
        agree = all(
            not abs(float(run.rates[row]) - schedule(int(run.steps[row]) + by) * run.factor(row))
            > limit
            for row in rows
        )
        if agree and len(wrong.intersection(rows)) > 1:  # one alone may be a coincidence
            return by
    return 0


def of_the_shift(by: int) -> Finding:
    """What to do where `shifted` is not 0."""
    sign, way_out = "+", "Log the rate before `scheduler.step()`, and make the update before both."
    if by < 0:
        sign = "-"
        way_out = "Count the steps from 0; where they are, let the schedule move on at each update."
    return Finding(
        "shifted",
        f"The steps are shifted by 1: each recorded step k has the schedule's rate of k {sign} 1, "
        f"and no other rate is wrong. {way_out}",
    )


def _wrong(run: Run, planned: Sequence[float]) -> list[int]:
    """The rows whose rate is not what was planned for them."""
    limit = CLOSE * max(map(abs, planned))
    return [
        row
        for row, (rate, value) in enumerate(zip(run.rates, planned, strict=True))
        if abs(float(rate) - value * run.factor(row)) > limit  # NaN is no difference
    ]


def values(schedule: Schedule, steps: Sequence[int]) -> list[float]:
    """The schedule at each step: at once where the steps are an array."""
    if hasattr(steps, "dtype"):
        found: list[float] = schedule(steps).tolist()
        return found
    return [schedule(step) for step in steps]
