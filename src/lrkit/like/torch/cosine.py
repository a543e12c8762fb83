"""torch's cosines: CosineAnnealingLR and CosineAnnealingWarmRestarts."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

from lrkit.core.lazy import lazy
from lrkit.core.repeat import repeat
from lrkit.core.schedule import Schedule
from lrkit.core.shapes import cosine
from lrkit.core.validate import exact, number, plain, refuse
from lrkit.like.call import dialect
from lrkit.like.torch.rule import Group, Rule, rate_of_group


@dataclass(frozen=True)
class Annealing(Rule):
    """Half a cosine down, half a cosine up, without end."""

    T_max: float
    eta_min: float

    def __post_init__(self) -> None:
        """Check the arguments."""
        number("like.torch.CosineAnnealingLR", "eta_min", self.eta_min)
        if number("like.torch.CosineAnnealingLR", "T_max", self.T_max) == 0.0:
            raise ZeroDivisionError(
                "like.torch.CosineAnnealingLR: `T_max` must not be 0, got T_max=0: "
                "torch divides by it at "
                "step 1."
            )
        if self.eta_min == 0.0:
            object.__setattr__(self, "multiplies_until", abs(self.T_max))

    @lazy
    def half(self) -> Fraction:
        """Steps from the top to the bottom; the cosine does not see the sign."""
        return exact(float(abs(self.T_max)))

    def share(self, t: int) -> float:
        """(1 + cos(pi t / T_max)) / 2, precise near the bottom too."""
        half, part = self.half.numerator, self.half.denominator
        left = (half - t * part) % (2 * half)
        return math.sin(math.pi / 2 * left / half) ** 2

    def rate(self, t: int, group: Group, base: float, first: bool) -> float:
        """Above `eta_min` by its part of what is there now; after a bottom, of the base."""
        if first:
            return group.rate
        before = self.share(t - 1)
        if before == 0.0:
            return group.rate + (base - self.eta_min) * self.share(t)
        return self.eta_min + (group.rate - self.eta_min) * self.share(t) / before

    def again(self, base: float) -> float:
        """The closed form at 0."""
        return base

    def schedule(self, base: float) -> Schedule:
        """Down and up, without end."""
        half = plain(self.half)
        down = cosine(half, start=base, stop=self.eta_min)
        return repeat(down >> cosine(half, start=self.eta_min, stop=base))


@dataclass(frozen=True)
class WarmRestarts(Rule):
    """Half a cosine down, again and again, each time longer."""

    T_0: int
    T_mult: int
    eta_min: float

    def __post_init__(self) -> None:
        """Check the arguments."""
        who = "like.torch.CosineAnnealingWarmRestarts"
        for argument, given in (("T_0", self.T_0), ("T_mult", self.T_mult)):
            if number(who, argument, given) < 1 or not isinstance(given, int):
                raise refuse(who, argument, "an integer of 1 or more", given)
        number(who, "eta_min", self.eta_min)

    def after(self, t: int) -> int:
        """The next step; never one below 0."""
        return max(t + 1, 0)

    def rate(self, t: int, group: Group, base: float, first: bool) -> float:
        """Set from the base, whatever is there now."""
        begin, length = 0, self.T_0
        if self.T_mult == 1:
            begin = t - t % length
        while t >= begin + length:
            begin, length = begin + length, length * self.T_mult
        share = math.sin(math.pi / 2 * (begin + length - t) / length) ** 2
        return self.eta_min + (base - self.eta_min) * share

    def again(self, base: float) -> float:
        """The top."""
        return base

    def schedule(self, base: float) -> Schedule:
        """Cycles without end."""
        return repeat(cosine(self.T_0, start=base, stop=self.eta_min), stretch=self.T_mult)


@dialect()
def CosineAnnealingLR(
    T_max: float, eta_min: float = 0.0, last_epoch: int = -1, *, base_lr: float = 1.0
) -> Schedule:
    """torch.optim.lr_scheduler.CosineAnnealingLR: a cosine that rises again after its end.

        value(t) = eta_min + (base_lr - eta_min) * (1 + cos(pi * t / T_max)) / 2

    Quirk: at T_max the minimum is reached, and then the rate goes up again, period 2 * T_max. Who
    wants it to stay down writes `base_lr * cosine(T_max, stop=share)`.
    Bug of the peer: where T_max is a rounded fraction (10/3) its recursion divides by almost 0
    after a bottom; here the formula holds.

    Args:
        T_max: Steps from the top to the bottom; not 0.
        eta_min: Rate at the bottom; it may lie above `base_lr`.
        last_epoch: The schedule begins at step last_epoch + 1.
        base_lr: Rate of the optimizer. 0 or more.

    Raises:
        ZeroDivisionError: `T_max` is 0.
        ValueError: An argument is not finite, or `base_lr` is negative.

    Source: PyTorch 2.13, torch.optim.lr_scheduler; Loshchilov & Hutter 2017, "SGDR" (arXiv
    1608.03983).

    >>> from lrkit import like
    >>> lr = like.torch.CosineAnnealingLR(100, base_lr=0.1)
    >>> lr(0), lr(100), lr(200)
    (0.1, 0.0, 0.1)
    """
    return Annealing(T_max, eta_min).schedule(
        rate_of_group("like.torch.CosineAnnealingLR", base_lr)
    )


@dialect()
def CosineAnnealingWarmRestarts(
    T_0: int,
    T_mult: int = 1,
    eta_min: float = 0.0,
    last_epoch: int = -1,
    *,
    base_lr: float = 1.0,
) -> Schedule:
    """torch.optim.lr_scheduler.CosineAnnealingWarmRestarts: cosines that start again at the top.

        value(t) = eta_min + (base_lr - eta_min) * (1 + cos(pi * t_i / T_i)) / 2

    T_i is the length of cycle i, T_0 * T_mult**i, and t_i the step in it. In lrkit's words
    `base_lr * cosine_restarts(T_0, stretch=T_mult)`.
    Bug of the peer: told by `last_epoch` to go on after more than one restart, it finds the wrong
    cycle when T_mult is above 1; here the schedule goes on where it was.

    Args:
        T_0: Steps of the first cycle, an integer of 1 or more.
        T_mult: Length of a cycle as a multiple of the one before, an integer of 1 or more.
        eta_min: Rate that each cycle falls towards; it may lie above `base_lr`.
        last_epoch: The schedule begins at step last_epoch + 1.
        base_lr: Rate of the optimizer. 0 or more.

    Raises:
        ValueError: `T_0` or `T_mult` is no integer of 1 or more, or `base_lr` is negative.

    Source: PyTorch 2.13, torch.optim.lr_scheduler; Loshchilov & Hutter 2017, "SGDR" (arXiv
    1608.03983).

    >>> from lrkit import like
    >>> lr = like.torch.CosineAnnealingWarmRestarts(10, T_mult=2)
    >>> lr(10), lr(30), lr(70)
    (1.0, 1.0, 1.0)
    """
    base = rate_of_group("like.torch.CosineAnnealingWarmRestarts", base_lr)
    return WarmRestarts(T_0, T_mult, eta_min).schedule(base)
