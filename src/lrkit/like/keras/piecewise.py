"""Keras's piecewise constant rate."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence

from lrkit.core.schedule import Schedule
from lrkit.core.validate import number
from lrkit.like.call import dialect
from lrkit.like.parts import steps


@dialect()
def PiecewiseConstantDecay(
    boundaries: Sequence[float],
    values: Sequence[float],
    name: str | None = "PiecewiseConstant",
) -> Schedule:
    """Keras's `PiecewiseConstantDecay`: one value after another, changed after given steps.

        value(t) = values[0] for t <= boundaries[0], values[i] for boundaries[i - 1] < t, …

    *Quirk*: the value changes one update later than in other libraries: the step `boundaries[i]`
    still has values[i]. *Quirk*: boundaries that do not ascend are accepted, and the values of all
    intervals that hold a step are added. In lrkit's own words a change at step 3 is
    `points({0: 1.0, 3: 0.1}, curve="hold")`.

    Args:
        boundaries: Steps after which the value changes; ascending, if it is to mean anything.
        values: One value more than there are boundaries.
        name: Accepted and ignored.

    Raises:
        ValueError: There is not one value more than there are boundaries.
        IndexError: There are no boundaries: Keras raises it when it is called.

    Source: Keras 3, `keras.optimizers.schedules.PiecewiseConstantDecay`.

    >>> from lrkit import like
    >>> like.keras.PiecewiseConstantDecay([3], [1.0, 0.1]).values(6)
    array([1. , 1. , 1. , 1. , 0.1, 0.1])
    """
    who = "like.keras.PiecewiseConstantDecay"
    limits = [number(who, "boundaries", b) for b in boundaries]
    levels = [number(who, "values", v) for v in values]
    if len(limits) != len(levels) - 1:
        raise ValueError(
            f"{who}: `values` must be one more than `boundaries`, got {len(levels)} values and "
            f"{len(limits)} boundaries. The first value holds until the first boundary."
        )
    if not limits:
        raise IndexError(
            f"{who}: `boundaries` must hold one or more steps, got boundaries=[]. "
            "Use hold(value=…) for one value."
        )
    changes = sorted({0, *(math.floor(b) + 1 for b in limits if b >= 0.0)})
    if limits == sorted(limits):
        return steps({t: levels[bisect_left(limits, t)] for t in changes})
    return steps({t: _value(t, limits, levels) for t in changes})


def _value(t: int, boundaries: list[float], values: list[float]) -> float:
    """The sum of the values of all intervals that hold t; of ascending ones, one does."""
    inner = zip(boundaries[:-1], boundaries[1:], values[1:-1], strict=True)
    total = values[0] if t <= boundaries[0] else 0.0
    total += values[-1] if t > boundaries[-1] else 0.0
    return total + sum(value for low, high, value in inner if low < t <= high)
