"""A schedule as points to draw: the one source of the SVG, the figure and the terminal chart."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from lrkit.core.schedule import Schedule
from lrkit.draw import sampling
from lrkit.draw.span import HIGHEST, checked_span, default_span

#: Most points of one series.
LIMIT = 1000
#: A schedule names so many joins at most.
NAMED = 10_000


class Knot(NamedTuple):
    """Start, join or end of a schedule: its step, and the value before and after it."""

    step: float
    before: float
    after: float


class Applied(NamedTuple):
    """The rate of one update."""

    step: int
    value: float


@dataclass(frozen=True)
class Series:
    """What there is to draw and to tell about one schedule.

    Attributes:
        text: The canonical expression.
        length: Length of the schedule in updates, `math.inf` if it is endless.
        span: The last step drawn.
        points: (step, value) with growing steps; a jump is two points at one step.
        knots: Start, joins and end up to `span`.
        first: The rate of update 0.
        highest: The first of the highest rates among the updates drawn.
        last: The rate of the last update drawn: `length` - 1 of a whole schedule.
        after: The value from the end on, None where the schedule is endless.
    """

    text: str
    length: float
    span: float
    points: tuple[tuple[float, float], ...]
    knots: tuple[Knot, ...]
    first: Applied
    highest: Applied
    last: Applied
    after: float | None

    @property
    def low(self) -> float:
        """Lowest value drawn."""
        return min(value for _, value in self.points)

    @property
    def high(self) -> float:
        """Highest value drawn."""
        return max(value for _, value in self.points)

    @property
    def joins(self) -> tuple[Knot, ...]:
        """The knots inside: without start and end."""
        return tuple(knot for knot in self.knots if 0 < knot.step < min(self.length, self.span))


def series(schedule: Schedule, span: float | None = None, *, limit: int = LIMIT) -> Series:
    """The points of a schedule from step 0 to `span`, with every join, jump and extreme.

    Args:
        schedule: The schedule.
        span: Last step to draw, positive. Default: the schedule's length; for an endless one
            `default_span`.
        limit: About how many points at most, 100 or more. Joins are all kept while they are fewer
            than half of it; beyond that the outline of the curve is kept.

    Raises:
        ValueError: `span` is not positive and finite, `limit` is below 100, or a rate is too high
            to be drawn.
        TypeError: `schedule` is not a schedule.

    >>> from lrkit import cosine, warmup
    >>> s = series(0.001 * (warmup(500) >> cosine(9500)))
    >>> s.highest, s.joins
    (Applied(step=500, value=0.001), (Knot(step=500, before=0.001, after=0.001),))
    """
    if not isinstance(schedule, Schedule):
        raise TypeError(
            f"series: `schedule` must be a schedule, got schedule={schedule!r}. "
            "Read a text with `lrkit.read` first."
        )
    end = default_span(schedule) if span is None else checked_span("series", span)
    if limit < 100:
        raise ValueError(f"series: `limit` must be at least 100, got limit={limit}.")
    knots, last = _knots(schedule, end)
    seen = _look(schedule, [*knots, Knot(end, last, schedule(end))], end)
    _check_finite(seen.points)
    levels = (seen.joins, seen.extremes, seen.approaches)
    updates = math.ceil(end)
    return Series(
        text=repr(schedule),
        length=schedule.length,
        span=end,
        points=tuple(sampling.thin(seen.points, levels, limit)),
        knots=tuple(knots),
        first=Applied(0, schedule(0)),
        highest=_highest(schedule, seen, updates),
        last=Applied(updates - 1, schedule(updates - 1)),
        after=None if math.isinf(schedule.length) else schedule(schedule.length),
    )


def all_series(
    schedules: Schedule | Iterable[Schedule], span: float | None = None, *, limit: int = LIMIT
) -> list[Series]:
    """The series of one or more schedules, each drawn up to the same step.

    Args:
        schedules: One schedule or several.
        span: Last step to draw. Default: the longest of the schedules' own spans.
        limit: Most points of each.

    Raises:
        ValueError: There is no schedule.

    >>> from lrkit import cosine, linear
    >>> [s.span for s in all_series([cosine(10), linear(20)])]
    [20.0, 20.0]
    """
    several = [schedules] if isinstance(schedules, Schedule) else list(schedules)
    if not several:
        raise ValueError("series: `schedules` must hold at least one schedule, got none.")
    for schedule in several:
        if not isinstance(schedule, Schedule):
            series(schedule)
    if span is None and len(several) > 1:
        span = max(default_span(schedule) for schedule in several)
    return [series(schedule, span, limit=limit) for schedule in several]


def _knots(schedule: Schedule, end: float) -> tuple[list[Knot], float]:
    """The knots, those before `end` if that cuts the schedule, and the value just before `end`."""
    cut = end < schedule.length
    found = [Knot(*knot) for knot in (schedule.take(end) if cut else schedule).knots()]
    last = found[-1].before if found[-1].step == end else schedule(end)
    return (found[:-1] if cut and found[-1].step == end else found), last


@dataclass(frozen=True)
class _Seen:
    """Every point looked at, and the places of those to keep, the most important first."""

    points: list[tuple[float, float]]
    joins: set[int]
    extremes: set[int]
    approaches: set[int]


def _look(schedule: Schedule, knots: Sequence[Knot], end: float) -> _Seen:
    """Everything worth a look from 0 to `end`, the last of the knots."""
    start = Knot(0.0, schedule(0), schedule(0))
    joins = [start, *(knot for knot in knots[:-1] if 0 < knot.step < end), knots[-1]]
    least = sampling.BETWEEN if len(joins) <= LIMIT else 2
    # A schedule that names only its first 10,000 joins is data: every step may be an extreme.
    whole = sampling.SCAN if len(joins) <= NAMED else sampling.SCAN_DATA
    stretches = [
        _stretch(schedule, left, right, max(int(whole * (right.step - left.step) / end), least))
        for left, right in pairwise(joins)
    ]
    height = max(abs(rate) for stretch in stretches for _, rate in stretch)
    seen = _Seen([], set(), set(), set())
    for stretch in stretches:
        points, jumps = sampling.with_jumps(schedule, stretch, height)
        near = sampling.approach(points[0][0], points[-1][0])
        rates = [rate for _, rate in points]
        offset = len(seen.points)
        seen.joins.update(offset + place for place in (0, len(points) - 1, *jumps))
        seen.extremes.update((offset + rates.index(max(rates)), offset + rates.index(min(rates))))
        seen.approaches.update(offset + i for i, (step, _) in enumerate(points) if step in near)
        seen.points.extend(points)
    if end >= schedule.length:
        # What holds from the end on, where that is a jump.
        seen.joins.add(len(seen.points))
        seen.points.append((float(end), joins[-1].after))
    return seen


def _check_finite(points: Sequence[tuple[float, float]]) -> None:
    for step, rate in points:
        if not abs(rate) < HIGHEST:
            raise ValueError(
                f"series: the rates must be within ±{HIGHEST:g} to be drawn, got {rate} at step "
                f"{step:g}. Draw less of it, or limit it with `.at_most`."
            )


def _stretch(
    value: sampling.Value, left: Knot, right: Knot, quota: int
) -> list[tuple[float, float]]:
    """The points looked at from one join to the next."""
    steps = sampling.scan(left.step, right.step, quota)
    points = [
        (float(left.step), left.after),
        *((step, value(step)) for step in steps),
        (float(right.step), right.before),
    ]
    if len(steps) < right.step - left.step - 1:
        for sign in (1.0, -1.0):
            sampling.insert(points, sampling.refine(value, points, sign))
    return points


def _highest(schedule: Schedule, seen: _Seen, updates: int) -> Applied:
    """The first highest rate among the whole steps looked at.

    The last whole step before each join and the first after it are among them: see `approach`.
    """
    steps = {int(step) for step, _ in seen.points if step == int(step) and step < updates}
    best = max(steps, key=lambda step: (schedule(step), -step))
    return Applied(best, schedule(best))
