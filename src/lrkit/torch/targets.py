"""Where the values of a schedule go: into the numbers of the parameter groups, as they stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from torch import Tensor

from lrkit.core.schedule import Schedule
from lrkit.core.text import read
from lrkit.record.columns import RATE
from lrkit.torch.groups import SCALE
from lrkit.torch.hyperparameters import Group, Hyperparameter, plain


class Target(NamedTuple):
    """One number of one group, and what the value of its schedule is multiplied by."""

    group: int
    name: str
    place: int | None
    scale: float


Targets = list[tuple[Schedule, list[Target]]]
"""Each schedule with what it is for, so that it is asked once an update."""


def targets_of(
    hyperparameters: Sequence[Hyperparameter],
    groups: Sequence[Group],
    multipliers: Sequence[Any],
    relative: Sequence[str],
    factor: float,
) -> Targets:
    """What is to be set at each update.

    Args:
        hyperparameters: What is scheduled.
        groups: Of the optimizer; of relative numbers each holds `initial_…`.
        multipliers: Of the rate, for each group: a number or a schedule.
        relative: Names of the numbers that are multiples of what the groups had at first.
        factor: A multiple of all rates.
    """
    found: dict[Schedule, list[Target]] = {}
    for one in hyperparameters:
        for i, schedule in enumerate(one.of(groups)):
            if schedule is None:
                continue
            scale = 1.0
            if one.name in relative:
                initial = groups[i][f"initial_{one.name}"]
                scale = plain(initial if one.place is None else initial[one.place])
            if one.name == "lr":
                multiplier = multipliers[i]
                if isinstance(multiplier, Schedule):
                    schedule = schedule * multiplier
                else:
                    scale *= multiplier
                scale *= factor
            found.setdefault(schedule, []).append(Target(i, one.name, one.place, scale))
    return list(found.items())


def schedules_of(scheduler: Any, group: int) -> dict[str, Schedule]:
    """The schedules of one group, by the names of their columns in a record; without the factor.

    Args:
        scheduler: A `Scheduler`.
        group: The number of the group.
    """
    groups, found = scheduler._inner.param_groups, {}
    scheduled = (scheduler._hyperparameters, groups, scheduler.multipliers, scheduler._relative)
    for schedule, targets in targets_of(*scheduled, factor=1.0):
        for target in targets:
            if target.group == group:
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
    return name if place is None else f"{name.removesuffix('s')}_{place + 1}"


def multipliers_of(groups: Sequence[Group], given: Mapping[int, Any]) -> list[Any]:
    """The multiple of the rate of each group: of its `lr_scale`, and as it was given.

    Args:
        groups: Of the optimizer.
        given: By number of the group, numbers and schedules.
    """
    found = []
    for i, group in enumerate(groups):
        own: Any = group.get(SCALE, 1.0)
        own = read(own) if isinstance(own, str) else plain(own)
        other = given.get(i, 1.0)
        found.append(0.0 if own == 0.0 or other == 0.0 else own * other)
    return found


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
    for group in groups:
        for name in names:
            value = group.get(name)
            if isinstance(value, Tensor):
                if id(value) in seen:
                    value = group[name] = value.detach().clone()
                seen.add(id(value))


def keep_initial(groups: Sequence[Group], name: str) -> list[Any]:
    """What the groups have at first, which a relative schedule multiplies.

    It is kept in the group, as PyTorch's schedulers keep `initial_lr`.

    Args:
        groups: Of the optimizer.
        name: Of the number.
    """
    key = f"initial_{name}"
    for group in groups:
        if key not in group:
            value = group[name]
            many = isinstance(value, tuple | list)
            group[key] = tuple(map(plain, value)) if many else plain(value)
    return [group[key] for group in groups]
