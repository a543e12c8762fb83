"""After a run of which only a file of steps and rates is there."""

from __future__ import annotations

from lrkit.core.schedule import Schedule
from lrkit.plan.audit import Audit, audit
from lrkit.plan.faults import stride
from lrkit.plan.plan import Plan
from lrkit.plan.read_csv import Recorded
from lrkit.plan.run import Run


def audit_csv(recorded: Recorded, schedule: Schedule, plan: Plan | None = None) -> Audit:
    """What was applied, by a CSV file, compared with what was planned.

    Args:
        recorded: The file's steps and rates, as `read_csv` gives them.
        schedule: The rate as it was planned, over updates.
        plan: The run as it was planned. Default: one as long as the schedule, or as the record of
            an endless one.

    >>> from array import array
    >>> from lrkit import linear
    >>> record = Recorded("run.csv", array("q", [0, 1]), array("d", [1.0, 0.5]))
    >>> print(audit_csv(record, linear(2)))
    As planned: 2 updates, the first at the rate 1, the last at 0.5.
    """
    if plan is None:
        end = recorded.steps[-1] + stride(recorded.steps)
        plan = Plan(updates=max(1, round(min(schedule.length, end))))
    return audit(plan, _run(recorded), schedule=schedule)


def _run(recorded: Recorded) -> Run:
    """The run as far as a file of steps and rates tells: no epochs, accumulation, calls of fit."""
    return Run(
        steps=list(recorded.steps),
        epochs=[0] * len(recorded.steps),
        rates=list(recorded.values),
        accumulation=None,
        told=None,
    )
