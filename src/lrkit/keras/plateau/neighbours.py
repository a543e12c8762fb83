"""The other callbacks of the same fit."""

import sys
from types import FrameType
from typing import Any

import keras

from lrkit.keras.notice import warn

_SAVERS = (keras.callbacks.BackupAndRestore, keras.callbacks.ModelCheckpoint)


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


def check_order(plateau: Any, callbacks: list[Any]) -> None:
    """Warns of callbacks that save an epoch before it is judged."""
    before = callbacks[: callbacks.index(plateau)] if plateau in callbacks else []
    savers = [type(one).__name__ for one in before if isinstance(one, _SAVERS)]
    if savers:
        warn(
            f"Plateau: it stands after {', '.join(savers)} in the list of callbacks, which so "
            "saves an epoch before it is judged; a training resumed from that file would miss the "
            "judgement. Put Plateau first.",
        )


def warn_unjudged(key: str, first: int, last: int) -> None:
    """Warns that epochs of the run, from 0, went by without being judged."""
    epochs = f"epoch {first + 1}" if first == last else f"epochs {first + 1} to {last + 1}"
    warn(
        f"Plateau: {epochs} of this run went by without being judged by {key!r}: trained without "
        "it, or saved by a callback that stood before it. It goes on from what it knew. Put "
        "Plateau before the callbacks that save.",
    )
