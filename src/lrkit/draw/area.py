"""The area under a curve: the sum of the rates of all updates drawn."""

from __future__ import annotations

import math
from typing import Any

from lrkit.core.schedule import Schedule

#: So many updates are summed one by one; of more, one out of each of as many equal parts.
EACH = 1 << 20


def area(schedule: Schedule, span: float) -> float:
    """The sum of the rates of the updates below `span`.

        Σ schedule(k),  k = 0 ... ceil(span) - 1

    It is how far a weight can have moved under updates of size 1, and what a schedule spends: two
    of the same peak differ in it. Beyond 2²⁰ updates it is 2²⁰ evenly placed ones, scaled up.

    Args:
        schedule: The schedule.
        span: Where to stop, in updates; positive.

    >>> from lrkit import hold, linear
    >>> area(hold(10, value=0.1), 10), area(linear(4), 4)
    (1.0, 2.5)
    """
    import numpy as np

    updates = math.ceil(span)
    count = min(updates, EACH)
    steps: Any = np.arange(count)
    if updates > count:
        steps = ((steps + 0.5) * (updates / count)).astype(np.int64)
    return math.fsum(schedule(steps).tolist()) * (updates / count)
