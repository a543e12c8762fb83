"""The other callbacks of the same fit."""

import sys
from types import FrameType
from typing import Any

import keras


def beside() -> list[Any]:
    """The callbacks of the fit that is calling, in their order; empty where there is no list.

    Keras gives a callback its model but not its neighbours. They are in the list that is calling
    it right now.
    """
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        caller = frame.f_locals.get("self")
        if isinstance(caller, keras.callbacks.CallbackList):
            return list(caller.callbacks)
        frame = frame.f_back
    return []


def names_before(callback: Any, callbacks: list[Any], kinds: tuple[type, ...]) -> str:
    """The classes of those of some kinds that stand before a callback, as a text.

    Args:
        callback: The callback.
        callbacks: All of the fit, as `beside` gives them.
        kinds: The classes that are looked for.
    """
    before = callbacks[: callbacks.index(callback)] if callback in callbacks else []
    return ", ".join(type(one).__name__ for one in before if isinstance(one, kinds))
