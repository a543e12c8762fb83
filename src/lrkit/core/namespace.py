"""Which array library a step belongs to.

A library whose array exists has been imported by its owner, so it is looked up in `sys.modules`
and never imported here.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from lrkit.core.libraries import Jax, NumPy, TensorFlow, Torch
from lrkit.core.phase import Arrays

_FAMILIES: dict[str, tuple[str, Callable[[Any, str | None], Arrays]]] = {
    "numpy": ("numpy", NumPy),
    "jax": ("jax.numpy", Jax),
    "jaxlib": ("jax.numpy", Jax),
    "torch": ("torch", Torch),
    "tensorflow": ("tensorflow", TensorFlow),
}


@lru_cache(maxsize=64)
def _library(root: str, floats: str | None) -> Arrays:
    module, family = _FAMILIES[root]
    return family(sys.modules[module], floats)


def of_module(xp: Any) -> Arrays:
    """The library that a namespace such as `numpy`, `jax.numpy` or `keras.ops` stands for.

    Raises:
        TypeError: The module is none of the known libraries.
    """
    root = getattr(xp, "__name__", "").split(".")[0]
    if root == "keras":
        return _library(sys.modules["keras"].backend.backend(), "float32")
    if root in _FAMILIES:
        return _library(root, None)
    raise TypeError(
        f"at: `xp` must be numpy, jax.numpy, torch, tensorflow or keras.ops, got xp={xp!r}."
    )


@lru_cache(maxsize=256)
def _root_of_type(kind: type) -> str | None:
    for ancestor in kind.__mro__:
        root = ancestor.__module__.split(".")[0]
        if root in _FAMILIES or root == "keras":
            return root
    return None


def of_array(step: Any) -> tuple[Arrays, Any]:
    """The library of an array, and the array itself (a Keras variable gives its value).

    Raises:
        TypeError: `step` is neither a number nor an array of a known library.
    """
    kind: Any = type(step)
    root = _root_of_type(kind)
    if root == "keras" and hasattr(step, "value"):
        keras = sys.modules["keras"]
        return _library(keras.backend.backend(), "float32"), keras.ops.convert_to_tensor(step)
    if root is None and hasattr(step, "__array__"):
        root = "numpy"
    if root is None or root == "keras":
        raise TypeError(
            "A schedule is called with a step: `step` must be a number or an array of NumPy, JAX, "
            f"torch or TensorFlow, got a {type(step).__name__}. Wrap a list in numpy.asarray(…)."
        )
    return _library(root, None), step
