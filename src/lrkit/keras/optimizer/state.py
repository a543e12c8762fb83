"""The state of a scheduled optimizer in files."""

import json
from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from lrkit.core.notice import warn

# Beside the variables, which Keras numbers. The factor has a name, so that the file of a plain
# optimizer, whose second variable may be its rate, is never mistaken for one of ours. What is on
# the host (notes, changes of the factor) is one text of JSON.
_FACTOR, _HOST = "factor", "host"


def save(optimizer: Any, store: Any) -> None:
    """Writes counter, slots, factor and notes."""
    for i, variable in enumerate(_without_factor(optimizer)):
        store[str(i)] = keras.ops.convert_to_numpy(variable)
    store[_FACTOR] = keras.ops.convert_to_numpy(optimizer.factor)
    host = {"notes": optimizer.notes, "factor_changes": optimizer.factor_changes}
    text = json.dumps(host, sort_keys=True)
    store[_HOST] = np.frombuffer(text.encode(), dtype=np.uint8)


def load(optimizer: Any, store: Any, load_as_keras: Callable[[Any], None]) -> None:
    """Reads what `save` wrote, or what a plain optimizer of the same class did."""
    mine = _without_factor(optimizer)
    saved = sorted((key for key in store.keys() if key not in (_FACTOR, _HOST)), key=int)  # noqa: SIM118
    if _FACTOR not in store.keys() and len(saved) == len(mine) + 1:  # noqa: SIM118
        saved.remove("1")  # a plain optimizer's number for its rate, which the schedule replaces
    if not store.keys():  # in a MultiOptimizer, which has loaded a plain one's by its place
        optimizer.factor.assign(1.0)
        return
    if not optimizer.built and len(saved) > len(mine):
        _warn_unbuilt(optimizer)
        return
    if len(saved) == 1 and _FACTOR in store.keys():  # noqa: SIM118
        mine = mine[:1]  # saved before the first batch: the counter, and no slots yet
    if len(saved) != len(mine):
        load_as_keras(store)  # which warns that they do not fit
        return
    for key, variable in zip(saved, mine, strict=True):
        variable.assign(store[key])
    # Of a plain optimizer's file 1: a wrapper, which numbers the variables of what is in it, may
    # just have put the plain rate in its place.
    optimizer.factor.assign(store[_FACTOR] if _FACTOR in store.keys() else 1.0)  # noqa: SIM118
    if _HOST in store.keys():  # noqa: SIM118
        host = json.loads(bytes(np.asarray(store[_HOST])))
        optimizer.notes.clear()
        optimizer.notes.update(host["notes"])
        optimizer.factor_changes[:] = [
            (update, factor) for update, factor in host["factor_changes"]
        ]


def _without_factor(optimizer: Any) -> list[Any]:
    return [variable for variable in optimizer.variables if variable is not optimizer.factor]


def _warn_unbuilt(optimizer: Any) -> None:
    warn(
        f"{type(optimizer).__name__}: the weights were loaded, but not the state of the optimizer, "
        "which has no variables of the model yet: its counter stays at "
        f"{optimizer.updates}, and so the schedule begins anew. To go on where the file stopped, "
        "call optimizer.build(model.trainable_variables) before load_weights."
    )
