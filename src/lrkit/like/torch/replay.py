"""Schedulers that share one rate, played step by step as torch plays them.

Three machines with the same four moves: one scheduler, a chain, a sequence. `begin` is what a
scheduler does while it is built, `undo` what a sequence undoes of it, `restart` what a sequence
asks for at a milestone.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import fields

from lrkit.core.schedule import Schedule
from lrkit.core.table import Table
from lrkit.like.call import Dialect
from lrkit.like.torch.cosine import Annealing, WarmRestarts
from lrkit.like.torch.cyclic import Cyclic
from lrkit.like.torch.functions import Lambda, Multiplicative
from lrkit.like.torch.one_cycle import OneCycle
from lrkit.like.torch.ramps import Linear, Polynomial
from lrkit.like.torch.rule import Ended, Group, NoValue, Rule
from lrkit.like.torch.steps import Constant, Exponential, Milestones, Steps

RULES: dict[str, type[Rule]] = {
    "like.torch.LambdaLR": Lambda,
    "like.torch.MultiplicativeLR": Multiplicative,
    "like.torch.StepLR": Steps,
    "like.torch.MultiStepLR": Milestones,
    "like.torch.ConstantLR": Constant,
    "like.torch.LinearLR": Linear,
    "like.torch.ExponentialLR": Exponential,
    "like.torch.PolynomialLR": Polynomial,
    "like.torch.CosineAnnealingLR": Annealing,
    "like.torch.CosineAnnealingWarmRestarts": WarmRestarts,
    "like.torch.CyclicLR": Cyclic,
    "like.torch.OneCycleLR": OneCycle,
}


class NotPlayed(NotImplementedError, ValueError):
    """What torch leaves open, as its own error and as one that `read` knows."""


class Machine(ABC):
    """Something that has been built on a group and can be stepped."""

    @abstractmethod
    def begin(self) -> None:
        """Take the step that building it takes."""

    @abstractmethod
    def step(self) -> None:
        """Take the next step."""

    @abstractmethod
    def restart(self) -> None:
        """Go to its own step 0."""

    @abstractmethod
    def undo(self) -> None:
        """Go one step of its own back, but leave the rate."""


class Player(Machine):
    """One scheduler."""

    def __init__(self, rule: Rule, group: Group) -> None:
        """Build it: the base is what the group began with, or what the scheduler says after."""
        rule.enter(group)
        self.rule, self.group, self.t = rule, group, -1
        self.base = self.found = group.initial
        self.begin()
        self.base = rule.base(self.base)

    def begin(self) -> None:
        """The step that building it takes."""
        self.t = self.rule.after(self.t)
        self._set(first=True)

    def step(self) -> None:
        """The next step of its own."""
        self.t = self.rule.after(self.t)
        self._set(first=False)

    def restart(self) -> None:
        """Its closed form at 0; without one, the step to 0 from the current rate."""
        self.t = 0
        again = self.rule.again(self.base)
        if again is None:
            self._set(first=False)
        else:
            self.group.rate = again

    def undo(self) -> None:
        """One step back."""
        self.t -= 1

    def _set(self, first: bool) -> None:
        self.group.rate = self.rule.rate(self.t, self.group, self.base, first)


class Chain(Machine):
    """All schedulers at every step, one after the other, on the same rate."""

    def __init__(self, parts: list[Machine], group: Group) -> None:
        """Build it: nothing happens."""
        self.parts = parts

    def begin(self) -> None:
        """A step like any other: the parts do not know that they are being built."""
        self.step()

    def step(self) -> None:
        """A step of each."""
        for part in self.parts:
            part.step()

    def restart(self) -> None:
        """Not there."""
        raise NotPlayed("like.torch.ChainedScheduler")

    def undo(self) -> None:
        """One step back for each."""
        for part in self.parts:
            part.undo()


class Sequence(Machine):
    """One scheduler at a time."""

    def __init__(self, parts: list[Machine], milestones: list[float], group: Group) -> None:
        """Build it: all that the parts did while they were built is undone, but for the first's."""
        self.parts, self.milestones, self.t = parts, milestones, 0
        group.rate = group.initial
        self.undo()
        self.parts[bisect_right(milestones, 0)].begin()

    def begin(self) -> None:
        """A step like any other: within another sequence it is one step ahead."""
        self.step()

    def step(self) -> None:
        """A step of the part whose turn it is, which restarts where its turn comes."""
        self.t += 1
        i = bisect_right(self.milestones, self.t)
        if i > 0 and self.milestones[i - 1] == self.t:
            self.parts[i].restart()
        else:
            self.parts[i].step()

    def restart(self) -> None:
        """Not there."""
        raise NotPlayed("like.torch.SequentialLR")

    def undo(self) -> None:
        """One step back for each part, not for the sequence."""
        for part in self.parts:
            part.undo()


def rule_of(part: Dialect) -> Rule:
    """The rule of a single scheduler."""
    rule, given = RULES[part.name], part.arguments
    given = {**given, "missing": part.missing}
    taken = {f.name: given[f.name] for f in fields(rule) if f.name in given}  # type: ignore[arg-type]
    return rule(**taken)


def build(part: Dialect, group: Group) -> Machine:
    """The machine of a scheduler, with its parts built before it."""
    if part.name in RULES:
        return Player(rule_of(part), group)
    parts = [build(inner, group) for inner in part.arguments["schedulers"]]
    if part.name == "like.torch.ChainedScheduler":
        return Chain(parts, group)
    return Sequence(parts, part.arguments["milestones"], group)


@contextmanager
def refusing(who: str, step: Callable[[], float]) -> Iterator[None]:
    """Say at which step torch cannot go on."""
    try:
        yield
    except ZeroDivisionError:
        raise ZeroDivisionError(
            f"{who}: no scheduler must divide by zero, but at step {step():g} torch does. "
            "Look for total_iters=0 or factor=0 among them."
        ) from None
    except NotPlayed as error:
        raise NotPlayed(
            f"{who}: a {error} must be the first in a SequentialLR, but comes at step "
            f"{step():g}: torch cannot restart it. Write its parts into the outer one."
        ) from None
    except NoValue as asked:
        raised = asked.error
        text = (
            f"{who}: `{asked.argument}` must have a value at 0, for which torch asks at step "
            f"{step():g}, got {type(raised).__name__}: {raised}. Give it one, or a schedule."
        )
        raise _alike(raised, text) from raised


def _alike(error: Exception, text: str) -> Exception:
    """An exception of the same type, where a text is all that it takes."""
    try:
        return type(error)(text)
    except Exception:
        return ValueError(text)


def replay(who: str, machine: Machine, group: Group, length: int) -> Schedule:
    """The rates of the steps 0…length-1, or until there are no more."""
    rates = array("d", [group.rate])
    with refusing(who, lambda: len(rates)), suppress(Ended, OverflowError):
        while len(rates) < length:
            machine.step()
            if not math.isfinite(group.rate):
                break
            rates.append(group.rate)
    return Table(rates)
