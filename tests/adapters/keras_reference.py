"""What an optimizer does when it is told every value by hand, to compare a scheduled one with.

The reference is Keras's own class, outside of any graph: before each update its attributes are
set to the planned numbers.
"""

from collections.abc import Mapping
from typing import Any

import keras
import numpy as np

from lrkit import Schedule

UPDATES = 8
BRANCHES = {"whole": 1.0, "half": 0.5, "frozen": 0.0}  # layers of equal weights, their multiplier
SHAPE = (4, 3)


def start() -> np.ndarray:
    return np.random.default_rng(1).normal(scale=0.1, size=SHAPE).astype("float32")


def batches(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Data of `count` batches of two examples, whose gradients do not depend on the weights."""
    random = np.random.default_rng(2)
    # Multiples of 1/8, so that sums over a batch are exact and every gradient is the same number.
    x = random.integers(-8, 9, size=(2 * count, SHAPE[0])) / 8
    y = random.integers(-8, 9, size=(2 * count, SHAPE[1])) / 8
    return x.astype("float32"), y.astype("float32")


def gradients(count: int) -> list[np.ndarray]:
    x, y = batches(count)
    return [x[i : i + 2].T @ y[i : i + 2] for i in range(0, 2 * count, 2)]


@keras.saving.register_keras_serializable(package="tests")
def inner_product(y_true: Any, y_pred: Any) -> Any:
    """A loss that is linear in the weights: the gradient of a batch of two is x^T y."""
    return 2.0 * keras.ops.sum(y_true * y_pred, axis=-1)  # Keras takes the mean over the batch


def branched(optimizer: Any, **options: Any) -> keras.Model:
    """A model of three layers side by side, each with the same weights and gradients."""
    inputs = keras.Input((SHAPE[0],))
    parts = []
    for name in BRANCHES:
        layer = keras.layers.Dense(SHAPE[1], use_bias=False, name=name)
        parts.append(layer(inputs))
        layer.set_weights([start()])
    model = keras.Model(inputs, keras.layers.Add()(parts))
    model.compile(optimizer, loss=inner_product, **options)
    return model


class Weights(keras.callbacks.Callback):
    """The weights after each update, by layer."""

    def __init__(self, batches: int) -> None:
        super().__init__()
        self.batches = batches  # that make an update
        self.seen: dict[str, list[np.ndarray]] = {name: [] for name in BRANCHES}

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        if (batch + 1) % self.batches:
            return
        for variable in self.model.trainable_variables:
            layer = variable.path.split("/")[-2]
            self.seen[layer].append(np.array(keras.ops.convert_to_numpy(variable)))


def fit(model: keras.Model, count: int) -> dict[str, np.ndarray]:
    """Trains on `count` batches; the weights after each update, by layer, and at the begin."""
    optimizer = getattr(model.optimizer, "inner_optimizer", model.optimizer)
    watch = Weights(optimizer.gradient_accumulation_steps or 1)
    x, y = batches(count)
    model.fit(x, y, batch_size=2, epochs=1, shuffle=False, verbose=0, callbacks=[watch])
    return {name: np.stack([start(), *seen]) for name, seen in watch.seen.items()}


def by_hand(
    optimizer_class: Any,
    rate: Schedule,
    planned: Mapping[str, Schedule],
    *,
    accumulation: int = 1,
    **options: Any,
) -> np.ndarray:
    """The weights after each update when every number is set by hand before each update."""
    first = {name: float(schedule(0)) for name, schedule in planned.items()}
    optimizer = optimizer_class(learning_rate=float(rate(0)), **first, **options)
    variables = [keras.Variable(start(), name=name) for name in BRANCHES]
    optimizer.build(variables)
    sums = np.add.reduceat(
        gradients(UPDATES * accumulation), range(0, UPDATES * accumulation, accumulation)
    )
    seen = [start()]
    for update, gradient in enumerate(sums / accumulation):
        optimizer.learning_rate = float(rate(update))
        for name, schedule in planned.items():
            setattr(optimizer, name, float(schedule(update)))
        optimizer.apply([keras.ops.convert_to_tensor(gradient)] * len(variables), variables)
        seen.append(np.array(keras.ops.convert_to_numpy(variables[0])))
    return np.stack(seen)
