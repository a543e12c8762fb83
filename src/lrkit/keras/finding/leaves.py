"""Batches in the form in which Keras trains on them."""

from typing import Any, NamedTuple

import keras
import numpy as np


class Batch(NamedTuple):
    """Inputs, targets and the weights of the examples; the latter two may be None."""

    x: Any
    y: Any = None
    sample_weight: Any = None

    @property
    def size(self) -> int | None:
        """Its number of examples; None where its inputs do not tell."""
        return next((leaf.shape[0] for leaf in leaves(self.x) if len(leaf.shape)), None)


def leaves(structure: Any) -> list[Any]:
    """The arrays of a dict, list or tuple of arrays, without any None."""
    return [leaf for leaf in keras.tree.flatten(structure) if leaf is not None]


def mapped(function: Any, structure: Any) -> Any:
    """The same structure with the function of each array in it."""
    if structure is None or isinstance(structure, np.ndarray):  # the usual ones, for each batch
        return None if structure is None else function(structure)
    return keras.tree.map_structure(
        lambda leaf: None if leaf is None else function(leaf), structure
    )


def is_array(value: Any) -> bool:
    """Whether this is an array, a tensor of any framework, or a column or table of pandas."""
    return (hasattr(value, "shape") and hasattr(value, "dtype")) or hasattr(value, "iloc")


def prepared(leaf: Any) -> Any:
    """A tensor of the backend as it is, everything else as a NumPy array.

    Keras's own adapters make float64 the float of Keras, and so does this.
    """
    if keras.ops.is_tensor(leaf) or hasattr(leaf, "dense_shape") or hasattr(leaf, "row_splits"):
        return leaf
    array = as_numpy(leaf)
    return array.astype(keras.config.floatx()) if array.dtype == np.float64 else array


def as_numpy(leaf: Any) -> np.ndarray:
    """The values of an array or a tensor of any framework."""
    if hasattr(leaf, "detach"):
        leaf = leaf.detach().cpu()
    return np.asarray(leaf)


def as_batch(item: Any) -> Batch:
    """What one step of a data set gave, as `fit` would understand it.

    Args:
        item: (inputs, targets, weights), (inputs, targets), (inputs,), or the inputs alone.

    Raises:
        ValueError: It has more parts.
    """
    parts = tuple(item) if isinstance(item, tuple | list) else (item,)
    if not 1 <= len(parts) <= 3:
        raise ValueError(
            "find_lr: a batch of `data` must be (inputs, targets) or (inputs, targets, weights), "
            f"got {len(parts)} parts. Put several inputs into one dict or tuple."
        )
    return Batch(*(mapped(prepared, part) for part in parts))
