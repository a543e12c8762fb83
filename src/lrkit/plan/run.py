"""A run as it was, in plain columns, whatever framework recorded it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from lrkit.core.schedule import Schedule
from lrkit.plan.finding import Finding


class Fit(NamedTuple):
    """One call of the training loop."""

    row: int  #: its first row in the columns of the run
    first: int  #: its first update
    epoch: int  #: its first epoch, from 0


@dataclass(frozen=True, kw_only=True)
class Run:
    """What was applied, one row for each update in the order in which they were made.

    Args:
        steps: The number of each update, from 0. It goes back where an older state was restored.
        epochs: The epoch of each, from 0.
        rates: The rate of each, with the factor in it.
        factors: What the schedule's rate was multiplied by; NaN where nobody knows. Default: 1.
        fits: The calls of the training loop; none if that is not known.
        schedule: The schedule of the last fit; None where the rate was a number or foreign.
        hyperparameters: By name, the schedules of other hyperparameters, over updates.
        accumulation: Batches that made one update; None where nobody knows.
        told: Batches that the schedule took for one update; None where it counts updates itself.
        batches_per_epoch: As the training loop counted them; None if that is not known.
        skipped: Batches that mixed precision left out.
        set_aside: Updates of an earlier run that the file held when this one began at 0.
        ways_out: By the code of a finding, what to write in the framework of the run.
    """

    steps: Sequence[int]
    epochs: Sequence[int]
    rates: Sequence[float]
    factors: Sequence[float] = ()
    fits: Sequence[Fit] = ()
    schedule: Schedule | None = None
    hyperparameters: Mapping[str, Schedule] = field(default_factory=dict)
    accumulation: int | None = 1
    told: int | None = 1
    batches_per_epoch: int | None = None
    skipped: int = 0
    set_aside: int = 0
    ways_out: Mapping[str, str] = field(default_factory=dict)

    def finding(self, code: str, text: str) -> Finding:
        """A finding with the way out in the words of the framework."""
        return Finding(code, f"{text} {self.ways_out.get(code, '')}".strip())

    def factor(self, row: int) -> float:
        """The factor of one row."""
        return float(self.factors[row]) if len(self.factors) else 1.0

    @property
    def furthest(self) -> int:
        """One past the highest update."""
        return int(max(self.steps)) + 1 if len(self.steps) else 0

    def changeable_from(self, end: float) -> int:
        """The last update before `end` at which the run was begun or gone on with.

        What came before it has been trained, so another schedule must leave that as it was.
        """
        begins = [fit.first for fit in self.fits] or [int(self.steps[0])]
        return max((first for first in begins if first < end), default=0)

    def rows_back(self) -> list[int]:
        """The rows at which the count of updates went back."""
        steps = _numbers(self.steps)
        return [row for row in range(1, len(steps)) if steps[row] <= steps[row - 1]]

    def rows_ahead(self) -> list[int]:
        """The rows before which updates are missing."""
        steps = _numbers(self.steps)
        return [row for row in range(1, len(steps)) if steps[row] > steps[row - 1] + 1]


def _numbers(column: Sequence[int]) -> Sequence[int]:
    """A column as a list: looking at each number of an array would be slow."""
    return column.tolist() if hasattr(column, "tolist") else column
