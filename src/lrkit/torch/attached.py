"""What a `Scheduler` hears of its optimizer: that it made an update, that its state was loaded."""

from __future__ import annotations

import weakref
from typing import Any


class Attached:
    """Hooks of an optimizer that tell a scheduler, for as long as both live.

    They are the optimizer's own hooks, so they are called wherever `optimizer.step()` is: by a
    `GradScaler`, by wrappers, inside of compiled code.

    Args:
        scheduler: Which is told; it is not kept alive.
    """

    def __init__(self, scheduler: Any) -> None:
        optimizer, told = scheduler._inner, weakref.ref(scheduler)

        def updated(optimizer: Any, args: Any, kwargs: Any) -> None:
            scheduler = told()
            if scheduler is not None and not was_skipped(optimizer):
                scheduler._updated = scheduler._idle.has_trained = True

        def loaded(optimizer: Any) -> None:
            # The state of an optimizer has the rates of its checkpoint, which may be those of
            # another schedule.
            scheduler = told()
            if scheduler is not None:
                scheduler._bind()
                scheduler._write()

        handles = [
            optimizer.register_step_post_hook(updated),
            optimizer.register_load_state_dict_post_hook(loaded),
        ]
        weakref.finalize(scheduler, _remove, handles)


def _remove(handles: list[Any]) -> None:
    for handle in handles:
        handle.remove()


def was_skipped(optimizer: Any) -> bool:
    """Whether the step that was just made left the weights as they were.

    A `GradScaler` does not call the optimizer where gradients are not finite; but a fused one it
    calls always, and tells it in `found_inf`.
    """
    found_inf = getattr(optimizer, "found_inf", None)
    return found_inf is not None and bool(found_inf.item())
