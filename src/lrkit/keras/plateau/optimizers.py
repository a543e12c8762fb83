"""The scheduled optimizers of a model, and their factors."""

from typing import Any, cast

import keras

from lrkit.keras.optimizer import Scheduled
from lrkit.keras.steps import concrete, tensor_of
from lrkit.keras.unwrapped import unwrapped


def optimizers_of(model: Any) -> list[Any]:
    """The optimizers that hold the weights, all of which must be scheduled.

    Args:
        model: A compiled model; a `LossScaleOptimizer` is looked through, and a `MultiOptimizer`
            has several.

    Raises:
        TypeError: If one was not made by `scheduled`.
    """
    optimizer = unwrapped(getattr(model, "optimizer", None))
    found = list(getattr(optimizer, "optimizers", [optimizer]))
    for one in found:
        if not isinstance(one, Scheduled):
            raise TypeError(_not_scheduled(one))
    return found


def scalar(variable: Any) -> float:
    """A scalar of the optimizer as a float."""
    return float(cast("float", concrete(tensor_of(variable))))


def standing(optimizers: list[Any]) -> str:
    """The factor and the rate of the next update, in words."""
    several = len(optimizers) > 1
    return ", ".join(
        (f"{optimizer.name}: " if several else "") + f"factor {scalar(optimizer.factor):.5g}, "
        f"learning rate {scalar(optimizer.learning_rate):.5g}"
        for optimizer in optimizers
    )


def _not_scheduled(optimizer: Any) -> str:
    if optimizer is None:
        return (
            "Plateau: `model.optimizer` must be made by lrkit.keras.scheduled, got None. Call "
            "model.compile(scheduled(keras.optimizers.AdamW, learning_rate=…), …) first."
        )
    name = type(optimizer).__name__
    example = name if hasattr(keras.optimizers, name) else "AdamW"
    return (
        f"Plateau: `model.optimizer` must be made by lrkit.keras.scheduled, got {name}. Write "
        f"scheduled(keras.optimizers.{example}, learning_rate=…) in model.compile(…)."
    )
