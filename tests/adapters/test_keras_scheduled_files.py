"""A scheduled optimizer in files: what is saved, what goes on, what a plain one's file gives."""

import warnings
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from lrkit import cosine, linear, warmup
from lrkit.keras import LearningRate, scheduled
from tests.adapters.keras_reference import UPDATES
from tests.adapters.keras_training import network, regression, weights

AdamW = keras.optimizers.AdamW
RATE = 0.1 * (warmup(3, start=0.2) >> cosine(UPDATES - 3, stop=0.1))
DECAY = 0.3 * linear(UPDATES, start=1.0, stop=0.2)


def number(value: Any) -> float:
    return float(keras.ops.convert_to_numpy(keras.ops.convert_to_tensor(value)))


@pytest.mark.usefixtures("own_garbage")  # `clear_session` collects it
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
    found = [[row[1:] for row in config.pop("found")["variables"]] for config in (one, other)]
    assert found[0] == found[1]
    assert one == other
    assert loaded.optimizer.notes == {"seen": {"best": 0.25, "epochs": [0]}}
    train(loaded, 1, 2)
    for a, b in zip(weights(loaded), weights(whole_with_factor), strict=True):
        np.testing.assert_array_equal(a, b)
    assert not all(
        np.array_equal(a, b) for a, b in zip(weights(loaded), weights(whole), strict=True)
    )


WRAPPERS = {
    "bare": lambda optimizer: optimizer,
    "loss scale": keras.optimizers.LossScaleOptimizer,
    "multi": lambda optimizer: keras.optimizers.MultiOptimizer(
        keras.optimizers.OptimizerMap(default_optimizer=optimizer)
    ),
}


@pytest.mark.parametrize("wrap", WRAPPERS)
@pytest.mark.parametrize("rate", [0.01, LearningRate(RATE)], ids=["number", "schedule"])
def test_the_file_of_a_plain_optimizer_goes_on(tmp_path: Path, rate: Any, wrap: str) -> None:
    if wrap != "bare" and not isinstance(rate, float):
        pytest.skip("Keras's wrappers refuse a file with another number of variables")
    if wrap == "multi" and not hasattr(keras.optimizers, "MultiOptimizer"):
        pytest.skip("this Keras has none yet")
    x, y = regression()
    plain = network(WRAPPERS[wrap](AdamW(rate)))
    plain.fit(x, y, batch_size=4, epochs=1, verbose=0)
    plain.save_weights(tmp_path / "a.weights.h5")
    ours = network(WRAPPERS[wrap](optimizer := scheduled(AdamW, RATE)))
    ours.optimizer.build(ours.trainable_variables)
    ours.load_weights(tmp_path / "a.weights.h5")
    assert optimizer.updates == 4
    assert number(optimizer.factor) == 1.0
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


def test_saved_before_the_first_batch(tmp_path: Path) -> None:
    """Keras itself warns that nothing is loaded, for there are no slots in the file."""
    model = network(optimizer := scheduled(AdamW, RATE))
    optimizer.notes["seen"] = 1
    model.save(tmp_path / "model.keras")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert loaded.optimizer.notes == {"seen": 1}
    loaded.fit(*regression(), batch_size=4, verbose=0)
    assert loaded.optimizer.updates == 4


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


def test_exclusions_from_weight_decay_are_in_the_file(tmp_path: Path) -> None:
    """On torch a group of variables without any decay has an update of its own."""
    optimizer = scheduled(AdamW, RATE, weight_decay=0.5, multipliers={"bias": 2.0})
    optimizer.exclude_from_weight_decay(var_names=["bias"])
    model = network(optimizer)
    x, y = regression()
    model.fit(x, y, batch_size=4, shuffle=False, verbose=0)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    for one in (model, loaded):
        one.fit(x, y, batch_size=4, shuffle=False, verbose=0)
    decays = [loaded.optimizer._use_weight_decay(v) for v in loaded.trainable_variables]
    assert decays == [True, False, True, False]
    for a, b in zip(weights(loaded), weights(model), strict=True):
        np.testing.assert_array_equal(a, b)


def test_factor_changes_are_in_the_file(tmp_path: Path) -> None:
    model = network(optimizer := scheduled(AdamW, RATE))
    model.fit(*regression(), batch_size=4, verbose=0)
    optimizer.set_factor(0.5)
    model.fit(*regression(), batch_size=4, verbose=0)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert loaded.optimizer.factor_changes == optimizer.factor_changes == [(4, 0.5)]
