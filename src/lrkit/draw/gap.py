"""The difference of two curves as points: both sides of every jump of either."""

from __future__ import annotations

from lrkit.core.schedule import Schedule
from lrkit.draw.canvas import Point
from lrkit.draw.series import Series


def gap(first: tuple[Schedule, Series], other: tuple[Schedule, Series]) -> list[Point]:
    """The other schedule minus the first, at every point of both series.

    Args:
        first: A schedule and its series.
        other: The same, with the same span.

    >>> from lrkit import hold, linear
    >>> from lrkit.draw.series import series
    >>> falling, jump = linear(4), hold(2) | hold(2, value=0.5)
    >>> points = gap((falling, series(falling)), (jump, series(jump)))
    >>> [(step, value) for step, value in points if step == 2]
    [(2.0, 0.5), (2.0, 0.0)]
    """
    before = [_before(series) for _, series in (first, other)]
    curves = [schedule for schedule, _ in (first, other)]
    steps = sorted({step for _, series in (first, other) for step, _ in series.points})
    points: list[Point] = []
    for step in steps:
        after = [curve(step) for curve in curves]
        if any(step in jumps for jumps in before):
            a, b = (jumps.get(step, value) for jumps, value in zip(before, after, strict=True))
            points.append((step, b - a))
        points.append((step, after[1] - after[0]))
    return points


def _before(series: Series) -> dict[float, float]:
    """The value before each jump, by its step."""
    return {float(knot.step): knot.before for knot in series.knots if knot.before != knot.after}
