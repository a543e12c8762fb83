"""torch's schedulers that change the rate by factors: at some steps, or at every step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction

from lrkit.core.points import points
from lrkit.core.schedule import Schedule
from lrkit.core.shapes import hold
from lrkit.core.validate import number, refuse
from lrkit.like.call import dialect
from lrkit.like.torch.rule import Multiplier, powers, rate_of_group


@dataclass(frozen=True)
class Steps(Multiplier):
    """A factor every so many steps."""

    step_size: float
    gamma: float

    def __post_init__(self) -> None:
        """Check the arguments."""
        number("like.torch.StepLR", "gamma", self.gamma)
        if number("like.torch.StepLR", "step_size", self.step_size) == 0.0:
            raise ZeroDivisionError(
                "like.torch.StepLR: `step_size` must not be 0, got step_size=0: torch "
                "divides by it at step 1."
            )

    @property
    def period(self) -> int:
        """After how many steps a multiple of the step size is a whole step."""
        return abs(Fraction(self.step_size).numerator)

    def gain(self, t: int, first: bool) -> float:
        """The factor at multiples of the period, but not at 0."""
        return self.gamma if t != 0 and t % self.period == 0 else 1.0

    def shape(self) -> Schedule:
        """Powers of the factor."""
        return powers(self.gamma, self.period)


@dataclass(frozen=True)
class Milestones(Multiplier):
    """A factor at each of the given steps."""

    milestones: Iterable[float]
    gamma: float
    counts: Counter[float] = field(init=False)

    def __post_init__(self) -> None:
        """Count how often each step is given."""
        number("like.torch.MultiStepLR", "gamma", self.gamma)
        if not isinstance(self.milestones, (list, tuple)):
            raise TypeError(
                "like.torch.MultiStepLR: `milestones` must be a list of steps, got "
                f"milestones={self.milestones!r}. Write [30] for one."
            )
        object.__setattr__(self, "counts", Counter(self.milestones))
        for milestone in self.counts:
            number("like.torch.MultiStepLR", "milestones", milestone)

    def gain(self, t: int, first: bool) -> float:
        """The factor once for each time that t is given."""
        return float(self.gamma ** self.counts[t])

    def start(self) -> float:
        """The closed form at 0, which counts the milestones below 0 too."""
        return float(self.gamma ** sum(n for at, n in self.counts.items() if at <= 0))

    def shape(self) -> Schedule:
        """One level from each milestone to the next; a scheduler never gets to others."""
        level = self.gain(0, first=True)
        levels: dict[float, float] = {0: level}
        for at in sorted(at for at in self.counts if at > 0 and at == int(at)):
            level *= self.gain(int(at), first=False)
            levels[int(at)] = level
        return points(levels, curve="hold") if len(levels) > 1 else hold(value=level)


@dataclass(frozen=True)
class Constant(Multiplier):
    """A factor for some steps, then its undoing."""

    factor: float
    total_iters: float

    def __post_init__(self) -> None:
        """Check the arguments."""
        if not 0.0 <= number("like.torch.ConstantLR", "factor", self.factor) <= 1.0:
            raise refuse("like.torch.ConstantLR", "factor", "between 0 and 1", self.factor)
        number("like.torch.ConstantLR", "total_iters", self.total_iters)

    def gain(self, t: int, first: bool) -> float:
        """The factor at 0, its inverse at the end."""
        if t == 0:
            return self.factor
        return 1.0 / self.factor if t == self.total_iters else 1.0

    def start(self) -> float:
        """The closed form at 0, where an end at or before 0 is over."""
        return self.factor if self.total_iters > 0 else 1.0

    def shape(self) -> Schedule:
        """The factor until the end; for ever where no step is the end."""
        if self.total_iters < 1 or self.total_iters != int(self.total_iters):
            return hold(value=self.factor)
        return hold(self.total_iters, value=self.factor) | hold()


@dataclass(frozen=True)
class Exponential(Multiplier):
    """A factor at every step."""

    gamma: float

    def __post_init__(self) -> None:
        """Check the argument."""
        number("like.torch.ExponentialLR", "gamma", self.gamma)

    def gain(self, t: int, first: bool) -> float:
        """The factor, but not while the scheduler is built."""
        return 1.0 if first else self.gamma

    def shape(self) -> Schedule:
        """Powers of the factor."""
        return powers(self.gamma)


@dialect()
def StepLR(
    step_size: float, gamma: float = 0.1, last_epoch: int = -1, *, base_lr: float = 1.0
) -> Schedule:
    """torch.optim.lr_scheduler.StepLR: multiplied by `gamma` every `step_size` steps.

        value(t) = base_lr * gamma ** floor(t / step_size)

    In lrkit's words `base_lr * exponential(rate=gamma, every=n).staircase(n)`, or `step_decay`.
    Quirk: a fractional step size acts only where a multiple of it is a whole step: 2.5 at 5, 10, …

    Args:
        step_size: Steps from one drop to the next; not 0.
        gamma: Factor of a drop; any number, also 0 or below.
        last_epoch: The schedule begins at step last_epoch + 1.
        base_lr: Rate of the optimizer. 0 or more.

    Raises:
        ZeroDivisionError: `step_size` is 0.
        ValueError: An argument is not finite, or `base_lr` is negative.

    Source: PyTorch 2.13, torch.optim.lr_scheduler.

    >>> from lrkit import like
    >>> like.torch.StepLR(30, base_lr=0.1)(30)
    0.010000000000000002
    """
    return Steps(step_size, gamma).schedule(rate_of_group("like.torch.StepLR", base_lr))


@dialect()
def MultiStepLR(
    milestones: Iterable[float],
    gamma: float = 0.1,
    last_epoch: int = -1,
    *,
    base_lr: float = 1.0,
) -> Schedule:
    """torch.optim.lr_scheduler.MultiStepLR: multiplied by `gamma` at each milestone.

        value(t) = base_lr * gamma ** (how many milestones are at most t)

    Milestones may come in any order and more than once. In lrkit's words `multi_step`.
    Quirk: milestones below 0 and between two steps are never reached.

    Args:
        milestones: Steps at which the rate changes.
        gamma: Factor of a change; any number.
        last_epoch: The schedule begins at step last_epoch + 1.
        base_lr: Rate of the optimizer. 0 or more.

    Raises:
        TypeError: `milestones` is no list of numbers.
        ValueError: An argument is not finite, or `base_lr` is negative.

    Source: PyTorch 2.13, torch.optim.lr_scheduler.

    >>> from lrkit import like
    >>> [like.torch.MultiStepLR([2, 4], gamma=0.5)(t) for t in range(5)]
    [1.0, 1.0, 0.5, 0.5, 0.25]
    """
    return Milestones(milestones, gamma).schedule(rate_of_group("like.torch.MultiStepLR", base_lr))


@dialect()
def ConstantLR(
    factor: float = 1.0 / 3,
    total_iters: float = 5,
    last_epoch: int = -1,
    *,
    base_lr: float = 1.0,
) -> Schedule:
    """torch.optim.lr_scheduler.ConstantLR: `factor` for `total_iters` steps, then 1.

        value(t) = base_lr * (factor if t < total_iters else 1)

    In lrkit's words `base_lr * (hold(n, value=factor) | hold())`.
    Quirk: where `total_iters` is no step after 0 (0, negative, 2.5) the factor stays for ever.
    Bug of the peer: with factor=0 it divides by zero at `total_iters`; here it goes on at base_lr.

    Args:
        factor: Share of the rate at first, 0 to 1.
        total_iters: Steps that it lasts.
        last_epoch: The schedule begins at step last_epoch + 1.
        base_lr: Rate of the optimizer. 0 or more.

    Raises:
        ValueError: `factor` is not between 0 and 1, or `base_lr` is negative.

    Source: PyTorch 2.13, torch.optim.lr_scheduler.

    >>> from lrkit import like
    >>> [like.torch.ConstantLR(0.5, 2)(t) for t in range(3)]
    [0.5, 0.5, 1.0]
    """
    return Constant(factor, total_iters).schedule(rate_of_group("like.torch.ConstantLR", base_lr))


@dialect()
def ExponentialLR(gamma: float, last_epoch: int = -1, *, base_lr: float = 1.0) -> Schedule:
    """torch.optim.lr_scheduler.ExponentialLR: multiplied by `gamma` at every step.

        value(t) = base_lr * gamma ** t

    In lrkit's words `base_lr * exponential(rate=gamma)`.

    Args:
        gamma: Factor from one step to the next; any number, also 0 or below.
        last_epoch: The schedule begins at step last_epoch + 1.
        base_lr: Rate of the optimizer. 0 or more.

    Raises:
        ValueError: An argument is not finite, or `base_lr` is negative.

    Source: PyTorch 2.13, torch.optim.lr_scheduler.

    >>> from lrkit import like
    >>> like.torch.ExponentialLR(0.5)(3)
    0.125
    """
    return Exponential(gamma).schedule(rate_of_group("like.torch.ExponentialLR", base_lr))
