"""The parameter groups as the program made them, whatever a checkpoint says of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lrkit.core.schedule import Schedule
from lrkit.core.text import read
from lrkit.multipliers import Multiplier, product
from lrkit.torch.groups import SCALE
from lrkit.torch.hyperparameters import Group, plain


class Member:
    """One group, and what the program said of it when it came.

    Args:
        group: The group of the optimizer.
        number: Its place when it came.
        relative: Names of numbers whose first value is kept.
    """

    def __init__(self, group: Group, number: int, relative: Sequence[str]) -> None:
        self.group = group
        self.number = number
        self.name: str | None = group.get("name")
        self.scale: Any = group.get(SCALE)
        self.initial = {name: _initial(group, name) for name in ("lr", *relative)}
        self.exempt: set[str] = set()  # numbers that no schedule for all is meant for

    def among(self, by_group: Mapping[Any, Any]) -> list[Any]:
        """What a mapping by number or name of a group has for it."""
        keys = dict.fromkeys((self.number, self.name))
        return [by_group[key] for key in keys if key is not None and key in by_group]

    def multiplier(self, given: Mapping[Any, Multiplier]) -> Multiplier:
        """The multiple of its rate: by its `lr_scale`, and as it was given."""
        own: Any = 1.0 if self.scale is None else self.scale
        found: Multiplier = read(own) if isinstance(own, str) else plain(own)
        for one in self.among(given):
            found = product(found, one)
        return found

    def put_back(self, group: Group) -> tuple[Any, Any] | None:
        """Take the group of a loaded optimizer, with what the program said of it.

        Returns:
            The `lr_scale` of the checkpoint and the program's, where they differ.
        """
        loaded = group.get(SCALE)
        for key, value in (("name", self.name), (SCALE, self.scale)):
            if value is None:
                group.pop(key, None)
            else:
                group[key] = value
        for name, value in self.initial.items():
            group[f"initial_{name}"] = value
        self.group = group
        return None if loaded == self.scale else (loaded, self.scale)


class Members:
    """All groups of an optimizer, in its order.

    Args:
        groups: Of the optimizer.
        relative: Names of numbers whose first value is kept.
    """

    def __init__(self, groups: Sequence[Group], relative: Sequence[str]) -> None:
        self._relative = relative
        self._born = 0
        self.all: list[Member] = []
        self.refresh(groups)

    def refresh(self, groups: Sequence[Group]) -> list[Member]:
        """Take the groups as they are now; those that came are returned."""
        known = {id(one.group): one for one in self.all}
        came = []
        self.all = []
        for group in groups:
            if (member := known.get(id(group))) is None:
                member = Member(group, self._born, self._relative)
                self._born += 1
                came.append(member)
            self.all.append(member)
        return came

    def put_back(self, groups: Sequence[Group]) -> list[tuple[Any, Any]]:
        """Take the groups of a loaded optimizer, which stand in the same order.

        Returns:
            What `Member.put_back` told.
        """
        told = [one.put_back(group) for one, group in zip(self.all, groups, strict=True)]
        return [change for change in told if change is not None]

    def multipliers(self, given: Mapping[Any, Multiplier]) -> list[Multiplier]:
        """The multiple of the rate of each."""
        return [one.multiplier(given) for one in self.all]


def _initial(group: Group, name: str) -> Any:
    """What the group had at first: kept in it, as PyTorch's schedulers keep `initial_lr`."""
    key = f"initial_{name}"
    if name not in group:
        return None
    if key not in group:
        value = group[name]
        many = isinstance(value, tuple | list)
        group[key] = tuple(map(plain, value)) if many else plain(value)
    return group[key]


def as_plain(multiplier: Multiplier) -> float | str:
    """A multiple as a state holds it."""
    return repr(multiplier) if isinstance(multiplier, Schedule) else multiplier
