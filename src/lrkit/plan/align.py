"""The steps that two things to compare have in common."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from itertools import compress

from lrkit.core.schedule import Schedule
from lrkit.plan.compare import Pair
from lrkit.plan.read_csv import Recorded


def aligned(a: Schedule | Recorded, b: Schedule | Recorded, steps: range | None) -> Pair:
    """The two at the steps that both have.

    Args:
        a: A schedule has every step, a file those that are in it.
        b: The same.
        steps: The steps to compare, from 0; of files, the steps to keep, or None for all.
    """
    if isinstance(a, Schedule) and isinstance(b, Schedule):
        assert steps is not None  # they have no steps of their own
        return Pair(a, b, steps)
    if steps is not None:
        a, b = _first(a, len(steps)), _first(b, len(steps))
    if isinstance(a, Recorded) and isinstance(b, Recorded) and a.steps != b.steps:
        common = set(a.steps).intersection(b.steps)
        left_out = len(a.steps) - len(common), len(b.steps) - len(common)
        a, b = _only(a, common), _only(b, common)
    else:
        left_out = 0, 0
    (kept, *_) = [side.steps for side in (a, b) if isinstance(side, Recorded)]
    return Pair(_source(a), _source(b), kept, left_out)


def _source(side: Schedule | Recorded) -> Schedule | array[float]:
    return side.values if isinstance(side, Recorded) else side


def _first(side: Schedule | Recorded, count: int) -> Schedule | Recorded:
    """A file's rows of the steps below `count`."""
    if isinstance(side, Schedule):
        return side
    end = bisect_left(side.steps, count)
    return Recorded(side.path, side.steps[:end], side.values[:end])


def _only(file: Recorded, wanted: set[int]) -> Recorded:
    """The rows of these steps."""
    chosen = [step in wanted for step in file.steps]
    steps, values = compress(file.steps, chosen), compress(file.values, chosen)
    return Recorded(file.path, array("q", steps), array("d", values))
