"""What a Recorder recorded of one parameter group, as its user reads it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from lrkit.core.schedule import Schedule
from lrkit.plan.audit import Audit, audit
from lrkit.plan.plan import Plan
from lrkit.plan.run import Run
from lrkit.record.columns import RATE, Columns, Record
from lrkit.record.view import View
from lrkit.torch.columns import Column

_WAYS_OUT = {
    "restarted": (
        "Load the state of the Scheduler, or give it at=…, the updates that the weights have had."
    ),
    "unrecorded": "Make the Recorder before the first update.",
}


class Recorded(View):
    """The updates of one parameter group, one row for each, until now.

    Args:
        columns: Those of the group.
        whole: What was recorded of all groups.
        schedules: What is scheduled of the group, by the names of its columns.
        set_aside: Updates of an earlier run that the file held.

    Attributes:
        record: The columns.
    """

    def __init__(
        self,
        columns: list[Column],
        whole: Columns,
        schedules: Mapping[str, Schedule],
        set_aside: int = 0,
    ) -> None:
        nothing = np.full(len(whole), np.nan)
        values = {column.name: whole.values.get(column.title, nothing) for column in columns}
        self.record = Record()
        self.record.append(Columns(whole.steps, whole.epochs, values, whole.factors))
        self._schedules = dict(schedules)
        self._set_aside = set_aside

    def audit(self, plan: Plan, *, schedule: Schedule | None = None) -> Audit:
        """What was applied, compared with what was planned, in words.

        Args:
            plan: The run as it was planned.
            schedule: The rate as it was planned. Default: that of the Scheduler for this group.

        Raises:
            TypeError: `plan` is no `Plan`.
            ValueError: Nothing is recorded yet.
        """
        columns: Any = self.record.columns()
        schedules = dict(self._schedules)
        factors = columns.factors
        if not (factors[~np.isnan(factors)] != 1.0).any():
            # Of rows from a file no factor is known; where there was none since, there was none.
            factors = np.ones_like(factors)
        run = Run(
            steps=columns.steps,
            epochs=columns.epochs,
            rates=columns.rates,
            factors=factors,
            schedule=schedules.pop(RATE, None),
            hyperparameters=schedules,
            accumulation=None,
            told=None,
            set_aside=self._set_aside,
            ways_out=_WAYS_OUT,
        )
        return audit(plan, run, schedule=schedule)

    @property
    def _record(self) -> Record:
        return self.record
