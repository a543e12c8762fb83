"""The rate that real optimizers apply, seen from the weights; and that the Recorder records it."""

from typing import Any

import keras
import numpy as np
import pytest

from lrkit import hold, linear
from lrkit.keras import LearningRate, Recorder
from tests.adapters.keras_training import (
    BACKEND,
    Applied,
    fit,
    network,
    regression,
    visible,
    weights,
)

pytestmark = pytest.mark.usefixtures("torch_without_cpp")

SLOPE = linear(100, start=0.5, stop=0.25)
STEPWISE = 0.5 * hold(2) | 0.25 * hold(3) | 0.125 * hold(1) | SLOPE
EPS = 1e-6 * 0.5  # of the height


def assert_applied(applied: np.ndarray, schedule: Any, updates: int) -> None:
    assert len(applied) == updates
    np.testing.assert_allclose(applied, schedule(np.arange(updates)), rtol=0, atol=EPS)


def run(optimizer: Any, **options: Any) -> tuple[Applied, Recorder]:
    compile_options = {
        k: options.pop(k) for k in ("jit_compile", "run_eagerly", "dtype") if k in options
    }
    applied, recorder = Applied(), Recorder()
    fit(visible(optimizer, **compile_options), [applied, recorder], **options)
    return applied, recorder


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"jit_compile": False},
        {"jit_compile": True},
        {"run_eagerly": True},
    ],
    ids=str,
)
def test_update_k_uses_the_rate_of_k(options: dict[str, Any]) -> None:
    applied, recorder = run(keras.optimizers.SGD(LearningRate(STEPWISE)), **options)
    assert_applied(applied.updates, STEPWISE, 8)
    np.testing.assert_allclose(recorder.learning_rates, applied.updates, rtol=0, atol=EPS)
    assert recorder.steps.tolist() == list(range(8))
    assert recorder.epochs.tolist() == [0] * 4 + [1] * 4


@pytest.mark.parametrize("batches", [2, 3])
def test_accumulation_counts_updates(batches: int) -> None:
    rate = LearningRate(SLOPE, gradient_accumulation_steps=batches)
    optimizer = keras.optimizers.SGD(rate, gradient_accumulation_steps=batches)
    applied, recorder = run(optimizer, batches=5)  # 10 batches: an update reaches over the epochs
    assert [i % batches for i, rate in enumerate(applied.rates) if rate] == [batches - 1] * (
        10 // batches
    )
    assert_applied(applied.updates, SLOPE, 10 // batches)
    np.testing.assert_allclose(recorder.learning_rates, applied.updates, rtol=0, atol=EPS)
    assert recorder.steps.tolist() == list(range(10 // batches))
    assert recorder.epochs.tolist() == [0] * (5 // batches) + [1] * (10 // batches - 5 // batches)


def test_untold_accumulation_is_recorded_as_it_is() -> None:
    """Keras samples the schedule at batches 1, 3, 5, …: not what was meant, but applied."""
    optimizer = keras.optimizers.SGD(LearningRate(SLOPE), gradient_accumulation_steps=2)
    with pytest.warns(UserWarning, match="so each update moves the schedule by 2 steps"):
        applied, recorder = run(optimizer)
    expected = SLOPE(np.array([1, 3, 5, 7]))
    np.testing.assert_allclose(applied.updates, expected, rtol=0, atol=EPS)
    np.testing.assert_allclose(recorder.learning_rates, expected, rtol=0, atol=EPS)


@pytest.mark.parametrize("accumulation", [None, 2])
def test_updates_skipped_by_mixed_precision_are_no_updates(accumulation: int | None) -> None:
    rate = LearningRate(SLOPE, gradient_accumulation_steps=accumulation or 1)
    inner = keras.optimizers.SGD(rate, gradient_accumulation_steps=accumulation)
    # 2**17 is more than float16 holds: the gradient overflows until the scale is halved twice.
    optimizer = keras.optimizers.LossScaleOptimizer(inner, initial_scale=2.0**17)
    applied, recorder = run(optimizer, dtype="mixed_float16")
    assert applied.rates[:2] == [0.0, 0.0]
    assert_applied(applied.updates, SLOPE, 6 // (accumulation or 1))
    np.testing.assert_allclose(recorder.learning_rates, applied.updates, rtol=0, atol=EPS)
    assert recorder.steps.tolist() == list(range(len(applied.updates)))


@pytest.mark.skipif(BACKEND == "torch", reason="Keras refuses steps_per_execution on torch")
def test_several_steps_in_one_execution() -> None:
    model = visible(keras.optimizers.SGD(LearningRate(STEPWISE)), steps_per_execution=4)
    applied, recorder = Applied(), Recorder()
    fit(model, [applied, recorder])
    sums = STEPWISE(np.arange(8)).reshape(2, 4).sum(axis=1)
    np.testing.assert_allclose(applied.rates, sums, rtol=0, atol=4 * EPS)
    np.testing.assert_allclose(recorder.learning_rates, STEPWISE(np.arange(8)), rtol=0, atol=EPS)


OPTIMIZERS: list[tuple[str, dict[str, Any]]] = [
    ("SGD", {"momentum": 0.9, "nesterov": True}),
    ("SGD", {"weight_decay": 0.1}),
    ("AdamW", {"weight_decay": 0.1}),
    ("AdamW", {"weight_decay": 0.1, "gradient_accumulation_steps": 2}),
    ("Adam", {"use_ema": True, "ema_overwrite_frequency": 3}),
    ("Lion", {"weight_decay": 0.1}),
    ("Muon", {}),
]
# On torch the rate is a Python float, which every optimizer of it has to take.
OF_TORCH: list[tuple[str, dict[str, Any]]] = [
    (name, {}) for name in ("RMSprop", "Nadam", "Adamax", "Adagrad", "Adadelta", "Ftrl", "Lamb")
] + [("Adafactor", {"relative_step": False})]


@pytest.mark.parametrize(
    ("name", "options"), OPTIMIZERS + OF_TORCH if BACKEND == "torch" else OPTIMIZERS
)
def test_every_optimizer_trains_as_with_the_rate_set_by_hand(name: str, options: Any) -> None:
    """However often it asks (weight decay: once per variable), it is the rate of this update."""
    batches = options.get("gradient_accumulation_steps", 1)
    schedule = 0.02 * hold(2) | 0.01 * hold(3) | 0.005 * hold()
    x, y = regression()
    build = getattr(keras.optimizers, name)
    with_schedule = network(
        build(LearningRate(schedule, gradient_accumulation_steps=batches), **options)
    )
    by_hand = network(build(0.5, **options))
    for batch in range(6):
        part = slice(2 * batch, 2 * batch + 2)
        by_hand.optimizer.learning_rate = schedule(batch // batches)
        by_hand.train_on_batch(x[part], y[part])
        with_schedule.train_on_batch(x[part], y[part])
    for ours, theirs in zip(
        with_schedule.trainable_variables, by_hand.trainable_variables, strict=True
    ):
        ours, theirs = map(keras.ops.convert_to_numpy, (ours, theirs))
        np.testing.assert_allclose(ours, theirs, rtol=1e-6, atol=1e-7)


def test_reading_the_rate_changes_nothing() -> None:
    class Reader(keras.callbacks.Callback):
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            for _ in range(3):
                float(keras.ops.convert_to_numpy(self.model.optimizer.learning_rate))

    x, y = regression()
    models = [network(keras.optimizers.AdamW(LearningRate(0.1 * STEPWISE))) for _ in range(2)]
    models[0].fit(x, y, batch_size=4, shuffle=False, verbose=0)
    models[1].fit(x, y, batch_size=4, shuffle=False, verbose=0, callbacks=[Reader()])
    for quiet, read in zip(*map(weights, models), strict=True):
        np.testing.assert_array_equal(quiet, read)


@pytest.mark.skipif(BACKEND != "jax", reason="keras.distribution.DataParallel is JAX's")
def test_data_parallel() -> None:
    devices = keras.distribution.list_devices()
    if len(devices) < 2:
        pytest.skip("XLA_FLAGS=--xla_force_host_platform_device_count=2 gives two devices")
    keras.distribution.set_distribution(keras.distribution.DataParallel(devices=devices))
    try:
        applied, recorder = run(keras.optimizers.SGD(LearningRate(SLOPE)))
    finally:
        keras.distribution.set_distribution(None)
    assert_applied(applied.updates, SLOPE, 8)
    np.testing.assert_allclose(recorder.learning_rates, applied.updates, rtol=0, atol=EPS)


@pytest.mark.skipif(BACKEND != "tensorflow", reason="MirroredStrategy is TensorFlow's")
def test_mirrored() -> None:
    import tensorflow as tf

    with tf.distribute.MirroredStrategy(["CPU:0"]).scope():
        applied, recorder = Applied(), Recorder()
        model = visible(keras.optimizers.SGD(LearningRate(SLOPE)))
        fit(model, [recorder])
    assert_applied(recorder.learning_rates, SLOPE, 8)
    weight = float(keras.ops.convert_to_numpy(model.trainable_variables[0])[0, 0])
    assert weight == pytest.approx(-SLOPE(np.arange(8)).sum(), rel=1e-6)
    assert applied.rates == []
