"""A training with Plateau, in jobs for processes of their own.

In this order: `killed` is killed by the signal 9 at a batch; `resumed` goes on from its
backup, and trains the same beside it without being killed.
"""

import json
import os
import signal
from pathlib import Path
from typing import Any

import keras
import numpy as np

from lrkit.keras import Plateau, scheduled
from tests.adapters.keras_training import deterministic, network, regression, weights

EPOCHS = 10  # of 4 batches
RATE = "0.05 * (warmup(4) >> cosine(16)) | 20.0 * hold(4) | 0.05 * hold()"


class Kill(keras.callbacks.Callback):
    """Kills its own process after a batch, as a power cut would."""

    def __init__(self, epoch: int, batch: int) -> None:
        super().__init__()
        self.epoch, self.batch, self.now = epoch, batch, -1

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self.now = epoch

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        if (self.now, batch) == (self.epoch, self.batch):
            os.kill(os.getpid(), signal.SIGKILL)


def train(folder: Path, name: str, *more: Any) -> None:
    adamw = scheduled(keras.optimizers.AdamW, RATE, weight_decay="0.1 * cosine(40)", beta_1=0.8)
    model = network(adamw)
    x, y = regression(24)
    callbacks = [
        Plateau(patience=1, cooldown=2, threshold=0.3, threshold_mode="relative"),
        Plateau("loss", 0.9, 2, threshold=1.0, spike=1.5, max_restores=5),
        keras.callbacks.BackupAndRestore(folder / f"backup-{name}"),
    ]
    options: dict[str, Any] = {"epochs": EPOCHS, "batch_size": 4, "shuffle": False, "verbose": 0}
    data = {"x": x[:16], "y": y[:16], "validation_data": (x[16:], y[16:])}
    model.fit(**data, callbacks=[*callbacks, *more], **options)
    np.savez(folder / f"{name}.npz", *weights(model))
    said = {"notes": adamw.notes, "changes": adamw.factor_changes, "updates": adamw.updates}
    (folder / f"{name}.json").write_text(json.dumps(said))


def killed(folder: Path, epoch: int, batch: int) -> None:
    deterministic()
    train(folder, "killed", Kill(epoch, batch))


def resumed(folder: Path) -> None:
    deterministic()
    train(folder, "killed")
    train(folder, "whole")
