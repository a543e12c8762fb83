"""The Recorder on a `MultiOptimizer`: one record for each optimizer in it."""

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from lrkit import Plan, linear
from lrkit.keras import LearningRate, Recorder, scheduled
from tests.adapters.keras_training import network, regression

LOW = linear(100, start=0.25, stop=0.125)
HIGH = linear(100, start=0.5, stop=0.25)
DECAY = linear(100, start=0.1, stop=0.05)
pytestmark = pytest.mark.skipif(
    not hasattr(keras.optimizers, "MultiOptimizer"), reason="this Keras does not have it"
)
HEADER = "step,epoch,learning_rate"


def two(**options: Any) -> Any:
    """SGD for the first layer, with a schedule that falls from HIGH, and AdamW for the rest."""
    first = keras.optimizers.SGD(LearningRate(HIGH, **options), name="first", **options)
    rest = scheduled(keras.optimizers.AdamW, learning_rate=LOW, weight_decay=DECAY, name="rest")
    inner = keras.optimizers.OptimizerMap(rest, {".*first/.*": first})
    return keras.optimizers.MultiOptimizer(inner)


def model_of(optimizer: Any) -> keras.Model:
    """A small network whose first layer has a name."""
    keras.utils.set_random_seed(0)
    layers = [keras.layers.Dense(4, name="first"), keras.layers.Dense(1)]
    model = keras.Sequential([keras.layers.Input((3,)), *layers])
    model.compile(optimizer, loss="mse")
    return model


def train(model: keras.Model, *callbacks: Any, **options: Any) -> Any:
    options = {"epochs": 2, "batch_size": 4, "shuffle": False, "verbose": 0} | options
    return model.fit(*regression(), callbacks=list(callbacks), **options)


def rows(first: int, stop: int, *schedules: Any) -> str:
    return "".join(
        ",".join([f"{k},{k // 4}", *(str(np.float32(s(k))) for s in schedules)]) + "\n"
        for k in range(first, stop)
    )


def test_each_optimizer_has_its_record() -> None:
    recorder = Recorder()
    train(model_of(two()), recorder)
    assert set(recorder.optimizers) == {"first", "rest"}
    first, rest = recorder.optimizers["first"], recorder.optimizers["rest"]
    for record, schedule in ((first, HIGH), (rest, LOW)):
        assert record.steps.tolist() == list(range(8))
        assert record.epochs.tolist() == [0] * 4 + [1] * 4
        assert record.segments == [slice(0, 8)]
        np.testing.assert_array_equal(record.learning_rates, schedule(np.arange(8)).astype("f4"))
    assert first.hyperparameters == {}
    np.testing.assert_array_equal(
        rest.hyperparameters["weight_decay"], DECAY(np.arange(8)).astype("f4")
    )


def test_recorded_rates_are_those_that_were_applied() -> None:
    """Two layers of one weight each, whose gradients are 1: each moves by its own rate."""
    moves: list[list[float]] = []

    class Moves(keras.callbacks.Callback):
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            weights = self.model.trainable_variables
            moves.append([-float(keras.ops.convert_to_numpy(w)[0, 0]) for w in weights])
            for weight in weights:
                weight.assign(np.zeros((1, 1)))

    value = keras.layers.Input((1,))
    options = {"use_bias": False, "kernel_initializer": "zeros"}
    layers = [keras.layers.Dense(1, name=name, **options) for name in ("first", "last")]
    model = keras.Model(value, keras.layers.Add()([layer(value) for layer in layers]))
    rest = keras.optimizers.SGD(LearningRate(LOW), name="rest")
    first = keras.optimizers.SGD(LearningRate(HIGH), name="first")
    inner = keras.optimizers.OptimizerMap(rest, {".*first/.*": first})
    model.compile(keras.optimizers.MultiOptimizer(inner), loss=lambda _, y: keras.ops.mean(y))
    recorder, ones = Recorder(), np.ones((8, 1), "float32")
    model.fit(ones, ones, epochs=2, batch_size=2, verbose=0, callbacks=[Moves(), recorder])
    applied = np.array(moves).T
    for name, rates in zip(("first", "rest"), applied, strict=True):
        recorded = recorder.optimizers[name].learning_rates
        np.testing.assert_allclose(recorded, rates, rtol=0, atol=1e-6 * 0.5)


def test_each_counts_its_own_updates() -> None:
    recorder = Recorder()
    train(model_of(two(gradient_accumulation_steps=2)), recorder)
    assert recorder.optimizers["first"].steps.tolist() == [0, 1, 2, 3]
    assert recorder.optimizers["rest"].steps.tolist() == list(range(8))


def test_logs_have_the_names_that_keras_gives() -> None:
    history = train(model_of(two()), Recorder()).history
    expected = {"learning_rate_first": HIGH, "learning_rate_rest": LOW, "weight_decay_rest": DECAY}
    assert set(history) == {"loss", *expected}
    for name, schedule in expected.items():
        assert history[name] == [float(np.float32(schedule(step))) for step in (3, 7)]


def test_what_has_one_answer_only_says_whom_to_ask() -> None:
    recorder = Recorder()
    train(model_of(two()), recorder)
    names = ("steps", "epochs", "learning_rates", "hyperparameters", "factors", "segments")
    for name in names:
        message = rf"`{name}` must be asked of one optimizer.*optimizers\['(first|rest)'\]\.{name}"
        with pytest.raises(TypeError, match=message):
            getattr(recorder, name)
    with pytest.raises(TypeError, match=r"optimizers\['(first|rest)'\]\.audit"):
        recorder.audit(Plan(updates=8))


def test_one_optimizer_is_there_by_its_name_too() -> None:
    recorder = Recorder()
    assert recorder.optimizers == {}
    train(network(keras.optimizers.SGD(LearningRate(LOW), name="mine")), recorder)
    assert list(recorder.optimizers) == ["mine"]
    np.testing.assert_array_equal(
        recorder.optimizers["mine"].learning_rates, recorder.learning_rates
    )


def test_each_is_audited() -> None:
    recorder = Recorder()
    rest = keras.optimizers.SGD(LearningRate("0.1 * linear(6)"), name="rest")
    one = keras.optimizers.SGD(LearningRate("0.1 * linear(8)"), name="one")
    inner = keras.optimizers.OptimizerMap(rest, {".*first/.*": one})
    model = model_of(keras.optimizers.MultiOptimizer(inner))
    with pytest.warns(UserWarning, match=r"the schedule of the optimizer 'rest' is 6 updates long"):
        train(model, recorder)
    plan = Plan(updates=8)
    assert recorder.optimizers["one"].audit(plan).ok
    assert [f.code for f in recorder.optimizers["rest"].audit(plan).findings] == ["overshot"]


def test_each_has_a_file_and_goes_on_in_it(tmp_path: Path) -> None:
    train(model_of(two()), Recorder(csv=tmp_path / "rates.csv"), epochs=1)
    model, recorder = model_of(two()), Recorder(csv=tmp_path / "rates.csv")
    model.optimizer.build(model.trainable_variables)
    for optimizer in (model.optimizer, *model.optimizer.optimizers):
        optimizer.iterations.assign(4)
    train(model, recorder, initial_epoch=1)
    assert {path.name for path in tmp_path.iterdir()} == {"rates_first.csv", "rates_rest.csv"}
    assert (tmp_path / "rates_first.csv").read_text() == f"{HEADER}\n{rows(0, 8, HIGH)}"
    wide = f"{HEADER},weight_decay\n{rows(0, 8, LOW, DECAY)}"
    assert (tmp_path / "rates_rest.csv").read_text() == wide
    assert recorder.optimizers["rest"].steps.tolist() == list(range(8))


def test_tensorboard_has_the_names_of_the_logs(tmp_path: Path) -> None:
    from lrkit.record.tensorboard import _points

    train(model_of(two()), Recorder(tensorboard=tmp_path / "logs"))
    points = _points(list((tmp_path / "logs").iterdir()))
    expected = {"learning_rate_first": HIGH, "learning_rate_rest": LOW, "weight_decay_rest": DECAY}
    assert set(points) == set(expected)
    for tag, schedule in expected.items():
        assert points[tag] == {step: float(np.float32(schedule(step))) for step in range(8)}


def test_plot_draws_all_of_them() -> None:
    recorder = Recorder()
    train(model_of(two()), recorder)
    axes = recorder.plot().axes[0]
    lines = {line.get_label(): line.get_ydata() for line in axes.lines}
    assert set(lines) == {"first", "rest"} == {text.get_text() for text in axes.get_legend().texts}
    for name, rates in lines.items():
        np.testing.assert_array_equal(rates, recorder.optimizers[name].learning_rates)


def test_prints_a_line_for_each(capsys: pytest.CaptureFixture[str]) -> None:
    train(model_of(two()), Recorder(print_every="epoch"), Recorder(print_every=6), epochs=1)
    assert sorted(capsys.readouterr().out.splitlines()) == [
        "Epoch 1/1: learning rate of 'first' 0.5 from update 0",
        "Epoch 1/1: learning rate of 'rest' 0.25 from update 0",
        "Update 0: learning rate of 'first' 0.5",
        "Update 0: learning rate of 'rest' 0.25",
    ]


def test_optimizers_of_one_name_are_refused() -> None:
    inner = keras.optimizers.OptimizerMap(
        keras.optimizers.SGD(0.1, name="same"), {".*first/.*": keras.optimizers.Adam(name="same")}
    )
    with pytest.raises(ValueError, match="must be its own, got name='same' for 2 of 2"):
        train(model_of(keras.optimizers.MultiOptimizer(inner)), Recorder())


def test_optimizer_whose_pattern_matches_nothing_is_told() -> None:
    idle = keras.optimizers.Adam(LearningRate(LOW), name="idle")
    inner = keras.optimizers.OptimizerMap(
        keras.optimizers.SGD(LearningRate(LOW), name="rest"), {"first/kernel_": idle}
    )
    recorder = Recorder()
    message = "'idle' has made no update, since no variable is its own.*whole path"
    with pytest.warns(UserWarning, match=message) as caught:
        train(model_of(keras.optimizers.MultiOptimizer(inner)), recorder)
    assert [warning.category for warning in caught].count(UserWarning) == 1
    assert recorder.optimizers["idle"].steps.tolist() == []
    assert recorder.optimizers["rest"].steps.tolist() == list(range(8))


def test_loss_scale_is_looked_through() -> None:
    recorder = Recorder()
    optimizer = keras.optimizers.LossScaleOptimizer(two(), initial_scale=2.0)
    train(model_of(optimizer), recorder)
    np.testing.assert_array_equal(
        recorder.optimizers["first"].learning_rates, HIGH(np.arange(8)).astype("f4")
    )
