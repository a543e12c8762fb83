"""After a run of which only a file of steps and rates is there."""

from __future__ import annotations

from lrkit.core.schedule import Schedule
from lrkit.plan.audit import Audit, audit
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
        plan = Plan(updates=max(1, round(min(schedule.length, recorded.steps[-1] + 1))))
    return audit(plan, _run(recorded, plan), schedule=schedule)


def _run(recorded: Recorded, plan: Plan) -> Run:
    """The run as far as a file of steps and rates tells: no accumulation, no calls of a loop."""
    pace = plan.updates_per_epoch or plan.updates
    return Run(
        steps=list(recorded.steps),
        epochs=[int(step // pace) for step in recorded.steps],
        rates=list(recorded.values),
        accumulation=None,
        told=None,
    )
