"""What a search changes beside the model: random states, and what data keep in their attributes.

A data set or a loop of one's own may hold a random generator, a counter, or an order that it
shuffles when it is gone through; so may what it wraps, its samplers and its transforms. Their
attributes are looked through. Arrays of the data are not copied: only such as may be an order.
"""

from __future__ import annotations

import functools
import random
import sys
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable, Iterable, Iterator
from types import SimpleNamespace
from typing import Any

import numpy as np

DEPTH = 6  # of attributes of attributes: a joined subset's transforms' generators
_MANY = 100  # of the members of a container that are looked into
_OBJECTS = 20_000  # that are looked at, the nearest first
_INDICES = 10_000_000  # of all orders that are kept, and of the longest list
_CLOSED = ("tensorflow", "jax", "jaxlib")  # their objects are not looked into
_DICTS = (dict, OrderedDict, defaultdict, Counter)
_CONTAINERS = (*_DICTS, list, set, deque)
_LOOKED_INTO = (dict, list, tuple, set, frozenset, deque)

Undo = Callable[[], Any]
#: How to put back an object of some framework, which is not looked into; None: it is none of it.
Known = Callable[[Any], "list[Undo] | None"]


def _nothing(one: Any) -> list[Undo] | None:
    """What no framework knows."""
    return None


def random_states() -> list[Undo]:
    """What puts back the global generators of Python, NumPy and, where it is loaded, torch."""
    of_python, of_numpy = random.getstate(), np.random.get_state()
    undo: list[Undo] = [
        lambda: random.setstate(of_python),
        lambda: np.random.set_state(of_numpy),
    ]
    torch: Any = sys.modules.get("torch")
    if hasattr(torch, "get_rng_state"):
        of_torch = torch.get_rng_state()
        undo.append(lambda: torch.set_rng_state(of_torch))
    return undo


class Attributes:
    """What each attribute of some objects is: the object itself, and what a plain dict or list has.

    Args:
        objects: They have a `__dict__`.
    """

    def __init__(self, objects: Iterable[Any]) -> None:
        self._undo: list[Undo] = []
        for one in objects:
            self._undo.append(_members(vars(one)))
            for value in vars(one).values():
                if type(value) in (dict, list):
                    self._undo.append(_members(value))

    def restore(self) -> None:
        """Puts back what was bound anew, and takes away what was added."""
        for undo in self._undo:
            undo()


class OwnState:
    """The state in the attributes of data.

    Args:
        sources: Any objects. Iterators are left alone: what was drawn from them stays drawn.
        known: What some framework knows better.
    """

    def __init__(self, sources: Iterable[Any], known: Known = _nothing) -> None:
        self._undo: list[Undo] = []
        room = _INDICES
        for one in within(sources, known=known):
            undo = known(one)
            if undo is None and _is_order(one) and len(one) <= room:
                room -= len(one)
                undo = [_order(one)]
            self._undo += _undo_of(one) if undo is None else undo

    def restore(self) -> None:
        """Puts everything back, as often as one likes."""
        for undo in self._undo:
            undo()


def within(sources: Iterable[Any], depth: int = DEPTH, known: Known = _nothing) -> Iterator[Any]:
    """The objects, and those in their attributes down to some depth, each once, the nearest first.

    A container is as deep as what it is in.
    """
    seen: dict[int, Any] = {}  # the objects: their ids stay theirs
    waiting = deque((one, depth) for one in sources if not _is_drawn_from(one))
    while waiting and len(seen) < _OBJECTS:
        one, left = waiting.popleft()
        if id(one) in seen or isinstance(one, type | str | bytes | int | float | None):
            continue
        seen[id(one)] = one
        yield one
        is_container = isinstance(one, (*_LOOKED_INTO, functools.partial))
        if (left or is_container) and known(one) is None:
            waiting.extend((member, left - (not is_container)) for member in _parts(one))


def _is_drawn_from(one: Any) -> bool:
    """An iterator, which goes on where it stands; a `PyDataset` may be one and begin anew."""
    return isinstance(one, Iterator) and not hasattr(one, "__getitem__")


def _parts(one: Any) -> list[Any]:
    if isinstance(one, dict):
        return _first(one.values())
    if isinstance(one, _LOOKED_INTO):
        return _first(one)
    if isinstance(one, functools.partial):
        return [one.func, *one.args, *one.keywords.values()]
    return list(vars(one).values()) if _has_attributes(one) else []


def _first(members: Iterable[Any]) -> list[Any]:
    return [member for member, _ in zip(members, range(_MANY), strict=False)]


def _has_attributes(one: Any) -> bool:
    """Whether its attributes are its user's, and not those of an array or the standard library."""
    if isinstance(one, SimpleNamespace):
        return True
    library = type(one).__module__.partition(".")[0]
    is_plain = hasattr(one, "__dict__") and not hasattr(one, "dtype")
    if library in _CLOSED or (library == "torch" and isinstance(one, Iterator)):
        return False  # an iterator of torch is that of a loader which keeps its workers
    return is_plain and (library == "__main__" or library not in sys.stdlib_module_names)


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
    if type(one).__name__ == "Generator" and hasattr(one, "get_state"):  # of torch
        of_torch = one.get_state()
        return [lambda: one.set_state(of_torch)]
    if type(one).__name__ == "Generator" and hasattr(one, "uniform_full_int"):  # of TensorFlow
        of_tensorflow = one.state.read_value()
        return [lambda: one.state.assign(of_tensorflow)]
    if type(one) in _CONTAINERS:
        return [_members(one)] if len(one) <= _INDICES else []
    return [_members(vars(one))] if _has_attributes(one) else []


def _members(one: Any) -> Undo:
    """What puts the same members into a container again; one that has them is not touched."""
    if isinstance(one, dict):
        return functools.partial(_fill, one, dict(one))
    kept = one.copy()

    def restore() -> None:
        if len(one) == len(kept) and (
            one == kept if isinstance(one, set) else not any(map(_is_other, one, kept))
        ):
            return
        if isinstance(one, list):
            one[:] = kept
        else:
            one.clear()
            (one.update if isinstance(one, set) else one.extend)(kept)

    return restore


def _fill(now: dict[Any, Any], were: dict[Any, Any]) -> None:
    for name in [name for name in now if name not in were]:
        del now[name]
    for name, value in were.items():
        if name not in now or now[name] is not value:
            now[name] = value


def _is_other(one: Any, other: Any) -> bool:
    return one is not other


def _is_order(one: Any) -> bool:
    """An order of the examples, which may be shuffled in place: of NumPy, or of torch in memory."""
    if isinstance(one, np.ndarray):
        return one.ndim == 1 and one.dtype.kind in "iu" and one.flags.writeable
    torch: Any = sys.modules.get("torch")
    if not hasattr(torch, "Tensor") or not isinstance(one, torch.Tensor) or one.ndim != 1:
        return False
    kinds = (torch.int64, torch.int32)
    return one.dtype in kinds and one.device.type == "cpu" and type(one) is torch.Tensor


def _order(one: Any) -> Undo:
    if isinstance(one, np.ndarray):
        values = one.copy()
        return lambda: None if np.array_equal(one, values) else np.copyto(one, values)
    kept = one.clone()
    return lambda: None if one.equal(kept) else one.copy_(kept)
