"""What an audit finds in the count of the updates and in their rates."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from lrkit.core.schedule import Schedule
from lrkit.plan.finding import Finding, counted
from lrkit.plan.plan import Plan
from lrkit.plan.run import Run

#: Of the highest rate. Rates are float32; a wrong one is further off than rounding.
CLOSE = 1e-6


def of_the_counter(plan: Plan, run: Run) -> Iterator[Finding]:
    """What is wrong with the updates, whatever their rates were."""
    yield from accumulation_of_the_plan(plan, run)
    restarts = list(restarted(run))
    yield from restarts
    yield from unrecorded(run)
    yield from skipped(run)
    if not restarts:  # else the count says nothing
        yield from too_few_or_many(plan, run)


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
            yield run.finding(
                "restarted",
                f"In epoch {run.epochs[row]} the count of updates began again at 0, after update "
                f"{run.steps[row - 1]}: the rate is {float(run.rates[row]):.6g} again, after "
                f"{float(run.rates[row - 1]):.6g}. {why}",
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
    for row in run.rows_ahead():
        first, last = run.steps[row - 1] + 1, run.steps[row] - 1
        told = f"Update {first} was made without the Recorder, so its rate is not known."
        if first < last:
            told = (
                f"Updates {first} to {last} were made without the Recorder, so their rates are not "
                "known."
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
    if made < wanted - late:
        left = wanted - made
        yield Finding(
            "fewer-updates",
            f"The run made {made} of the {counted(wanted, 'update')} of the plan, and stopped at "
            f"the rate {float(run.rates[-1]):.6g}.{_of_an_epoch(plan, run)} Train for the "
            f"{counted(left, 'update')} that {'is' if left == 1 else 'are'} left, or plan for "
            f"{made}.",
        )
    elif made > wanted:
        yield Finding(
            "more-updates",
            f"The run made {counted(made, 'update')}, {made - wanted} more than the {wanted} of "
            f"the plan.{_of_an_epoch(plan, run)}{_began_again(run)} Write Plan(updates={made}) and "
            "lay the schedule over them.",
        )


def _began_again(run: Run) -> str:
    """A fit that went on with the updates and not with the epochs, in the framework's words."""
    ask = run.ways_out.get("epoch-0", "")
    for number, fit in enumerate(run.fits, start=1):
        if fit.first > 0 and fit.epoch == 0:
            which = f"Fit number {number}" if len(run.fits) > 1 else "It"
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


def of_the_rates(run: Run, schedule: Schedule) -> Iterator[Finding]:
    """Rates that are not those of the schedule, where it was not the counting that was wrong."""
    if run.told != run.accumulation:
        return
    planned = _values(schedule, run.steps)
    limit = CLOSE * max(map(abs, planned))
    wrong = [
        row
        for row, (rate, value) in enumerate(zip(run.rates, planned, strict=True))
        if abs(float(rate) - value * run.factor(row)) > limit  # NaN is no difference
    ]
    if not wrong:
        return
    row, last = wrong[0], wrong[-1]
    which = f"1 update, {run.steps[row]} (epoch {run.epochs[row]})"
    if len(wrong) > 1:
        which = (
            f"{len(wrong)} updates, from {run.steps[row]} (epoch {run.epochs[row]}) to "
            f"{run.steps[last]}"
        )
    yield Finding(
        "other-rate",
        f"{which}, had a rate that is not the schedule's: update {run.steps[row]} had "
        f"{float(run.rates[row]):.6g}, and the schedule says "
        f"{planned[row] * run.factor(row):.6g}. They were trained with another schedule or a rate "
        "set by hand. Resume with the schedule that the run began with, or continue it with "
        "lrkit.extend.",
    )


def _values(schedule: Schedule, steps: Sequence[int]) -> list[float]:
    """The schedule at each step: at once where the steps are an array."""
    if hasattr(steps, "dtype"):
        values: list[float] = schedule(steps).tolist()
        return values
    return [schedule(step) for step in steps]
