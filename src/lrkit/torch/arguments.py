"""Checks of the arguments of a `Scheduler`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from torch.optim import Optimizer

from lrkit.core.validate import number, refuse
from lrkit.multipliers import Multiplier, as_multiplier
from lrkit.torch.groups import places_of
from lrkit.torch.hyperparameters import WHO, Group, Hyperparameter


def unwrapped(optimizer: Any, who: str = WHO) -> Any:
    """The optimizer that makes the updates, from within a wrapper such as Accelerate's.

    Args:
        optimizer: The optimizer or the wrapper.
        who: What the user called.

    Raises:
        TypeError: There is none.
    """
    inner = optimizer
    # A wrapper may call itself an Optimizer, without having what one has.
    while not hasattr(inner, "_optimizer_step_post_hooks") and hasattr(inner, "optimizer"):
        inner = inner.optimizer
    if not isinstance(inner, Optimizer):
        raise TypeError(
            f"{who}: `optimizer` must be an optimizer of PyTorch, got {type(optimizer).__name__}. "
            "Make it first: torch.optim.AdamW(model.parameters())."
        )
    return inner


def as_update(who: str, argument: str, value: Any) -> int:
    """A number of updates, of 0 or more."""
    found = number(who, argument, value)
    if found < 0 or found != int(found):
        way_out = "Updates count from 0."
        raise refuse(who, argument, "a whole number of 0 or more", value, way_out)
    return int(value)


def as_counts(counts: Any) -> bool:
    """Whether updates are counted, and not calls."""
    if counts not in ("updates", "calls"):
        way_out = "Leave it out for updates of the weights."
        raise refuse(WHO, "counts", '"updates" or "calls"', counts, way_out)
    return bool(counts == "updates")


def as_relative(relative: Any, hyperparameters: Sequence[Hyperparameter]) -> tuple[str, ...]:
    """The names of what is relative to the numbers that the groups had at first."""
    if isinstance(relative, bool):
        return ("lr",) if relative else ()
    if isinstance(relative, str) or not isinstance(relative, Sequence):
        raise TypeError(
            f"{WHO}: `relative` must be True, False or a tuple of names, got relative="
            f'{relative!r}. Write relative=("lr", "weight_decay").'
        )
    names = {one.name for one in hyperparameters}
    for name in relative:
        if name not in names:
            way_out = f"These are scheduled: {', '.join(sorted(names))}."
            raise refuse(WHO, "relative", "names of what is scheduled", name, way_out)
    return tuple(relative)


def as_multipliers(multipliers: Any, groups: Sequence[Group]) -> dict[int | str, Multiplier]:
    """The multiples of the rate, by number or name of the group."""
    if multipliers is not None and not isinstance(multipliers, Mapping):
        raise TypeError(
            f"{WHO}: `multipliers` must be a dict by number or name of a group, got multipliers="
            f'{multipliers!r}. Write for example multipliers={{"head": 10.0}}.'
        )
    for key in multipliers or {}:
        places_of(WHO, "multipliers", key, groups)
    return {key: as_multiplier(WHO, key, value) for key, value in (multipliers or {}).items()}


def check_rate(hyperparameters: Sequence[Hyperparameter], multipliers: Any) -> None:
    """Refuses multiples of a rate that is not scheduled.

    Raises:
        TypeError: There are some.
    """
    if multipliers and not any(one.name == "lr" for one in hyperparameters):
        raise TypeError(
            f"{WHO}: `multipliers` must be left out unless `lr` is given, got multipliers="
            f"{multipliers!r}. They are multiples of the rate."
        )
