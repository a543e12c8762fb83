"""Cycles that come down to `lr_min`, each longer and lower than the one before as told."""

from __future__ import annotations

import math
import sys
from typing import NamedTuple

from lrkit.core.schedule import Schedule
from lrkit.core.shapes import hold
from lrkit.core.validate import refuse
from lrkit.like.ladders import LAST_STEP, MOST_CYCLES, laddered
from lrkit.like.phases import ending, numbers

NEGLIGIBLE = 1e-6
"""Cycles that shrink are all over when so much of a step is left to those that follow."""


class Cycles(NamedTuple):
    """timm's arguments, checked: lengths t_initial * mul**i, peaks base_lr * decay**i."""

    who: str
    t_initial: float
    lr_min: float
    mul: float
    decay: float
    times: int

    @classmethod
    def checked(
        cls,
        who: str,
        t_initial: float,
        lr_min: float,
        cycle_mul: float,
        cycle_decay: float,
        cycle_limit: float,
    ) -> Cycles:
        """The arguments, or what timm raises for them."""
        length, low, mul, decay, limit = numbers(
            who,
            t_initial=t_initial,
            lr_min=lr_min,
            cycle_mul=cycle_mul,
            cycle_decay=cycle_decay,
            cycle_limit=cycle_limit,
        )
        demand(length > 0, who, "t_initial", "positive", length)
        demand(low >= 0, who, "lr_min", "0 or more", low)
        if mul <= 0:
            raise refuse(who, "cycle_mul", "positive", cycle_mul, "At 1 all cycles are as long.")
        if decay < 0:
            raise refuse(who, "cycle_decay", "0 or more", cycle_decay, "At 1 all are as high.")
        times = max(0, math.ceil(limit))
        return cls(who, length, low, mul, decay, int(min(times, _most(length, mul))))

    def along(self, fade: Schedule, base_lr: float) -> Schedule:
        """Each cycle along `fade`, which is a share of the way from `lr_min` up to the peak.

        value(t) = lr_min + (base_lr * decay**i - lr_min) * fade(time in cycle i)

        After the last cycle the value is `lr_min`, wherever `fade` ends.
        """
        if self.times == 0:
            return hold(value=self.lr_min)
        if self.lr_min == 0:
            return ending(base_lr * self._repeated(fade, self.decay), 0.0)
        if self.decay == 1 or self.times == 1:
            shares = self._repeated(fade)
            return ending(((base_lr - self.lr_min) * shares).plus(self.lr_min), self.lr_min)
        shares = self._repeated(fade, ladders=2)
        peaks = base_lr * self._repeated(hold(self.t_initial), self.decay, ladders=2)
        return ending((peaks.plus(-self.lr_min) * shares).plus(self.lr_min), self.lr_min)

    def _repeated(self, s: Schedule, height: float = 1.0, ladders: int = 1) -> Schedule:
        given = {"cycle_mul": self.mul, "cycle_decay": self.decay}
        most = MOST_CYCLES // ladders
        return laddered(self.who, given, s, self.mul, height, self.times, most)


def demand(holds: bool, who: str, argument: str, rule: str, value: float) -> None:
    """Raise what timm does, which asserts its rules."""
    if not holds:
        raise AssertionError(str(refuse(who, argument, rule, value, "See the docstring.")))


def _most(length: float, mul: float) -> float:
    """The most cycles that any step can be in."""
    if mul == 1:
        return math.inf
    if mul > 1:
        left = math.log1p(LAST_STEP / length * (mul - 1.0))
    else:
        # A cycle too short to be seen beside all of them has no end of its own.
        whole = length / (1.0 - mul)
        shortest = max(NEGLIGIBLE * (1.0 - mul), 4.0 * sys.float_info.epsilon * whole)
        left = min(0.0, math.log(shortest / length))
    return math.ceil(left / math.log(mul)) + 1
