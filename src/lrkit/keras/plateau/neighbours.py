"""What Plateau says of the other callbacks of a fit, and of epochs that it was not asked about."""

from typing import Any

import keras

from lrkit.core.notice import warn
from lrkit.keras.neighbours import names_before

_SAVERS = (keras.callbacks.BackupAndRestore, keras.callbacks.ModelCheckpoint)


def check_order(plateau: Any, callbacks: list[Any]) -> None:
    """Warns of callbacks that save an epoch before it is judged."""
    savers = names_before(plateau, callbacks, _SAVERS)
    if savers:
        warn(
            f"Plateau: it stands after {savers} in the list of callbacks, which so saves an epoch "
            "before it is judged; a training resumed from that file would miss the judgement. Put "
            "Plateau first.",
        )


def check_stops(callbacks: list[Any]) -> None:
    """Warns of a callback that ends the training at the loss that Plateau would go back from."""
    if any(isinstance(one, keras.callbacks.TerminateOnNaN) for one in callbacks):
        warn(
            "Plateau: TerminateOnNaN in the same fit ends the training at the first batch whose "
            "loss is not finite, so that going back is in vain. Leave TerminateOnNaN out; "
            "`max_restores` ends a training that does not recover.",
        )


def warn_unjudged(key: str, first: int, last: int) -> None:
    """Warns that epochs of the run, from 0, went by without being judged."""
    epochs = f"epoch {first + 1}" if first == last else f"epochs {first + 1} to {last + 1}"
    warn(
        f"Plateau: {epochs} of this run went by without being judged by {key!r}: trained without "
        "it, or saved by a callback that stood before it. It goes on from what it knew. Put "
        "Plateau before the callbacks that save.",
    )
