"""What a scheduled optimizer multiplied its rate by, update for update."""

from bisect import bisect_right
from typing import Any

import keras
import numpy as np

from lrkit.keras.steps import concrete, tensor_of


class Factors:
    """The `factor` of a `scheduled` optimizer; 1 for every other.

    The optimizer lists each change that was made from the host together with the update from which
    it holds. A change that is not in the list, as by a checkpoint, is seen when an epoch begins.

    Args:
        optimizer: Any Keras optimizer.
    """

    def __init__(self, optimizer: Any) -> None:
        self._optimizer = optimizer
        self._updates: list[int] = []  # the update from which each factor holds
        self._values: list[float] = []
        self._seen = 0  # changes in the optimizer's list that are in ours

    def begin(self, update: int) -> None:
        """Reads the factor as it is when an epoch begins.

        Args:
            update: The next update.
        """
        factor = getattr(self._optimizer, "factor", None)
        value = 1.0
        if isinstance(factor, keras.Variable):
            value = float(np.asarray(concrete(tensor_of(factor))))
        self._updates, self._values = [update], [value]
        self._seen = len(self._changes())

    def at(self, first: int, stop: int) -> np.ndarray:
        """The factor of each of the updates first…stop − 1 (float32).

        Args:
            first: The first update.
            stop: One past the last.
        """
        changes = self._changes()
        for update, value in changes[self._seen :]:
            at = bisect_right(self._updates, update)
            # Where the counter went back, what held from later updates on does not hold any more.
            self._updates[at:], self._values[at:] = [int(update)], [float(value)]
        self._seen = len(changes)
        places = np.searchsorted(self._updates, np.arange(first, stop), side="right") - 1
        return np.asarray(self._values, np.float32)[np.maximum(places, 0)]

    def _changes(self) -> Any:
        return getattr(self._optimizer, "factor_changes", ())
