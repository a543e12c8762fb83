"""Where the knots of a schedule are: their steps, and the values on both sides of each."""

from __future__ import annotations

import math
from dataclasses import dataclass

from lrkit.core.schedule import Schedule
from lrkit.designer import limits

#: Beyond it the steps of knots are no longer told apart.
FAR = 2.0**53


@dataclass(frozen=True)
class Places:
    """The first knots of a schedule.

    Attributes:
        steps: The step of each.
        values: The value before and the value after each, one behind the other.
    """

    steps: tuple[float, ...]
    values: tuple[float, ...]

    @property
    def span(self) -> float:
        """From the first knot to the last."""
        return (self.steps[-1] - self.steps[0]) or 1.0

    @property
    def height(self) -> float:
        """The highest of the values."""
        return max(map(abs, self.values)) or 1.0


def places(schedule: Schedule, horizon: float = math.inf) -> Places:
    """The knots that can be dragged.

    Args:
        schedule: A schedule.
        horizon: No knot beyond it is looked for.
    """
    cut = horizon < schedule.length
    found = (schedule.take(horizon) if cut else schedule).knots()
    if cut and len(found) > 1:  # the last is only where it was cut
        found = found[:-1]
    found = found[: limits.KNOTS]
    return Places(
        tuple(float(step) for step, _, _ in found),
        tuple(value for _, before, after in found for value in (before, after)),
    )


def horizon_of(schedule: Schedule) -> float:
    """How far to look for the knots that can be dragged: a long ladder has thousands of others.

    >>> from lrkit import cosine, repeat
    >>> horizon_of(cosine(100)), horizon_of(repeat(cosine(100)))
    (inf, 8192.0)
    """
    horizon = 1.0
    while horizon < min(schedule.length, FAR):
        if len(schedule.take(horizon).knots()) > limits.KNOTS + 1:
            return horizon
        horizon *= 2
    return math.inf
