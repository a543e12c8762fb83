"""Fewer points for the same line: Douglas and Peucker's algorithm (1973)."""

from __future__ import annotations

from collections.abc import Sequence

Point = tuple[float, float]


def simplify(points: Sequence[Point], tolerance: float) -> list[Point]:
    """The fewest of the points, first and last among them, that keep the line within `tolerance`.

    Args:
        points: A line, in the unit of `tolerance`, for instance pixels.
        tolerance: How far a point left out may be from the line that is drawn instead.

    Source: Douglas & Peucker 1973, "Algorithms for the reduction of the number of points".

    >>> simplify([(0, 0), (1, 1), (2, 2), (3, 0)], 0.1)
    [(0, 0), (2, 2), (3, 0)]
    """
    kept = {0, len(points) - 1}
    waiting = [(0, len(points) - 1)]
    while waiting:
        begin, end = waiting.pop()
        if end - begin < 2:
            continue
        start, stop = points[begin], points[end]
        far = max(range(begin + 1, end), key=lambda i: squared_distance(points[i], start, stop))
        if squared_distance(points[far], start, stop) > tolerance**2:
            kept.add(far)
            waiting += [(begin, far), (far, end)]
    return [points[index] for index in sorted(kept)]


def squared_distance(point: Point, start: Point, stop: Point) -> float:
    """From the point to the nearest place of the segment: a spike that returns is far from it."""
    across, down = stop[0] - start[0], stop[1] - start[1]
    right, below = point[0] - start[0], point[1] - start[1]
    square = across * across + down * down
    part = max(0.0, min(1.0, (right * across + below * down) / square)) if square else 0.0
    return (right - part * across) ** 2 + (below - part * down) ** 2
