"""A model with a scheduled optimizer, exported, and one that a tuner of schedules found."""

import importlib.util
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from lrkit import cosine, hold, warmup
from lrkit.keras import Recorder, scheduled
from tests.adapters.keras_reference import batches
from tests.adapters.keras_training import BACKEND, regression
from tests.adapters.keras_with import BATCHES, adamw, model, train

X, _ = batches(BATCHES)


@pytest.fixture(scope="module")
def trained() -> keras.Model:
    network = model()
    train(network, stop=1)
    return network


@pytest.mark.skipif(BACKEND == "torch", reason="see the test below")
@pytest.mark.filterwarnings("ignore:.*native_serialization:DeprecationWarning")  # Keras to JAX
def test_saved_model(trained: keras.Model, tmp_path: Path) -> None:
    """The optimizer stays behind: what is exported predicts."""
    import tensorflow as tf

    trained.export(tmp_path / "model", format="tf_saved_model", verbose=False)
    loaded = tf.saved_model.load(str(tmp_path / "model"))
    predicted = trained.predict(X, verbose=0)
    np.testing.assert_allclose(loaded.serve(X), predicted, rtol=1e-5, atol=1e-6)


@pytest.mark.skipif(BACKEND != "torch", reason="the others can")
@pytest.mark.parametrize("make", [adamw, keras.optimizers.AdamW], ids=["ours", "Keras's"])
def test_saved_model_fails_on_torch_with_any_optimizer(make: Any, tmp_path: Path) -> None:
    import torch

    with pytest.raises(torch._dynamo.exc.UserError, match="mismatch between the structure"):
        model(make()).export(tmp_path / "model", format="tf_saved_model", verbose=False)


@pytest.mark.skipif(BACKEND != "torch", reason="a format of torch")
def test_exported_program(trained: keras.Model, tmp_path: Path) -> None:
    import torch

    signature = [keras.InputSpec(shape=X.shape)]  # else Keras takes batches of 1
    path = tmp_path / "model.pt2"
    trained.export(path, format="torch", verbose=False, input_signature=signature)
    served = torch.export.load(path).module()(torch.from_numpy(X)).detach().numpy()
    np.testing.assert_allclose(served, trained.predict(X, verbose=0), rtol=1e-5, atol=1e-6)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # Keras to torch
def test_onnx_needs_its_packages(trained: keras.Model, tmp_path: Path) -> None:
    if importlib.util.find_spec("onnx"):
        pytest.skip("they are there")
    with pytest.raises((ImportError, RuntimeError), match="onnx"):
        trained.export(tmp_path / "model.onnx", format="onnx", verbose=False)


def test_exporting_leaves_the_optimizer_as_it_is(trained: keras.Model) -> None:
    assert trained.optimizer.updates == BATCHES
    recorder = Recorder()
    train(trained, recorder, first=1, stop=2)
    assert recorder.steps.tolist() == list(range(BATCHES, 2 * BATCHES))


def build(hp: Any) -> keras.Model:
    """A model whose schedules, for 8 updates, are made of hyperparameters."""
    peak = hp.Float("peak", 1e-3, 1e-1, sampling="log")
    shape = {
        "cosine": warmup(2) >> cosine(6),
        "hold": warmup(2) >> hold(6),
    }[hp.Choice("shape", ["cosine", "hold"])]
    decay = hp.Float("decay", 0.01, 0.1) * cosine(8)
    network = keras.Sequential([keras.layers.Input((3,)), keras.layers.Dense(1)])
    optimizer = scheduled(keras.optimizers.AdamW, peak * shape, weight_decay=decay)
    network.compile(optimizer, loss="mse")
    return network


@pytest.mark.usefixtures("own_garbage")  # the tuner collects it before each trial
@pytest.mark.filterwarnings("ignore::DeprecationWarning:keras_tuner")
def test_keras_tuner(tmp_path: Path) -> None:
    import keras_tuner

    def search() -> Any:
        return keras_tuner.RandomSearch(
            build, "val_loss", max_trials=2, seed=1, directory=tmp_path, project_name="search"
        )

    x, y = regression()
    options: dict[str, Any] = {"batch_size": 4, "epochs": 2, "shuffle": False, "verbose": 0}
    tuner = search()
    tuner.search(x, y, validation_data=(x, y), **options)
    # It builds a model of the best hyperparameters and loads the weights, not the optimizer.
    with pytest.warns(UserWarning, match="counter stays at 0"):
        (best,) = tuner.get_best_models(1)
    (found,) = tuner.get_best_hyperparameters(1)
    trial = tuner.oracle.get_best_trials(1)[0]
    assert best.evaluate(x, y, batch_size=4, verbose=0) == pytest.approx(trial.score, rel=1e-5)
    scores = {one.score for one in tuner.oracle.trials.values()}
    assert len(scores) == 2

    again, recorder = build(found), Recorder()
    again.fit(x, y, callbacks=[recorder], **options)
    expected = again.optimizer._learning_rate.schedule(np.arange(8))
    np.testing.assert_allclose(recorder.learning_rates, expected, rtol=0, atol=1e-6 * found["peak"])
    assert max(expected) == pytest.approx(found["peak"])

    best.optimizer.build(best.trainable_variables)  # else loading warns: it is built by then
    best.save(tmp_path / "best.keras")
    loaded = keras.saving.load_model(tmp_path / "best.keras")
    assert loaded.optimizer.schedules == again.optimizer.schedules
    np.testing.assert_array_equal(loaded.predict(x, verbose=0), best.predict(x, verbose=0))
