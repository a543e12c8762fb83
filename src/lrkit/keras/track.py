"""The record of one optimizer, in memory and in its file, kept up with its counter."""

from dataclasses import dataclass

import numpy as np

from lrkit.core.notice import warn
from lrkit.keras.applied import Applied
from lrkit.record.columns import Columns, Record
from lrkit.record.rate_file import RateFile


@dataclass
class Epoch:
    """The epoch that is under way.

    Args:
        number: As Keras counts, from 0.
        batches: How many batches Keras says it has; None if it does not say.
        is_first: Whether a fit begins with it.
    """

    number: int
    batches: int | None
    is_first: bool


@dataclass
class Fit:
    """One call of fit.

    Args:
        row: Its first row of the record.
        first: Its first update.
        epoch: Its first epoch, from 0.
        skipped: Batches that mixed precision left out.
    """

    row: int
    first: int
    epoch: int
    skipped: int = 0


class Track:
    """Records one optimizer: what each of its updates had, each update once.

    Args:
        file: The file that it keeps, or None.
    """

    def __init__(self, file: RateFile | None = None) -> None:
        self.record = Record()
        self.fits: list[Fit] = []
        self.batches_per_epoch: int | None = None
        self.applied: Applied | None = None
        self.next = 0  # the first update that is not recorded yet
        self.first = 0  # the first update of the epoch
        self.setting: float | None = None  # the rate, where it is a number and not a schedule
        self.file = file
        self._file_is_ready = False
        self.epoch = Epoch(0, None, False)
        self._counter: int | None = None  # Keras's own at the begin of an epoch, gone on from since
        self._is_open = False
        self.is_compiled = False  # whether the training function is

    @property
    def keys(self) -> dict[str, str]:
        """By the name of a column, what the logs call it."""
        return {} if self.applied is None else self.applied.keys

    @property
    def missing(self) -> int:
        """Updates that are not recorded yet; below 0 where the counter went back."""
        if self.applied is None or not self._is_open:
            return 0
        return self.applied.updates() - self.next

    def begin(self, epoch: Epoch, applied: Applied) -> None:
        """Begins an epoch; the first time, goes on with the file.

        Args:
            epoch: The epoch.
            applied: The optimizer as it is applied in it.
        """
        self.applied, self.epoch, self._is_open = applied, epoch, True
        self._counter = applied.counter()
        self.first = self.next = applied.updates()
        applied.factors.begin(self.next)
        self.set_again()
        self._continue_file(applied)
        if epoch.is_first:
            self.fits.append(Fit(len(self.record.columns()), self.next, epoch.number))

    def hold(self, applied: Applied) -> None:
        """Takes the optimizer as it is now, at the first batch that a new function trains.

        Args:
            applied: The optimizer.
        """
        self.applied = applied
        applied.factors.begin(self.next)

    def set_again(self) -> None:
        """Reads a rate that is a number once more: callbacks may have set it."""
        if self.applied is not None and self.applied.is_settable:
            self.setting = self.applied.setting()

    def go_back(self) -> None:
        """Takes note that an older state was restored in the middle of the epoch."""
        if self.applied is not None:
            self.next, self._counter = self.applied.updates(), None
            self.applied.factors.begin(self.next)
            self._continue_file(self.applied)

    def catch_up(self) -> Columns | None:
        """Records the updates since the last time; None where there are none."""
        count = self.missing
        if self.applied is None or count <= 0:
            return None
        if self.is_compiled:
            self.applied.as_compiled()
        added = self._add(self.applied, self.next, np.full(count, self.epoch.number))
        self.next += count
        return added

    def end(self, is_whole: bool) -> None:
        """Takes note of the end of an epoch that is recorded.

        Args:
            is_whole: Whether all of its batches were trained.
        """
        applied, batches = self.applied, self.epoch.batches
        if applied is None or batches is None or not is_whole:
            return
        self.batches_per_epoch = batches
        if applied.is_scaled and self._counter is not None:
            self.fits[-1].skipped += max(batches - (applied.counter() - self._counter), 0)

    def close(self) -> None:
        """Asks the optimizer nothing any more, until an epoch begins."""
        self._is_open = False

    def rate_ahead(self) -> float:
        """The rate of the first update of the epoch."""
        if self.applied is None:
            return float("nan")
        ahead = self.applied.columns(self.first, np.zeros(1, np.int64), self.setting)
        return float(ahead.rates[0])

    def _add(self, applied: Applied, first: int, epochs: np.ndarray) -> Columns:
        """Records the updates from `first` on, one for each number of an epoch."""
        columns = applied.columns(first, epochs, self.setting)
        self.record.append(columns)
        if self.file is not None:
            self.file.append(columns)
        return columns

    def _continue_file(self, applied: Applied) -> None:
        """Cuts the file to the counter; the first time, reads it back and fills it up."""
        if self.file is None:
            return
        if self._file_is_ready:
            if not self.file.fits(self.next, applied.names):
                self.file.resume(self.next, applied.names)
            return
        kept = self.file.resume(self.next, applied.names)
        self._file_is_ready = True
        if kept is not None:
            self.record.append(kept)
            self._fill(applied, kept, self.file.was_torn)

    def _fill(self, applied: Applied, kept: Columns, torn: bool) -> None:
        """Adds the updates between the end of the file and the counter.

        The weights have them, but a kill came before the file had: within this epoch, or between
        the checkpoint and the file at the end of the one before.
        """
        steps, epochs, number = kept.steps, kept.epochs, self.epoch.number
        first = int(steps[-1]) + 1 if steps.size else 0
        if first == self.next:
            return
        # A file without rows: killed in its first epoch, epoch 0 unless fit was told another.
        unwritten = -1 if number <= 1 else number - 1
        before = int(epochs[-1]) if epochs.size else unwritten
        if number > before + 2:
            warn(
                f"Recorder: the rates of updates {first} to {self.next - 1} are not in the file "
                "that is continued, since they were trained without it. They stay out.",
            )
            return
        numbers = np.full(self.next - first, min(number, before + 1))
        if torn and epochs.size:  # the kill came while `before` was being written
            batches = self.epoch.batches or 0
            written = np.count_nonzero(epochs == before)
            numbers[: max(batches // applied.accumulation - written, 0)] = before
        self._add(applied, first, numbers)
