"""Jobs for processes of their own, for the tests that end one.

In this order: `killed` is killed by the signal 9 in the middle of an epoch; `resumed` goes on
from the backups of the killed ones and trains, beside them, without being killed, and trains half
and saves; `second` loads what was saved and trains the other half.
"""

import os
import signal
from pathlib import Path
from typing import Any

import keras
import numpy as np

from lrkit.keras import LearningRate, Recorder
from tests.adapters.keras_training import deterministic, network, regression, weights

RATE = "0.05 * (warmup(4) >> hold(5) >> cosine(11, stop=0.1))"
EPOCHS = 5  # of 4 batches: 20 updates, the length of RATE
POLICIES = ("float32", "mixed_float16", "mixed_bfloat16")
KILLS = {"epoch": (2, 2), "batch": (0, 2)}  # epoch and batch of the kill
SAVE_FREQ: dict[str, Any] = {"epoch": "epoch", "batch": 1}  # of the backups


def optimizer(policy: str, **options: Any) -> Any:
    adamw = keras.optimizers.AdamW(LearningRate(RATE), weight_decay=0.1)
    return keras.optimizers.LossScaleOptimizer(adamw) if policy == "mixed_float16" else adamw


def train(model: keras.Model, *callbacks: Any, first: int = 0, stop: int = EPOCHS) -> None:
    options = {"initial_epoch": first, "epochs": stop, "batch_size": 4, "shuffle": False}
    model.fit(*regression(), callbacks=list(callbacks), verbose=0, **options)


def keep(path: Path, model: keras.Model, recorder: Recorder) -> None:
    np.savez(path, *weights(model), rates=recorder.learning_rates, steps=recorder.steps)


def first(folder: Path) -> None:
    for policy in POLICIES:
        whole, recorder = network(optimizer(policy), dtype=policy), Recorder()
        train(whole, recorder)
        keep(folder / f"whole-{policy}.npz", whole, recorder)
        half, recorder = network(optimizer(policy), dtype=policy), Recorder()
        train(half, recorder, stop=2)
        half.save(folder / f"{policy}.keras")
        keep(folder / f"first-{policy}.npz", half, recorder)


def second(folder: Path) -> None:
    deterministic()
    for policy in POLICIES:
        model, recorder = keras.saving.load_model(folder / f"{policy}.keras"), Recorder()
        train(model, recorder, first=2)
        keep(folder / f"second-{policy}.npz", model, recorder)


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


def backed_up(folder: Path, name: str, *callbacks: Any) -> None:
    backup = keras.callbacks.BackupAndRestore(folder / f"backup-{name}", SAVE_FREQ[name])
    model = network(optimizer("float32"))
    train(model, Recorder(csv=folder / f"{name}.csv"), backup, *callbacks)
    np.savez(folder / f"{name}.npz", *weights(model))


def killed(folder: Path, name: str) -> None:
    deterministic()
    backed_up(folder, name, Kill(*KILLS[name]))


def resumed(folder: Path) -> None:
    deterministic()
    for name in KILLS:
        backed_up(folder, name)
    whole = network(optimizer("float32"))
    train(whole, Recorder(csv=folder / "whole.csv"))
    np.savez(folder / "whole.npz", *weights(whole))
    first(folder)
