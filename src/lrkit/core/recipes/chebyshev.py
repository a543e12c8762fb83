"""Chebyshev's steps in their fractal order."""

from __future__ import annotations

import math

from lrkit.core.schedule import Schedule
from lrkit.core.table import table
from lrkit.core.validate import positive, refuse, whole

MOST_STEPS = 1_000_000


def chebyshev(length: int, *, low: float) -> Schedule:
    """The step sizes that solve a quadratic in a given number of steps, in a stable order.

        value(t) = c / ((1 + low) / 2 - (1 - low) / 2 * cos(pi * (j - 1/2) / length))
        j = order(t) in 1…length;  c makes the largest value 1
        order of 2n = order of n, each j followed by 2n + 1 - j

    The order is defined for lengths that are powers of 2. For another length it is that of the next
    one, with the numbers above `length` left out: any order solves the quadratic, and this one
    keeps large steps among small ones.

    Args:
        length: Steps of the run, a whole number from 1 to 1,000,000.
        low: Smallest curvature as a share of the largest, which is about the smallest value as a
            share of the largest. Positive, at most 1.

    Raises:
        ValueError: An argument is out of range.

    Source: Agarwal, Goel & Zhang 2021, "Acceleration via Fractal Learning Rate Schedules"
    (arXiv 2103.01338).

    >>> [round(float(v), 3) for v in chebyshev(4, low=0.1).values()]
    [1.0, 0.139, 0.355, 0.186]
    """
    n = whole("chebyshev", "length", length)
    if n > MOST_STEPS:
        raise refuse("chebyshev", "length", f"at most {MOST_STEPS:,}", length)
    m = positive("chebyshev", "low", low)
    if m > 1.0:
        raise refuse(
            "chebyshev", "low", "at most 1", low, "It is a share of the largest curvature."
        )
    curvatures = [_curvature(j, n, m) for j in _fractal_order(n)]
    least = min(curvatures)
    return table([least / curvature for curvature in curvatures])


def _curvature(j: int, n: int, low: float) -> float:
    """Root j of the Chebyshev polynomial of degree n on low…1, ascending."""
    # 1 - cos(x) as 2 sin(x / 2)**2: the least curvatures are differences of nearly equal numbers.
    return low + (1.0 - low) * math.sin(math.pi * (2 * j - 1) / (4 * n)) ** 2


def _fractal_order(n: int) -> list[int]:
    """1…n, the far beside the near at every scale."""
    order, size = [1], 1
    while size < n:
        size *= 2
        order = [k for j in order for k in (j, size + 1 - j)]
    return [j for j in order if j <= n]
