"""What the tests of Plateau share."""

from typing import Any

import keras
import numpy as np

from lrkit.keras import scheduled


class Metric(keras.callbacks.Callback):
    """Puts a metric of our own choice into the logs of each epoch; None: an epoch without it."""

    def __init__(self, values: list[float | None], name: str = "val_loss") -> None:
        super().__init__()
        self.values, self.name = values, name

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        if self.values[epoch] is not None:
            logs[self.name] = self.values[epoch]


def sgd(rate: Any = 0.1, **options: Any) -> Any:
    return scheduled(keras.optimizers.SGD, rate, **options)


def leaf(model: keras.Model) -> Any:
    """The scheduled optimizer, also inside a LossScaleOptimizer."""
    return getattr(model.optimizer, "inner_optimizer", model.optimizer)


def number(variable: Any) -> float:
    return float(keras.ops.convert_to_numpy(variable))


def factors(model: keras.Model) -> list[tuple[int, float]]:
    return leaf(model).factor_changes


def note(model: keras.Model, name: str = "val_loss") -> dict[str, Any]:
    return leaf(model).notes[f"plateau {name}"]


def kept(model: keras.Model) -> list[np.ndarray]:
    """The weights and slots, which a rescue puts back; not the counters, the factor, the scale."""
    optimizer = leaf(model)
    slots = [v for v in optimizer.variables[1:] if v is not optimizer.factor]
    return [np.array(keras.ops.convert_to_numpy(v.value)) for v in (*model.variables, *slots)]
