"""Levels that optax goes through: each the one before times the factor of a boundary."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

from lrkit.core.points import points
from lrkit.core.schedule import Schedule
from lrkit.core.shapes import cosine, hold, linear
from lrkit.core.validate import exact, number, refuse
from lrkit.like.parts import lasting
from lrkit.like.phases import joined, skipped


def scales(who: str, boundaries_and_scales: Mapping[float, float] | None) -> dict[float, float]:
    """The boundaries in ascending order, each with its factor of 0 or more."""
    given = {} if boundaries_and_scales is None else boundaries_and_scales
    if not isinstance(given, Mapping):
        raise TypeError(
            f"{who}: `boundaries_and_scales` must be {{step: factor}}, "
            f"got boundaries_and_scales={given!r}."
        )
    pairs = {number(who, "boundary", b): number(who, "scale", k) for b, k in given.items()}
    for boundary, scale in pairs.items():
        if scale < 0.0:
            raise refuse(who, f"boundaries_and_scales[{boundary:g}]", "0 or more", scale)
    return dict(sorted(pairs.items()))


def interpolated(
    who: str, curve: str, init_value: float, boundaries_and_scales: Mapping[float, float] | None
) -> Schedule:
    """From level to level, each the one before times the scale of its boundary."""
    level = number(who, "init_value", init_value)
    factors = scales(who, boundaries_and_scales)
    # From a first boundary below 0 the line comes already on its way, and 0 is none of its points.
    levels = {} if min(factors, default=0.0) < 0.0 else {0.0: level}
    for boundary, factor in factors.items():
        level *= factor
        levels[boundary] = level
    bounds = sorted(levels)
    if bounds[-1] <= 0.0:
        return hold(value=level)
    spans = [exact(b) - exact(a) for a, b in pairwise(bounds)]
    if min(spans) >= 1:
        whole = points({b - bounds[0]: levels[b] for b in bounds}, curve=curve)
    else:
        # optax takes an interval of less than a step for a whole one, and leaves it on the way.
        ramp = {"linear": linear, "cosine": cosine}[curve]
        pieces = [
            lasting(ramp(max(float(span), 1.0), start=levels[a], stop=levels[b]), span)
            for (a, b), span in zip(pairwise(bounds), spans, strict=True)
        ]
        whole = joined(*pieces, hold(value=level))
    return skipped(whole, -bounds[0])
