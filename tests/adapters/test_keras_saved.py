"""A `LearningRate` in configs, copies and files, those of earlier versions among them."""

import json
import pickle
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from lrkit import cosine
from lrkit.keras import LearningRate
from tests.adapters.keras_training import fit, network, regression, visible

GOLDEN = Path(__file__).parent / "golden"


def test_equal_means_same_config() -> None:
    rate = LearningRate("1e-3 * cosine(9)")
    assert rate == LearningRate(0.001 * cosine(9))
    assert hash(rate) == hash(LearningRate(0.001 * cosine(9)))
    assert rate != LearningRate("1e-3 * cosine(10)")
    assert rate != LearningRate("1e-3 * cosine(9)", gradient_accumulation_steps=2)
    assert rate != "0.001 * cosine(9)"
    assert pickle.loads(pickle.dumps(rate)) == rate


def test_repr_builds_it() -> None:
    for rate in (LearningRate("cosine(9)"), LearningRate("hold()", gradient_accumulation_steps=4)):
        assert eval(repr(rate), {"LearningRate": LearningRate}) == rate
    assert repr(LearningRate("1e-3*cosine(9)")) == "LearningRate('0.001 * cosine(9)')"


def test_config_is_plain_json() -> None:
    rate = LearningRate(0.5 * cosine(9), gradient_accumulation_steps=2)
    config = rate.get_config()
    assert config == {"format": 1, "schedule": "0.5 * cosine(9)", "gradient_accumulation_steps": 2}
    assert LearningRate.from_config(json.loads(json.dumps(config))) == rate


def test_keras_knows_it_by_a_name_for_ever() -> None:
    saved = keras.saving.serialize_keras_object(LearningRate("cosine(9)"))
    assert saved["registered_name"] == "lrkit>LearningRate"
    assert keras.saving.get_registered_object("lrkit>LearningRate") is LearningRate


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"format": 2}, r"of format 1 .* got format=2\. A newer lrkit wrote this file: pip"),
        ({"floor": 0.1}, r"got format=1, floor=0\.1\. A newer lrkit"),
    ],
)
def test_newer_config_is_refused(changed: dict[str, Any], message: str) -> None:
    config = LearningRate("cosine(9)").get_config() | changed
    with pytest.raises(ValueError, match=message):
        LearningRate.from_config(config)


@pytest.mark.parametrize("name", ["SGD", "AdamW", "Lion"])
def test_optimizers_are_copied_with_it(name: str) -> None:
    rate = LearningRate("0.5 * cosine(9)", gradient_accumulation_steps=2)
    optimizer = getattr(keras.optimizers, name)(rate, gradient_accumulation_steps=2)
    wrapped = keras.optimizers.LossScaleOptimizer(optimizer)
    for copy in (
        keras.optimizers.deserialize(keras.optimizers.serialize(optimizer)),
        type(optimizer).from_config(optimizer.get_config()),
        keras.optimizers.deserialize(keras.optimizers.serialize(wrapped)).inner_optimizer,
    ):
        assert copy._learning_rate == rate
        assert copy._learning_rate is not rate
        assert copy.gradient_accumulation_steps == 2


def test_compile_config_of_a_model_holds_it() -> None:
    model = network(keras.optimizers.SGD(LearningRate("0.5 * cosine(9)")))
    copy = keras.models.clone_model(model)
    copy.compile_from_config(model.get_compile_config())
    assert copy.optimizer._learning_rate == LearningRate("0.5 * cosine(9)")


def test_model_file_loads_without_custom_objects(tmp_path: Path) -> None:
    rate = LearningRate("0.1 * (warmup(3) >> cosine(20))")
    model = network(keras.optimizers.AdamW(rate))
    model.fit(*regression(), batch_size=4, verbose=0)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert loaded.optimizer._learning_rate == rate
    assert int(keras.ops.convert_to_numpy(loaded.optimizer.iterations)) == 4
    now = float(keras.ops.convert_to_numpy(loaded.optimizer.learning_rate))
    assert now == np.float32(rate.schedule(4))


@pytest.mark.parametrize(
    "file", sorted(GOLDEN.glob("learning_rate-*.keras")), ids=lambda file: file.stem
)
def test_golden_file_loads(file: Path) -> None:
    """What every released version wrote: 6 batches are 3 updates of this schedule."""
    model = keras.saving.load_model(file)
    text = "0.01 * (warmup(4) >> hold(3) >> cosine(5, stop=0.1) | 0.05 * hold())"
    assert model.optimizer._learning_rate == LearningRate(text, gradient_accumulation_steps=2)
    assert int(keras.ops.convert_to_numpy(model.optimizer.iterations)) == 3
    now = float(keras.ops.convert_to_numpy(model.optimizer.learning_rate))
    assert now == pytest.approx(0.01 * 3 / 4, rel=1e-6)
    x = np.ones((2, 2), "float32")
    model.fit(x, x[:, :1], batch_size=1, verbose=0)
    assert int(keras.ops.convert_to_numpy(model.optimizer.iterations)) == 4


@pytest.mark.parametrize(
    "file", sorted(GOLDEN.glob("scheduled-*.keras")), ids=lambda file: file.stem
)
def test_golden_file_of_a_scheduled_optimizer_loads(file: Path) -> None:
    """6 batches are 3 updates; then the factor was set and a note was made."""
    optimizer = (model := keras.saving.load_model(file)).optimizer
    rate = "0.01 * (warmup(4) >> cosine(8, stop=0.1))"
    assert optimizer._learning_rate == LearningRate(rate, gradient_accumulation_steps=2)
    assert {name: repr(s) for name, s in optimizer.schedules.items()} == {
        "weight_decay": "0.1 * cosine(12)",
        "beta_1": "linear(12, start=0.9, stop=0.8)",
    }
    assert optimizer.updates == 3
    assert float(keras.ops.convert_to_numpy(optimizer.factor)) == 0.5
    assert optimizer.notes == {"tests": {"best": 0.25, "waited": [1, 2]}}
    multipliers = {
        v.path: float(optimizer._groups.of(optimizer._var_key(v)).now(6))
        for v in model.trainable_variables
    }
    assert multipliers == {
        "below/kernel": 0.75 * 0.5,
        "below/bias": pytest.approx(0.75 * (2 + np.sqrt(2)) / 4, rel=1e-6),
        "top/kernel": 1.0,
        "top/bias": pytest.approx((2 + np.sqrt(2)) / 4, rel=1e-6),
    }
    assert any(float(abs(keras.ops.convert_to_numpy(v)).max()) > 0 for v in optimizer.variables[2:])
    x = np.ones((2, 2), "float32")
    model.fit(x, x[:, :1], batch_size=1, verbose=0)
    assert optimizer.updates == 4


@pytest.mark.parametrize("kind", ["learning_rate", "scheduled"])
def test_there_is_a_golden_file_of_this_version(kind: str) -> None:
    import lrkit

    assert (GOLDEN / f"{kind}-{lrkit.__version__}.keras").exists()


def test_callbacks_of_keras_can_read_it() -> None:
    """TensorBoard and ReduceLROnPlateau convert `optimizer.learning_rate` to NumPy."""
    plateau = keras.callbacks.ReduceLROnPlateau(monitor="loss", patience=9)
    history = fit(visible(keras.optimizers.SGD(LearningRate("linear(100)"))), [plateau])
    assert history.history["learning_rate"] == pytest.approx([0.96, 0.92])
