"""All rules at once: a schedule and a plan in, findings out."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from lrkit.core.given import schedule_of_user
from lrkit.core.schedule import Schedule
from lrkit.plan.doctor import cycles, ends, heights, jumps, pieces, precision, warmups, zeros
from lrkit.plan.doctor.case import Case
from lrkit.plan.doctor.diagnosis import Diagnosis
from lrkit.plan.doctor.facts import Facts
from lrkit.plan.doctor.found import Found
from lrkit.plan.doctor.words import rate, run, steps
from lrkit.plan.finding import ERROR, SEVERITIES, Finding
from lrkit.plan.plan import Plan

Rule = Callable[[Case], Iterator[Found]]

RULES: tuple[Rule, ...] = (
    *(ends.found, cycles.found, zeros.first_update, zeros.stretches),
    *(pieces.found, jumps.found, warmups.found, heights.found, precision.found),
)


def check(
    schedule: Schedule | str,
    plan: Plan,
    *,
    beta2: float | None = None,
    stable_rate: float | None = None,
    base_rate: float | None = None,
    base_batch_size: int | None = None,
    base_replicas: int | None = None,
    accumulation_told: int | None = None,
    dtype: str = "float32",
    updates_done: int = 0,
) -> Diagnosis:
    """What is wrong with a schedule over the run that it is for, said before the run.

        update k of the run has the rate schedule(updates_done + k),  0 <= k < plan.updates

    Each finding has a code, a severity, the update, what happens there, and the schedule that has
    it no more. Errors spoil the run, warnings may be meant, notes are worth knowing. What is
    returned is true where there is no error: `assert check(schedule, plan)` stops a program.

    Args:
        schedule: The learning rate over updates, or its text, which may use `plan.names`.
        plan: The run.
        beta2: Of Adam, whose warmup should be 2 / (1 - beta2) updates. 0 or more, less than 1.
        stable_rate: The highest rate that is known, or was measured, to be stable. Positive.
        base_rate: The highest rate of an earlier run, for the rules of scaling. Positive.
        base_batch_size: Examples of an update of that run.
        base_replicas: Or its replicas, where each has the batch that it had.
        accumulation_told: Batches that the schedule is told make an update, where that is not what
            the plan says: 1 for a schedule of Keras, which counts batches.
        dtype: What the weights are kept in: "float32", "bfloat16", "float16" or "float64".
        updates_done: Updates that the optimizer has behind it: after a first `fit`, or a resume.
            The plan is that of the updates to come.

    Raises:
        TypeError: `schedule` or `plan` is none, or facts are missing that belong together.
        ValueError: A number is out of range, or the text is no schedule.

    Source: Ma & Yarats 2021 for the warmup (arXiv 1910.04209); Goyal et al. 2017 for the linear
    rule (arXiv 1706.02677), Malladi et al. 2022 for the square root (arXiv 2205.10287); for the
    rest, reports of users of the libraries.

    >>> from lrkit import Plan, check
    >>> print(check("1e-3 * cosine(2500)", Plan(epochs=4, examples=80_000, batch_size=32)))
    error: The schedule is over at update 2,500, after 25% of the run: the 7,500 updates from ...
      Write 0.001 * cosine(10000)
    """
    if not isinstance(plan, Plan):
        raise TypeError(
            f"check: `plan` must be a Plan, got plan={plan!r}. Write Plan(updates=...), or "
            "Plan(epochs=..., examples=..., batch_size=...)."
        )
    facts = Facts.of(
        plan,
        beta2=beta2,
        stable_rate=stable_rate,
        base_rate=base_rate,
        base_batch_size=base_batch_size,
        base_replicas=base_replicas,
        accumulation_told=accumulation_told,
        dtype=dtype,
        updates_done=updates_done,
    )
    if isinstance(schedule, str):
        schedule = plan.read(schedule)
    case = Case(schedule_of_user("check", "schedule", schedule), plan, facts)
    found = _examined(case)
    findings = [_settled(case, one, found) for one in found]
    findings.sort(key=lambda one: SEVERITIES.index(one.severity))
    return Diagnosis(case.given, plan, tuple(findings), _summary(case))


def _examined(case: Case) -> list[Found]:
    """What the rules find, each code once."""
    found = {one.code: one for one in zeros.no_rates(case)}
    if not (found and zeros.is_hopeless(case)):
        for rule in RULES:
            for one in rule(case):
                found.setdefault(one.code, one)
    return list(found.values())


def _settled(case: Case, one: Found, all_found: list[Found]) -> Finding:
    """The finding with the first of its ways that mends it, and brings no new error."""
    known = {other.code for other in all_found if other.severity == ERROR}
    step = one.step
    if step is not None:  # the end of a schedule may lie outside the run
        step = min(max(step, case.begin), case.end - 1)
    return Finding(one.code, one.text, one.severity, step, _mend(case, one, known))


def _mend(case: Case, one: Found, known: set[str]) -> str | None:
    for way in one.ways:
        try:
            schedule = case.as_given(way())
        except (ValueError, ArithmeticError):  # it cannot be made of this schedule
            continue
        mended = Case(schedule, case.plan, case.facts)
        found = _examined(mended)
        # Of rates that were none, nothing else could be said before.
        new = {other.code for other in found if other.severity == ERROR} - known
        if one.code not in {other.code for other in found} and (
            not new or (zeros.is_hopeless(case) and not zeros.is_hopeless(mended))
        ):
            return repr(schedule)
    return None


def _summary(case: Case) -> str:
    """The run and its rates."""
    first, last = case.rates[0], case.rates[-1]
    return (
        f"{run(case.plan)}; rates from {rate(first)} to {rate(last)}, the highest "
        f"{rate(case.peak)} at update {steps(case.peak_at)}."
    )
