"""The part of a Recorder that its user reads."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from lrkit.core.schedule import Schedule
from lrkit.plan.audit import Audit
from lrkit.plan.finding import Finding
from lrkit.plan.plan import Plan
from lrkit.record.columns import Record
from lrkit.record.view import View
from lrkit.torch.recorded import Recorded


class Reading(View):
    """What was recorded, of all parameter groups together or of each by its name.

    Where groups may differ, as in `hyperparameters`, it is what the first had; see `groups`.
    """

    @property
    def groups(self) -> dict[str, Recorded]:
        """The record of each parameter group, by its name, or its number where it has none."""
        return self._views()

    @property
    def learning_rates(self) -> np.ndarray:
        """The rate of each recorded update (float64), where all groups had the same.

        Raises:
            TypeError: They had not: then ask one of `groups`.
        """
        views = self._views()
        rates = [view.learning_rates for view in views.values()]
        for name, others in zip(views, rates, strict=True):
            if not np.array_equal(rates[0], others, equal_nan=True):
                raise TypeError(
                    "Recorder: `learning_rates` must be asked of one group, got "
                    f"{len(views)} with different rates: {', '.join(map(repr, views))}. Write "
                    f"recorder.groups[{name!r}].learning_rates."
                )
        return rates[0]

    def audit(self, plan: Plan, *, schedule: Schedule | None = None) -> Audit:
        """What was applied, compared with what was planned, in words.

        It prints as sentences, one for each thing that went otherwise: finished early, never at
        the end, begun again at a resume, gone beyond the end, other updates than planned, another
        rate than the schedule's. `.ok` is true where there is none; `.findings` has each with a
        `code`. What was found in one group only says its name.

        Args:
            plan: The run as it was planned.
            schedule: The rate as it was planned, of all groups. Default: that of the Scheduler.

        Raises:
            TypeError: `plan` is no `Plan`.
            ValueError: Nothing is recorded yet.
        """
        first, *others = ((n, v.audit(plan, schedule=schedule)) for n, v in self._views().items())
        found = list(first[1].findings)
        said = {finding.code for finding in found}
        for name, audit in others:
            news = (finding for finding in audit.findings if finding.code not in said)
            found += [Finding(one.code, f"Group {name!r}: {one.text}") for one in news]
        return Audit(tuple(found), first[1].summary, first[1].schedule)

    def _drawn(self) -> Mapping[str, Record]:
        drawn: dict[str, Recorded] = {}
        for name, view in self._views().items():
            rates = view.learning_rates
            if not any(np.array_equal(rates, other.learning_rates) for other in drawn.values()):
                drawn[name] = view
        return {name if len(drawn) > 1 else "": view.record for name, view in drawn.items()}

    @property
    def _record(self) -> Record:
        """That of the first group, which has the updates of all."""
        return next(iter(self._views().values())).record

    def _views(self) -> dict[str, Recorded]:
        raise NotImplementedError
