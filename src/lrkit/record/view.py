"""What was recorded, as its user reads it, whatever framework trained."""

from collections.abc import Mapping

import numpy as np

from lrkit.record.columns import RATE, Record
from lrkit.record.plotted import Plotted


class View(Plotted):
    """The updates of one optimizer or parameter group, one row for each."""

    @property
    def steps(self) -> np.ndarray:
        """The number of each recorded update, from 0 (int64)."""
        return self._record.columns().steps

    @property
    def epochs(self) -> np.ndarray:
        """The epoch of each recorded update, from 0 (int64)."""
        return self._record.columns().epochs

    @property
    def learning_rates(self) -> np.ndarray:
        """The rate of each recorded update, with the factor in it, as the framework had it."""
        return self._record.columns().rates

    @property
    def hyperparameters(self) -> dict[str, np.ndarray]:
        """By name, each scheduled number beside the rate: its value at each update."""
        values = self._record.columns().values
        return {name: column for name, column in values.items() if name != RATE}

    @property
    def factors(self) -> list[tuple[int, float]]:
        """Each factor of the schedule's rate, which a plateau cuts, with its first update."""
        return self._record.factors()

    @property
    def segments(self) -> list[slice]:
        """Slices of the data, one for each stretch of updates that follow one another."""
        return self._record.segments()

    def _drawn(self) -> Mapping[str, Record]:
        return {"": self._record}

    @property
    def _record(self) -> Record:
        """The columns, up to date."""
        raise NotImplementedError
