"""Which array library a step belongs to.

A library whose array exists has been imported by its owner, so it is looked up in `sys.modules`
and never imported here.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
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


# Plain dictionaries: compilers of graphs see through them, and not through `lru_cache`.
_libraries: dict[tuple[str, str | None], Arrays] = {}
_roots: dict[type, str | None] = {}


def _library(root: str, floats: str | None) -> Arrays:
    if (root, floats) not in _libraries:
        module, family = _FAMILIES[root]
        _libraries[root, floats] = family(sys.modules[module], floats)
    return _libraries[root, floats]


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


def _root_of_type(kind: type) -> str | None:
    if kind not in _roots:
        roots = (ancestor.__module__.split(".")[0] for ancestor in kind.__mro__)
        _roots[kind] = next((r for r in roots if r in _FAMILIES or r == "keras"), None)
    return _roots[kind]


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
