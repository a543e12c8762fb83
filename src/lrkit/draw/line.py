"""What a figure draws of one schedule or of one recorded run."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lrkit.core.schedule import Schedule
from lrkit.draw import axis
from lrkit.draw.area import area
from lrkit.draw.canvas import Point
from lrkit.draw.gap import gap
from lrkit.draw.series import Series
from lrkit.draw.span import default_span

#: Most joins marked on one line.
MARKS = 60


@dataclass(frozen=True)
class Line:
    """One curve of a figure.

    Attributes:
        label: What the legend says.
        points: (step, value) with growing steps.
        joins: Places to mark.
        difference: The points of the curve minus the first schedule; none of the first itself.
        is_applied: Recorded: a value holds until the next step.
    """

    label: str
    points: Sequence[Point]
    joins: Sequence[Point] = ()
    difference: Sequence[Point] = ()
    is_applied: bool = False


def planned(
    schedules: Sequence[Schedule], series: Sequence[Series], labels: Sequence[str]
) -> list[Line]:
    """The lines of schedules, each with its area in the label.

    Args:
        schedules: The schedules.
        series: The series of each, with one span.
        labels: A text for each.
    """
    pairs = list(zip(schedules, series, strict=True))
    return [
        Line(
            f"{label}   {_sum(area(schedule, one.span))}",
            one.points,
            _joins(one),
            gap(pairs[0], (schedule, one)) if index else (),
        )
        for index, ((schedule, one), label) in enumerate(zip(pairs, labels, strict=True))
    ]


def applied(
    label: str, steps: Sequence[float], rates: Sequence[float], schedule: Schedule, span: float
) -> Line:
    """The line of a recorded run.

    Args:
        label: Its name.
        steps: Growing steps.
        rates: The rate of each.
        schedule: What its difference is taken from.
        span: Where the picture ends; what is beyond it counts for nothing.
    """
    points = [(float(k), float(rate)) for k, rate in zip(steps, rates, strict=True)]
    points = points[: bisect_left(points, (span,))]
    total = math.fsum(rate for _, rate in points)
    differences = [(k, rate - schedule(k)) for k, rate in points]
    if points:  # the last one's rate holds for one update too
        points.append((points[-1][0] + 1, points[-1][1]))
    return Line(f"{label}   {_sum(total)}", points, (), differences, is_applied=True)


def runs_of(given: Mapping[str, Any] | None) -> dict[str, tuple[list[float], list[float]]]:
    """Recorded runs as plain columns, as far as they are such.

    Raises:
        ValueError: One has no update, not as many rates as steps, or steps that do not grow.
    """
    runs = {}
    for label, (steps, rates) in (given or {}).items():
        columns = ([float(step) for step in steps], [float(rate) for rate in rates])
        if not columns[0] or len(columns[0]) != len(columns[1]):
            raise ValueError(
                f"plot: a run in `applied` must have a rate for each step and at least one, got "
                f"{len(columns[0])} steps and {len(columns[1])} rates of {label!r}."
            )
        if any(b <= a for a, b in zip(columns[0], columns[0][1:], strict=False)):
            raise ValueError(
                f"plot: the steps of a run in `applied` must grow, got {label!r}, which goes back. "
                "Give each stretch a label of its own."
            )
        runs[str(label)] = columns
    return runs


def reach(schedules: Sequence[Schedule], runs: Mapping[str, Any], updates: float | None) -> float:
    """How far to draw so that all is seen: the plan or the schedules, and every recorded run."""
    planned = updates or max(default_span(schedule) for schedule in schedules)
    ends: list[float] = [steps[-1] + 1 for steps, _ in runs.values()]
    return max(planned, *ends)


def _sum(total: float) -> str:
    return f"Σ rate {axis.rate(total, 4)}"


def _joins(one: Series) -> list[Point]:
    if len(one.joins) > MARKS:
        return []
    return [(knot.step, value) for knot in one.joins for value in {knot.before, knot.after}]
