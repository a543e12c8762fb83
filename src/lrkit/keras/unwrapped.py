"""The optimizer inside a `LossScaleOptimizer`."""

from typing import Any


def unwrapped(optimizer: Any) -> Any:
    """The optimizer that updates the weights; anything that is not wrapped, as it is."""
    while hasattr(optimizer, "inner_optimizer"):
        optimizer = optimizer.inner_optimizer
    return optimizer
