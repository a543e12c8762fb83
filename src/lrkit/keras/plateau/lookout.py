"""Looking at the training loss: is it a number, and has it leapt?"""

import math


class Lookout:
    """Finds a loss that is not finite, or beyond `spike` times the last good one.

    Within an epoch Keras logs the running mean since its beginning, in which a spike drowns. So a
    look takes the mean of the batches since the look before out of it.

    Args:
        spike: How many times the last good loss is too much, above 1. None: only looks for NaN.
        every: Batches from one look within an epoch to the next. None: none within an epoch.
    """

    def __init__(self, spike: float | None, every: int | None) -> None:
        self._spike = spike
        self._every = every
        self.begin_epoch()

    def begin_epoch(self) -> None:
        """No batch yet, no look yet."""
        self._has_looked = False
        self._restart(0)

    def begin_again(self) -> None:
        """The running mean begins anew in the middle of an epoch."""
        self._restart(self._next)

    def _restart(self, batch: int) -> None:
        self._first = self._looked = self._next = batch
        self._mean = 0.0  # of the batches from _first to before _looked

    def is_due(self, batch: int) -> bool:
        """Whether to look after this batch; with several in one execution, their last.

        Args:
            batch: Its number in the epoch, from 0.
        """
        every = self._every
        self._next = batch + 1
        return every is not None and (batch + 1) // every > self._looked // every

    def recent(self, batch: int, mean: float) -> float:
        """The mean loss since the last look.

        Args:
            batch: The batch that has just been trained.
            mean: Keras's running mean.
        """
        count, before = batch + 1 - self._first, self._looked - self._first
        recent = (mean * count - self._mean * before) / (count - before)
        self._looked, self._mean, self._has_looked = batch + 1, mean, True
        return recent

    @property
    def has_looked(self) -> bool:
        """Whether there has been a look within this epoch."""
        return self._has_looked

    @property
    def is_empty(self) -> bool:
        """Whether no batch has come since the running mean began anew within this epoch."""
        return self._has_looked and self._next == self._first

    def trouble(self, loss: float, good: float | None) -> str | None:
        """What is wrong with a loss, in words; None: nothing.

        Args:
            loss: The mean loss of some batches.
            good: The last good one. A ratio says nothing unless it is positive.
        """
        if not math.isfinite(loss):
            return f"the loss is {loss}"
        if self._spike is not None and good is not None and 0.0 < good * self._spike < loss:
            return f"the loss is {loss:.5g}, beyond {self._spike:g} times the {good:.5g} before"
        return None
