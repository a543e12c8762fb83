"""What was recorded, in memory: step, epoch and rate of every update."""

from itertools import pairwise

import numpy as np

Columns = tuple[np.ndarray, np.ndarray, np.ndarray]  # steps, epochs, rates

_EMPTY = (np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.float32))


class Record:
    """Three columns that grow by whole stretches of updates."""

    def __init__(self) -> None:
        self._stretches: list[Columns] = []

    def append(self, steps: np.ndarray, epochs: np.ndarray, rates: np.ndarray) -> None:
        """Adds updates that were applied one after another."""
        self._stretches.append((steps, epochs, rates))

    @property
    def last_rate(self) -> float:
        """The last rate recorded; NaN while there is none."""
        return float(self.columns()[2][-1]) if self.columns()[2].size else float("nan")

    def columns(self) -> Columns:
        """Steps (int64), epochs (int64) and rates (float32)."""
        if len(self._stretches) > 1:
            steps, epochs, rates = map(np.concatenate, zip(*self._stretches, strict=True))
            self._stretches = [(steps, epochs, rates)]
        columns = self._stretches[0] if self._stretches else _EMPTY
        for column in columns:  # what was applied does not change any more
            column.setflags(write=False)
        return columns

    def segments(self) -> list[slice]:
        """Slices of the columns in which each step follows on the one before."""
        steps = self.columns()[0]
        breaks = (np.flatnonzero(np.diff(steps) != 1) + 1).tolist()
        edges = [0, *breaks, steps.size]
        return [slice(a, b) for a, b in pairwise(edges) if b > a]
