"""One short training of the confirmation."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Trial:
    """A training with one peak of the schedule, and how it ended.

    Args:
        peak: The highest rate of its schedule.
        updates: How long it was.
        loss: Its loss at the end.
        diverged: Whether that is not finite.

    >>> Trial.of(0.1, 200, float("nan")).diverged
    True
    """

    peak: float
    updates: int
    loss: float
    diverged: bool = False

    @property
    def loss_or_more(self) -> float:
        """The loss, above all others where it diverged."""
        return math.inf if self.diverged else self.loss

    @classmethod
    def of(cls, peak: float, updates: int, loss: float) -> Trial:
        """The trial with this loss, diverged where it is not finite."""
        return cls(float(peak), updates, float(loss), not math.isfinite(loss))
