"""`find_lr` leaves no trace: every bit is as before, and so is what is trained next."""

from collections.abc import Callable
from functools import partial
from typing import Any

import keras
import numpy as np
import pytest

from lrkit.keras import LearningRate, find_lr, scheduled
from tests.adapters.keras_finder import SHORT, Mixed, bits, branched, classes, run
from tests.adapters.keras_training import BACKEND, Applied, visible

pytestmark = pytest.mark.usefixtures("torch_without_cpp")

Make = Callable[[], keras.Model]
optimizers = keras.optimizers
RATE = "0.05 * cosine(1000)"
X, Y = classes()


def mixed(optimizer: Callable[[], Any], dtype: str = "float32", **options: Any) -> keras.Model:
    model = Mixed(dtype)
    loss = "sparse_categorical_crossentropy"
    model.compile(optimizer(), loss=loss, metrics=["accuracy"], **options)
    return model


def scheduled_adam() -> Any:
    optimizer = scheduled(
        optimizers.AdamW,
        learning_rate=RATE,
        weight_decay="0.01 * cosine(100)",
        multipliers={"bias$": 0.5},
    )
    optimizer.set_factor(0.5)
    return optimizer


def accumulating() -> Any:
    return optimizers.Adam(LearningRate(RATE), gradient_accumulation_steps=4)


def averaging() -> Any:
    # On JAX the `fit` of Keras 3.15 fails with averages, with or without a search.
    return optimizers.SGD(0.05, momentum=0.9, use_ema=BACKEND != "jax")


SEVERAL = {} if BACKEND == "torch" else {"steps_per_execution": 3}
MODELS: dict[str, Make] = {
    "averages": partial(mixed, averaging, "mixed_bfloat16", **SEVERAL),
    "accumulation": partial(mixed, accumulating, "mixed_float16"),
}


def untouched(model: keras.Model, train: Callable[[], Any]) -> list[Any]:
    return [train()]


def searched_late(model: keras.Model, train: Callable[[], Any]) -> list[Any]:
    losses = [train()]
    before = bits(model)
    find_lr(model, X, Y, batch_size=4, validation_data=(X, Y), **SHORT)
    assert bits(model) == before
    return losses


def searched_first(model: keras.Model, train: Callable[[], Any]) -> list[Any]:
    find_lr(model, X, Y, batch_size=4, **SHORT)
    return [train()]


@pytest.mark.parametrize("name", MODELS)
def test_the_next_epoch_is_that_of_a_twin(name: str) -> None:
    assert run(MODELS[name], X, Y, searched_late) == run(MODELS[name], X, Y, untouched)


def test_nothing_is_built_yet() -> None:
    make = partial(mixed, scheduled_adam)
    assert run(make, X, Y, searched_first) == run(make, X, Y, untouched)


INPUTS = {"left": X, "right": X[:, :2]}
OUTPUTS = {"one": X[:, :1], "two": X[:, 1:2]}


def test_several_inputs_and_outputs() -> None:
    def make() -> keras.Model:
        model = branched()
        jit = {"jit_compile": True} if BACKEND == "tensorflow" else {}
        model.compile(optimizers.Lion(LearningRate(RATE)), loss="mse", **jit)
        return model

    def searched(model: keras.Model, train: Callable[[], Any]) -> list[Any]:
        losses = [train()]
        before = bits(model)
        weights = np.linspace(0.5, 1.5, len(X)).astype("float32")
        find_lr(model, INPUTS, OUTPUTS, batch_size=4, sample_weight=weights, **SHORT)
        assert bits(model) == before
        return losses

    assert run(make, INPUTS, OUTPUTS, searched) == run(make, INPUTS, OUTPUTS, untouched)


class Broken(Exception):
    """What a user's code raises."""


class Breaking(list):
    """Batches that raise at the third."""

    def __init__(self, batches: Any, error: BaseException) -> None:
        super().__init__(batches)
        self.error = error

    def __getitem__(self, index: Any) -> Any:
        if index == 2:
            np.random.rand()
            raise self.error
        return super().__getitem__(index)


ONES = np.ones((24, 1), "float32")
BATCHES = [(ONES[i : i + 4], ONES[i : i + 4]) for i in range(0, 24, 4)]


@pytest.mark.parametrize("rate", [0.5, LearningRate(RATE)], ids=["number", "schedule"])
@pytest.mark.parametrize("error", [Broken(), KeyboardInterrupt()], ids=repr)
def test_an_interrupted_search_leaves_no_trace_either(rate: Any, error: BaseException) -> None:
    def interrupt(what: str, done: int, of: int) -> None:
        if done == 4:
            raise error

    model = visible(optimizers.SGD(rate, momentum=0.9, gradient_accumulation_steps=2))
    model.fit(ONES, ONES, batch_size=8, verbose=0)
    before = bits(model)
    with pytest.raises(type(error)):
        find_lr(model, Breaking(BATCHES, error), **SHORT)
    assert bits(model) == before
    with pytest.raises(type(error)):
        find_lr(model, ONES, ONES, progress=interrupt, **SHORT)
    assert bits(model) == before


def test_a_loss_that_raises() -> None:
    def broken(y_true: Any, y_pred: Any) -> Any:
        if is_broken:
            raise Broken
        return keras.ops.mean(y_pred)

    is_broken: list[bool] = []
    model = visible(optimizers.SGD(LearningRate(RATE)))
    model.compile(model.optimizer, loss=broken)
    model.evaluate(ONES, ONES, verbose=0)
    model.optimizer.build(model.trainable_variables)
    before = bits(model)
    is_broken.append(True)
    with pytest.raises(Broken):
        find_lr(model, ONES, ONES, **SHORT)
    assert bits(model) == before


def test_the_rate_of_the_user_is_applied_afterwards() -> None:
    """Not the one of the sweep, nor its compiled function."""
    model = visible(optimizers.SGD(LearningRate("0.25 * hold(10)")))
    for _ in range(2):
        find_lr(model, ONES, ONES, **SHORT)
        shown = Applied()
        model.fit(ONES, ONES, batch_size=8, callbacks=[shown], verbose=0)
        np.testing.assert_allclose(shown.rates, [0.25] * 3, rtol=1e-6)
    assert repr(model.optimizer._learning_rate) == "LearningRate('0.25 * hold(10)')"
    assert len(model.optimizer.variables) == 1


def test_averages_and_a_plain_loop() -> None:
    model = visible(optimizers.SGD(0.25, use_ema=True, ema_overwrite_frequency=2))
    model.train_on_batch(ONES, ONES)
    before = bits(model)
    find_lr(model, ONES, ONES, **SHORT)
    assert bits(model) == before


def test_an_optimizer_reads_its_list_of_variables_each_time() -> None:
    """What the search counts on, of Keras: a rate that is no variable is added for a while."""
    model = visible(optimizers.SGD(0.5))
    optimizer, extra = model.optimizer, keras.Variable(1.0, name="extra")
    optimizer.__dict__["_variables"] = [*optimizer._variables, extra]
    assert optimizer.variables[-1] is extra
