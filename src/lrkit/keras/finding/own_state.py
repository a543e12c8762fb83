"""What a data set keeps in its own attributes, to be put back.

A `PyDataset` or a loop of one's own may hold a random generator, or an order that it shuffles when
it is gone through. The attributes of the object, of its samplers and of the data sets that it wraps
are looked through.
"""

import random
from collections.abc import Iterator
from typing import Any

import keras
import numpy as np

from lrkit.keras.finding.attributes import Attributes
from lrkit.keras.finding.randomness import Undo
from lrkit.keras.finding.state import Variables

_DEPTH = 3
_MANY = 100  # of the members of a list that are looked into
_INDICES = 10_000_000  # of the longest order that is kept


class OwnState:
    """The state in the attributes of a data set.

    Args:
        data: Any object.
    """

    def __init__(self, data: Any) -> None:
        self._undo: list[Undo] = []
        seen: dict[int, Any] = {}
        for one in _within(data, _DEPTH, seen):
            self._undo += _undo_of(one)

    def restore(self) -> None:
        """Puts everything back."""
        for undo in self._undo:
            undo()


def _within(one: Any, depth: int, seen: dict[int, Any]) -> Iterator[Any]:
    """The object, and those in its attributes down to some depth, each once."""
    if id(one) in seen or isinstance(one, type | keras.Model | str | bytes):
        return
    seen[id(one)] = one
    yield one
    if not depth:
        return
    members: list[Any] = []
    if isinstance(one, list | tuple):
        members = list(one[:_MANY])
    elif isinstance(one, dict):
        members = list(one.values())[:_MANY]
    elif _has_attributes(one):
        members = list(vars(one).values())
    for member in members:
        yield from _within(member, depth - 1, seen)


def _has_attributes(one: Any) -> bool:
    """Whether its attributes are its user's, and not those of a library's array or module."""
    is_plain = hasattr(one, "__dict__") and not callable(one) and not hasattr(one, "dtype")
    return is_plain and type(one).__module__.partition(".")[0] not in ("builtins", "types")


def _undo_of(one: Any) -> list[Undo]:
    if isinstance(one, np.random.Generator):
        of_bits = one.bit_generator.state
        return [lambda: setattr(one.bit_generator, "state", of_bits)]
    if isinstance(one, np.random.RandomState):
        of_numpy = one.get_state()
        return [lambda: one.set_state(of_numpy)]
    if isinstance(one, random.Random):
        state = one.getstate()
        return [lambda: one.setstate(state)]
    if isinstance(one, keras.random.SeedGenerator):
        return [Variables([one.state]).restore]
    if type(one).__name__ == "Generator" and hasattr(one, "get_state"):  # of torch
        of_torch = one.get_state()
        return [lambda: one.set_state(of_torch)]
    if type(one).__name__ == "Generator" and hasattr(one, "uniform_full_int"):  # of TensorFlow
        of_tensorflow = one.state.read_value()
        return [lambda: one.state.assign(of_tensorflow)]
    if isinstance(one, np.ndarray):
        return _order(one)
    return [Attributes([one]).restore] if _has_attributes(one) else []


def _order(one: np.ndarray) -> list[Undo]:
    """An order of the examples, which may be shuffled in place."""
    if one.ndim != 1 or one.dtype.kind not in "iu" or not 0 < one.size <= _INDICES:
        return []
    values = one.copy()
    return [lambda: np.copyto(one, values)] if one.flags.writeable else []
