"""A schedule taken apart at a step, and put together again so that it flows."""

from __future__ import annotations

import math

from lrkit.core.combine import scaled
from lrkit.core.join import Join
from lrkit.core.recipes import untuned_warmup, with_warmup
from lrkit.core.schedule import Schedule
from lrkit.core.shapes import warmup
from lrkit.core.validate import exact
from lrkit.plan.continuing import peeled, split


def bridged(schedule: Schedule, step: float) -> Schedule:
    """A ramp up to the rate after a jump, in place of what was before it."""
    height, shape = peeled(schedule)
    rest = split(shape, exact(step))[1]
    return scaled(height, warmup(step, start=shape(0), stop=rest(0)) >> rest)


def lowered(schedule: Schedule, step: float, share: float) -> Schedule:
    """What comes from a jump on, times `share`, so that it goes on where the rate was."""
    height, shape = peeled(schedule)
    first, rest = split(shape, exact(step))
    return scaled(height, first >> scaled(share, rest))


def met(schedule: Schedule, step: float, share: float) -> Schedule:
    """What is before a jump, times `share`, so that it comes out at the rate after."""
    height, shape = peeled(schedule)
    first, rest = split(shape, exact(step))
    return scaled(height, scaled(share, first) >> rest)


def begun_above_zero(schedule: Schedule) -> Schedule:
    """The same with a warmup from one step's share on, where the schedule begins with one."""
    height, shape = peeled(getattr(schedule, "expression", schedule))
    first = shape.parts[0] if isinstance(shape, Join) else shape
    if not 1 < first.length < math.inf:
        return schedule.skip(1)
    begun = warmup(first.length, start=first(1), stop=first(first.length))
    if any(abs(begun(t) - first(t)) > first(1) for t in _some_steps(first)):
        return schedule.skip(1)  # another curve than a line
    if isinstance(shape, Join):
        begun = Join((begun, *shape.parts[1:]), shape.seams)
    return scaled(height, begun)


def _some_steps(s: Schedule) -> range:
    return range(1, math.ceil(s.length), math.ceil(s.length / 16))


def warmed(schedule: Schedule, steps: int, rise: float) -> Schedule:
    """The same with a warmup of so many steps, and as long as it was.

    Args:
        schedule: Whose warmup, the first `rise` steps, is too short; or which has none.
        steps: How long it is to be.
        rise: Its length now.
    """
    height, shape = peeled(schedule)
    first, rest = split(shape, exact(rise)) if rise else (None, shape)
    if math.isfinite(rest.length):
        rest = rest.over(math.ceil(schedule.length) - steps)
    rise_to = with_warmup(rest, steps) if first is None else first.over(steps) >> rest
    return scaled(height, rise_to)


def untuned(schedule: Schedule, beta2: float) -> Schedule:
    """The same under a warmup as long as beta2 says."""
    return untuned_warmup(schedule, beta2=beta2)
