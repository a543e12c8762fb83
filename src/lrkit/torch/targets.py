"""Where the values of a schedule go: into the numbers of the parameter groups, as they stand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from torch import Tensor

from lrkit.core.schedule import Schedule
from lrkit.record.columns import RATE
from lrkit.torch.hyperparameters import Group, Hyperparameter, plain
from lrkit.torch.members import Member


class Target(NamedTuple):
    """One number of one group, and what the value of its schedule is multiplied by."""

    group: Group
    name: str
    place: int | None
    scale: float


Targets = list[tuple[Schedule, list[Target]]]
"""Each schedule with what it is for, so that it is asked once an update."""


def targets_of(
    hyperparameters: Sequence[Hyperparameter],
    members: Sequence[Member],
    multipliers: Sequence[Any],
    relative: Sequence[str],
    factor: float,
) -> Targets:
    """What is to be set at each update.

    Args:
        hyperparameters: What is scheduled.
        members: The groups.
        multipliers: Of the rate, for each group: a number or a schedule.
        relative: Names of the numbers that are multiples of what the groups had at first.
        factor: A multiple of all rates.
    """
    found: dict[Schedule, list[Target]] = {}
    for one in hyperparameters:
        for member, multiplier in zip(members, multipliers, strict=True):
            schedule = one.of(member)
            if schedule is None:
                continue
            scale = 1.0
            if one.name in relative:
                initial = member.initial[one.name]
                scale = plain(initial if one.place is None else initial[one.place])
            if one.name == "lr":
                if isinstance(multiplier, Schedule):
                    schedule = schedule * multiplier
                else:
                    scale *= multiplier
                scale *= factor
            target = Target(member.group, one.name, one.place, scale)
            found.setdefault(schedule, []).append(target)
    return list(found.items())


def schedules_of(scheduler: Any, group: Group) -> dict[str, Schedule]:
    """The schedules of one group, by the names of their columns in a record; without the factor.

    Args:
        scheduler: A `Scheduler`.
        group: The group.
    """
    found = {}
    for schedule, targets in scheduler._targets_with(factor=1.0):
        for target in targets:
            if target.group is group:
                scaled = schedule if target.scale == 1.0 else target.scale * schedule
                found[word(target.name, target.place)] = scaled
    return found


def word(name: str, place: int | None) -> str:
    """What records call a number of the groups, as Keras does.

    >>> word("lr", None), word("betas", 0), word("weight_decay", None)
    ('learning_rate', 'beta_1', 'weight_decay')
    """
    if name == "lr":
        return RATE
    if place is None:
        return name.lower()
    return f"{'beta' if name == 'betas' else name.lower()}_{place + 1}"


def put(group: Group, name: str, place: int | None, value: float) -> None:
    """Set a number; one that is a tensor keeps its identity, which compiled code holds.

    Args:
        group: The group.
        name: The key.
        place: Which of a tuple.
        value: The number.
    """
    now = group[name]
    if place is not None:
        if isinstance(now[place], Tensor):
            now[place].fill_(value)
            return
        changed = list(now)
        changed[place] = value
        group[name] = type(now)(changed)
    elif isinstance(now, Tensor):
        now.fill_(value)
    else:
        group[name] = value


def own_tensors(groups: Sequence[Group], names: Sequence[str]) -> None:
    """Give each group tensors of its own.

    An optimizer that is made with `lr=torch.tensor(…)` puts this one tensor into all of its groups,
    so that setting the rate of one would set that of all.

    Args:
        groups: Of the optimizer.
        names: Of the numbers that will be set.
    """
    seen: set[int] = set()

    def own(value: Any) -> Any:
        if isinstance(value, tuple | list):
            return type(value)(map(own, value))
        if isinstance(value, Tensor):
            if id(value) in seen:
                value = value.detach().clone()
            seen.add(id(value))
        return value

    for group in groups:
        for name in names:
            if isinstance(group.get(name), Tensor | tuple | list):
                group[name] = own(group[name])
