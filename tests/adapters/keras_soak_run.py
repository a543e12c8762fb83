"""A training that is killed at a chosen moment, and goes on from its backup when it is run again.

It is run in a process of its own by `keras_soak.py`.
"""

import json
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import keras
import numpy as np

from lrkit.keras import Plateau, Recorder, scheduled
from tests.adapters.keras_training import regression, weights
from tests.documentation import ROOT, Page

EPOCHS, BATCHES = 6, 4
RATE = "0.05 * (warmup(4, start=0.1) >> hold(6) >> cosine(14, stop=0.1))"
DECAY = "0.1 * linear(24, start=1.0, stop=0.2)"
VAL_LOSS = [1.0, 0.7, 0.7, 0.69, 0.5, 0.5]  # a plateau, a better epoch, a plateau


@dataclass(frozen=True)
class Moment:
    """When a process is killed.

    `batch`: after batch number `at` of this process. `closing`: at event number `at` of Python
    while an epoch is closed, from the end of its last batch to the next epoch, in which files are
    written; `epoch` says which. `outside`: by the parent, when it reads mark number `at`. The
    others are points of Keras's own `BackupAndRestore`: `in weights`, `before metadata`,
    `in metadata`, each in `epoch`, and `deleting`, when the training is over.
    """

    kind: str
    at: int = 0
    epoch: int = 0


def die() -> None:
    """As a power cut to this process: nothing more is run or written."""
    os.kill(os.getpid(), signal.SIGKILL)


class Watch(keras.callbacks.Callback):
    """The first of the callbacks: gives the metric, and begins the closing of an epoch."""

    def __init__(self, closing: Callable[[int], None]) -> None:
        super().__init__()
        self.closing = closing

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self.closing(epoch)
        logs["val_loss"] = VAL_LOSS[epoch]


class Killer(keras.callbacks.Callback):
    """The last of the callbacks: tells the parent how far it is, and dies at the moment."""

    def __init__(self, moment: Moment | None, mark: Callable[[], None]) -> None:
        super().__init__()
        self.moment, self.mark = moment, mark
        self.batches = self.events = 0
        self.counts: list[int] = []  # of events, one for each epoch

    def close(self, epoch: int) -> None:
        """Counts the events of Python from now to the end of the epoch, and dies at the chosen."""
        self.mark()
        self.events = 0
        moment = self.moment
        at = moment.at if moment and (moment.kind, moment.epoch) == ("closing", epoch) else None

        def count(*_: Any) -> None:
            self.events += 1
            if self.events == at:
                die()

        sys.setprofile(count)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        sys.setprofile(None)
        self.counts.append(self.events)
        self.mark()

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        self.mark()

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self.mark()
        moment = self.moment
        if moment and (moment.kind, moment.at) == ("batch", self.batches):
            die()
        self.batches += 1


class Torn(keras.callbacks.BackupAndRestore):
    """Keras's callback, killed at a point between what it does: nothing else is changed."""

    def __init__(self, folder: Path, moment: Moment | None, **options: Any) -> None:
        super().__init__(str(folder), **options)
        self.moment, self.epoch = moment, -1

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        moment = self.moment
        if moment is None or moment.epoch != epoch or moment.kind not in POINTS:
            super().on_epoch_end(epoch, logs)
            return
        sys.setprofile(_at(*POINTS[moment.kind]))
        try:
            super().on_epoch_end(epoch, logs)
        finally:
            sys.setprofile(None)

    def on_train_end(self, logs: Any = None) -> None:
        if self.moment is not None and self.moment.kind == "deleting":
            sys.setprofile(_at("unlink", "c_return"))
        super().on_train_end(logs)
        sys.setprofile(None)


# By the kind of a moment: the function of Keras or Python, and whether it begins or is over.
POINTS = {
    "in weights": ("_save_container_state", "return"),  # some variables are in the open file
    "before metadata": ("save_weights", "return"),
    "in metadata": ("File", "return"),  # it was opened, and so emptied
}


def _at(name: str, event: str) -> Callable[..., None]:
    def look(frame: Any, now: str, what: Any) -> None:
        called = what.__name__ if now.startswith("c_") else frame.f_code.co_name
        if (called, now) == (name, event):
            die()

    return look


@cache
def snapshots() -> Any:
    """The class that the documentation shows, as it stands there."""
    page = Page(ROOT / "docs" / "works-with.md")
    (block,) = [one for one in page.blocks("python") if "class Snapshots" in one.code]
    names: dict[str, Any] = {}
    exec(compile(block.code, str(page.path), "exec"), names)
    return names["Snapshots"]


def network() -> keras.Model:
    """A small model, the same each time; without Dropout, whose state Keras saves nowhere."""
    keras.utils.set_random_seed(0)
    layers = [keras.layers.Dense(4, activation="relu"), keras.layers.Dense(1, name="head")]
    model = keras.Sequential([keras.layers.Input((3,)), *layers])
    adamw = scheduled(
        keras.optimizers.AdamW, RATE, weight_decay=DECAY, multipliers={"head": "linear(24)"}
    )
    model.compile(adamw, loss="mse")
    return model


def train(
    folder: Path, moment: Moment | None, safely: bool, mark: Callable[[], None], **backup: Any
) -> None:
    """Trains, or goes on training, and writes what came out."""
    folder.mkdir(exist_ok=True)
    killer = Killer(moment, mark)
    callbacks: list[Any] = [
        Watch(killer.close),
        Recorder(csv=folder / "rates.csv"),
        Plateau(patience=1, factor=0.5, threshold=0.05),
        Torn(folder / "backup", moment, **{"delete_checkpoint": False, **backup}),
    ]
    if safely:
        (folder / "snapshots").mkdir(exist_ok=True)
        callbacks.append(snapshots()(folder / "backup", folder / "snapshots"))
    model = network()
    x, y = regression(4 * BATCHES)
    options: dict[str, Any] = {"epochs": EPOCHS, "batch_size": 4, "shuffle": False, "verbose": 0}
    model.fit(x, y, callbacks=[*callbacks, killer], **options)
    end = folder / "end.tmp.npz"
    notes = json.dumps(model.optimizer.notes, sort_keys=True)
    factor = keras.ops.convert_to_numpy(model.optimizer.factor)
    events = min(killer.counts, default=0)
    np.savez(end, *weights(model), notes=notes, factor=factor, events=events)
    end.replace(folder / "end.npz")
