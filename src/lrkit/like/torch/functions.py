"""torch's schedulers around a function of the user: LambdaLR and MultiplicativeLR."""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import accumulate, takewhile
from operator import mul
from typing import Any

from lrkit.core.packing import MOST_VALUES
from lrkit.core.schedule import Schedule
from lrkit.core.shapes import hold
from lrkit.core.table import Table
from lrkit.core.validate import refuse, whole
from lrkit.like.arguments import LENGTH
from lrkit.like.call import dialect
from lrkit.like.torch.rule import (
    Group,
    Multiplier,
    NoValue,
    Rule,
    powers,
    rate_of_group,
    single,
)

Function = Callable[[int], float]


def function_of(who: str, argument: str, given: Any) -> Schedule:
    """The function of the one parameter group; functions have become tables by now."""
    function = single(who, argument, given)
    if not isinstance(function, Schedule):
        raise TypeError(
            f"{who}: `{argument}` must be a function of the step, got {argument}={function!r}. "
            "Give a Python function or a schedule."
        )
    return function


@dataclass(frozen=True)
class Lambda(Rule):
    """A function's share of the base."""

    lr_lambda: Any

    def __post_init__(self) -> None:
        """Take the function out of a list."""
        object.__setattr__(
            self, "lr_lambda", function_of("like.torch.LambdaLR", "lr_lambda", self.lr_lambda)
        )

    def rate(self, t: int, group: Group, base: float, first: bool) -> float:
        """Set from the base, whatever is there now."""
        return base * float(self.lr_lambda(t))

    def again(self, base: float) -> float:
        """The function at 0."""
        return base * float(self.lr_lambda(0))

    def schedule(self, base: float) -> Schedule:
        """The function itself."""
        function: Schedule = self.lr_lambda
        return base * function


@dataclass(frozen=True)
class Multiplicative(Multiplier):
    """A function's factor at every step."""

    lr_lambda: Any
    length: int = LENGTH
    missing: Mapping[str, Exception] = field(default_factory=dict)
    """What the function raised at step 0, if it did."""

    def __post_init__(self) -> None:
        """Take the function out of a list."""
        function = function_of("like.torch.MultiplicativeLR", "lr_lambda", self.lr_lambda)
        object.__setattr__(self, "lr_lambda", function)
        if whole("like.torch.MultiplicativeLR", "length", self.length) > MOST_VALUES:
            raise refuse(
                "like.torch.MultiplicativeLR", "length", f"at most {MOST_VALUES:,}", self.length
            )

    def gain(self, t: int, first: bool) -> float:
        """The factor, but not while the scheduler is built."""
        if first:
            return 1.0
        if t == 0 and self.missing:
            raise NoValue("lr_lambda", self.missing["lr_lambda"])
        return float(self.lr_lambda(t))

    def start(self) -> None:
        """There is no closed form: it goes on from the current rate."""
        return

    def shape(self) -> Schedule:
        """The product of the factors of the steps 1…t."""
        gains = self._gains()[1:]
        if not gains:
            return hold()
        if gains.count(gains[0]) == len(gains):
            return powers(gains[0])
        return Table(array("d", takewhile(math.isfinite, accumulate(gains, mul, initial=1.0))))

    def _gains(self) -> array[float]:
        """The factors of all steps that are asked for; what is at 0 means nothing."""
        function, n = self.lr_lambda, self._asked()
        if isinstance(function, Table):
            return function.stored
        if n <= LENGTH:
            return array("d", map(function, range(n)))
        return array("d", function.values(n).tobytes())  # NumPy is loaded for many only

    def _asked(self) -> int:
        """For how many steps there is a factor: what has become a table ends with it."""
        return len(self.lr_lambda.stored) if isinstance(self.lr_lambda, Table) else self.length


@dialect()
def LambdaLR(
    lr_lambda: Function | list[Function],
    last_epoch: int = -1,
    *,
    base_lr: float = 1.0,
    length: int = LENGTH,
) -> Schedule:
    """torch.optim.lr_scheduler.LambdaLR: the rate of the optimizer times a function of the step.

        value(t) = base_lr * lr_lambda(t)

    A Python function is asked once for each step 0…length-1, or until it raises, and its values are
    kept; after them the last one holds. A schedule is taken as it is: `base_lr * s` is shorter.

    Args:
        lr_lambda: Function of the step, or a list of one; or a schedule.
        last_epoch: The schedule begins at step last_epoch + 1.
        base_lr: Rate of the optimizer. 0 or more.
        length: For how many steps the function is asked.

    Raises:
        TypeError: `lr_lambda` is no function.
        ValueError: It is a list of several, or `base_lr` is negative.

    Source: PyTorch 2.13, torch.optim.lr_scheduler.

    >>> from lrkit import like
    >>> like.torch.LambdaLR(lambda epoch: 0.5 ** (epoch // 30), base_lr=0.1)(60)
    0.025
    """
    return Lambda(lr_lambda).schedule(rate_of_group("like.torch.LambdaLR", base_lr))


@dialect(from_one=lambda given: ("lr_lambda",))
def MultiplicativeLR(
    lr_lambda: Function | list[Function],
    last_epoch: int = -1,
    *,
    base_lr: float = 1.0,
    length: int = LENGTH,
) -> Schedule:
    """torch.optim.lr_scheduler.MultiplicativeLR: multiplied by a function of the step, each step.

        value(t) = base_lr * lr_lambda(1) * lr_lambda(2) * … * lr_lambda(t)

    The function is asked for step 0 only where this begins at a milestone of a SequentialLR. Where
    its values are all the same this is `base_lr * exponential(rate=value)`, without end; else the
    products are kept for the steps 0…length-1, and after them the last one holds.

    Args:
        lr_lambda: Function of the step, or a list of one; or a schedule.
        last_epoch: The schedule begins at step last_epoch + 1.
        base_lr: Rate of the optimizer. 0 or more.
        length: For how many steps the function is asked; a `table` for all that it has.

    Raises:
        TypeError: `lr_lambda` is no function.
        ValueError: It is a list of several, or `base_lr` is negative.

    Source: PyTorch 2.13, torch.optim.lr_scheduler.

    >>> from lrkit import like
    >>> like.torch.MultiplicativeLR(lambda epoch: 0.5)(3)
    0.125
    """
    return Multiplicative(lr_lambda, length).schedule(
        rate_of_group("like.torch.MultiplicativeLR", base_lr)
    )
