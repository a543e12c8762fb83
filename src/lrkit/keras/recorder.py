"""A Keras callback that keeps the rate of every update."""

import os
from dataclasses import dataclass
from typing import Any, Literal, cast

import keras
import numpy as np

from lrkit.keras.applied import Applied
from lrkit.keras.findings import Tracing, warn_accumulation, warn_too_short
from lrkit.keras.notice import warn
from lrkit.keras.rate_file import RateFile
from lrkit.keras.record import Record


@dataclass
class _Epoch:
    """The epoch that is under way."""

    number: int  # as Keras counts, from 0
    applied: Applied
    first: int  # its first update
    next: int  # the first update that is not recorded yet
    setting: float | None  # the rate, where it is a number and not a schedule


class Recorder(keras.callbacks.Callback):
    """Records the learning rate that was applied at each update.

    It reads the optimizer's counter when an epoch begins and ends, and evaluates the schedule for
    the updates between, all at once and on the host; so it costs nothing per batch, 20 bytes per
    update, and leaves the training compiled. It counts updates, not batches: one that mixed
    precision skipped, and the batches that are only accumulated, are not in it. It works with a
    `LearningRate`, with the schedules of Keras, and with a number, also one that callbacks change
    between epochs (one changed within an epoch is recorded as it was at the epoch's first batch).

    It puts `learning_rate`, the last rate applied, into the logs of each epoch, so that `History`,
    `CSVLogger` and `TensorBoard` show it; put it before them in the list of callbacks. It warns if
    the optimizer accumulates gradients and its `LearningRate` was not told, if the schedule ends
    before the run, and if a schedule was replaced where Keras cannot see it any more.

    Its data may be read at any time, also after an interrupted fit. A second fit appends. Where
    the counter went back, as after loading an older checkpoint, a new segment begins.

    Args:
        print_every: `"epoch"` prints the rate at the begin of each epoch; a whole number n from 1
            prints at the end of each epoch the rate of every n-th update in it. Default: nothing.
        csv: A file for one row per update: step, epoch (both from 0) and learning_rate (float32,
            to the last digit). It is written at the end of each epoch. An existing one is
            continued: cut to the restored counter, and filled up to it where a kill came before it
            was written; its earlier rows are then in the data too. With several workers give it to
            one.

    Raises:
        TypeError: When the training begins, for a `MultiOptimizer`, which has no one rate.
        ValueError: If `csv` is not such a file or in no folder.

    Source: measured behaviour of Keras 3, whose own logs show the rate of the *next* update.

    >>> recorder = Recorder(print_every="epoch")
    >>> recorder.learning_rates
    array([], dtype=float32)
    """

    def __init__(
        self,
        print_every: Literal["epoch"] | int | None = None,
        csv: str | os.PathLike[str] | None = None,
    ) -> None:
        super().__init__()
        self._print_every = _checked_print_every(print_every)
        self._file = None if csv is None else RateFile(csv)
        self._file_is_ready = False
        self._record = Record()
        self._tracing = Tracing()
        self._epoch: _Epoch | None = None
        self._length_is_checked = False

    @property
    def steps(self) -> np.ndarray:
        """The number of each recorded update, from 0 (int64)."""
        return self._up_to_date().columns()[0]

    @property
    def epochs(self) -> np.ndarray:
        """The epoch of each recorded update, from 0 as in `History.epoch` (int64)."""
        return self._up_to_date().columns()[1]

    @property
    def learning_rates(self) -> np.ndarray:
        """The rate of each recorded update (float32)."""
        return self._up_to_date().columns()[2]

    @property
    def segments(self) -> list[slice]:
        """Slices of the data, one for each stretch of updates that follow one another.

        More than one: the counter went back (a checkpoint was restored), or went on unrecorded.
        """
        return self._up_to_date().segments()

    def plot(self, *, log: bool = False, ax: Any = None, title: str | None = None) -> Any:
        """A matplotlib figure of the rate against the update, one line for each segment.

        Args:
            log: Logarithmic rates.
            ax: Matplotlib axes to draw into. Default: a new figure.
            title: Title of the axes.

        Raises:
            ImportError: matplotlib is not installed.
            ValueError: Nothing is recorded yet.
        """
        from lrkit.keras.picture import plot

        return plot(self._up_to_date(), log=log, ax=ax, title=title)

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Called by Keras: refuses an optimizer without a rate of its own."""
        Applied(self.model)
        self._length_is_checked = False

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Called by Keras: reads the counter. By now every callback has restored what it will."""
        self._close()
        applied = self._tracing.applied(self.model)
        first = applied.updates()
        setting = applied.setting() if applied.is_settable else None
        self._epoch = _Epoch(epoch, applied, first, first, setting)
        self._continue_file(self._epoch)
        if not self._length_is_checked:
            self._check_length(epoch, applied)
        if applied.is_settable:
            # Callbacks after this one may still set the rate in their own `on_epoch_begin`. It is
            # an attribute, for one batch, since a method would be called at each.
            self.on_train_batch_begin = self._at_first_batch
        else:
            self._print_epoch(self._epoch)

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Called by Keras: records the epoch and logs its last rate."""
        under_way = self._epoch
        self._close()
        if logs is not None:
            logs["learning_rate"] = self._record.last_rate
        if under_way is not None and not self._length_is_checked:
            batches = (under_way.next - under_way.first) * under_way.applied.accumulation
            self._check_length(epoch + 1, under_way.applied, batches)

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        """Called by Keras: records what is left."""
        self._close()

    def _at_first_batch(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        del self.on_train_batch_begin
        if self._epoch is not None:
            self._epoch.setting = self._epoch.applied.setting()
            self._print_epoch(self._epoch)

    def _up_to_date(self) -> Record:
        self._flush()
        return self._record

    def _close(self) -> None:
        self._flush()
        self._epoch = None
        self.__dict__.pop("on_train_batch_begin", None)  # no batch came

    def _flush(self) -> None:
        """Records the updates since the counter was last read."""
        epoch = self._epoch
        if epoch is None:
            return
        _ = self.model  # on JAX this brings the counter back from the training loop
        stop = epoch.applied.updates()
        if stop < epoch.next:  # restored to an older state in the middle of an epoch
            epoch.next = stop
            self._continue_file(epoch)
        elif stop > epoch.next:
            rates = self._add(epoch, epoch.next, np.full(stop - epoch.next, epoch.number))
            self._print_updates(epoch.next, rates)
            epoch.next = stop

    def _add(self, epoch: _Epoch, first: int, numbers: np.ndarray) -> np.ndarray:
        """Records the updates from `first` on, one for each number of an epoch."""
        steps = np.arange(first, first + len(numbers))
        rates = epoch.applied.rates(first, first + len(numbers), epoch.setting)
        self._record.append(steps, numbers, rates)
        if self._file is not None:
            self._file.append(steps, numbers, rates)
        return rates

    def _continue_file(self, epoch: _Epoch) -> None:
        """Cuts the file to the counter; the first time, reads it back and fills it up."""
        if self._file is None:
            return
        if self._file_is_ready:
            if self._file.goes_beyond(epoch.next):
                self._file.resume(epoch.next)
            return
        self._file_is_ready = True
        kept = self._file.resume(epoch.next)
        if kept is not None:
            self._record.append(*kept)
            self._fill(epoch, kept[0], kept[1], self._file.was_torn)

    def _fill(self, epoch: _Epoch, steps: np.ndarray, epochs: np.ndarray, torn: bool) -> None:
        """Adds the updates between the end of the file and the counter.

        The weights have them, but a kill came before the file had: within this epoch, or between
        the checkpoint and the file at the end of the one before.
        """
        first = int(steps[-1]) + 1 if steps.size else 0
        if first == epoch.next:
            return
        # A file without rows: killed in its first epoch, epoch 0 unless fit was told another.
        unwritten = -1 if epoch.number <= 1 else epoch.number - 1
        before = int(epochs[-1]) if epochs.size else unwritten
        if epoch.number > before + 2:
            warn(
                f"Recorder: the rates of updates {first} to {epoch.next - 1} are not in the file "
                "that is continued, since they were trained without it. They stay out.",
            )
            return
        numbers = np.full(epoch.next - first, min(epoch.number, before + 1))
        if torn and epochs.size:  # the kill came while `before` was being written
            batches = self._told("steps") or 0
            written = np.count_nonzero(epochs == before)
            numbers[: max(batches // epoch.applied.accumulation - written, 0)] = before
        self._add(epoch, first, numbers)

    def _told(self, name: str) -> int | None:
        """What Keras tells of the fit: its `epochs`, and the `steps` (batches) of an epoch."""
        return (self.params or {}).get(name)

    def _check_length(self, epoch: int, applied: Applied, batches: int | None = None) -> None:
        """Warns, once a fit, of a schedule that does not fit the epochs from `epoch` on."""
        epochs, batches = self._told("epochs"), self._told("steps") or batches
        if epochs is None or batches is None:
            return  # Keras does not know the length of the data yet: after the first epoch
        self._length_is_checked = True
        if not warn_accumulation(applied):
            warn_too_short(applied, (epochs - epoch) * batches)

    def _print_epoch(self, epoch: _Epoch) -> None:
        if self._print_every != "epoch":
            return
        rate = epoch.applied.rates(epoch.first, epoch.first + 1, epoch.setting)[0]
        epochs = self._told("epochs")
        name = f"Epoch {epoch.number + 1}" + (f"/{epochs}" if epochs else "")
        print(f"{name}: learning rate {rate:.5g} from update {epoch.first}", flush=True)

    def _print_updates(self, first: int, rates: np.ndarray) -> None:
        if not isinstance(self._print_every, int):
            return
        for i in range(-first % self._print_every, len(rates), self._print_every):
            print(f"Update {first + i}: learning rate {rates[i]:.5g}", flush=True)


def _checked_print_every(print_every: Any) -> Literal["epoch"] | int | None:
    rule = (
        'Recorder: `print_every` must be None, "epoch" or a whole number of updates from 1, got '
        f'print_every={print_every!r}. Write "epoch" for one line per epoch.'
    )
    if print_every is None or isinstance(print_every, str):
        if print_every in (None, "epoch"):
            return cast("Literal['epoch'] | None", print_every)
        raise ValueError(rule)
    if isinstance(print_every, bool) or not isinstance(print_every, int):
        raise TypeError(rule)
    if print_every < 1:
        raise ValueError(rule)
    return print_every
