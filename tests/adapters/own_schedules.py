"""Functions and classes as users write them: each fails or is wrong in some graph or file."""

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import keras
import numpy as np

from lrkit.keras import learning_rate
from tests.adapters.keras_training import BACKEND

Base = keras.optimizers.schedules.LearningRateSchedule
STAIRS = {0: 0.5, 3: 0.25}
N = 40  # more than are asked for one by one at once


def tensors(step: Any) -> Any:
    """Cosine in the backend's own words, which need a tensor of floats."""
    if BACKEND == "tensorflow":
        import tensorflow as tf

        return 1.1 + tf.cos(tf.cast(step, tf.float32))
    if BACKEND == "jax":
        return 1.1 + keras.ops.cos(step.astype("float32"))
    return 1.1 + step.float().cos()


def uncast(step: Any) -> Any:
    if BACKEND == "tensorflow":
        import tensorflow as tf

        return 1.1 + tf.cos(step)  # refuses whole numbers
    return 1.1 + keras.ops.cos(step)


def conditional(step: Any) -> Any:
    return keras.ops.cond(step < 2, lambda: keras.ops.ones(()), lambda: 0.5 * keras.ops.ones(()))


def branches(step: Any) -> Any:
    if step < 2:
        return 1
    return [0.5, 0.25][step % 2]


def ramp(step: Any) -> Any:
    """As the documentation of TensorFlow writes a warm-up: tensors, and Python's `if` on them."""
    step = keras.ops.cast(step, "float32")
    if step < 5:
        return 0.25 * step
    return 0.25 + keras.ops.exp(5.0 - step)


# By name: the function, and the value that it means.
FUNCTIONS: dict[str, tuple[Callable[[Any], Any], Callable[[int], float]]] = {
    "division": (lambda step: 0.1 / (step + 1), lambda k: 0.1 / (k + 1)),
    "whole division": (lambda step: 0.3 * 0.5 ** (step // 2), lambda k: 0.3 * 0.5 ** (k // 2)),
    "math": (lambda step: 1.1 + math.cos(step), lambda k: 1.1 + math.cos(k)),
    "numpy": (lambda step: 1.1 + np.cos(step), lambda k: 1.1 + math.cos(k)),
    "keras.ops": (lambda step: 1.1 + keras.ops.cos(step), lambda k: 1.1 + math.cos(k)),
    "tensors": (tensors, lambda k: 1.1 + math.cos(k)),
    "uncast": (uncast, lambda k: 1.1 + math.cos(k)),
    "if": (branches, lambda k: 1.0 if k < 2 else (0.5, 0.25)[k % 2]),
    "if on tensors": (ramp, lambda k: 0.25 * k if k < 5 else 0.25 + math.exp(5 - k)),
    "cond": (conditional, lambda k: 1.0 if k < 2 else 0.5),
    ".numpy()": (lambda step: 0.1 / (1 + step.numpy()), lambda k: 0.1 / (1 + k)),
    "int()": (lambda step: 0.1 * min(int(step), 9), lambda k: 0.1 * min(k, 9)),
    "dictionary": (lambda step: STAIRS.get(step, 0.1), lambda k: STAIRS.get(k, 0.1)),
    "ints as rates": (lambda step: 3 if step < 5 else 0, lambda k: 3.0 if k < 5 else 0.0),
    "infinite on the way": (
        lambda step: keras.ops.minimum(0.1 * step**-0.5, 0.01 * step),
        lambda k: min(0.1 * k**-0.5, 0.01 * k) if k else 0.0,
    ),
    "fractions": (lambda step: Fraction(1, int(step) + 1), lambda k: 1 / (k + 1)),
    "float32": (lambda step: np.float32(0.1), lambda k: float(np.float32(0.1))),
    "variable": (lambda step: keras.Variable(0.5, dtype="bfloat16"), lambda k: 0.5),
    "rounds below 0": (lambda step: 0.3 - 0.1 * min(step, 3), lambda k: 0.3 - 0.1 * min(k, 3)),
}


class FromTheDocs(Base):
    """As in Keras's documentation: no get_config, and a division that TensorFlow refuses."""

    def __init__(self, initial_learning_rate: float, decay_steps: int = 8) -> None:
        self.initial_learning_rate = initial_learning_rate

    def __call__(self, step: Any) -> Any:
        return self.initial_learning_rate / (step + 1)


class Rsqrt(FromTheDocs):
    """With get_config, and what older tutorials write."""

    def __init__(self, initial_learning_rate: float, decay_steps: int = 8) -> None:
        super(Rsqrt, self).__init__(initial_learning_rate, decay_steps)  # noqa: UP008
        self.decay_steps = decay_steps

    def __call__(self, step: Any) -> Any:
        return self.initial_learning_rate * keras.ops.rsqrt(keras.ops.cast(step, "float32") + 1)

    def get_config(self) -> dict[str, Any]:
        return {"initial_learning_rate": 0.1, "decay_steps": 8}


@learning_rate(length="decay_steps")
class Plain:
    """Halves every second step."""

    def __init__(self, first: float, *, decay_steps: int) -> None:
        self.first = first

    def __call__(self, step: int) -> float:
        return self.first * 0.5 ** (step // 2)


def decorated(cls: type) -> type:
    """A decorated copy of a class of this file."""
    return learning_rate(length="decay_steps")(type(cls.__name__, (cls,), {}))
