"""Which steps to look at so that a drawn curve misses no join, no jump and no extreme."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

Value = Callable[[float], float]
Point = tuple[float, float]

#: Steps looked at for one curve, a few ms on the host. Curves with no more steps are seen whole.
SCAN = 5_000
#: The same for long tables of data, about 0.1 s.
SCAN_DATA = 200_000
#: Where fewer than 16 steps lie between two joins, the curve is seen at so many places in between.
BETWEEN = 32
#: A change of this part of the height between two neighbours is looked into: is it a jump?
NOTICEABLE = 0.005
#: At most so many neighbours are looked into, the largest changes first.
SUSPECTS = 400


def scan(begin: float, end: float, quota: int) -> list[float]:
    """Steps strictly between two joins: every whole one if `quota` allows, else evenly spread.

    An interval of few steps is also seen between its steps.
    """
    width = end - begin
    found: set[float] = set()
    first, last = math.floor(begin) + 1, math.ceil(end) - 1
    if last - first + 1 <= quota:
        found.update(float(step) for step in range(first, last + 1))
        if len(found) < 16 and quota >= BETWEEN:
            found.update(begin + width * part / BETWEEN for part in range(1, BETWEEN))
    else:
        found.update(float(round(begin + width * part / quota)) for part in range(1, quota))
        found.update(approach(begin, end))
    return sorted(step for step in found if begin < step < end)


def approach(begin: float, end: float) -> set[float]:
    """Whole steps at halving distances from both ends.

    Between them a curve's flat beginning and its tail keep their form on a log scale too.
    """
    found: set[float] = set()
    distance = (end - begin) / 2
    while distance >= 0.5:
        found.update((float(math.floor(begin + distance)), float(math.ceil(end - distance))))
        distance /= 2
    return {step for step in found if begin < step < end}


def find_jump(value: Value, left: Point, right: Point) -> tuple[Point, Point] | None:
    """The jump between two neighbours, as its lower and upper end, or None if there is none.

    Halves the interval towards the larger change. A change that belongs to a smooth curve shrinks
    with the interval; that of a jump stays.
    """
    whole = abs(right[1] - left[1])
    for _ in range(60):
        middle = (left[0] + right[0]) / 2
        if not left[0] < middle < right[0] or right[0] - left[0] <= 1e-9 * max(1.0, right[0]):
            break
        here = (middle, value(middle))
        if abs(here[1] - left[1]) >= abs(right[1] - here[1]):
            right = here
        else:
            left = here
        if abs(right[1] - left[1]) < 0.6 * whole:
            return None
    # Pieces are half-open: the new value holds from the jump's own step on.
    nearest = round(right[0])
    place = float(nearest) if abs(right[0] - nearest) <= 2e-9 * max(1.0, right[0]) else right[0]
    return (place, left[1]), (place, right[1])


def with_jumps(
    value: Value, points: Sequence[Point], height: float
) -> tuple[list[Point], set[int]]:
    """The points with each hidden jump as two points at one step, and the places of those two."""
    changes = [
        (abs(right[1] - left[1]), index)
        for index, (left, right) in enumerate(pairwise(points))
        if right[0] > left[0]
    ]
    suspects = sorted((c for c in changes if c[0] > NOTICEABLE * height), reverse=True)[:SUSPECTS]
    jumps: dict[int, tuple[Point, Point]] = {}
    for _, index in suspects:
        jump = find_jump(value, points[index], points[index + 1])
        if jump is not None:
            jumps[index] = jump
    result: list[Point] = []
    places: set[int] = set()
    for index, point in enumerate(points):
        result.append(point)
        if index in jumps:
            places.update((len(result), len(result) + 1))
            result.extend(jumps[index])
    return result, places


def refine(value: Value, points: Sequence[Point], sign: float) -> Point:
    """The highest (`sign` 1) or lowest (-1) point, looked for between the neighbours of the best.

    The steps between are whole ones: what is between two updates is never applied.
    """
    best = max(range(len(points)), key=lambda index: sign * points[index][1])
    low = math.ceil(points[max(best - 1, 0)][0])
    # At the last point the next piece has begun.
    high = min(math.floor(points[min(best + 1, len(points) - 1)][0]), math.ceil(points[-1][0]) - 1)
    while high - low > 2:
        third = (high - low) // 3
        if sign * value(low + third) < sign * value(high - third):
            low += third
        else:
            high -= third
    near = [(float(step), value(step)) for step in range(low, high + 1)]
    return max([points[best], *near], key=lambda point: sign * point[1])


def insert(points: list[Point], point: Point) -> int:
    """Put the point where its step belongs unless one is there; the place of that step."""
    place = bisect_left(points, point[0], key=lambda known: known[0])
    if place == len(points) or points[place][0] != point[0]:
        points.insert(place, point)
    return place


def thin(points: Sequence[Point], levels: Iterable[set[int]], limit: int) -> list[Point]:
    """At most about `limit` points: those at the places to keep, and the outline of the rest.

    Between two kept places the points fall into columns of equal width, and each column gives its
    first, lowest, highest and last point: what one would see of them at that width.

    Args:
        points: All points, by growing step.
        levels: Places to keep, the most important first. A level that would fill more than half of
            the limit is left to the outline, and so are all after it.
        limit: How many points are wanted.
    """
    chosen = set(range(len(points)))
    if len(points) > limit:
        by_value = sorted(range(len(points)), key=lambda place: points[place][1])
        chosen = {0, len(points) - 1, by_value[0], by_value[-1]}
        for level in levels:
            if len(chosen | level) > limit // 2:
                break
            chosen |= level
        gaps = [(a, b) for a, b in pairwise(sorted(chosen)) if b - a > 1]
        columns = (limit - len(chosen)) // 4
        least = min(columns // (2 * len(gaps)), 4)
        width = sum(points[b][0] - points[a][0] for a, b in gaps)
        for a, b in gaps:
            part = (points[b][0] - points[a][0]) / width
            share = least + int((columns - least * len(gaps)) * part)
            chosen |= outline(points, a + 1, b, share)
    found = [points[place] for place in sorted(chosen)]
    # A flowing join is the end of one stretch and the start of the next: one point is enough.
    return found[:1] + [here for before, here in pairwise(found) if here != before]


def outline(points: Sequence[Point], begin: int, end: int, columns: int) -> set[int]:
    """First, lowest, highest and last place of each column of the points `begin` … `end` - 1."""
    if end - begin <= 4 * columns:
        return set(range(begin, end))
    if columns == 0:
        return set()
    origin, width = points[begin][0], points[end - 1][0] - points[begin][0]
    members: dict[int, list[int]] = {}
    for index in range(begin, end):
        part = (points[index][0] - origin) / width if width else 0.0
        members.setdefault(min(int(part * columns), columns - 1), []).append(index)
    chosen: set[int] = set()
    for places in members.values():
        lowest = min(places, key=lambda index: points[index][1])
        highest = max(places, key=lambda index: points[index][1])
        chosen.update((places[0], places[-1], lowest, highest))
    return chosen
