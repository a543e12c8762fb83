"""A Keras callback that keeps the rate of every update."""

import os
from typing import Any, Literal

import keras

from lrkit.keras.advice import Advice
from lrkit.keras.applied import Applied, appliers
from lrkit.keras.board import Board
from lrkit.keras.reading import Reading
from lrkit.keras.tracing import Tracing
from lrkit.keras.track import Epoch, Track
from lrkit.record.columns import RATE, Columns
from lrkit.record.printing import checked_print_every, print_epoch, print_updates
from lrkit.record.rate_file import RateFile

_RESTORE = (
    "restore its model before fit: with load_model, or with load_weights after "
    "model.optimizer.build(model.trainable_variables), since weights that are loaded into an "
    "unbuilt optimizer leave its counter at 0."
)


class Recorder(Reading, keras.callbacks.Callback):
    """Records the learning rate that was applied at each update.

    It reads the optimizer's counter when an epoch begins and ends, and evaluates the schedule for
    the updates between, all at once and on the host; so it costs nothing per batch, about 30 bytes
    per update, and leaves the training compiled. It counts updates, not batches: one that mixed
    precision skipped, and the batches that are only accumulated, are not in it. It works with a
    `LearningRate`, with every hyperparameter of a `scheduled` optimizer and its factor, with the
    schedules of Keras, and with a number, also one that callbacks change between epochs (one
    changed within an epoch is recorded as it was at the epoch's first batch). Of a `MultiOptimizer`
    it records each optimizer: `.optimizers["adam"].learning_rates`.

    It puts `learning_rate`, the last rate applied, and the last value of each scheduled
    hyperparameter into the logs of each epoch, so that `History`, `CSVLogger`, `TensorBoard` and
    the callbacks of experiment trackers show them; put it before them in the list of callbacks. It
    warns of what goes wrong silently otherwise: accumulation that the `LearningRate` was not told,
    a schedule that ends before the run or is over already, one that was replaced where Keras
    cannot see it any more, a counter that was not restored.

    Its data may be read at any time, also after an interrupted fit. A second fit appends. Where
    the counter went back, as after loading an older checkpoint, a new segment begins.

    Args:
        print_every: `"epoch"` prints the rate at the begin of each epoch; a whole number n from 1
            prints at the end of each epoch the rate of every n-th update in it. Default: nothing.
        csv: A file for one row per update: step, epoch (both from 0), learning_rate (float32, to
            the last digit) and each scheduled hyperparameter. It is written at the end of each
            epoch. An existing one is continued: cut to the restored counter, and filled up to it
            where a kill came before it was written; its earlier rows are then in the data too. Of
            a `MultiOptimizer` each optimizer has a file, `rates_adam.csv` for `rates.csv`. With
            several workers give it to one.
        tensorboard: A folder of its own for TensorBoard scalars at the number of each update, under
            the names that the logs have. It is written at the end of each epoch and continued as
            the file is. It needs the package tensorboard, not TensorFlow.

    Raises:
        ImportError: For `tensorboard` without that package.
        TypeError: If `csv` is no path; when the training begins, for a model without optimizer.
        ValueError: If `csv` or `tensorboard` hold something else, or two optimizers have one name.

    Source: measured behaviour of Keras 3, whose own logs show the rate of the *next* update.

    >>> recorder = Recorder(print_every="epoch")
    >>> recorder.learning_rates
    array([], dtype=float32)
    """

    def __init__(
        self,
        print_every: Literal["epoch"] | int | None = None,
        csv: str | os.PathLike[str] | None = None,
        tensorboard: str | os.PathLike[str] | None = None,
    ) -> None:
        super().__init__()
        self._print_every = checked_print_every(print_every)
        self._csv = None if csv is None else RateFile(csv, _RESTORE)
        self._board = None if tensorboard is None else Board(tensorboard)
        self._tracing = Tracing()
        self._advice = Advice()
        self._now: list[Track] = []  # those of the epoch that is under way
        self._epoch: Epoch | None = None
        self._fit_begins = True

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Called by Keras: refuses a model that has no optimizer."""
        appliers(self.model)
        self._advice.fit_begins(self)
        self._fit_begins = True

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Called by Keras: reads the counter. By now every callback has restored what it will."""
        self._close()
        now = self._tracing.applied(self.model)
        tracks = [self._track(applied) for applied in now]
        under_way = Epoch(epoch, self._told("steps"), self._fit_begins)
        for track, applied in zip(tracks, now, strict=True):
            track.is_compiled = not getattr(self.model, "run_eagerly", True)
            track.begin(under_way, applied)
        self._epoch, self._now, self._fit_begins = under_way, tracks, False
        if self._board is not None:
            self._board.go_on(tracks)
        self._advice.epoch_begins(epoch, now, self.params or {})
        if self._tracing.is_new or any(applied.is_settable for applied in now):
            # Callbacks after this one may still set the rate in their own `on_epoch_begin`, and a
            # new function is compiled at its first batch. It is an attribute, for one batch, since
            # a method would be called at each.
            self.on_train_batch_begin = self._at_first_batch
        else:
            self._print_epoch()

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Called by Keras: records the epoch and logs its last values."""
        self._catch_up()
        self._tracing.check()
        is_whole = not getattr(self.model, "stop_training", False)
        for track in self._now:
            track.end(is_whole)
            if logs is not None:
                logs.update({key: track.record.last(name) for name, key in track.keys.items()})
        self._advice.epoch_ends(epoch, self._now, self.params or {})
        self._close()

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        """Called by Keras: records what is left."""
        self._close()

    def _at_first_batch(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        del self.on_train_batch_begin
        if self._epoch is None:
            return
        if self._tracing.is_new:
            for track, applied in zip(self._now, self._tracing.hold(self.model), strict=True):
                track.hold(applied)
        for track in self._now:
            track.set_again()
        self._print_epoch()

    # ---- keeping up ------------------------------------------------------------------------

    def _track(self, applied: Applied) -> Track:
        """The record of an optimizer, begun where it is new."""
        name = applied.name
        track = self._tracks.get(name)
        if track is None:
            file = self._csv
            if file is not None and name is not None:
                file = RateFile(file.path.with_stem(f"{file.path.stem}_{name}"), _RESTORE)
            track = self._tracks[name] = Track(file)
        return track

    def _close(self) -> None:
        self._catch_up()
        for track in self._now:
            track.close()
        self._epoch, self._now = None, []
        if self._board is not None:
            self._board.flush()
        self.__dict__.pop("on_train_batch_begin", None)  # no batch came

    def _catch_up(self) -> None:
        """Records the updates since the counters were last read."""
        if self._epoch is None:
            return
        _ = self.model  # on JAX this brings the counters back from the training loop
        back = [track for track in self._now if track.missing < 0]
        for track in back:  # restored to an older state in the middle of an epoch
            track.go_back()
        if back and self._board is not None:
            self._board.go_on(self._now)
        for track in self._now:
            added = track.catch_up()
            if added is not None:
                self._tell(track, added)

    def _tell(self, track: Track, added: Columns) -> None:
        if self._board is not None:
            self._board.append(track, added)
        if isinstance(self._print_every, int):
            print_updates(self._print_every, track.keys[RATE], added.steps, added.rates)

    def _told(self, name: str) -> int | None:
        """What Keras tells of the fit: its `epochs`, and the `steps` (batches) of an epoch."""
        return (self.params or {}).get(name)

    def _print_epoch(self) -> None:
        if self._print_every != "epoch" or self._epoch is None:
            return
        for track in self._now:
            number, epochs = self._epoch.number, self._told("epochs")
            print_epoch(number, epochs, track.keys[RATE], track.rate_ahead(), track.first)
