"""Keras's step counter as a plain number, wherever it has a value.

Keras hands a schedule its raw counter: a `keras.Variable`. Outside a trace that variable holds a
number, and a number is the cheapest thing that a schedule can be asked for: no operation of the
backend is started (and on JAX none is compiled). Inside a trace it has no value yet.
"""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np


def _tensorflow_is_tracing() -> Callable[[Any], bool]:
    import tensorflow as tf

    # A variable made outside keeps its `.numpy` inside a `tf.function`, so the tensor cannot tell.
    return lambda tensor: not tf.executing_eagerly()


def _jax_is_tracing() -> Callable[[Any], bool]:
    import jax

    return lambda tensor: isinstance(tensor, jax.core.Tracer)


def _torch_is_tracing() -> Callable[[Any], bool]:
    import torch

    return lambda tensor: torch.compiler.is_compiling() or getattr(tensor, "is_meta", False)


def _never() -> Callable[[Any], bool]:
    return lambda tensor: False


_IS_TENSORFLOW = keras.backend.backend() == "tensorflow"
_is_tracing = {
    "tensorflow": _tensorflow_is_tracing,
    "jax": _jax_is_tracing,
    "torch": _torch_is_tracing,
}.get(keras.backend.backend(), _never)()


def tensor_of(step: Any) -> Any:
    """The step without its `keras.Variable`."""
    return step.value if isinstance(step, keras.Variable) else step


def concrete(step: Any) -> int | float | np.ndarray | None:
    """The step as a number or as a NumPy array; None while a graph is being traced.

    Args:
        step: What `tensor_of` returns.
    """
    if isinstance(step, int | float):
        return step
    if _is_tracing(step):
        return None
    if hasattr(step, "item") and step.ndim == 0:  # NumPy, JAX and torch: the shortest way
        number: int | float = step.item()
        return number
    if _IS_TENSORFLOW and hasattr(step, "numpy"):  # `asarray` fails on mirrored variables
        array = np.asarray(step.numpy())
    else:
        array = np.asarray(keras.ops.convert_to_numpy(step) if keras.ops.is_tensor(step) else step)
    return array if array.ndim else array.item()
