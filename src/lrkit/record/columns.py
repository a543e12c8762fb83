"""What was recorded, in memory: step, epoch and values of every update."""

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

RATE = "learning_rate"


@dataclass(frozen=True)
class Columns:
    """Updates one below the other.

    Args:
        steps: The number of each update (int64).
        epochs: Its epoch (int64).
        values: By name, `learning_rate` first, what each update had (float32).
        factors: What the schedule's rate was multiplied by; NaN where that is not known. It is in
            the learning rate already. Default: not known.
    """

    steps: np.ndarray
    epochs: np.ndarray
    values: dict[str, np.ndarray]
    factors: np.ndarray = field(default_factory=lambda: np.empty(0, np.float32))

    def __post_init__(self) -> None:
        """Fill in the factors."""
        if self.factors.size != self.steps.size:
            object.__setattr__(self, "factors", np.full(self.steps.size, np.nan, np.float32))

    def __len__(self) -> int:
        return int(self.steps.size)

    @property
    def rates(self) -> np.ndarray:
        """The learning rate of each update."""
        return self.values[RATE]

    @property
    def arrays(self) -> list[np.ndarray]:
        """All the columns."""
        return [self.steps, self.epochs, *self.values.values(), self.factors]

    def part(self, rows: slice) -> "Columns":
        """Some of the rows."""
        values = {name: column[rows] for name, column in self.values.items()}
        return Columns(self.steps[rows], self.epochs[rows], values, self.factors[rows])


def _empty() -> Columns:
    whole, number = np.empty(0, np.int64), np.empty(0, np.float32)
    return Columns(whole, whole.copy(), {RATE: number})


def _joined(stretches: list[Columns]) -> Columns:
    """All the stretches in one; a value that a stretch does not have is NaN there."""
    names = dict.fromkeys(name for stretch in stretches for name in stretch.values)
    return Columns(
        np.concatenate([stretch.steps for stretch in stretches]),
        np.concatenate([stretch.epochs for stretch in stretches]),
        {name: np.concatenate([_column(stretch, name) for stretch in stretches]) for name in names},
        np.concatenate([stretch.factors for stretch in stretches]),
    )


def _column(stretch: Columns, name: str) -> np.ndarray:
    missing = stretch.values.get(name)
    return np.full(len(stretch), np.nan, np.float32) if missing is None else missing


class Record:
    """Columns that grow by whole stretches of updates."""

    def __init__(self) -> None:
        self._stretches: list[Columns] = []

    def append(self, stretch: Columns) -> None:
        """Adds updates that were applied one after another."""
        self._stretches.append(stretch)

    def last(self, name: str) -> float:
        """The last value recorded under a name; NaN while there is none."""
        column = self._stretches[-1].values.get(name) if self._stretches else None
        if column is None or not column.size:  # nothing new: look through all of it
            column = self.columns().values.get(name, np.empty(0))
        return float(column[-1]) if column.size else float("nan")

    def columns(self) -> Columns:
        """All that was recorded, as arrays that cannot be written to."""
        if len(self._stretches) > 1:
            self._stretches = [_joined(self._stretches)]
        columns = self._stretches[0] if self._stretches else _empty()
        for column in columns.arrays:  # what was applied does not change any more
            column.setflags(write=False)
        return columns

    def segments(self) -> list[slice]:
        """Slices of the columns in which each step follows on the one before."""
        steps = self.columns().steps
        breaks = (np.flatnonzero(np.diff(steps) != 1) + 1).tolist()
        edges = [0, *breaks, steps.size]
        return [slice(a, b) for a, b in pairwise(edges) if b > a]

    def factors(self) -> list[tuple[int, float]]:
        """Each factor with the first update that had it."""
        columns = self.columns()
        known = np.flatnonzero(~np.isnan(columns.factors))
        factors = columns.factors[known]
        changes = np.flatnonzero(np.diff(factors, prepend=np.nan) != 0)
        rows = known[changes]
        return list(zip(columns.steps[rows].tolist(), columns.factors[rows].tolist(), strict=True))
