"""What the Recorder keeps of a scheduled optimizer: its hyperparameters and its factor."""

import csv
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from lrkit import linear
from lrkit.keras import Recorder, scheduled
from tests.adapters.keras_training import BACKEND, Applied, fit, network, regression, visible

SLOPE = linear(16, start=0.5, stop=0.25)
DECAY = linear(16, start=0.25, stop=0.125)
EPS = 1e-6 * 0.5


class Cut(keras.callbacks.Callback):
    """Cuts the factor after a batch, as a plateau rule does at an epoch's end or within one."""

    def __init__(self, cuts: dict[int, float]) -> None:
        super().__init__()
        self.cuts = cuts
        self.batches = 0

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self.batches += 1
        if self.batches in self.cuts:
            self.model.optimizer.set_factor(self.cuts[self.batches])


def adamw(**options: Any) -> Any:
    return scheduled(keras.optimizers.AdamW, learning_rate=SLOPE, weight_decay=DECAY, **options)


def test_hyperparameters_stand_beside_the_steps() -> None:
    recorder = Recorder()
    model = network(adamw(beta_1="0.9 * linear(16, stop=0.5)", beta_2=0.5))
    model.fit(*regression(), epochs=2, batch_size=4, shuffle=False, verbose=0, callbacks=[recorder])
    steps = recorder.steps
    assert steps.tolist() == list(range(8))
    assert list(recorder.hyperparameters) == ["weight_decay", "beta_1"]
    decay = recorder.hyperparameters["weight_decay"]
    assert decay.dtype == np.float32
    np.testing.assert_array_equal(decay, DECAY(steps).astype("float32"))
    beta = 0.9 * linear(16, stop=0.5)(steps)
    np.testing.assert_allclose(recorder.hyperparameters["beta_1"], beta, rtol=0, atol=1e-7)


def test_with_accumulation_they_count_updates() -> None:
    recorder = Recorder()
    fit(visible(adamw(gradient_accumulation_steps=2)), [recorder])
    assert recorder.steps.tolist() == [0, 1, 2, 3]
    for name, schedule in {"weight_decay": DECAY}.items():
        expected = schedule(np.arange(4)).astype("float32")
        np.testing.assert_array_equal(recorder.hyperparameters[name], expected)


def test_logs_of_the_epoch_have_the_last_values(tmp_path: Path) -> None:
    """Experiment trackers read nothing but these logs."""
    kept: list[dict[str, Any]] = []

    class Tracker(keras.callbacks.Callback):
        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            kept.append(dict(logs))

    table = keras.callbacks.CSVLogger(tmp_path / "history.csv")
    history = fit(visible(adamw()), [Recorder(), table, Tracker()])
    expected = {
        "learning_rate": [float(np.float32(SLOPE(step))) for step in (3, 7)],
        "weight_decay": [float(np.float32(DECAY(step))) for step in (3, 7)],
    }
    with (tmp_path / "history.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    for name, values in expected.items():
        assert history.history[name] == values
        assert [float(row[name]) for row in rows] == values
        assert [log[name] for log in kept] == values
        assert all(type(log[name]) is float for log in kept)


@pytest.mark.parametrize("read", [True, False])
@pytest.mark.parametrize("jit", [False] if BACKEND == "torch" else [True, False])
def test_factor_is_in_the_rates_from_its_change_on(jit: bool, read: bool) -> None:
    applied, recorder = Applied(), Recorder()
    model = visible(scheduled(keras.optimizers.SGD, learning_rate=SLOPE), jit_compile=jit)
    callbacks = [applied, recorder, Cut({2: 0.5, 4: 0.25, 7: 1.0})]
    if read:  # in the middle of things: what was read stays as it was
        look = keras.callbacks.LambdaCallback(on_train_batch_end=lambda *_, **__: recorder.steps)
        callbacks.append(look)
    fit(model, callbacks)
    assert recorder.factors == [(0, 1.0), (2, 0.5), (4, 0.25), (7, 1.0)]
    factors = np.array([1, 1, 0.5, 0.5, 0.25, 0.25, 0.25, 1])
    expected = SLOPE(np.arange(8)) * factors
    np.testing.assert_allclose(recorder.learning_rates, expected, rtol=0, atol=EPS)
    np.testing.assert_allclose(recorder.learning_rates, applied.updates, rtol=0, atol=EPS)


def test_factor_of_a_loaded_model_holds_from_the_start(tmp_path: Path) -> None:
    model = visible(scheduled(keras.optimizers.SGD, learning_rate=SLOPE))
    fit(model, [Cut({4: 0.5})], epochs=1)
    model.save_weights(tmp_path / "half.weights.h5")
    other = visible(scheduled(keras.optimizers.SGD, learning_rate=SLOPE))
    other.optimizer.build(other.trainable_variables)
    other.load_weights(tmp_path / "half.weights.h5")
    applied, recorder = Applied(), Recorder()
    other.trainable_variables[0].assign(np.zeros((1, 1)))
    fit(other, [applied, recorder], epochs=2, initial_epoch=1)
    assert recorder.factors == [(4, 0.5)]
    np.testing.assert_allclose(recorder.learning_rates, applied.updates, rtol=0, atol=EPS)


@pytest.mark.parametrize("by", ["file", "variables"])
def test_factor_that_an_older_state_takes_back(by: str, tmp_path: Path) -> None:
    """The counter goes back within an epoch, and the factor of that state with it."""
    model = visible(scheduled(keras.optimizers.SGD, learning_rate=SLOPE))
    model.optimizer.build(model.trainable_variables)
    file = tmp_path / "early.weights.h5"

    class Restore(keras.callbacks.Callback):
        batches = 0

        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            self.batches += 1
            if self.batches == 1:
                self.model.save_weights(file)
            if self.batches == 3:
                recorder.steps  # noqa: B018 - the updates up to here are recorded
                if by == "file":
                    self.model.load_weights(file)
                else:
                    self.model.optimizer.iterations.assign(1)
                    self.model.optimizer.factor.assign(1.0)
                recorder.steps  # noqa: B018 - and so is the way back

    applied, recorder = Applied(), Recorder()
    fit(model, [applied, recorder, Cut({2: 0.5}), Restore()], batches=6, epochs=1)
    assert recorder.steps.tolist() == [0, 1, 2, 1, 2, 3]
    assert recorder.factors == [(0, 1.0), (2, 0.5), (1, 1.0)]
    # What the spy reads after the restore is the weight of the file and not a rate.
    np.testing.assert_allclose(recorder.learning_rates[4:], applied.rates[4:], rtol=0, atol=EPS)


def test_plain_optimizer_has_the_factor_1() -> None:
    recorder = Recorder()
    fit(visible(keras.optimizers.SGD(0.5)), [recorder])
    assert recorder.factors == [(0, 1.0)]
    assert recorder.hyperparameters == {}


def test_hyperparameters_of_another_model_are_not_known() -> None:
    recorder = Recorder()
    fit(visible(keras.optimizers.SGD(0.5)), [recorder], epochs=1)
    fit(visible(adamw()), [recorder], epochs=1)
    decay = recorder.hyperparameters["weight_decay"]
    assert np.isnan(decay).tolist() == [True] * 4 + [False] * 4
