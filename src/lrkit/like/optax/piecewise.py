"""optax's piecewise constant and interpolated schedules."""

from __future__ import annotations

from collections.abc import Mapping

from lrkit.core.schedule import Schedule
from lrkit.core.validate import number, refuse
from lrkit.like.call import dialect
from lrkit.like.optax.levels import interpolated, scales
from lrkit.like.parts import steps


@dialect()
def piecewise_constant_schedule(
    init_value: float, boundaries_and_scales: Mapping[float, float] | None = None
) -> Schedule:
    """Optax's `piecewise_constant_schedule`: scaled at each boundary.

        value(t) = init * the scales of all boundaries <= t

    *Quirk*: the numbers are factors of the value before, not values, and multiply: {3: 0.5,
    5: 0.2} goes 1, 0.5, 0.1. In lrkit's own words: `points({0: 1, 3: 0.5, 5: 0.1}, curve="hold")`.

    Args:
        init_value: Rate before the first boundary.
        boundaries_and_scales: {step: factor}, factors of 0 or more. Default: None, no change.

    Raises:
        ValueError: A factor is negative.

    Source: optax, `optax.schedules.piecewise_constant_schedule`.

    >>> from lrkit import like
    >>> like.optax.piecewise_constant_schedule(1.0, {3: 0.5, 5: 0.2}).values(6)
    array([1. , 1. , 1. , 0.5, 0.5, 0.1])
    """
    who = "like.optax.piecewise_constant_schedule"
    level = number(who, "init_value", init_value)
    levels = {0.0: level}
    for boundary, scale in scales(who, boundaries_and_scales).items():
        level *= scale
        levels[max(boundary, 0.0)] = level
    return steps(levels)


@dialect()
def piecewise_interpolate_schedule(
    interpolate_type: str,
    init_value: float,
    boundaries_and_scales: Mapping[float, float] | None = None,
) -> Schedule:
    """Optax's `piecewise_interpolate_schedule`: lines or cosines between scaled levels.

        value(t) = between init * the scales up to the boundary before t and to the one after

    *Quirk*: the numbers are factors of the level before, not levels. *Quirk*: an interval shorter
    than one step counts as a whole one, and is left on the way. In lrkit's own words:
    `points({0: 1, 4: 0.1, 8: 0.001}, curve="cosine")`.

    Args:
        interpolate_type: "linear" or "cosine".
        init_value: Rate of update 0.
        boundaries_and_scales: {step: factor}, factors of 0 or more. Default: None, no change.

    Raises:
        ValueError: Another `interpolate_type`, or a factor is negative.

    Source: optax, `optax.schedules.piecewise_interpolate_schedule`.

    >>> from lrkit import like
    >>> like.optax.piecewise_interpolate_schedule("linear", 1.0, {4: 0.1, 8: 0.01})(6)
    0.0505
    """
    who = "like.optax.piecewise_interpolate_schedule"
    if interpolate_type not in ("linear", "cosine"):
        raise refuse(who, "interpolate_type", "'linear' or 'cosine'", interpolate_type)
    return interpolated(who, interpolate_type, init_value, boundaries_and_scales)
