"""What the Recorder keeps and logs."""

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from lrkit import hold, linear
from lrkit.keras import LearningRate, Recorder
from tests.adapters.keras_training import BACKEND, Applied, fit, visible

SLOPE = linear(100, start=0.5, stop=0.25)
EPS = 1e-6 * 0.5
SCHEDULES = keras.optimizers.schedules


def sgd(schedule: Any = SLOPE) -> Any:
    return keras.optimizers.SGD(LearningRate(schedule))


# ---- any rate --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "schedule",
    [
        SCHEDULES.CosineDecay(0.0, 20, warmup_target=0.5, warmup_steps=3),
        SCHEDULES.CosineDecayRestarts(0.5, 3),
        SCHEDULES.ExponentialDecay(0.5, 3, 0.5),
        SCHEDULES.InverseTimeDecay(0.5, 3, 0.5),
        SCHEDULES.PiecewiseConstantDecay([2, 5], [0.5, 0.25, 0.125]),
        SCHEDULES.PolynomialDecay(0.5, 20),
    ],
    ids=lambda schedule: type(schedule).__name__,
)
@pytest.mark.parametrize("accumulation", [None, 2])
def test_schedules_of_keras(schedule: Any, accumulation: int | None) -> None:
    applied, recorder = Applied(), Recorder()
    optimizer = keras.optimizers.SGD(schedule, gradient_accumulation_steps=accumulation)
    fit(visible(optimizer), [applied, recorder])
    rates = recorder.learning_rates
    assert len(rates) == 8 // (accumulation or 1)
    np.testing.assert_allclose(rates[rates > 0], applied.updates, rtol=0, atol=EPS)


@pytest.mark.parametrize("shaped", [True, False])
def test_a_schedule_that_takes_arrays_wrongly_is_asked_step_by_step(shaped: bool) -> None:
    class Wrong(SCHEDULES.LearningRateSchedule):
        def __call__(self, step: Any) -> Any:
            rate = 0.5 / (1.0 + keras.ops.cast(keras.ops.max(step), "float32"))
            return rate + 0.0 * keras.ops.cast(step, "float32") if shaped else rate

    recorder = Recorder()
    fit(visible(keras.optimizers.SGD(Wrong())), [recorder])
    np.testing.assert_allclose(recorder.learning_rates, 0.5 / (1 + np.arange(8)), rtol=1e-6)


def test_a_number() -> None:
    recorder = Recorder()
    history = fit(visible(keras.optimizers.SGD(0.25)), [recorder])
    assert recorder.learning_rates.tolist() == [0.25] * 8
    assert history.history["learning_rate"] == [0.25, 0.25]


def test_a_function_without_argument() -> None:
    recorder = Recorder()
    fit(visible(keras.optimizers.SGD(lambda: 0.125)), [recorder])
    assert recorder.learning_rates.tolist() == [0.125] * 8


@pytest.mark.parametrize("recorder_first", [True, False])
def test_a_number_changed_between_epochs(recorder_first: bool) -> None:
    """By one callback when an epoch begins and by one when it ends, listed before and after."""
    by_epoch = keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate / 2)
    plateau = keras.callbacks.ReduceLROnPlateau(
        monitor="loss", factor=0.5, patience=1, min_delta=1e9
    )
    applied, recorder = Applied(), Recorder()
    callbacks = [recorder, by_epoch, plateau] if recorder_first else [by_epoch, plateau, recorder]
    fit(visible(keras.optimizers.SGD(0.5)), [applied, *callbacks], epochs=4)
    assert len(set(applied.rates)) >= 4
    np.testing.assert_array_equal(recorder.learning_rates, applied.updates)


def test_reduce_on_plateau_keeps_its_key() -> None:
    plateau = keras.callbacks.ReduceLROnPlateau(
        monitor="loss", factor=0.5, patience=1, min_delta=1e9
    )
    alone = fit(visible(keras.optimizers.SGD(0.5)), [plateau], epochs=4)
    beside = fit(visible(keras.optimizers.SGD(0.5)), [Recorder(), plateau], epochs=4)
    assert beside.history["learning_rate"] == alone.history["learning_rate"]


# ---- logs ------------------------------------------------------------------------------------


def test_logs_hold_the_last_rate_applied(tmp_path: Path) -> None:
    recorder = Recorder()
    table = keras.callbacks.CSVLogger(tmp_path / "history.csv")
    history = fit(visible(sgd()), [recorder, table])
    expected = [float(np.float32(SLOPE(3))), float(np.float32(SLOPE(7)))]
    assert history.history["learning_rate"] == expected
    header, *rows = (tmp_path / "history.csv").read_text().splitlines()
    column = header.split(",").index("learning_rate")
    assert [float(row.split(",")[column]) for row in rows] == expected


def test_no_method_is_called_for_each_batch() -> None:
    """An override of `on_train_batch_end` makes Keras wait for each batch."""
    recorder = Recorder()
    for name in ("on_batch_begin", "on_batch_end", "on_train_batch_begin", "on_train_batch_end"):
        assert getattr(type(recorder), name) is getattr(keras.callbacks.Callback, name)
    seen: list[bool] = []

    class Look(keras.callbacks.Callback):
        def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
            seen.append("on_train_batch_begin" in vars(recorder))

    fit(visible(sgd(0.25 * hold())), [Look(), recorder])
    fit(visible(keras.optimizers.SGD(0.25)), [Look(), recorder])
    # Only at the first batch: that a new function is compiled at, or of an epoch whose rate is a
    # number.
    is_compiled = BACKEND != "torch"
    assert seen == [is_compiled] + [False] * 7 + [True, False, False, False] * 2


# ---- runs that are not one piece -------------------------------------------------------------


def test_second_fit_is_appended() -> None:
    recorder = Recorder()
    model = visible(sgd())
    fit(model, [recorder], epochs=1)
    fit(model, [recorder], epochs=2)
    assert recorder.steps.tolist() == list(range(12))
    assert recorder.epochs.tolist() == [0] * 4 + [0] * 4 + [1] * 4
    np.testing.assert_allclose(recorder.learning_rates, SLOPE(np.arange(12)), rtol=0, atol=EPS)
    assert recorder.segments == [slice(0, 12)]


class Interrupt(keras.callbacks.Callback):
    """Ctrl-C in the middle of an epoch."""

    def __init__(self, epoch: int, batch: int) -> None:
        super().__init__()
        self.when = (epoch, batch)
        self.epoch = -1

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self.epoch = epoch

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        if (self.epoch, batch) == self.when:
            raise KeyboardInterrupt


def test_interrupted_epoch_is_there_when_asked_for() -> None:
    recorder = Recorder()
    with pytest.raises(KeyboardInterrupt):
        fit(visible(sgd()), [recorder, Interrupt(1, 1)])
    assert recorder.steps.tolist() == list(range(6))
    assert recorder.epochs.tolist() == [0] * 4 + [1] * 2
    np.testing.assert_allclose(recorder.learning_rates, SLOPE(np.arange(6)), rtol=0, atol=EPS)


@pytest.mark.parametrize("asked", [True, False])
def test_fit_goes_on_after_an_interruption(asked: bool, tmp_path: Path) -> None:
    recorder = Recorder(csv=tmp_path / "rates.csv")
    model = visible(sgd())
    with pytest.raises(KeyboardInterrupt):
        fit(model, [recorder, Interrupt(1, 1)])
    if asked:
        assert len(recorder.steps) == 6
    fit(model, [recorder], epochs=3, initial_epoch=2)
    assert recorder.steps.tolist() == list(range(10))
    assert recorder.epochs.tolist() == [0] * 4 + [1] * 2 + [2] * 4
    assert recorder.segments == [slice(0, 10)]
    rows = np.loadtxt(tmp_path / "rates.csv", delimiter=",", skiprows=1)
    assert rows[:, 0].tolist() == list(range(10))


def test_stop_training_ends_the_record() -> None:
    class Stop(keras.callbacks.Callback):
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            self.model.stop_training = batch == 2

    recorder = Recorder()
    fit(visible(sgd()), [recorder, Stop()])
    assert recorder.steps.tolist() == [0, 1, 2]


def test_data_read_in_the_middle_of_an_epoch() -> None:
    recorder = Recorder()
    lengths: list[int] = []

    class Reader(keras.callbacks.Callback):
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            lengths.append(len(recorder.learning_rates))

    fit(visible(sgd()), [recorder, Reader()])
    assert lengths == list(range(1, 9))
    assert recorder.steps.tolist() == list(range(8))


def test_counter_that_went_back_begins_a_segment(tmp_path: Path) -> None:
    recorder = Recorder(csv=tmp_path / "rates.csv")
    model = visible(sgd())
    fit(model, [recorder], epochs=1)
    model.save_weights(tmp_path / "early.weights.h5")
    fit(model, [recorder], epochs=2, initial_epoch=1)
    model.load_weights(tmp_path / "early.weights.h5")
    fit(model, [recorder], epochs=3, initial_epoch=1)
    assert recorder.steps.tolist() == [*range(8), *range(4, 12)]
    assert recorder.segments == [slice(0, 8), slice(8, 16)]
    np.testing.assert_allclose(
        recorder.learning_rates, SLOPE(recorder.steps.astype(float)), rtol=0, atol=EPS
    )
    rows = np.loadtxt(tmp_path / "rates.csv", delimiter=",", skiprows=1)
    assert rows[:, 0].tolist() == list(range(12))
    assert rows[:, 1].tolist() == [0] * 4 + [1] * 4 + [2] * 4


def test_updates_made_without_it_are_a_gap() -> None:
    recorder = Recorder()
    model = visible(sgd())
    fit(model, [recorder], epochs=1)
    fit(model, epochs=1)
    fit(model, [recorder], epochs=1)
    assert recorder.steps.tolist() == [0, 1, 2, 3, 8, 9, 10, 11]
    assert recorder.segments == [slice(0, 4), slice(4, 8)]


def test_another_model_is_another_segment() -> None:
    recorder = Recorder()
    with pytest.raises(KeyboardInterrupt):
        fit(visible(sgd()), [recorder, Interrupt(0, 2)])
    fit(visible(sgd(0.125 * hold())), [recorder], epochs=1)
    assert recorder.steps.tolist() == [0, 1, 2, 0, 1, 2, 3]
    assert recorder.learning_rates[3:].tolist() == [0.125] * 4


def test_recorded_data_cannot_be_changed() -> None:
    recorder = Recorder()
    fit(visible(sgd()), [recorder])
    with pytest.raises(ValueError, match="read-only"):
        recorder.learning_rates[0] = 1.0


def test_replaced_schedule_is_seen_through() -> None:
    """TensorFlow and JAX go on with the compiled one; torch takes the new one."""
    applied, recorder = Applied(), Recorder()
    model = visible(sgd(0.5 * hold()))
    fit(model, [applied, recorder], epochs=1)
    model.optimizer.learning_rate = LearningRate(0.25 * hold())
    if BACKEND == "torch":
        fit(model, [applied, recorder], epochs=1)
    else:
        with pytest.warns(UserWarning, match=r"replaced .*make_train_function\(force=True\)"):
            fit(model, [applied, recorder], epochs=1)
    np.testing.assert_array_equal(recorder.learning_rates, applied.updates)
    model.make_train_function(force=True)
    fit(model, [applied, recorder], epochs=1)
    np.testing.assert_array_equal(recorder.learning_rates, applied.updates)
    assert recorder.learning_rates[-4:].tolist() == [0.25] * 4


@pytest.mark.skipif(BACKEND == "torch", reason="torch compiles nothing: it takes the new one")
def test_schedule_put_in_place_of_a_number_is_seen_through() -> None:
    recorder = Recorder()
    model = visible(keras.optimizers.SGD(0.5))
    fit(model, [recorder], epochs=1)
    model.optimizer.learning_rate = LearningRate(0.25 * hold())
    with pytest.warns(UserWarning, match="goes on with the one from before, which is recorded"):
        recorder._tracing.applied(model)
    model.make_train_function(force=True)
    fit(model, [recorder], epochs=1)
    assert recorder.learning_rates.tolist() == [0.5] * 4 + [0.25] * 4
