"""Names at places on a logarithmic axis, in lines, so that none covers another."""

from __future__ import annotations

import math
from collections.abc import Mapping

#: Empty characters between two names of one line.
GAP = 2


def placed(
    rates: Mapping[str, float], low: float, high: float, across: int
) -> list[tuple[str, float, int]]:
    """Each name with its rate and its line, the lowest being 0; a name stands right of its place.

    Args:
        rates: The rate of each name.
        low: The rate at the left edge.
        high: The rate at the right edge.
        across: Characters between the edges.

    >>> placed({"geo": 0.1, "steepest": 0.11, "min10": 0.001}, 1e-4, 1, 60)
    [('min10', 0.001, 0), ('geo', 0.1, 0), ('steepest', 0.11, 1)]
    """
    free: list[float] = []
    found = []
    for name, rate in sorted(rates.items(), key=lambda item: item[1]):
        place = across * math.log(rate / low) / math.log(high / low)
        line = next((i for i, begin in enumerate(free) if begin <= place), len(free))
        free[line : line + 1] = [place + len(name) + GAP]
        found.append((name, rate, line))
    return found


def strip(names: list[tuple[str, float, int]]) -> int:
    """How many lines they take.

    >>> strip([("geo", 0.1, 0), ("min10", 0.1, 1)])
    2
    """
    return 1 + max((line for _, _, line in names), default=-1)
