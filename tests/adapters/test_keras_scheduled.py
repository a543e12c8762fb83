"""`scheduled`: its arguments, its state in files, its decay, and what it refuses."""

import pickle
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from lrkit import Schedule, cosine, hold, linear, warmup
from lrkit.keras import LearningRate, schedule_of, scheduled
from lrkit.keras.optimizer import Scheduled
from tests.adapters.keras_reference import UPDATES, branched, by_hand, fit
from tests.adapters.keras_training import BACKEND, network, regression

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


def test_it_pickles() -> None:
    optimizer = scheduled(AdamW, RATE, weight_decay=DECAY)
    assert pickle.loads(pickle.dumps(optimizer)).schedules == {"weight_decay": DECAY}


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


def test_a_newer_format_is_refused() -> None:
    config = scheduled(AdamW, RATE).get_config() | {"format": 2}
    with pytest.raises(ValueError, match=r"must be of format 1, got format=2\. A newer lrkit"):
        type(scheduled(AdamW, RATE)).from_config(config)


def test_an_argument_that_another_one_needs() -> None:
    class Needing(SGD):
        def __init__(self, gamma: float, strength: float = 0.5, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            self.gamma, self.strength = gamma, strength

    optimizer = scheduled(Needing, 0.1, gamma=3.0, strength=linear(10))
    assert optimizer.schedules == {"strength": linear(10)}


def test_a_schedule_is_assigned_as_it_is_given() -> None:
    optimizer = scheduled(AdamW, RATE, weight_decay=DECAY, gradient_accumulation_steps=2)
    optimizer.weight_decay = 0.5 * cosine(3)
    optimizer.beta_1 = "0.5 * hold()"
    assert optimizer.schedules == {"weight_decay": 0.5 * cosine(3), "beta_1": 0.5 * hold()}
    assert optimizer._scheduled["beta_1"].gradient_accumulation_steps == 2
    optimizer.learning_rate = 0.25 * hold()
    assert schedule_of(optimizer) == 0.25 * hold()
    momentum = scheduled(SGD, RATE)
    momentum.build([keras.Variable(np.zeros(2))])
    with pytest.raises(TypeError, match="must be a schedule from the beginning"):
        momentum.momentum = 0.5 * hold()


def test_schedule_of_a_model(tmp_path: Path) -> None:
    wrapped = keras.optimizers.LossScaleOptimizer(scheduled(AdamW, RATE))
    assert schedule_of(network(wrapped)) == RATE
    model = network(AdamW(LearningRate(RATE)))
    model.fit(*regression(), verbose=0)
    model.save(tmp_path / "model.keras")
    assert schedule_of(keras.saving.load_model(tmp_path / "model.keras")) == RATE
    with pytest.raises(TypeError, match="got Adam with learning_rate"):
        schedule_of(keras.optimizers.Adam(0.1))


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
