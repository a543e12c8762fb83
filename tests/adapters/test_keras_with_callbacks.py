"""A scheduled optimizer with the callbacks of Keras that save, restore and stop."""

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from lrkit import Plan
from lrkit.keras import Recorder, scheduled
from tests.adapters.keras_training import regression
from tests.adapters.keras_with import (
    BATCHES,
    DECAY,
    EPOCHS,
    RATE,
    UPDATES,
    assert_as_planned,
    assert_recorded,
    assert_weights,
    model,
    planned,
    train,
)


class Interruption(Exception):
    """What ends a fit in the middle."""


class Interrupt(keras.callbacks.Callback):
    """Raises after so many batches of a fit."""

    def __init__(self, after: int) -> None:
        super().__init__()
        self.left = after

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self.left -= 1
        if self.left == 0:
            raise Interruption


@pytest.mark.parametrize("save_freq", ["epoch", 3])
def test_backup_and_restore(tmp_path: Path, save_freq: Any) -> None:
    """By batches Keras repeats the epoch from its begin: the run is longer, the rates go on."""

    def backup() -> Any:
        return keras.callbacks.BackupAndRestore(str(tmp_path / "backup"), save_freq=save_freq)

    with pytest.raises(Interruption):
        train(model(), Recorder(), backup(), Interrupt(after=BATCHES + 3))
    resumed, recorder = model(), Recorder()
    if save_freq == "epoch":
        train(resumed, recorder, backup())
        assert_recorded(recorder, BATCHES, UPDATES)
        assert_weights(resumed)
    else:
        with pytest.warns(UserWarning, match="12 updates long and the run ends at update 14"):
            train(resumed, recorder, backup())
        assert_recorded(recorder, 6, UPDATES + 2)  # 6 of the 7 updates were saved
        assert not recorder.audit(Plan(updates=UPDATES)).ok
    assert recorder.epochs.tolist()[0] == 1


def test_model_checkpoint_of_the_whole_model(tmp_path: Path) -> None:
    first, second = Recorder(), Recorder()
    checkpoint = keras.callbacks.ModelCheckpoint(str(tmp_path / "{epoch}.keras"))
    train(model(), first, checkpoint, stop=1)
    loaded = keras.saving.load_model(tmp_path / "1.keras")
    assert loaded.optimizer.updates == BATCHES
    train(loaded, second, first=1)
    assert_as_planned(loaded, first, second)


def test_model_checkpoint_of_the_weights(tmp_path: Path) -> None:
    """An optimizer must be built to take its state: else it says so and begins anew."""
    path = tmp_path / "last.weights.h5"
    first, second = Recorder(), Recorder()
    checkpoint = keras.callbacks.ModelCheckpoint(str(path), save_weights_only=True)
    train(model(), first, checkpoint, stop=1)
    with pytest.warns(UserWarning, match=r"call optimizer.build\(model.trainable_variables\)"):
        model().load_weights(path)
    loaded = model()
    loaded.optimizer.build(loaded.trainable_variables)
    loaded.load_weights(path)
    assert loaded.optimizer.updates == BATCHES
    train(loaded, second, first=1)
    assert_as_planned(loaded, first, second)


class Judge(keras.callbacks.Callback):
    """Says how good each epoch was."""

    def __init__(self, values: list[float]) -> None:
        super().__init__()
        self.values = values

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        logs["val_loss"] = self.values[epoch]


def test_early_stopping_that_restores_the_best_weights() -> None:
    """Keras restores the weights but not the optimizer, whose counter stays where it stopped."""
    network, recorder = model(), Recorder()
    stopping = keras.callbacks.EarlyStopping(patience=1, restore_best_weights=True)
    train(network, recorder, Judge([2.0, 1.0, 1.5]), stopping)
    assert stopping.stopped_epoch == EPOCHS - 1
    assert_recorded(recorder)
    best = {name: after[2 * BATCHES] for name, after in planned().items()}
    assert_weights(network, best)
    assert network.optimizer.updates == UPDATES


def test_the_log_of_every_epoch(tmp_path: Path) -> None:
    """Recorder before it: the CSVLogger has the last value applied."""
    log = tmp_path / "log.csv"
    history = train(model(), Recorder(), keras.callbacks.CSVLogger(str(log)))
    header, *rows = [line.split(",") for line in log.read_text().splitlines()]
    for name in ("learning_rate", "weight_decay"):
        column = [float(row[header.index(name)]) for row in rows]
        assert column == history.history[name]
        last = np.arange(BATCHES, UPDATES + 1, BATCHES) - 1
        schedule = {"learning_rate": RATE, "weight_decay": DECAY}[name]
        np.testing.assert_allclose(column, schedule(last), rtol=1e-6)


def test_the_random_state_of_a_layer_is_in_no_file_of_keras(tmp_path: Path) -> None:
    """Dropout draws other masks after a resume: docs/works-with.md says so."""

    def dropping() -> keras.Model:
        layers = [keras.layers.Dropout(0.5, seed=1), keras.layers.Dense(1)]
        made = keras.Sequential([keras.layers.Input((3,)), *layers])
        made.compile(scheduled(keras.optimizers.AdamW, "1e-3 * cosine(8)"), loss="mse")
        return made

    def drawn(one: keras.Model) -> list[int]:
        (state,) = [v for v in one.variables if "seed" in v.path]
        return keras.ops.convert_to_numpy(state).tolist()

    trained = dropping()
    trained.fit(*regression(), batch_size=4, epochs=1, verbose=0)
    trained.save(tmp_path / "model.keras")
    assert drawn(trained) != drawn(dropping())
    assert drawn(keras.saving.load_model(tmp_path / "model.keras")) == drawn(dropping())
