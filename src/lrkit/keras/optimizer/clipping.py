"""Clipping of gradients to a bound that is a schedule.

Keras asks `if self.clipnorm and self.clipnorm > 0`, which a bound inside a graph cannot answer.
"""

from collections.abc import Container
from typing import Any

from keras import ops

CLIPS = ("clipnorm", "clipvalue", "global_clipnorm")


def clipping_of(scheduled: Container[str]) -> str | None:
    """The one kind of clipping whose bound is a schedule, if there is one."""
    kinds = [name for name in CLIPS if name in scheduled]
    return kinds[0] if kinds else None


def clipped(optimizer: Any, name: str, grads: Any) -> list[Any]:
    """The gradients, as Keras clips them.

    Args:
        optimizer: Whose attribute `name` is the bound.
        name: Of the kind of clipping.
        grads: Tensors, or None for a variable without a gradient.
    """
    bound = getattr(optimizer, name)
    if name == "clipnorm":
        return [g if g is None else optimizer._clip_by_norm(g) for g in grads]
    if name == "clipvalue":
        return [g if g is None else _clipped_by_value(g, bound) for g in grads]
    squares = [ops.sum(ops.square(g)) for g in grads if g is not None]
    norm = ops.sqrt(ops.sum(ops.stack(squares)))
    # NaN where the norm is: a gradient that is not finite must not pass as one that was clipped.
    bound = ops.cast(bound, norm.dtype)
    scale = ops.divide(bound, ops.maximum(norm, bound)) + (norm - norm)
    return [g if g is None else g * scale for g in grads]


def _clipped_by_value(gradient: Any, bound: Any) -> Any:
    bound = ops.cast(bound, gradient.dtype)
    return ops.clip(gradient, -bound, bound)
