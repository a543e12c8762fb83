"""Which `LearningRate` a compiled training function holds.

TensorFlow and JAX compile the schedule into the function. One that is put in its place later is
what the optimizer reports, and not what is applied. Only the moment of compiling can tell.
"""

import weakref
from typing import TYPE_CHECKING, Any

import keras

if TYPE_CHECKING:
    from lrkit.keras.rate import LearningRate

_IS_COMPILED = keras.backend.backend() != "torch"
# By the identity of an optimizer's counter; a counter that is gone takes its entry with it.
_held: dict[int, "LearningRate"] = {}


def note(step: Any, rate: "LearningRate") -> None:
    """A function that calls the rate with this counter is being compiled."""
    if not (_IS_COMPILED and isinstance(step, keras.Variable)):
        return
    key = id(step)
    if key not in _held:
        weakref.finalize(step, _held.pop, key, None)
    _held[key] = rate


def held_by(optimizer: Any) -> "LearningRate | None":
    """The one that was last compiled for an optimizer; None if there was none."""
    return _held.get(id(optimizer._iterations))
