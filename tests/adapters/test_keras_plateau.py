"""Plateau cuts the rate of a schedule in real training, and remembers."""

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from lrkit import read
from lrkit.keras import Plateau, scheduled
from tests.adapters.keras_plateau import Metric, factors, leaf, note, number, sgd
from tests.adapters.keras_training import (
    BACKEND,
    Applied,
    fit,
    network,
    regression,
    slope_one,
    visible,
)

RATE = "0.1 * (warmup(4) >> cosine(16))"
STILL: list[float | None] = [1.0] * 10


def expected(cuts: dict[int, float], updates: int = 20) -> np.ndarray:
    """The schedule times the factor, which each cut sets from its update on."""
    factor = np.ones(updates)
    for update, value in sorted(cuts.items()):
        factor[update:] = value
    return read(RATE)(np.arange(updates)) * factor


def applied(callback: Applied, updates: int = 20) -> np.ndarray:
    """Every rate that showed in the weight; the schedule begins at 0, which does not show."""
    return np.concatenate([np.zeros(1), callback.updates])[:updates]


OPTIONS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "plain": ({}, {}),
    "jit": ({}, {"jit_compile": BACKEND != "torch"}),
    "accumulation": ({"gradient_accumulation_steps": 4}, {}),
    "EMA": ({"use_ema": True, "ema_momentum": 0.0}, {}),
}


@pytest.mark.parametrize("case", OPTIONS)
def test_the_rate_applied_is_the_schedule_times_the_factor(case: str) -> None:
    of_optimizer, of_compile = OPTIONS[case]
    model, shown = visible(sgd(RATE, **of_optimizer), **of_compile), Applied()
    batches = 4 * of_optimizer.get("gradient_accumulation_steps", 1)
    fit(model, [Metric(STILL), Plateau(patience=2), shown], epochs=5, batches=batches)
    np.testing.assert_allclose(
        applied(shown), expected({12: 0.5, 20: 0.25}), rtol=0, atol=1e-6 * 0.1
    )
    assert factors(model) == [(12, 0.5), (20, 0.25)]


def test_with_mixed_precision() -> None:
    optimizer = keras.optimizers.LossScaleOptimizer(sgd(RATE), initial_scale=4.0)
    model, shown = visible(optimizer), Applied()
    fit(model, [Metric(STILL), Plateau(patience=2), shown], epochs=5)
    np.testing.assert_allclose(applied(shown), expected({12: 0.5}), rtol=0, atol=1e-6 * 0.1)


class Spy(keras.optimizers.schedules.LearningRateSchedule):
    """A schedule of Keras that counts how often Python calls it."""

    calls = 0

    def __call__(self, step: Any) -> Any:
        self.calls += 1
        return 0.1 + 0.0 * keras.ops.cast(step, "float32")

    def get_config(self) -> dict[str, Any]:
        return {}


class Calls(keras.callbacks.Callback):
    """What compiles anew shows: the calls of the spy, and the training function."""

    def __init__(self, spy: Spy) -> None:
        super().__init__()
        self.spy, self.calls, self.functions = spy, [], []

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self.calls.append(self.spy.calls)
        self.functions.append(self.model.train_function)


@pytest.mark.parametrize(
    "jit", {"tensorflow": [False, True], "jax": [True], "torch": [False]}[BACKEND]
)
def test_a_cut_compiles_nothing_anew(jit: bool) -> None:
    """On JAX compiled is what `jit_compile` makes; on torch nothing is, and each update asks."""
    spy = Spy()
    model, shown, calls = visible(sgd(spy), jit_compile=jit), Applied(), Calls(spy)
    fit(model, [calls, Metric(STILL), Plateau(patience=1), shown], epochs=4)
    rates = np.float32([0.1] * 8 + [0.05] * 4 + [0.025] * 4)
    np.testing.assert_allclose(shown.updates, rates, rtol=1e-6)
    assert len(set(calls.functions)) == 1
    if BACKEND == "torch":  # there each update calls it
        assert len(set(np.diff(calls.calls))) == 1
    else:
        assert len(set(calls.calls)) == 1


def test_a_second_fit_goes_on_counting() -> None:
    model, plateau = visible(sgd()), Plateau(patience=3)
    fit(model, [Metric(STILL), plateau], epochs=2)
    assert note(model)["waited"] == 1
    fit(model, [Metric([0.99995, 1.0]), plateau], epochs=2)  # less than the threshold better
    assert factors(model) == [(16, 0.5)]
    fit(model, [Metric(STILL), Plateau(patience=3)], initial_epoch=2, epochs=4)
    assert note(model)["waited"] == 2


def test_a_loaded_model_goes_on_counting(tmp_path: Path) -> None:
    def callbacks() -> list[Any]:
        one = Plateau(patience=2, cooldown=3, threshold=0.1, threshold_mode="relative")
        return [Metric([1.0, 0.95, 0.95, 0.8, 0.8, 0.8, 0.8, 0.8]), one]

    whole = visible(sgd(RATE))
    fit(whole, callbacks(), epochs=8, batches=1)
    for file, stop in (("2.keras", 2), ("4.weights.h5", 4), ("6.keras", 6)):
        model = visible(sgd(RATE))
        fit(model, callbacks(), epochs=stop, batches=1)
        if file.endswith(".keras"):
            model.save(tmp_path / file)
            loaded = keras.saving.load_model(tmp_path / file, {"slope_one": slope_one})
        else:
            model.save_weights(tmp_path / file)
            loaded = visible(sgd(RATE))
            loaded.optimizer.build(loaded.trainable_variables)
            loaded.load_weights(tmp_path / file)
        assert note(loaded) == note(model)
        fit(loaded, callbacks(), initial_epoch=stop, epochs=8, batches=1)
        assert note(loaded) == note(whole)
        assert number(loaded.optimizer.factor) == number(whole.optimizer.factor) == 0.25
        np.testing.assert_array_equal(loaded.get_weights(), whole.get_weights())


def test_two_with_different_metrics() -> None:
    model = visible(sgd())
    loss, accuracy = Plateau(patience=2), Plateau("accuracy", 0.1, 3, mode="max")
    metrics = [Metric([5.0, 4.0, 3.0, 3.0, 3.0]), Metric([0.5, 0.6, 0.6, 0.4, 0.5], "accuracy")]
    fit(model, [*metrics, loss, accuracy], epochs=5)
    assert [update for update, _ in factors(model)] == [20, 20]
    assert [value for _, value in factors(model)] == pytest.approx([0.5, 0.05], rel=1e-6)
    assert note(model)["best"] == 3.0
    assert note(model, "accuracy")["best"] == 0.6


def test_two_with_one_metric_have_names() -> None:
    model = visible(sgd())
    soon = Plateau(patience=1, name="soon")
    fit(model, [Metric(STILL), soon, Plateau(patience=2, factor=0.1)], epochs=3)
    assert [update for update, _ in factors(model)] == [8, 12, 12]
    assert set(leaf(model).notes) == {"plateau soon", "plateau val_loss"}


def test_not_below_the_floor() -> None:
    model = visible(sgd())
    fit(model, [Metric(STILL), Plateau(patience=1, min_factor=0.3)], epochs=5)
    assert [value for _, value in factors(model)] == [0.5, 0.3]
    low = visible(sgd())
    low.optimizer.set_factor(0.1)
    fit(low, [Metric(STILL), Plateau(patience=1, min_factor=0.3)], epochs=3)
    assert number(low.optimizer.factor) == np.float32(0.1)  # a floor cuts nothing up


def test_all_of_several_optimizers(tmp_path: Path) -> None:
    def model() -> keras.Model:
        biases, rest = scheduled(keras.optimizers.Adam, 0.01), sgd("0.1 * cosine(40)")
        chosen = keras.optimizers.OptimizerMap(rest)
        chosen[".*bias"] = biases
        return network(keras.optimizers.MultiOptimizer(chosen))

    def trained(model: keras.Model, first: int, stop: int) -> keras.Model:
        callbacks = [Metric(STILL), Plateau(patience=2)]
        options: dict[str, Any] = {"batch_size": 4, "shuffle": False, "verbose": 0}
        model.fit(*regression(), initial_epoch=first, epochs=stop, callbacks=callbacks, **options)
        return model

    whole, half = trained(model(), 0, 5), trained(model(), 0, 2)
    half.save_weights(tmp_path / "half.weights.h5")
    loaded = model()
    loaded.optimizer.build(loaded.trainable_variables)
    loaded.load_weights(tmp_path / "half.weights.h5")
    trained(loaded, 2, 5)
    for one in whole.optimizer.optimizers:
        assert one.factor_changes == [(12, 0.5), (20, 0.25)]
    for mine, other in zip(loaded.get_weights(), whole.get_weights(), strict=True):
        np.testing.assert_array_equal(mine, other)


def test_the_metric_says_what_is_better() -> None:
    """The best value that is remembered shows which way it was read."""
    rising: list[float | None] = [0.1, 0.2, 0.3]
    best = {
        "accuracy": 0.3,
        "val_accuracy": 0.3,
        "val_mae": 0.1,
        "loss": 0.1,
        "val_digits_loss": 0.1,
    }
    callbacks = [callback for name in best for callback in (Metric(rising, name), Plateau(name))]
    model = visible(sgd(), metrics=["accuracy", "mae"])
    fit(model, callbacks, epochs=3)
    assert {name: note(model, name)["best"] for name in best} == best


def test_epochs_without_the_metric_are_not_judged() -> None:
    model = visible(sgd())
    ones = np.ones((8, 1), "float32")
    options: dict[str, Any] = {"validation_data": (ones, ones), "validation_freq": 2}
    # The weight falls, so the loss gets better; for "max" it never does.
    with pytest.warns(UserWarning, match="'val_loss' is not in the logs of epoch 1, which hold"):
        fit(model, [Plateau(patience=1, mode="max")], epochs=6, **options)
    assert [update for update, _ in factors(model)] == [16, 24]
