"""What a `Recorder` writes down of each update: a column for each number of each group."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from torch import Tensor

from lrkit.record.columns import Columns
from lrkit.torch.hyperparameters import Group, plain
from lrkit.torch.targets import word


class Column(NamedTuple):
    """One number of one group."""

    title: str  # of the column, in files too
    name: str  # in the record of the group
    owner: str  # what that record is called
    group: Group
    key: str
    place: int | None


def columns_of(
    groups: Sequence[tuple[int, Group]], numbers: Sequence[tuple[str, int | None]]
) -> list[Column]:
    """The columns of all groups; the titles of group 0 are the names themselves.

    Args:
        groups: Of the optimizer, each with its number.
        numbers: What is recorded beside the rate: the key, and which of a tuple.
    """
    found: list[Column] = []
    for number, group in groups:
        owner = _new(str(group.get("name", number)), {column.owner for column in found}, number)
        slug = re.sub("[^a-z0-9]+", "_", owner.lower()).strip("_")
        for key, place in [("lr", None), *numbers]:
            if key in group:
                name = word(key, place)
                title = name if number == 0 else f"{name}_{slug or number}"
                title = _new(title, {column.title for column in found}, number)
                found.append(Column(title, name, owner, group, key, place))
    return found


def _new(name: str, taken: set[str], number: int) -> str:
    """The name, longer until nothing else is called so: PyTorch lets groups have equal names."""
    while name in taken:
        name = f"{name}_{number}"
    return name


def read(columns: Sequence[Column]) -> list[Any]:
    """The numbers as they are now: of a tensor a copy, since reading it would wait for a GPU."""
    row = []
    for column in columns:
        value = column.group[column.key]
        if column.place is not None:
            value = value[column.place]
        row.append(value.detach().clone() if isinstance(value, Tensor) else value)
    return row


class Rows:
    """Updates that were made and are not in the record yet.

    Args:
        columns: What is in a row.
    """

    def __init__(self, columns: Sequence[Column]) -> None:
        self.columns = list(columns)
        self._steps: list[int] = []
        self._epochs: list[int] = []
        self._factors: list[float] = []
        self._values: list[list[Any]] = []

    def __len__(self) -> int:
        return len(self._steps)

    def add(self, step: int, epoch: int, factor: float) -> None:
        """One more update, with the numbers that the groups have now."""
        self._steps.append(step)
        self._epochs.append(epoch)
        self._factors.append(factor)
        self._values.append(read(self.columns))

    def take(self) -> Columns:
        """All of them, once."""
        values = [[plain(value) for value in row] for row in self._values]
        table = np.array(values, np.float64).reshape(len(values), len(self.columns))
        found = Columns(
            np.array(self._steps, np.int64),
            np.array(self._epochs, np.int64),
            {column.title: table[:, i].copy() for i, column in enumerate(self.columns)},
            np.array(self._factors, np.float64),
        )
        self._steps, self._epochs, self._factors, self._values = [], [], [], []
        return found
