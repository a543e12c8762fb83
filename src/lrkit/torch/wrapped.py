"""The `Scheduler` within what others put around it."""

from __future__ import annotations

from typing import Any

from lrkit.torch.scheduler import Scheduler


def scheduler_of(who: str, scheduler: Any) -> Scheduler:
    """The `Scheduler`, also from within a wrapper such as Accelerate's.

    Raises:
        TypeError: There is none.
    """
    inner = scheduler
    while not isinstance(inner, Scheduler) and hasattr(inner, "scheduler"):
        inner = inner.scheduler
    if not isinstance(inner, Scheduler):
        raise TypeError(
            f"{who}: `scheduler` must be a lrkit.torch.Scheduler, got {type(scheduler).__name__}. "
            "Write Scheduler(optimizer, lr=…) in its place."
        )
    return inner
