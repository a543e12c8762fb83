"""`scheduled`: its arguments, its state in files, its decay, and what it refuses."""

import warnings
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from lrkit import Schedule, cosine, hold, linear, warmup
from lrkit.keras import LearningRate, scheduled
from lrkit.keras.optimizer import Scheduled
from tests.adapters.keras_reference import UPDATES, branched, by_hand, fit
from tests.adapters.keras_training import BACKEND, network, regression, weights

AdamW, SGD = keras.optimizers.AdamW, keras.optimizers.SGD
RATE = 0.1 * (warmup(3, start=0.2) >> cosine(UPDATES - 3, stop=0.1))
DECAY = 0.3 * linear(UPDATES, start=1.0, stop=0.2)


def number(value: Any) -> float:
    return float(keras.ops.convert_to_numpy(keras.ops.convert_to_tensor(value)))


def test_it_is_an_optimizer_of_its_class() -> None:
    optimizer = scheduled(AdamW, RATE, weight_decay=DECAY)
    assert isinstance(optimizer, AdamW)
    assert isinstance(optimizer, Scheduled)
    assert optimizer.schedules == {"weight_decay": DECAY}
    assert number(optimizer.factor) == 1.0
    assert optimizer.updates == 0


def test_one_variable_more_than_with_a_schedule_alone() -> None:
    variables = [keras.Variable(np.zeros((2, 2))), keras.Variable(np.zeros(2))]
    plain, ours = AdamW(LearningRate(RATE)), scheduled(AdamW, 1e-3, weight_decay=DECAY)
    plain.build(variables)
    ours.build(variables)
    assert len(ours.variables) == len(plain.variables) + 1
    assert [v for v in ours.variables if v.name == "factor"] == [ours.factor]


@pytest.mark.parametrize(
    ("given", "at_0"),
    [
        (RATE, 0.02),
        (repr(RATE), 0.02),
        (LearningRate(RATE), 0.02),
        (0.25, 0.25),
        (1, 1.0),
        (None, 0.001),
        (keras.optimizers.schedules.CosineDecay(0.5, 10), 0.5),
    ],
    ids=str,
)
def test_learning_rate_is_taken_as(given: Any, at_0: float) -> None:
    assert number(scheduled(AdamW, given).learning_rate) == pytest.approx(at_0, rel=1e-6)


def test_texts_are_schedules() -> None:
    optimizer = scheduled(
        AdamW, "1e-3 * cosine(10)", weight_decay="0.1 * cosine(10)", beta_1="0.9 * hold()"
    )
    assert optimizer.schedules == {"weight_decay": 0.1 * cosine(10), "beta_1": 0.9 * hold()}


def test_accumulation_is_told_to_the_schedules() -> None:
    optimizer = scheduled(SGD, RATE, momentum=0.5 * hold(), gradient_accumulation_steps=3)
    assert optimizer._learning_rate.gradient_accumulation_steps == 3
    assert optimizer._scheduled["momentum"].gradient_accumulation_steps == 3
    with pytest.raises(ValueError, match=r"count as the optimizer does, got .*=2 in it and 3"):
        scheduled(
            SGD, LearningRate(RATE, gradient_accumulation_steps=2), gradient_accumulation_steps=3
        )


def test_momentum_that_begins_at_zero_has_its_slots() -> None:
    momentum = linear(UPDATES, start=0.0, stop=0.9)
    applied = fit(branched(scheduled(SGD, RATE, momentum=momentum)), UPDATES)["whole"]
    velocity, weight = 0.0, applied[0]
    reference = branched(SGD(1.0))
    gradient = -np.diff(fit(reference, UPDATES)["whole"], axis=0)
    for k in range(UPDATES):
        velocity = momentum(k) * velocity - RATE(k) * gradient[k]
        weight = weight + velocity
        np.testing.assert_allclose(applied[k + 1], weight, rtol=0, atol=2e-6)


@pytest.mark.parametrize("jit_compile", [False, BACKEND != "torch"])
def test_decoupled_decay_leaves_out_the_rate(jit_compile: bool) -> None:
    """With gradients of 0 only the decay moves the weights."""
    optimizer = scheduled(
        AdamW, RATE, weight_decay=DECAY, decoupled=True, multipliers={"half": 0.5, "frozen": 0}
    )
    model = branched(optimizer, jit_compile=jit_compile)
    begin = model.get_layer("whole").get_weights()[0]
    model.fit(np.zeros((UPDATES, 4)), np.zeros((UPDATES, 3)), batch_size=1, verbose=0)
    left = float(np.prod([1 - DECAY(k) for k in range(UPDATES)]))
    for layer, share in {"whole": left, "half": left, "frozen": 1.0}.items():
        end = model.get_layer(layer).get_weights()[0]
        np.testing.assert_allclose(end, share * begin, rtol=1e-6)


def test_factor_multiplies_without_compiling_anew() -> None:
    calls = []

    class Counting(SGD):
        def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
            calls.append(1)
            super().update_step(gradient, variable, learning_rate)

    class Halve(keras.callbacks.Callback):
        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            optimizer = self.model.optimizer
            traced.append(len(calls))
            if epoch == 0:
                optimizer.set_factor(0.5)

    traced: list[int] = []
    model = network(optimizer := scheduled(Counting, 0.01))
    x, y = regression()
    model.fit(x, y, batch_size=4, epochs=3, verbose=0, callbacks=[Halve()])
    assert number(optimizer.learning_rate) == pytest.approx(0.005, rel=1e-6)
    assert optimizer.factor_changes == [(4, 0.5)]
    if BACKEND != "torch":  # which has no trace
        assert traced[0] == traced[1] == traced[2] > 0


def test_saved_and_loaded_it_goes_on(tmp_path: Path) -> None:
    def make() -> keras.Model:
        optimizer = scheduled(
            AdamW,
            RATE,
            weight_decay=DECAY,
            beta_1=linear(UPDATES, start=0.9, stop=0.8),
            multipliers={"bias": 2, "dense_1/kernel": cosine(5)},
            layerwise_decay=0.5,
            clipnorm=1.0,
        )
        keras.backend.clear_session()
        return network(optimizer)

    def train(model: keras.Model, first: int, stop: int) -> None:
        x, y = regression()
        model.fit(x, y, batch_size=4, shuffle=False, initial_epoch=first, epochs=stop, verbose=0)

    whole, half = make(), make()
    train(whole, 0, 2)
    train(half, 0, 1)
    half.optimizer.set_factor(0.5)
    whole_with_factor = make()
    train(whole_with_factor, 0, 1)
    whole_with_factor.optimizer.set_factor(0.5)
    train(whole_with_factor, 1, 2)
    half.optimizer.notes["seen"] = {"best": 0.25, "epochs": [0]}
    half.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    one, other = loaded.optimizer.get_config(), half.optimizer.get_config()
    assert [m for _, m in one.pop("found")] == [m for _, m in other.pop("found")]
    assert one == other
    assert loaded.optimizer.notes == {"seen": {"best": 0.25, "epochs": [0]}}
    train(loaded, 1, 2)
    for a, b in zip(weights(loaded), weights(whole_with_factor), strict=True):
        np.testing.assert_array_equal(a, b)
    assert not all(
        np.array_equal(a, b) for a, b in zip(weights(loaded), weights(whole), strict=True)
    )


@pytest.mark.parametrize("rate", [0.01, LearningRate(RATE)], ids=["number", "schedule"])
def test_the_file_of_a_plain_optimizer_goes_on(tmp_path: Path, rate: Any) -> None:
    x, y = regression()
    plain = network(AdamW(rate))
    plain.fit(x, y, batch_size=4, epochs=1, verbose=0)
    plain.save_weights(tmp_path / "a.weights.h5")
    ours = network(scheduled(AdamW, RATE))
    ours.optimizer.build(ours.trainable_variables)
    ours.load_weights(tmp_path / "a.weights.h5")
    assert ours.optimizer.updates == 4
    assert number(ours.optimizer.factor) == 1.0
    slots = [v for v in plain.optimizer.variables if v.shape != ()]
    mine = [v for v in ours.optimizer.variables if v.shape != ()]
    for a, b in zip(slots, mine, strict=True):
        np.testing.assert_array_equal(keras.ops.convert_to_numpy(a), keras.ops.convert_to_numpy(b))


def test_weights_loaded_before_it_is_built_are_said(tmp_path: Path) -> None:
    x, y = regression()
    first = network(scheduled(AdamW, RATE))
    first.fit(x, y, batch_size=4, epochs=1, verbose=0)
    first.save_weights(tmp_path / "a.weights.h5")
    second = network(scheduled(AdamW, RATE))
    with pytest.warns(UserWarning, match="counter stays at 0.*call optimizer.build"):
        second.load_weights(tmp_path / "a.weights.h5")


def test_loaded_weights_say_nothing_when_it_is_built(tmp_path: Path) -> None:
    x, y = regression()
    first = network(scheduled(AdamW, RATE))
    first.fit(x, y, batch_size=4, epochs=1, verbose=0)
    first.save_weights(tmp_path / "a.weights.h5")
    second = network(scheduled(AdamW, RATE))
    second.optimizer.build(second.trainable_variables)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        second.load_weights(tmp_path / "a.weights.h5")
    assert second.optimizer.updates == 4


def test_a_newer_format_is_refused() -> None:
    config = scheduled(AdamW, RATE).get_config() | {"format": 2}
    with pytest.raises(ValueError, match=r"must be of format 1, got format=2\. A newer lrkit"):
        type(scheduled(AdamW, RATE)).from_config(config)


@pytest.mark.skipif(BACKEND == "torch", reason="nothing is compiled, so a change takes effect")
@pytest.mark.parametrize("name", ["weight_decay", "learning_rate", "epsilon"])
def test_a_change_after_compiling_is_said(name: str) -> None:
    model = network(scheduled(AdamW, RATE, weight_decay=DECAY))
    x, y = regression()
    model.fit(x, y, verbose=0)
    with pytest.warns(UserWarning, match=f"`{name}` was set after .* was compiled"):
        setattr(model.optimizer, name, 0.5 if name == "epsilon" else LearningRate(0.5 * hold()))


def refused(**arguments: Any) -> Any:
    return lambda: scheduled(AdamW, **arguments)


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: scheduled("adam"), TypeError, "must be the class of an optimizer"),
        (lambda: scheduled(AdamW()), TypeError, r"Give the class and its arguments"),
        (lambda: scheduled(keras.optimizers.LossScaleOptimizer), TypeError, "classes inside it"),
        (lambda: scheduled(type(scheduled(AdamW))), TypeError, "scheduled already"),
        (refused(learning_rate="cosin(3)"), ValueError, "cosine"),
        (refused(learning_rate=[1]), TypeError, "`learning_rate` must be a number"),
        (refused(beta_3=0.5), ValueError, "beta_3"),
        (refused(amsgrad=0.5 * hold()), TypeError, "`amsgrad` must be no schedule.*can be"),
        (refused(gradient_accumulation_steps=hold()), TypeError, "must be no schedule"),
        (refused(decoupled=1), TypeError, "`decoupled` must be True or False"),
        (lambda: scheduled(SGD, decoupled=True), TypeError, "unless there is weight decay"),
        (
            lambda: scheduled(SGD, momentum=2 * cosine(5)),
            ValueError,
            "takes the value 2.*Keras says",
        ),
        (refused(layers=["a"]), TypeError, "unless `layerwise_decay` is given"),
        (refused(layerwise_decay=0), ValueError, "`layerwise_decay` must be positive"),
        (refused(multipliers={"a": -1}), ValueError, "0 or more"),
        (refused(multipliers={"(": 1}), ValueError, "a regular expression"),
        (refused(multipliers={3: 1}), TypeError, "patterns .* or layers"),
        (refused(multipliers={keras.layers.Dense(2): 1}), ValueError, "layers that are built"),
    ],
)
def test_refused(make: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        make()


def test_a_number_for_the_rate_is_refused_with_the_way_out() -> None:
    optimizer = scheduled(AdamW, RATE)
    with pytest.raises(TypeError, match=r"lrkit\.keras\.Plateau in place of ReduceLROnPlateau"):
        optimizer.learning_rate = 0.1
    with pytest.raises(TypeError, match="`weight_decay` must stay a schedule"):
        scheduled(AdamW, RATE, weight_decay=DECAY).weight_decay = 0.1
    with pytest.raises(ValueError, match="`factor` must be 0 or more"):
        optimizer.set_factor(-1)


def test_a_users_own_class(tmp_path: Path) -> None:
    @keras.saving.register_keras_serializable(package="tests")
    class Slow(SGD):
        def __init__(self, drag: float = 1.0, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            self.drag = drag

        def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
            super().update_step(gradient, variable, learning_rate * self.drag)

        def get_config(self) -> dict[str, Any]:
            return super().get_config() | {"drag": self.drag}

    drag = linear(UPDATES, start=1.0, stop=0.5)
    model = branched(scheduled(Slow, RATE, drag=drag))
    applied = fit(model, UPDATES)["whole"]
    product: Schedule = RATE * drag
    told = by_hand(SGD, product, {})
    np.testing.assert_allclose(np.diff(applied, axis=0), np.diff(told, axis=0), rtol=0, atol=1e-6)
    model.save(tmp_path / "own.keras")
    assert keras.saving.load_model(tmp_path / "own.keras", compile=True).optimizer.schedules == {
        "drag": drag
    }
