"""What `lrkit find` searches a learning rate for: the model and the data of a built-in task."""

from typing import Any

from lrkit.keras.framework import keras
from lrkit.tasks import backend
from lrkit.tasks.images import load
from lrkit.tasks.network import network
from lrkit.tasks.training import Arrays

#: As `lrkit mnist` has them where nothing else is told.
BATCH_SIZE = 32


def mnist(seed: int) -> dict[str, Any]:
    """The arguments of `lrkit.keras.find_lr` for what `lrkit mnist` trains.

    Args:
        seed: Of the weights.
    """
    backend.grow_memory()
    arrays = Arrays.of(load())
    model = network(seed)
    model.compile(optimizer=keras.optimizers.Adam(), loss="sparse_categorical_crossentropy")
    return {
        "model": model,
        "data": arrays.x,
        "y": arrays.y,
        "batch_size": BATCH_SIZE,
        "validation_data": (arrays.x_test, arrays.y_test),
    }
