"""The figure of what was recorded, alone or on its plan."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lrkit.core.schedule import Schedule
from lrkit.plan.audit import Audit
from lrkit.plan.plan import Plan
from lrkit.record.columns import Record


class Plotted:
    """Something recorded, which can be drawn."""

    def plot(
        self,
        plan: Plan | None = None,
        *,
        schedule: Schedule | None = None,
        log: bool = False,
        dark: bool = False,
        ax: Any = None,
        title: str | None = None,
    ) -> Any:
        """A matplotlib figure of the rate against the update, one line for each segment.

        Of several optimizers, or parameter groups with different rates, all are drawn. With a
        plan, what was planned is drawn over it, with the words of `audit` below.

        Args:
            plan: The run as it was planned.
            schedule: The rate as it was planned. Default: the optimizer's own schedule.
            log: Logarithmic rates.
            dark: Dark paper.
            ax: Matplotlib axes to draw into. Default: a new figure.
            title: Title of the axes.

        Raises:
            ImportError: matplotlib is not installed.
            TypeError: `plan` is no `Plan`, there is a schedule without a plan, or no schedule to
                compare with.
            ValueError: Nothing is recorded yet, or `ax` comes with dark paper.
        """
        from lrkit.record import picture

        look = {"log": log, "dark": dark, "ax": ax, "title": title}
        if plan is not None:
            audit = self.audit(plan, schedule=schedule)
            return picture.on_plan(self._drawn(), plan, audit, **look)
        if schedule is not None:
            raise TypeError(
                f"Recorder.plot: `plan` must be given with `schedule`, got schedule={schedule!r} "
                "alone. Write plot(Plan(updates=...), schedule=...)."
            )
        return picture.plot(self._drawn(), **look)

    def audit(self, plan: Plan, *, schedule: Schedule | None = None) -> Audit:
        """What was applied, compared with what was planned."""
        raise NotImplementedError

    def _drawn(self) -> Mapping[str, Record]:
        """What is drawn, by a name to show; the one of a single one is ""."""
        raise NotImplementedError
