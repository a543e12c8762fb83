"""A parameter group that comes while the optimizer is in use."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from lrkit.core.notice import warn
from lrkit.core.schedule import Schedule
from lrkit.torch.hyperparameters import Hyperparameter, plain
from lrkit.torch.members import Member


def take_in(
    members: Iterable[Member], hyperparameters: Sequence[Hyperparameter], relative: Collection[str]
) -> None:
    """Look whether new groups can have the numbers that are scheduled.

    Args:
        members: The groups that have come.
        hyperparameters: What is scheduled.
        relative: Names whose schedules multiply what a group was made with.

    Raises:
        TypeError: A group has no such number.
    """
    decay = [one for one in hyperparameters if one.name == "weight_decay"]
    is_for_all = bool(decay) and isinstance(decay[0].given, Schedule)
    for member in members:
        for one in hyperparameters:
            if one.of(member) is not None:
                one.check([member.group], is_relative=True)
        has_none = is_for_all and plain(member.group["weight_decay"]) == 0.0
        if has_none and "weight_decay" not in relative:
            member.exempt.add("weight_decay")
            warn(
                "Scheduler: a group has come that has no weight decay, and it stays without. Make "
                "it with another weight_decay than 0 for that of the schedule."
            )
