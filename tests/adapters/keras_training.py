"""Tiny trainings on the backend of this process, whose applied rates show in the weights."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np

BACKEND = keras.backend.backend()


class Applied(keras.callbacks.Callback):
    """The rate of each batch as the weight tells it: w − rate · 1, from w = 0 each time.

    A batch that made no update, or one that was skipped, leaves 0.
    """

    def __init__(self) -> None:
        super().__init__()
        self.rates: list[float] = []

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        weight = self.model.trainable_variables[0]
        self.rates.append(-float(keras.ops.convert_to_numpy(weight)[0, 0]))
        weight.assign(np.zeros((1, 1)))

    @property
    def updates(self) -> np.ndarray:
        return np.array([rate for rate in self.rates if rate != 0.0], dtype=np.float32)


def slope_one(y_true: Any, y_pred: Any) -> Any:
    """A loss whose gradient by the only weight is exactly 1 on inputs of 1."""
    return keras.ops.mean(y_pred)


def visible(optimizer: Any, *, dtype: str = "float32", **compile_options: Any) -> keras.Model:
    """A model of one weight that starts at 0 and moves by the rate of each update of plain SGD."""
    layer = keras.layers.Dense(1, use_bias=False, kernel_initializer="zeros", dtype=dtype)
    model = keras.Sequential([keras.layers.Input((1,)), layer])
    model.compile(optimizer, loss=slope_one, **compile_options)
    return model


def fit(
    model: keras.Model, callbacks: Sequence[Any] = (), *, batches: int = 4, **options: Any
) -> Any:
    """Trains on `batches` batches of ones an epoch, two unless told otherwise."""
    options = {"epochs": 2, "batch_size": 2, "shuffle": False, "verbose": 0} | options
    ones = np.ones((2 * batches, 1), "float32")
    return model.fit(ones, ones, callbacks=list(callbacks), **options)


def network(optimizer: Any, *, dtype: str = "float32", **compile_options: Any) -> keras.Model:
    """A small network with the same weights each time."""
    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [
            keras.layers.Input((3,)),
            keras.layers.Dense(4, activation="relu", dtype=dtype),
            keras.layers.Dense(1, dtype=dtype),
        ]
    )
    model.compile(optimizer, loss="mse", **compile_options)
    return model


def regression(examples: int = 16) -> tuple[np.ndarray, np.ndarray]:
    """Data for `network`, the same each time."""
    x = np.random.default_rng(0).normal(size=(examples, 3)).astype("float32")
    return x, x.sum(axis=1, keepdims=True) ** 2


def weights(model: keras.Model) -> list[np.ndarray]:
    """The weights of a model and of its optimizer."""
    variables = [*model.variables, *model.optimizer.variables]
    return [keras.ops.convert_to_numpy(variable) for variable in variables]


def deterministic() -> None:
    """What makes two runs of the same training equal to the last bit."""
    if BACKEND == "tensorflow":
        import tensorflow as tf

        keras.utils.set_random_seed(0)
        tf.config.experimental.enable_op_determinism()
