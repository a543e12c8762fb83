"""torch's schedulers that lead from one share of the rate to another: LinearLR and PolynomialLR."""

from __future__ import annotations

import math
from array import array
from dataclasses import dataclass

from lrkit.core.packing import MOST_VALUES
from lrkit.core.schedule import Schedule
from lrkit.core.shapes import hold, linear, polynomial
from lrkit.core.table import Table
from lrkit.core.validate import number, refuse
from lrkit.like.call import dialect
from lrkit.like.torch.rule import Multiplier, rate_of_group


@dataclass(frozen=True)
class Linear(Multiplier):
    """A straight line from one share to another."""

    start_factor: float
    end_factor: float
    total_iters: float

    def __post_init__(self) -> None:
        """Check the arguments."""
        if not 0.0 < number("like.torch.LinearLR", "start_factor", self.start_factor) <= 1.0:
            raise refuse(
                *(
                    "like.torch.LinearLR",
                    "start_factor",
                    "above 0 and at most 1",
                    self.start_factor,
                ),
                "lrkit's own `warmup(n)` starts at 0.",
            )
        if not 0.0 <= number("like.torch.LinearLR", "end_factor", self.end_factor) <= 1.0:
            raise refuse("like.torch.LinearLR", "end_factor", "between 0 and 1", self.end_factor)
        number("like.torch.LinearLR", "total_iters", self.total_iters)

    def gain(self, t: int, first: bool) -> float:
        """The share at t as a multiple of that at t - 1."""
        if t == 0:
            return self.start_factor
        if first or t > self.total_iters:
            return 1.0
        rise = self.end_factor - self.start_factor
        return 1.0 + rise / (self.total_iters * self.start_factor + (t - 1) * rise)

    def start(self) -> float:
        """The closed form at 0: at the end already where there are fewer than 0 steps."""
        passed = min(self.total_iters, 0) / self.total_iters
        return self.start_factor + (self.end_factor - self.start_factor) * passed

    def shape(self) -> Schedule:
        """The line up to the last whole step on it."""
        n = math.floor(self.total_iters)
        if n < 1:
            return hold(value=self.start_factor)
        return linear(self.total_iters, start=self.start_factor, stop=self.end_factor).take(n)


@dataclass(frozen=True)
class Polynomial(Multiplier):
    """A power of the share of the time that is left."""

    total_iters: float
    power: float

    def __post_init__(self) -> None:
        """Check the arguments."""
        n = number("like.torch.PolynomialLR", "total_iters", self.total_iters)
        if number("like.torch.PolynomialLR", "power", self.power) < 0.0 and n >= 1 and n == int(n):
            raise ZeroDivisionError(
                "like.torch.PolynomialLR: `power` must be 0 or more, got "
                f"power={self.power!r}: torch divides "
                f"by zero at step {int(n)}."
            )

    def gain(self, t: int, first: bool) -> float:
        """The power at t as a multiple of that at t - 1."""
        if first or t > self.total_iters:
            return 1.0
        left, before = 1.0 - t / self.total_iters, 1.0 - (t - 1) / self.total_iters
        return float((left / before) ** self.power)

    def start(self) -> float:
        """The closed form at 0: at the end already where there are fewer than 0 steps."""
        return float((1.0 - min(self.total_iters, 0) / self.total_iters) ** self.power)

    def shape(self) -> Schedule:
        """The curve up to the last whole step on it."""
        n = math.floor(self.total_iters)
        if n < 1 or self.power == 0.0:
            return hold()
        if self.power < 0.0:
            return self._rise(n + 1)
        return polynomial(self.total_iters, power=self.power).take(n)

    def _rise(self, count: int) -> Schedule:
        """The first values of a negative power, each kept: no curve of the algebra rises so."""
        if count > MOST_VALUES:
            rule = f"below {MOST_VALUES:,} with a negative power"
            raise refuse("like.torch.PolynomialLR", "total_iters", rule, self.total_iters)
        whole, power = self.total_iters, self.power
        return Table(array("d", ((1.0 - t / whole) ** power for t in range(count))))


@dialect()
def LinearLR(
    start_factor: float = 1.0 / 3,
    end_factor: float = 1.0,
    total_iters: float = 5,
    last_epoch: int = -1,
    *,
    base_lr: float = 1.0,
) -> Schedule:
    """torch.optim.lr_scheduler.LinearLR: a straight line from one share of the rate to another.

        value(t) = base_lr * (start_factor + (end_factor - start_factor) * x),
        x = min(t, total_iters) / total_iters

    In lrkit's words `base_lr * linear(n, start=start_factor, stop=end_factor)`.
    Quirks: with no step at all (`total_iters` below 1) the rate stays at `start_factor` for ever;
    with a fractional number it stays at the last whole step's value and never reaches the end.

    Args:
        start_factor: Share at step 0, above 0 and at most 1.
        end_factor: Share at `total_iters` and after, 0 to 1.
        total_iters: Steps from one to the other.
        last_epoch: The schedule begins at step last_epoch + 1.
        base_lr: Rate of the optimizer. 0 or more.

    Raises:
        ValueError: A factor is out of range, or `base_lr` is negative.

    Source: PyTorch 2.13, torch.optim.lr_scheduler.

    >>> from lrkit import like
    >>> [like.torch.LinearLR(0.5, total_iters=2)(t) for t in range(3)]
    [0.5, 0.75, 1.0]
    """
    base = rate_of_group("like.torch.LinearLR", base_lr)
    return Linear(start_factor, end_factor, total_iters).schedule(base)


@dialect()
def PolynomialLR(
    total_iters: float = 5, power: float = 1.0, last_epoch: int = -1, *, base_lr: float = 1.0
) -> Schedule:
    """torch.optim.lr_scheduler.PolynomialLR: a power of the share of the steps that are left.

        value(t) = base_lr * (1 - min(t, total_iters) / total_iters) ** power

    In lrkit's words `base_lr * polynomial(n, power=power)`.
    Quirks: with no step at all (`total_iters` below 1) the rate stays as it is; with a fractional
    number it stays at the last whole step's value.

    Args:
        total_iters: Steps until the rate is 0.
        power: 1 is a straight line, 0 leaves the rate as it is.
        last_epoch: The schedule begins at step last_epoch + 1.
        base_lr: Rate of the optimizer. 0 or more.

    Raises:
        ZeroDivisionError: `power` is negative, so that torch divides by zero at the end.
        ValueError: An argument is not finite, `base_lr` is negative, or more than 10,000,000
            values of a negative `power` would have to be kept.

    Source: PyTorch 2.13, torch.optim.lr_scheduler.

    >>> from lrkit import like
    >>> [like.torch.PolynomialLR(4, power=2.0)(t) for t in (0, 2, 4)]
    [1.0, 0.25, 0.0]
    """
    return Polynomial(total_iters, power).schedule(
        rate_of_group("like.torch.PolynomialLR", base_lr)
    )
