"""torch's CyclicLR."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from lrkit.core.repeat import repeat
from lrkit.core.schedule import Schedule
from lrkit.core.shapes import hold, linear, warmup
from lrkit.core.validate import number, refuse
from lrkit.like.arguments import LENGTH
from lrkit.like.call import dialect
from lrkit.like.torch.functions import function_of
from lrkit.like.torch.rule import Group, Rule, powers, single

MODES = ("triangular", "triangular2", "exp_range")


@dataclass(frozen=True)
class Cyclic(Rule):
    """Triangles between two rates, their height scaled by the cycle or by the step."""

    base_lr: Any
    max_lr: Any
    step_size_up: float
    step_size_down: float | None
    mode: str
    gamma: float
    scale_fn: Any
    scale_mode: str

    def __post_init__(self) -> None:
        """Check the arguments and take the rates out of lists."""
        for argument in ("base_lr", "max_lr"):
            rate = single("like.torch.CyclicLR", argument, getattr(self, argument))
            object.__setattr__(self, argument, number("like.torch.CyclicLR", argument, rate))
        number("like.torch.CyclicLR", "gamma", self.gamma)
        if number("like.torch.CyclicLR", "step_size_up", self.step_size_up) == 0.0:
            raise ZeroDivisionError(
                "like.torch.CyclicLR: `step_size_up` must not be 0, got "
                "step_size_up=0: torch divides by it. "
                "Give 1, and begin one step later with `.skip(1)`."
            )
        if self.step_size_up < 0:
            raise refuse("like.torch.CyclicLR", "step_size_up", "positive", self.step_size_up)
        if number("like.torch.CyclicLR", "step_size_down", self.down) < 0:
            raise refuse("like.torch.CyclicLR", "step_size_down", "0 or more", self.step_size_down)
        if self.scale_fn is not None:
            function = function_of("like.torch.CyclicLR", "scale_fn", self.scale_fn)
            object.__setattr__(self, "scale_fn", function)
        elif self.mode not in MODES:
            raise refuse("like.torch.CyclicLR", "mode", f"one of {', '.join(MODES)}", self.mode)

    @property
    def down(self) -> float:
        """Steps from the top to the bottom."""
        return self.step_size_up if self.step_size_down is None else self.step_size_down

    def base(self, initial: float) -> float:
        """Its own bottom, whatever the group began with."""
        return float(self.base_lr)

    def enter(self, group: Group) -> None:
        """The group begins at the bottom, unless another scheduler was there before."""
        group.rate = self.base_lr
        super().enter(group)

    def rate(self, t: int, group: Group, base: float, first: bool) -> float:
        """Set from the cycle, whatever is there now."""
        total = self.step_size_up + self.down
        cycle = math.floor(t / total)
        own = t - cycle * total
        up = own <= self.step_size_up
        wave = own / self.step_size_up if up else (total - own) / self.down
        return float(base + (self.max_lr - base) * wave * self._scale(t, cycle + 1))

    def _scale(self, t: int, cycle: int) -> float:
        if self.scale_fn is not None:
            return float(self.scale_fn(cycle if self.scale_mode == "cycle" else t))
        if self.mode == "triangular2":
            return float(0.5 ** (cycle - 1))
        return float(self.gamma**t) if self.mode == "exp_range" else 1.0

    def again(self, base: float) -> float:
        """The first bottom."""
        return base

    def schedule(self, base: float) -> Schedule:
        """The triangles between the two rates, endless."""
        base = float(self.base_lr)
        height = self.max_lr - base
        return (height * self._triangles()).plus(base) if height else hold(value=base)

    def _triangles(self) -> Schedule:
        """The scaled triangles between 0 and 1."""
        up, down = warmup(self.step_size_up), self.down
        one = up >> linear(down) if down else up
        if self.scale_fn is not None:
            return repeat(one) * self._scales()
        if self.mode == "exp_range":
            return repeat(one) * powers(self.gamma)
        return repeat(one, height=0.5 if self.mode == "triangular2" else 1.0)

    def _scales(self) -> Schedule:
        """The function's scale at each step."""
        f: Schedule = self.scale_fn
        if self.scale_mode != "cycle":
            return f
        if f.length <= 1:
            return hold(value=f(1))
        return f.skip(1).staircase(1).stretch(self.step_size_up + self.down)


def _from_one(given: Mapping[str, Any]) -> tuple[str, ...]:
    """Cycles are counted from 1, steps from 0."""
    return ("scale_fn",) if given["scale_mode"] == "cycle" else ()


@dialect(from_one=_from_one)
def CyclicLR(
    base_lr: float | list[float],
    max_lr: float | list[float],
    step_size_up: float = 2000,
    step_size_down: float | None = None,
    mode: str = "triangular",
    gamma: float = 1.0,
    scale_fn: Callable[[float], float] | None = None,
    scale_mode: str = "cycle",
    cycle_momentum: bool = True,
    base_momentum: float | list[float] = 0.8,
    max_momentum: float | list[float] = 0.9,
    last_epoch: int = -1,
    *,
    length: int = LENGTH,
) -> Schedule:
    """torch.optim.lr_scheduler.CyclicLR: triangles between two rates, without end.

        value(t) = base_lr + (max_lr - base_lr) * triangle(t) * scale

    The scale is 1 ("triangular"), 1/2 of the cycle before ("triangular2") or gamma ** t
    ("exp_range"). In lrkit's words `triangular`, or `repeat(warmup(up) >> linear(down))`.
    Quirk: with step_size_down=0 the rate falls from just below the top to the bottom at once.

    Args:
        base_lr: Rate at the bottom, where the first cycle begins.
        max_lr: Rate at the top.
        step_size_up: Steps from the bottom to the top. Positive.
        step_size_down: Steps back; as many by default. 0 or more.
        mode: "triangular", "triangular2" or "exp_range"; ignored where there is a `scale_fn`.
        gamma: Factor of "exp_range".
        scale_fn: Function of the cycle, counted from 1, or of the step; or a schedule.
        scale_mode: "cycle"; anything else asks `scale_fn` for the step.
        cycle_momentum: Has no effect on the rate, like the two momentums.
        base_momentum: Has no effect on the rate.
        max_momentum: Has no effect on the rate.
        last_epoch: The schedule begins at step last_epoch + 1.
        length: For how many cycles or steps `scale_fn` is asked.

    Raises:
        ZeroDivisionError: `step_size_up` is 0.
        ValueError: The mode is unknown, a number of steps is negative, or a list holds several.

    Source: PyTorch 2.13, torch.optim.lr_scheduler; Smith 2017, "Cyclical Learning Rates for
    Training Neural Networks" (arXiv 1506.01186).

    >>> from lrkit import like
    >>> [round(like.torch.CyclicLR(0.1, 0.5, step_size_up=2)(t), 9) for t in range(5)]
    [0.1, 0.3, 0.5, 0.3, 0.1]
    """
    if cycle_momentum:
        single("like.torch.CyclicLR", "base_momentum", base_momentum)
        single("like.torch.CyclicLR", "max_momentum", max_momentum)
    given = locals()
    return Cyclic(**{f.name: given[f.name] for f in fields(Cyclic)}).schedule(math.nan)
