"""Cycles of different lengths, more of them than one `repeat` stores."""

from __future__ import annotations

import math
from collections.abc import Mapping

from lrkit.core.repeat import repeat
from lrkit.core.schedule import Schedule
from lrkit.core.validate import refuse
from lrkit.like.phases import joined

LAST_STEP = 2.0**53
"""No step is further away: cycles beyond it are never met."""

ONE_LADDER = 9_999
"""So many cycles of different lengths one `repeat` stores."""

MOST_CYCLES = 10 * ONE_LADDER

_LARGEST = math.log(1e300)


def laddered(
    who: str,
    given: Mapping[str, float],
    cycle: Schedule,
    growth: float,
    height: float,
    times: float = math.inf,
    most: int = MOST_CYCLES,
) -> Schedule:
    """`cycle` over and over, in as many joined parts as it takes to store all boundaries.

    `given` are the arguments that `growth` and `height` come from, for what is refused.
    """
    if growth == 1.0:
        return repeat(cycle, times, height=height)
    count = min(times, _until_the_last_step(float(cycle.length), growth))
    of_growth, of_height = given.items()
    if count > most:
        rule = f"1, or such that no more than {most:,} cycles of different lengths are met"
        raise refuse(who, of_growth[0], rule, of_growth[1], "At 1 they need not be stored.")
    ladders = max(1, math.ceil(count / ONE_LADDER))
    if height > 1.0 and ladders > 1 and count * math.log(height) > _LARGEST:
        rule = f"such that {int(count):,} cycles have finite heights"
        raise refuse(who, of_height[0], rule, of_height[1], "1 or less always is.")
    parts = []
    for _ in range(ladders - 1):
        parts.append(repeat(cycle, ONE_LADDER, stretch=growth, height=height, rounded=False))
        cycle = height**ONE_LADDER * cycle.stretch(growth**ONE_LADDER)
        times -= ONE_LADDER
    return joined(*parts, repeat(cycle, times, stretch=growth, height=height, rounded=False))


def _until_the_last_step(length: float, growth: float) -> float:
    """How many cycles there are until the last step; endless where they shrink."""
    if growth < 1.0:
        return math.inf
    # n * (growth**k - 1) / (growth - 1) steps are k cycles.
    cycles = math.log1p(LAST_STEP * (growth - 1.0) / length) / math.log(growth)
    # The last ladder counts its steps from its own beginning, which may be half of them.
    return cycles if cycles <= ONE_LADDER else cycles + math.log(2.0) / math.log(growth)
