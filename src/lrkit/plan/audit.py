"""After the run: what was applied, compared with what was planned."""

from __future__ import annotations

from dataclasses import dataclass

from lrkit.core.schedule import Schedule
from lrkit.core.validate import refuse
from lrkit.plan import ends, faults
from lrkit.plan.finding import Finding, counted
from lrkit.plan.plan import Plan
from lrkit.plan.run import Run


@dataclass(frozen=True)
class Audit:
    """What an audit found; it prints as sentences, one a line.

    Args:
        findings: All that went otherwise than planned; nothing where the run was as planned.
        summary: What was compared, in one line.
        schedule: The rate as it was planned, over updates; None where nobody knows.
    """

    findings: tuple[Finding, ...]
    summary: str
    schedule: Schedule | None = None

    @property
    def ok(self) -> bool:
        """Whether the run was as planned."""
        return not self.findings

    def __str__(self) -> str:
        return "\n".join(map(str, self.findings)) or self.summary

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
    found = [*faults.of_the_counter(plan, run)]
    if planned is not None:
        found += ends.found(plan, run, planned)
        found += faults.of_the_rates(run, planned)
    found += ends.of_hyperparameters(plan, run)
    return Audit(tuple(found), _summary(run), planned)


def _summary(run: Run) -> str:
    first, last = float(run.rates[0]), float(run.rates[-1])
    again = len(run.steps) - len(set(map(int, run.steps)))
    twice = f", {again} of them again from a restored state" if again else ""
    updates = counted(run.furthest, "update")
    return (
        f"As planned: {updates}, the first at the rate {first:.6g}, the last at {last:.6g}{twice}."
    )
