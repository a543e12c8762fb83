"""Models to search a rate for, and everything about them that must stay as it was."""

import random
from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from lrkit.keras import find_lr
from tests.adapters.keras_training import BACKEND

SHORT = {"lr_min": 1e-3, "lr_max": 1.0, "per_decade": 4}  # 13 updates
RATES = np.geomspace(1e-3, 1.0, 13)


def applied(model: keras.Model, data: Any, y: Any = None, **options: Any) -> np.ndarray:
    """How far each update moves the only weight of `visible` from 0: its rate."""
    seen: list[float] = []
    weight = model.trainable_variables[0]

    def look(what: str, done: int, of: int) -> None:
        seen.append(-float(keras.ops.convert_to_numpy(weight)[0, 0]))
        weight.assign(np.zeros((1, 1)))

    find_lr(model, data, y, progress=look, **{**SHORT, **options})
    return np.array(seen)


def bits(model: keras.Model) -> dict[str, Any]:
    """The values of all variables, bit by bit, and what is bound to the names that matter."""
    optimizer = model.optimizer
    inner = getattr(optimizer, "inner_optimizer", optimizer)
    variables = [*model.variables, *model.metrics_variables, *optimizer.variables]
    names = ("train_function", "test_function", "stop_training", "steps_per_execution", "history")
    values = [keras.ops.convert_to_numpy(variable) for variable in variables]
    return {
        "values": [(value.dtype.name, value.shape, value.tobytes()) for value in values],
        "bound": [id(getattr(model, name, None)) for name in names],
        "rate": id(inner._learning_rate),
        "variables": [id(variable) for variable in variables],
        "modes": [one.training for one in model.modules()] if BACKEND == "torch" else None,
        "gradients": _gradients(model),
        "random": randomness(),
    }


def _gradients(model: keras.Model) -> list[bytes | None]:
    if BACKEND != "torch":
        return []
    gradients = [parameter.grad for parameter in model.parameters()]
    return [None if one is None else one.cpu().numpy().tobytes() for one in gradients]


def randomness() -> dict[str, Any]:
    """The random state of this process."""
    states: dict[str, Any] = {
        "python": random.getstate(),
        "numpy": [np.asarray(part).tobytes() for part in np.random.get_state()[1:]],
        "numpy kind": np.random.get_state()[0],
    }
    if BACKEND == "tensorflow":
        import tensorflow as tf
        from tensorflow.python.eager import context

        states["tensorflow"] = context.context()._rng.getstate()
        states["generator"] = tf.random.get_global_generator().state.numpy().tobytes()
    if BACKEND == "torch":
        import torch

        states["torch"] = torch.get_rng_state().numpy().tobytes()
    return states


class Mixed(keras.Model):
    """Everything that has a state: dropout, statistics; not built before it sees a batch."""

    def __init__(self, dtype: str = "float32") -> None:
        super().__init__(dtype=dtype)
        self.first = keras.layers.Dense(6, activation="relu", dtype=dtype)
        self.norm = keras.layers.BatchNormalization(dtype=dtype)
        self.drop = keras.layers.Dropout(0.5, dtype=dtype)
        self.last = keras.layers.Dense(2, activation="softmax", dtype=dtype)

    def call(self, inputs: Any, training: bool = False) -> Any:
        hidden = self.norm(self.first(inputs), training=training)
        return self.last(self.drop(hidden, training=training))


def branched() -> keras.Model:
    """Two inputs by name, two outputs."""
    left, right = keras.Input((3,), name="left"), keras.Input((2,), name="right")
    both = keras.layers.Concatenate()([left, right])
    hidden = keras.layers.Dropout(0.25)(keras.layers.Dense(4, activation="tanh")(both))
    outputs = {name: keras.layers.Dense(1, name=name)(hidden) for name in ("one", "two")}
    return keras.Model({"left": left, "right": right}, outputs)


def classes(examples: int = 24) -> tuple[np.ndarray, np.ndarray]:
    """Examples of two classes."""
    x = np.random.default_rng(0).normal(size=(examples, 3)).astype("float32")
    return x, (x.sum(axis=1) > 0).astype("int32")


def run(make: Callable[[], keras.Model], x: Any, y: Any, before: Any, **options: Any) -> Any:
    """An epoch, whatever comes between, and one more.

    Returns:
        The losses, and the values of all variables at the end.
    """
    keras.utils.set_random_seed(1)
    model = make()
    options = {"batch_size": 4, "verbose": 0} | options
    losses = before(model, lambda: model.fit(x, y, **options).history)
    losses += [model.fit(x, y, **options).history]
    held = [*model.variables, *model.optimizer.variables]
    return losses, [keras.ops.convert_to_numpy(variable).tobytes() for variable in held]
