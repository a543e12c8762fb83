"""The rate inside a compiled graph."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import keras

from lrkit import Schedule, read

_cached_read = lru_cache(maxsize=128)(read)


def rate_in_graph(schedule: Schedule, text: str, every: int, counter: Any) -> Any:
    """The float32 rate at a counter that has no value yet.

    Args:
        schedule: The schedule, which counts updates.
        text: Its text.
        every: Counts of the counter that make one update.
        counter: An integer tensor.
    """
    if _operation is not None:
        return _operation(counter, text, every)
    return _as_operations(schedule, every, counter)


def _as_operations(schedule: Schedule, every: int, counter: Any) -> Any:
    counter = keras.ops.convert_to_tensor(counter)
    if every != 1:  # before the schedule, while the counter is still a whole number
        counter = keras.ops.floor_divide(counter, every)
    return keras.ops.cast(schedule.at(counter, keras.ops), "float32")


def _torch_operation() -> Callable[[Any, str, int], Any]:
    """One opaque operation for `torch.compile`.

    Dynamo would otherwise trace the Python code of the schedule, exact fractions included, and
    fail; a Python float in the graph's place would recompile it at every update.
    """
    import torch

    @torch.library.custom_op("lrkit::learning_rate", mutates_args=())
    def operation(counter: torch.Tensor, schedule: str, every: int) -> torch.Tensor:
        return _as_operations(_cached_read(schedule), every, counter)

    @operation.register_fake
    def _(counter: torch.Tensor, schedule: str, every: int) -> torch.Tensor:
        return torch.empty_like(counter, dtype=torch.float32)

    return operation  # type: ignore[no-any-return]


_operation = _torch_operation() if keras.backend.backend() == "torch" else None
