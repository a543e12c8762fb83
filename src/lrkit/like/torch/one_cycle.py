"""torch's OneCycleLR."""

from __future__ import annotations

import math
from bisect import bisect_left
from dataclasses import dataclass, fields
from fractions import Fraction
from functools import reduce
from itertools import pairwise
from operator import rshift
from typing import Any

from lrkit.core.lazy import lazy
from lrkit.core.schedule import Schedule
from lrkit.core.shapes import cosine, hold, linear
from lrkit.core.validate import exact, number, plain, refuse
from lrkit.like.call import dialect
from lrkit.like.torch.rule import Ended, Group, Rule, single

CURVES = {"cos": cosine, "linear": linear}
COUNT = "an integer of 1 or more"


@dataclass(frozen=True)
class OneCycle(Rule):
    """Up to the peak, then down, in two phases or three."""

    max_lr: Any
    total_steps: int | None
    epochs: int | None
    steps_per_epoch: int | None
    pct_start: float
    anneal_strategy: str
    div_factor: float
    final_div_factor: float
    three_phase: bool

    def __post_init__(self) -> None:
        """Check the arguments, and take the peak out of a list."""
        _ = self.last  # refuses a wrong number of steps
        if not isinstance(self.pct_start, float) or not 0.0 <= self.pct_start <= 1.0:
            raise refuse(
                "like.torch.OneCycleLR", "pct_start", "a float between 0 and 1", self.pct_start
            )
        if self.anneal_strategy not in CURVES:
            rule = "'cos' or 'linear'"
            raise refuse("like.torch.OneCycleLR", "anneal_strategy", rule, self.anneal_strategy)
        peak = number(
            "like.torch.OneCycleLR",
            "max_lr",
            single("like.torch.OneCycleLR", "max_lr", self.max_lr),
        )
        object.__setattr__(self, "max_lr", peak)
        for argument in ("div_factor", "final_div_factor"):
            if number("like.torch.OneCycleLR", argument, getattr(self, argument)) == 0.0:
                raise ZeroDivisionError(
                    f"like.torch.OneCycleLR: `{argument}` must not be 0: torch divides."
                )
        if self._end(1) == 0:
            raise ZeroDivisionError(
                "like.torch.OneCycleLR: `pct_start` must not be 1 / total_steps, got "
                f"pct_start={self.pct_start!r}: the way up then takes no step, and torch divides "
                "by its length. Give more, or 0.0 to begin on the way down."
            )

    @lazy
    def last(self) -> int:
        """The last step of the cycle."""
        product = ("epochs", "steps_per_epoch")
        arguments = ("total_steps",) if self.total_steps is not None else product
        total = 1
        for argument in arguments:
            given = getattr(self, argument)
            if given is None:
                raise ValueError(
                    "like.torch.OneCycleLR: `total_steps` must be given, or `epochs` "
                    "and `steps_per_epoch`, "
                    f"got {argument}=None."
                )
            if number("like.torch.OneCycleLR", argument, given) < 1 or not isinstance(given, int):
                raise refuse("like.torch.OneCycleLR", argument, COUNT, given)
            total *= given
        return total - 1

    @lazy
    def ends(self) -> list[Fraction]:
        """Where the phases end."""
        inner = (self._end(1), self._end(2)) if self.three_phase else (self._end(1),)
        return [*inner, Fraction(self.last)]

    @lazy
    def _rounded_ends(self) -> list[float]:
        return [float(end) for end in self.ends]

    def _end(self, phase: int) -> Fraction:
        """Where the first or second phase ends: at its share of the steps, counted from 0.

        torch rounds; that matters only where it puts the end on the other side of step 0.
        """
        total = self.last + 1
        rounded = phase * self.pct_start * total - phase
        end = exact(self.pct_start) * phase * total - phase
        same = (end > 0) == (rounded > 0) and (end < 0) == (rounded < 0)
        return end if same else Fraction(rounded)

    def levels(self, group: Group) -> list[float]:
        """The rates of the group from phase to phase."""
        down = [group.initial] if self.three_phase else []
        return [group.initial, group.peak, *down, group.least]

    def enter(self, group: Group) -> None:
        """The group's three rates are those of this cycle, whatever they were."""
        group.initial = self.max_lr / self.div_factor
        group.peak = self.max_lr
        group.least = group.initial / self.final_div_factor

    def rate(self, t: int, group: Group, base: float, first: bool) -> float:
        """Set from the three rates of the group, whatever is there now."""
        if t > self.last + 1:
            raise Ended
        step, ends = min(t, self.last), self._rounded_ends
        i = min(bisect_left(ends, step), len(ends) - 1)
        begin = ends[i - 1] if i > 0 else 0.0
        passed = (step - begin) / (ends[i] - begin)
        if self.anneal_strategy == "cos":
            passed = math.sin(math.pi / 2 * passed) ** 2
        start, stop = self.levels(group)[i : i + 2]
        return start + (stop - start) * passed

    def schedule(self, base: float) -> Schedule:
        """The phases that take steps, each from where the one before ends."""
        group = Group(rate=base)
        self.enter(group)
        pieces: list[Schedule] = []
        begin = Fraction(0)
        for end, (start, stop) in zip(self.ends, pairwise(self.levels(group)), strict=True):
            if end >= 0 and (begin < self.last or not pieces):
                pieces.append(self._piece(begin, end, start, stop))
            begin = end
        return reduce(rshift, pieces)

    def _piece(self, begin: Fraction, end: Fraction, start: float, stop: float) -> Schedule:
        """What the steps 0…last see of the phase between two times."""
        if end == 0:
            return hold(value=stop)
        piece = CURVES[self.anneal_strategy](plain(end - begin), start=start, stop=stop)
        if end > self.last:
            piece = piece.take(plain(self.last - begin))
        return piece.skip(plain(-begin)) if begin < 0 else piece


@dialect()
def OneCycleLR(
    max_lr: float | list[float],
    total_steps: int | None = None,
    epochs: int | None = None,
    steps_per_epoch: int | None = None,
    pct_start: float = 0.3,
    anneal_strategy: str = "cos",
    cycle_momentum: bool = True,
    base_momentum: float | list[float] = 0.85,
    max_momentum: float | list[float] = 0.95,
    div_factor: float = 25.0,
    final_div_factor: float = 10000.0,
    three_phase: bool = False,
    last_epoch: int = -1,
) -> Schedule:
    """torch.optim.lr_scheduler.OneCycleLR: up to the peak, then far below where it began.

        two phases:   initial -> max_lr at pct_start * T - 1 -> least at T - 1
        three phases: initial -> max_lr at p = pct_start * T - 1 -> initial at 2 p -> least at T - 1
        initial = max_lr / div_factor, least = initial / final_div_factor, T = total_steps

    In lrkit's words `one_cycle`, whose phases are whole numbers of steps and end at T.
    Quirks: the peak lies between two steps where pct_start * T is not whole; with less than one
    step for the way up the rate begins on the way down.
    Bug of the peer: it allows one step more than T, at which a cosine rises again and a line falls
    below 0; here the rate holds from T - 1 on, also where the peer would raise.

    Args:
        max_lr: Rate at the peak.
        total_steps: Steps of the cycle, T; an integer of 1 or more.
        epochs: Given with `steps_per_epoch`, their product is T.
        steps_per_epoch: Given with `epochs`.
        pct_start: Share of the steps for the way up, a float between 0 and 1.
        anneal_strategy: "cos" or "linear".
        cycle_momentum: Has no effect on the rate, like the two momentums.
        base_momentum: Has no effect on the rate.
        max_momentum: Has no effect on the rate.
        div_factor: max_lr / initial.
        final_div_factor: initial / least.
        three_phase: Down to the initial rate as fast as up, then on to the least.
        last_epoch: The schedule begins at step last_epoch + 1.

    Raises:
        ZeroDivisionError: The way up takes exactly no step, or a factor is 0.
        ValueError: T is not given or no positive integer, or another argument is out of range.

    Source: PyTorch 2.13, torch.optim.lr_scheduler; Smith & Topin 2018, "Super-Convergence" (arXiv
    1708.07120).

    >>> from lrkit import like
    >>> lr = like.torch.OneCycleLR(1.0, total_steps=10)
    >>> lr(0), lr(2), lr(9)
    (0.04, 1.0, 4e-06)
    """
    if cycle_momentum:
        single("like.torch.OneCycleLR", "base_momentum", base_momentum)
        single("like.torch.OneCycleLR", "max_momentum", max_momentum)
    given = locals()
    return OneCycle(**{f.name: given[f.name] for f in fields(OneCycle)}).schedule(0.0)
