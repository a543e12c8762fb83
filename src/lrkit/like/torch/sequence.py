"""torch's schedulers of schedulers: SequentialLR and ChainedScheduler.

Where nobody disturbs anybody they are a join and a product, endless and exact. Elsewhere torch's
recursion is replayed, and its rates are kept.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from functools import partial, reduce
from itertools import pairwise
from operator import mul, or_
from typing import Any

from lrkit.core.packing import MOST_VALUES
from lrkit.core.schedule import Schedule
from lrkit.core.shapes import hold
from lrkit.core.validate import number, refuse, whole
from lrkit.like.arguments import LENGTH
from lrkit.like.call import Dialect, dialect
from lrkit.like.stored import in_text
from lrkit.like.torch.one_cycle import OneCycle
from lrkit.like.torch.replay import (
    RULES,
    Chain,
    Machine,
    Player,
    Sequence,
    build,
    refusing,
    replay,
    rule_of,
)
from lrkit.like.torch.rule import Group, Rule

OWN_RATES = ("like.torch.CyclicLR", "like.torch.OneCycleLR")
"""Schedulers that do not ask the optimizer for its rate."""


def _checked(who: str, schedulers: Any) -> list[Dialect]:
    """The parts: one or more of torch's schedulers, from their beginning."""
    if not isinstance(schedulers, list):
        raise TypeError(f"{who}: `schedulers` must be a list, got schedulers={schedulers!r}.")
    if not schedulers:
        raise ValueError(f"{who}: `schedulers` must hold one scheduler or more, got none.")
    for i, part in enumerate(schedulers):
        if not isinstance(part, Dialect) or not part.name.startswith("like.torch."):
            raise TypeError(
                f"{who}: `schedulers[{i}]` must be a call of like.torch, got {part!r}. Other "
                "schedules are joined with `|` and multiplied with `*`."
            )
        if part.arguments.get("last_epoch", -1) != -1:
            raise refuse(
                *(who, f"schedulers[{i}]", "at its beginning", part),
                "Leave its last_epoch out, and begin the whole later with `.skip(n)`.",
            )
    return schedulers


def _rate_of_optimizer(who: str, parts: list[Dialect]) -> float:
    """The one `base_lr` of all parts."""
    rates = {part.arguments["base_lr"] for part in _leaves(parts) if part.name not in OWN_RATES}
    if len(rates) > 1:
        raise ValueError(
            f"{who}: all schedulers must have the same base_lr, the rate of the one optimizer, got "
            f"{', '.join(map(repr, sorted(rates)))}."
        )
    return float(rates.pop()) if rates else 1.0


def _leaves(parts: list[Dialect]) -> Iterator[Dialect]:
    for part in parts:
        if part.name in RULES:
            yield part
        else:
            yield from _leaves(part.arguments["schedulers"])


def _bounded(who: str, length: float, parts: list[Dialect]) -> int:
    """How many steps to replay; a short text must not keep a machine busy."""
    most = (MOST_VALUES - in_text(parts)) // _work({"schedulers": parts})
    if length > most:
        rule = f"at most {max(most, 0):,} with so many schedulers"
        raise refuse(who, "length", rule, length, "Chains within it have a `length` too.")
    return int(length)


def _work(given: Mapping[str, Any]) -> int:
    """What a replayed step counts: twice as much as a value that is kept, for each scheduler."""
    return 2 * sum(1 for _ in _leaves(given["schedulers"]))


@dialect(work=_work)
def SequentialLR(
    schedulers: list[Schedule],
    milestones: list[float],
    last_epoch: int = -1,
    *,
    length: int = LENGTH,
) -> Schedule:
    """torch.optim.lr_scheduler.SequentialLR: one scheduler after the other, from each milestone.

        value(t) = schedulers[i](t - milestones[i - 1]), i = how many milestones are at most t

    In lrkit's words `a.take(n) | b`. That is what torch does with schedulers that begin from the
    optimizer's own rate.
    Quirks: a MultiplicativeLR goes on from the rate that it finds; a OneCycleLR, or a CyclicLR that
    comes first, changes the rate that all others begin from; a chain or sequence that comes first
    is one step ahead. Then torch is replayed step by step for `length` steps, and the last holds.

    Args:
        schedulers: Calls of `like.torch`, all with the same `base_lr`.
        milestones: Steps at which the next begins; one fewer than schedulers.
        last_epoch: The schedule begins at step last_epoch + 1.
        length: How many steps are kept where torch must be replayed.

    Raises:
        TypeError: A scheduler is no call of `like.torch`.
        ValueError: None or the wrong number of them, or they differ in `base_lr`.
        NotImplementedError: A chain or sequence begins at a milestone, which torch cannot do.
        ZeroDivisionError: torch divides by zero on the way.

    Source: PyTorch 2.13, torch.optim.lr_scheduler.

    >>> from lrkit import like
    >>> warmup = like.torch.LinearLR(0.5, total_iters=2)
    >>> lr = like.torch.SequentialLR([warmup, like.torch.ExponentialLR(0.5)], milestones=[2])
    >>> [lr(t) for t in range(5)]
    [0.5, 0.75, 1.0, 0.5, 0.25]
    """
    parts = _checked("like.torch.SequentialLR", schedulers)
    if not isinstance(milestones, list):
        raise TypeError(
            f"like.torch.SequentialLR: `milestones` must be a list, got {milestones!r}."
        )
    for milestone in milestones:
        number("like.torch.SequentialLR", "milestones", milestone)
    if len(milestones) != len(parts) - 1:
        rule = f"{len(parts) - 1} steps, one fewer than schedulers"
        raise refuse("like.torch.SequentialLR", "milestones", rule, milestones)
    whole("like.torch.SequentialLR", "length", length)
    rate = _rate_of_optimizer("like.torch.SequentialLR", parts)
    group = Group(rate)
    with refusing("like.torch.SequentialLR", lambda: 0):
        players = [build(part, group) for part in parts]
    join = _join(parts, players, milestones, rate)
    if join is not None:
        return join
    steps = _bounded("like.torch.SequentialLR", length, parts)
    with refusing("like.torch.SequentialLR", lambda: 0):
        sequence = Sequence(players, milestones, group)
    return replay("like.torch.SequentialLR", sequence, group, steps)


def _join(
    parts: list[Dialect], players: list[Machine], milestones: list[float], rate: float
) -> Schedule | None:
    """The parts one after the other, if each plays as if it were alone."""
    first = bisect_right(milestones, 0)
    turns = [0, *milestones[first:], math.inf]
    if milestones != sorted(milestones) or any(at != int(at) for at in turns[:-1]):
        return None
    pieces: list[Schedule] = []
    for part, player, (begin, end) in zip(
        parts[first:], players[first:], pairwise(turns), strict=True
    ):
        if begin == end:
            continue
        with refusing("like.torch.SequentialLR", partial(float, begin)):
            if not isinstance(player, Player) or not _is_alone(part, player, rate, begin == 0):
                return None
        pieces.append(part.expression if end == math.inf else _steps(part.expression, end - begin))
    return reduce(or_, pieces)


def _is_alone(part: Dialect, player: Player, rate: float, is_first: bool) -> bool:
    """Whether a scheduler of a sequence plays as it does alone."""
    if isinstance(player.rule, OneCycle) or player.group.initial != rate or player.found != rate:
        return False
    return is_first or player.rule.again(player.base) == part(0)


def _steps(s: Schedule, n: float) -> Schedule:
    """The first n steps of `s`, its last value held where it is shorter."""
    return s.take(n) if n <= s.length else s | hold(n - s.length, value=s(s.length))


@dialect(work=_work)
def ChainedScheduler(schedulers: list[Schedule], *, length: int = LENGTH) -> Schedule:
    """torch.optim.lr_scheduler.ChainedScheduler: all schedulers at every step, on one rate.

        value(t) = base_lr * shape_1(t) * shape_2(t) * …

    That is what torch does with schedulers that multiply the rate; in lrkit's words `a * b`.
    Quirks: LambdaLR, CyclicLR, OneCycleLR and the warm restarts set the rate anew at every step, so
    what those before them did is lost; CosineAnnealingLR rises from its minimum to a part of the
    optimizer's rate. Then torch is replayed step by step for `length` steps, and the last holds.

    Args:
        schedulers: Calls of `like.torch`, all with the same `base_lr`.
        length: How many steps are kept where torch must be replayed.

    Raises:
        TypeError: A scheduler is no call of `like.torch`.
        ValueError: There is none, or they differ in `base_lr`.
        NotImplementedError: A chain or sequence begins at a milestone, which torch cannot do.
        ZeroDivisionError: torch divides by zero on the way.

    Source: PyTorch 2.13, torch.optim.lr_scheduler.

    >>> from lrkit import like
    >>> half = like.torch.ConstantLR(0.5, total_iters=2)
    >>> lr = like.torch.ChainedScheduler([half, like.torch.ExponentialLR(0.5)])
    >>> [lr(t) for t in range(4)]
    [0.5, 0.25, 0.25, 0.125]
    """
    parts = _checked("like.torch.ChainedScheduler", schedulers)
    whole("like.torch.ChainedScheduler", "length", length)
    rate = _rate_of_optimizer("like.torch.ChainedScheduler", parts)
    product = parts[0].expression if len(parts) == 1 else _product(parts, rate)
    if product is not None:
        return product
    steps, group = _bounded("like.torch.ChainedScheduler", length, parts), Group(rate)
    with refusing("like.torch.ChainedScheduler", lambda: 0):
        chain = Chain([build(part, group) for part in parts], group)
    return replay("like.torch.ChainedScheduler", chain, group, steps)


def _product(parts: list[Dialect], rate: float) -> Schedule | None:
    """The shapes multiplied, if every part does nothing but multiply."""
    links = [link for part in parts for link in _links(part)]
    if None in links:
        return None
    rules = [link for link in links if link is not None]
    shapes = [rule.schedule(1.0) for rule in rules]
    for rule in rules:
        others = [s for s, other in zip(shapes, rules, strict=True) if other is not rule]
        if not all(_is_one_from(s, rule.multiplies_until) for s in others):
            return None
    return rate * reduce(mul, shapes)


def _links(part: Dialect) -> Iterator[Rule | None]:
    """The rules of a part, those of inner chains too; None for an inner sequence."""
    if part.name in RULES:
        yield rule_of(part)
    elif part.name == "like.torch.ChainedScheduler":
        for inner in part.arguments["schedulers"]:
            yield from _links(inner)
    else:
        yield None


def _is_one_from(s: Schedule, step: float) -> bool:
    """Whether `s` changes nothing any more from a step on."""
    return step == math.inf or (s.length <= step and s(s.length) == 1.0)
