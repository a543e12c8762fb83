"""How long an update takes, measured."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable


def median_time(update: Callable[[], object], updates: int, warm_up: int) -> float:
    """The median time of some updates, in seconds, after others that are not counted."""
    for _ in range(warm_up):
        update()
    seconds = []
    for _ in range(updates):
        begin = time.perf_counter()
        update()
        seconds.append(time.perf_counter() - begin)
    return statistics.median(seconds)
