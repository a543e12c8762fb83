"""What a figure draws of one schedule or of one recorded run."""

from __future__ import annotations

import math
import os
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median_low
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
#: A line breaks where the next step is further than this many times the usual distance.
GAP = 2


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
    usual = usual_distance([k for k, _ in points])
    differences = [(k, rate - schedule(k)) for k, rate in points]
    if points:  # the last one's rate holds for one update too
        points.append((points[-1][0] + 1, points[-1][1]))
    rates = [rate * min(b - a, usual) for (a, rate), (b, _) in pairwise(points)]
    total = _sum(math.fsum(rate for rate in rates if not math.isnan(rate)))
    if usual > 1:
        total = total.replace("Σ rate", "Σ rate ≈")
    return Line(
        f"{label}   {total}",
        broken(points, usual),
        (),
        broken(differences, usual),
        is_applied=True,
    )


def usual_distance(steps: Sequence[float]) -> float:
    """How far apart recorded steps mostly are.

    >>> usual_distance([0, 100, 200, 900]), usual_distance([7])
    (100, 1.0)
    """
    return median_low([b - a for a, b in pairwise(steps)]) if len(steps) > 1 else 1.0


def broken(points: Sequence[Point], usual: float) -> list[Point]:
    """The points with a NaN in each gap, where a line shall end as if one more step came.

    >>> broken([(0, 1.0), (1, 0.5), (9, 0.1)], 1)
    [(0, 1.0), (1, 0.5), (2, 0.5), (2, nan), (9, 0.1)]
    """
    whole: list[Point] = []
    for step, value in points:
        if whole and step - whole[-1][0] > GAP * usual:
            end = whole[-1][0] + usual
            whole += [(end, whole[-1][1]), (end, math.nan)]
        whole.append((step, value))
    return whole


def runs_of(given: Mapping[str, Any] | None) -> dict[str, tuple[list[float], list[float]]]:
    """Recorded runs as plain columns, as far as they are such.

    Raises:
        TypeError: There is no label, or what it stands for is no steps and rates.
        ValueError: One has no update, not as many rates as steps, or steps that do not grow.
    """
    runs = {}
    if given is not None and not isinstance(given, Mapping):
        raise _no_run(f"applied={given!r}")
    for label, run in (given or {}).items():
        steps, rates = _columns(label, run)
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


def _columns(label: str, run: Any) -> tuple[Any, Any]:
    """Steps and rates: a pair of both, or what has both, as the rows of a file have."""
    if hasattr(run, "steps") and hasattr(run, "values"):
        return run.steps, run.values
    if isinstance(run, str | os.PathLike) or not hasattr(run, "__len__") or len(run) != 2:
        raise _no_run(f"{run!r} for {label!r}")
    return run[0], run[1]


def _no_run(got: str) -> TypeError:
    return TypeError(
        "plot: `applied` must hold, by a label, the steps and the rates of a run, got "
        f'{got}. For a file write applied={{"run": read_csv("run.csv")}}, with read_csv of '
        "lrkit.plan."
    )


def reach(schedules: Sequence[Schedule], runs: Mapping[str, Any], updates: float | None) -> float:
    """How far to draw so that all is seen: the plan or the schedules, and every recorded run."""
    planned = updates or max(default_span(schedule) for schedule in schedules)
    ends: list[float] = [steps[-1] + 1 for steps, _ in runs.values()]
    return max(planned, *ends)


def _sum(total: float) -> str:
    text = axis.rate(total, 4)
    return f"Σ rate {f'{float(text):,.0f}' if 1e3 <= abs(total) < 1e12 else text}"


def _joins(one: Series) -> list[Point]:
    if len(one.joins) > MARKS:
        return []
    return [(knot.step, value) for knot in one.joins for value in {knot.before, knot.after}]
