"""A schedule over the updates of a plan, looked at where something may happen."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from fractions import Fraction
from functools import cached_property
from itertools import islice, takewhile
from typing import Any, NamedTuple

from lrkit.core.schedule import Schedule
from lrkit.core.validate import plain
from lrkit.plan.doctor.facts import Facts
from lrkit.plan.plan import Plan

PLACES = 1_000
"""A run of up to twice as many updates is looked at as a whole, a longer one at so many places and
beside each join."""
MOST_BREAKS = 100
CYCLES = 8
"""What has more joins than this goes on in joins."""
_GOLDEN = 0.6180339887498949


class Break(NamedTuple):
    """Where one piece ends and another begins, and the rates just before and there."""

    step: float
    before: float
    after: float


@dataclass(frozen=True)
class Case:
    """A schedule as an optimizer will use it: its updates are `begin` to `end` - 1.

    Args:
        given: The schedule that was given.
        plan: The run.
        facts: What else was told.
    """

    given: Schedule
    plan: Plan
    facts: Facts

    # ---- time ------------------------------------------------------------------------------------

    @property
    def pace(self) -> Fraction:
        """Steps of the given schedule in an update: one, but where accumulation is told wrong."""
        return Fraction(
            self.plan.accumulation, self.facts.accumulation_told or self.plan.accumulation
        )

    @cached_property
    def schedule(self) -> Schedule:
        """The schedule over updates."""
        return self.given if self.pace == 1 else self._paced(self.given, 1 / self.pace)

    def as_given(self, schedule: Schedule) -> Schedule:
        """A schedule over updates in the steps of the given one."""
        return schedule if self.pace == 1 else self._paced(schedule, self.pace)

    @staticmethod
    def _paced(schedule: Schedule, k: Fraction) -> Schedule:
        return schedule.stretch(k)  # type: ignore[arg-type]  # a fraction is as good as a float

    @property
    def begin(self) -> int:
        """The first update of this run."""
        return self.facts.updates_done

    @property
    def end(self) -> int:
        """One past its last update."""
        return self.begin + self.plan.updates

    @property
    def length(self) -> float:
        """The end of the schedule."""
        return self.schedule.length

    # ---- rates -----------------------------------------------------------------------------------

    def rate(self, step: float) -> float:
        """The rate at a step."""
        return float(self.schedule(step))

    @cached_property
    def steps(self) -> list[int]:
        """The updates that are looked at."""
        count = self.plan.updates
        if count <= 2 * PLACES:
            return list(range(self.begin, self.end))
        # Not evenly: every place could fall on the same phase of a cycle.
        share = count / PLACES
        found = {self.begin + int((i + i * _GOLDEN % 1.0) * share) for i in range(PLACES)}
        found |= {self.begin, self.begin + 1, self.end - 2, self.end - 1}
        ends = [one.step for one in self.breaks]
        if math.isfinite(self.length):
            ends.append(self.length)
        for step in ends:
            found.update(range(math.floor(step) - 1, math.ceil(step) + 2))
        return sorted(step for step in found if self.begin <= step < self.end)

    @cached_property
    def rates(self) -> list[float]:
        """The rates of these updates."""
        return [self.rate(step) for step in self.steps]

    @cached_property
    def peak(self) -> float:
        """The highest rate of the run."""
        return max(self.rates)

    @cached_property
    def peak_at(self) -> int:
        """The first update that has it, or a higher one between two that are looked at."""
        place = self.rates.index(self.peak)
        low, high = self.steps[max(place - 1, 0)], self.steps[min(place + 1, len(self.steps) - 1)]
        while high - low > 2:
            third = (high - low) // 3
            if self.rate(low + third) < self.rate(high - third):
                low += third
            else:
                high -= third
        best = max(range(low, high + 1), key=lambda step: (self.rate(step), -step))
        return best if self.rate(best) > self.peak else self.steps[place]

    def first(self, holds: Callable[[float], bool]) -> int | None:
        """The first update whose rate is such, as far as those that are looked at show it."""
        place = next((i for i, value in enumerate(self.rates) if holds(value)), None)
        return None if place is None else self.begin_of(place, holds)

    def begin_of(self, place: int, holds: Callable[[float], bool]) -> int:
        """Where what holds at a place, and not at the one before, begins."""
        high = self.steps[place]
        low = self.steps[place - 1] if place else high - 1
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if holds(self.rate(middle)) else (middle, high)
        return high

    @cached_property
    def height(self) -> float:
        """The highest rate of all that the schedule has, also before and after this run."""
        end = self.length if math.isfinite(self.length) else self.end
        places = [self.rate(end * i / 100) for i in range(101)]
        joins = [rate for one in self.all_breaks for rate in (one.before, one.after)]
        return max([self.peak, *filter(math.isfinite, [*places, *joins])])

    @property
    def stop(self) -> float:
        """The rate after the end; for a schedule that has one."""
        return self.rate(self.length)

    # ---- joins -----------------------------------------------------------------------------------

    def breaks_after(self, step: float, count: int = MOST_BREAKS) -> Iterator[Break]:
        """The joins after a step, at most so many."""
        schedule = self.schedule
        for t in islice(schedule._breaks(Fraction(step)), count):
            yield Break(plain(t), float(schedule._before(t)), float(schedule._exactly(t)))

    @cached_property
    def first_breaks(self) -> list[Break]:
        """The first joins of the schedule."""
        return list(self.breaks_after(0))

    @property
    def all_breaks(self) -> list[Break]:
        """All joins of the schedule, or more than `CYCLES`."""
        return self.first_breaks[: CYCLES + 1]

    @cached_property
    def breaks(self) -> list[Break]:
        """The first joins of this run."""
        joins = self.breaks_after(self.begin) if self.begin else self.first_breaks
        return list(takewhile(lambda one: one.step < self.end, joins))

    # ---- structure -------------------------------------------------------------------------------

    def nodes(self) -> Iterator[Schedule]:
        """The given schedule and all schedules in it."""
        return _nodes(self.given)


def _nodes(value: Any) -> Iterator[Schedule]:
    if isinstance(value, Schedule):
        yield value
        arguments = getattr(value, "arguments", {})  # of another library's call
        inner = [getattr(value, f.name) for f in fields(value)]  # type: ignore[arg-type]
        for one in (*inner, *arguments.values()):
            yield from _nodes(one)
    elif isinstance(value, tuple | list):
        for one in value:
            if isinstance(one, Schedule):
                yield from _nodes(one)
