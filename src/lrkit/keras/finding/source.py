"""What `find_lr` trains on, out of whatever it was given."""

import copy
from collections.abc import Iterable, Iterator
from typing import Any

import keras

from lrkit.keras.finding.batches import Arrays, Batches, Indexed, Kept, Passes
from lrkit.keras.finding.leaves import Batch, as_numpy, is_array, leaves, mapped, prepared
from lrkit.keras.finding.tensorflow_data import private_copy


def batches_of(
    data: Any,
    y: Any = None,
    sample_weight: Any = None,
    *,
    batch_size: int = 32,
    buffer: bool | list[Any] = False,
    argument: str = "data",
) -> Batches:
    """The batches of arrays, or of anything that gives batches.

    Args:
        data: Arrays, a tuple (x, y) or (x, y, sample_weight) of them, or batches.
        y: Targets, with arrays only.
        sample_weight: Weights of the examples, with arrays only.
        batch_size: Examples in a batch, with arrays only.
        buffer: The list that keeps what is drawn from an iterator.
        argument: What messages call `data`.

    Raises:
        TypeError: It is none of these, or an iterator without a `buffer`.
        ValueError: `y` or `sample_weight` come with batches; arrays do not fit together.
    """
    is_whole = isinstance(data, tuple) and y is None and 2 <= len(data) <= 3
    if is_whole and all(part is None or _is_arrays(part) for part in data):
        data, y, sample_weight = (*data, sample_weight)[:3] if len(data) == 2 else data
    if _is_arrays(data):
        return Arrays(Batch(*(_sliceable(part) for part in (data, y, sample_weight))), batch_size)
    for name, given in (("y", y), ("sample_weight", sample_weight)):
        if given is not None:
            raise ValueError(
                f"find_lr: `{name}` must be left out unless `{argument}` is arrays, got "
                f"{argument} of type {type(data).__name__}. Let each batch be (inputs, targets) or "
                "(inputs, targets, weights)."
            )
    return _of_batches(data, buffer, argument)


def _of_batches(data: Any, buffer: bool | list[Any], argument: str) -> Batches:
    if isinstance(data, keras.utils.PyDataset):
        return Indexed(data, data.num_batches, is_shuffled=True)
    if isinstance(data, list | tuple):
        return Indexed(data, len(data), is_shuffled=False)
    if hasattr(data, "element_spec") and hasattr(data, "prefetch"):
        return Passes(private_copy(data))
    if not isinstance(data, Iterable):
        raise TypeError(
            f"find_lr: `{argument}` must be arrays, or batches that can be gone through, got "
            f"{argument} of type {type(data).__name__}. {_way_out_of(data)}"
        )
    if isinstance(data, Iterator):
        return Passes(Kept(_checked_buffer(data, buffer, argument), data))
    return Passes(_without_workers(data))


def _way_out_of(data: Any) -> str:
    if callable(data):
        return "Call it, and give what it returns with buffer=[]; or give a list of batches."
    return "Give x and y, a tf.data.Dataset, a PyDataset, a DataLoader or a list of batches."


def _checked_buffer(data: Any, buffer: bool | list[Any], argument: str) -> list[Any]:
    if isinstance(buffer, list):
        return buffer
    raise TypeError(
        f"find_lr: `{argument}` must be something that can be gone through more than once, got "
        f"{argument} of type {type(data).__name__} and buffer={buffer!r}. Write kept = [] and "
        f"buffer=kept, which takes every batch that is drawn, and train on itertools.chain(kept, "
        f"{argument}); or give a list, a PyDataset, a tf.data.Dataset."
    )


def _without_workers(data: Any) -> Any:
    """A torch DataLoader whose workers persist would move them on: its copy has others."""
    if not getattr(data, "persistent_workers", False):
        return data
    loader = copy.copy(data)
    vars(loader)["_iterator"] = None
    return loader


def _is_arrays(data: Any) -> bool:
    """An array; or a dict, or a list, of arrays: several inputs."""
    if isinstance(data, dict | list):
        parts = leaves(data)
        is_flat = isinstance(data, dict) or not any(
            isinstance(part, tuple | list | dict) for part in data
        )
        return bool(parts) and is_flat and all(map(is_array, parts))
    return is_array(data)


def _sliceable(part: Any) -> Any:
    """With NumPy arrays, which take any order of the examples at once."""
    return None if part is None else mapped(lambda leaf: prepared(as_numpy(leaf)), part)
