"""The two phases that nearly all of these schedules have: a warmup, and waves of a cosine.

A phase is at least one step to transformers where it divides by it, however short it is given:
a warmup over as much of the run as there is, and no decay at all.
"""

from __future__ import annotations

from collections.abc import Callable

from lrkit.core.repeat import repeat
from lrkit.core.schedule import Schedule
from lrkit.core.shapes import cosine, hold, warmup
from lrkit.like.phases import joined, skipped


def lasting(n: float, curve: Callable[[float], Schedule]) -> list[Schedule]:
    """`curve` for n steps, or no piece where n is not positive."""
    return [curve(max(1.0, n)).take(n)] if n > 0 else []


def after_warmup(n: float, s: Schedule, curve: Callable[[float], Schedule] = warmup) -> Schedule:
    """`curve` for n steps, then `s`; a warmup that ended before step 0 has left part of `s`."""
    return joined(*lasting(n, curve), skipped(s, -n))


def waves(length: float, num_cycles: float, stop: float = 0.0) -> Schedule:
    """Whole cosine waves for ever, `num_cycles` of them in `length`, from 1 down to `stop`."""
    if num_cycles == 0:
        return hold()
    half = max(1.0, length) / (2.0 * abs(num_cycles))
    return repeat(cosine(half, stop=stop) >> cosine(half, start=stop, stop=1.0))


def never_negative(s: Schedule, least: float) -> Schedule:
    """`s` as transformers cuts it off, where its least value can be below 0."""
    return s.at_least(0.0) if least < 0 else s
