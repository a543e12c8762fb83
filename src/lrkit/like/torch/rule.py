"""What each torch scheduler does to the rate of the parameter group that it shares with others.

Every scheduler of torch makes the next rate from the current one. Most give the closed form that
comes out when nobody else touches the rate; in chains and sequences somebody does. So a rule says
both: one step of the recursion, for the replay, and the schedule that it is when it is alone.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

from lrkit.core.endless import exponential
from lrkit.core.repeat import repeat
from lrkit.core.schedule import Schedule
from lrkit.core.shapes import hold
from lrkit.core.validate import at_least_zero


@dataclass
class Group:
    """The parameter group of the optimizer: what the schedulers on it read and write."""

    rate: float
    initial: float = math.nan
    """The rate that the first scheduler found; NaN until there is one."""
    peak: float = math.nan
    least: float = math.nan


class NoValue(Exception):
    """A function is asked for step 0, where it raised when its values were kept."""

    def __init__(self, argument: str, error: Exception) -> None:
        """Name the argument and keep what the function raised."""
        super().__init__(argument, error)
        self.argument, self.error = argument, error


class Ended(Exception):
    """The scheduler refuses to go on: torch raises here, a schedule holds."""


class Rule(ABC):
    """One scheduler of torch, without its state."""

    multiplies_until: float = 0.0
    """Until which step of its own the scheduler does nothing but multiply the current rate."""

    def enter(self, group: Group) -> None:
        """Change the group as building the scheduler does."""
        if math.isnan(group.initial):
            group.initial = group.rate

    def base(self, initial: float) -> float:
        """The rate that the scheduler starts from, once it is built."""
        return initial

    def after(self, t: int) -> int:
        """The step of its own that follows t."""
        return t + 1

    @abstractmethod
    def rate(self, t: int, group: Group, base: float, first: bool) -> float:
        """The rate at its own step t, made from the current rate; `first` while it is built."""

    def again(self, base: float) -> float | None:
        """The rate at which it begins within a sequence; None where it goes on from the current."""
        return None

    @abstractmethod
    def schedule(self, base: float) -> Schedule:
        """All its rates when it is the only scheduler."""


class Multiplier(Rule):
    """A scheduler that multiplies the current rate."""

    multiplies_until = math.inf

    @abstractmethod
    def gain(self, t: int, first: bool) -> float:
        """By how much it multiplies at its own step t."""

    def rate(self, t: int, group: Group, base: float, first: bool) -> float:
        """The current rate times the gain."""
        return group.rate * self.gain(t, first)

    def start(self) -> float | None:
        """The share of the base at which it begins within a sequence."""
        return 1.0

    def again(self, base: float) -> float | None:
        """The base at its share."""
        share = self.start()
        return None if share is None else base * share

    @abstractmethod
    def shape(self) -> Schedule:
        """The product of all gains so far."""

    def schedule(self, base: float) -> Schedule:
        """The base times the shape."""
        return base * self.shape()


def rate_of_group(who: str, base_lr: Any) -> float:
    """The rate of the optimizer; torch's optimizers refuse a negative one."""
    return at_least_zero(who, "base_lr", base_lr)


def single(who: str, argument: str, value: Any) -> Any:
    """`value` itself, or the one entry of a list: there is one parameter group."""
    if not isinstance(value, (list, tuple)):
        return value
    if len(value) != 1:
        raise ValueError(
            f"{who}: `{argument}` must be one value or a list of one, got {len(value)} values. "
            "A schedule is that of one parameter group: make one for each."
        )
    return value[0]


def powers(gamma: float, every: int = 1) -> Schedule:
    """Powers of any gamma, also 0 and below: gamma ** floor(t / every)."""
    if gamma == 0.0:
        return hold(every) | hold(value=0.0)
    size = exponential(rate=abs(gamma), every=every)
    stairs = size.staircase(every) if every > 1 else size
    return stairs if gamma > 0.0 else stairs * repeat(hold(every) | -1.0 * hold(every))
