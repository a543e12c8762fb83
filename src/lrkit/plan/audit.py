"""After the run: what was applied, compared with what was planned."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from lrkit.core.schedule import Schedule
from lrkit.core.validate import refuse
from lrkit.plan import ends, faults
from lrkit.plan.finding import Finding, counted, number
from lrkit.plan.plan import Plan
from lrkit.plan.run import Run


@dataclass(frozen=True)
class Audit:
    """What an audit found; it prints as sentences, one a line.

    Args:
        findings: All that went otherwise than planned; nothing where the run was as planned.
        summary: What was compared, in one line.
        schedule: The rate as it was planned, over updates; None where nobody knows.
        notes: What is only worth knowing, such as that not every update was recorded.
    """

    findings: tuple[Finding, ...]
    summary: str
    schedule: Schedule | None = None
    notes: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether the run was as planned."""
        return not self.findings

    def __str__(self) -> str:
        return "\n".join([*map(str, self.findings), *self.notes]) if self.findings else self.summary

    def __repr__(self) -> str:
        codes = ", ".join(finding.code for finding in self.findings) or "ok"
        return f"<Audit: {codes}>"


def audit(plan: Plan, run: Run, *, schedule: Schedule | None = None) -> Audit:
    """Compares what a run applied with its plan.

        update k of the plan has the rate schedule(k); the run, schedule(k) · factor

    Args:
        plan: The run as it was planned.
        run: The run as it was recorded.
        schedule: The rate as it was planned, over updates. Default: the schedule of the run; where
            it has none, only the updates are compared.

    Raises:
        TypeError: `plan` is no plan.
        ValueError: Nothing is recorded yet.

    Source: the ways in which Keras runs go wrong, each of them measured.

    >>> from lrkit import Plan, linear
    >>> run = Run(steps=[0, 1], epochs=[0, 0], rates=[1.0, 0.5], schedule=linear(2))
    >>> print(audit(Plan(updates=2), run))
    As planned: 2 updates, the first at the rate 1, the last at 0.5.
    """
    if not isinstance(plan, Plan):
        raise TypeError(
            f"audit: `plan` must be a Plan, got plan={plan!r}. Write Plan(updates=...), or "
            "Plan(epochs=..., examples=..., batch_size=...)."
        )
    if not len(run.steps):
        raise refuse("audit", "run", "one with updates", None, "Train with the Recorder first.")
    planned = run.schedule if schedule is None else schedule
    run = _up_to_the_end(plan, run)
    values = [] if planned is None else faults.values(planned, run.steps)
    by = 0 if planned is None else faults.shifted(run, planned, values)
    if by < 0 < min(run.steps):  # counted from 1
        run = replace(run, steps=[int(step) - 1 for step in run.steps])
    found = [faults.of_the_shift(by)] if by else []
    found += faults.of_the_counter(plan, run)
    if planned is not None:
        found += ends.found(plan, run, planned)
        if not by:
            found += faults.of_the_rates(plan, run, values)
    found += ends.of_hyperparameters(plan, run)
    notes = tuple(_every(run))
    return Audit(tuple(found), " ".join([_summary(run), *notes]), planned, notes)


def _up_to_the_end(plan: Plan, run: Run) -> Run:
    """Without the row in which a log of every 100th step, say, tells that all updates are made."""
    if faults.stride(run.steps) == 1 or run.steps[-1] != plan.updates:
        return run
    columns = ("steps", "epochs", "rates", "factors")
    kept: dict[str, Any] = {name: getattr(run, name)[: len(run.steps) - 1] for name in columns}
    return replace(run, **kept)


def _every(run: Run) -> Iterator[str]:
    """How far apart the records are, where they are not of every update."""
    usual = faults.stride(run.steps)
    if usual > 1:
        last = 0 if usual % 100 in (11, 12, 13) or usual % 10 > 3 else usual % 10
        ending = "tsnr"[last] + "htdd"[last]  # th, and that of 1, 2 and 3
        yield f"Recorded at every {number(usual)}{ending} update; compared there."


def _summary(run: Run) -> str:
    first, last = float(run.rates[0]), float(run.rates[-1])
    again = len(run.steps) - len(set(map(int, run.steps)))
    twice = f", {again} of them again from a restored state" if again else ""
    updates = counted(run.furthest, "update")
    return (
        f"As planned: {updates}, the first at the rate {first:.6g}, the last at {last:.6g}{twice}."
    )
