"""What a `Scheduler` hears of its optimizer: updates, new groups, a state that was loaded."""

from __future__ import annotations

import functools
import weakref
from typing import Any

_SCHEDULERS: weakref.WeakKeyDictionary[Any, None] = weakref.WeakKeyDictionary()  # by age


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
                scheduler._updated = True

        def loaded(optimizer: Any) -> None:
            # The state of an optimizer has the rates of its checkpoint, which may be those of
            # another schedule.
            scheduler = told()
            if scheduler is not None:
                scheduler._optimizer_loaded()

        def loading(optimizer: Any, state_dict: Any) -> None:
            scheduler = told()
            if scheduler is not None:
                scheduler._members.refresh(optimizer.param_groups)

        handles = [
            optimizer.register_step_post_hook(updated),
            optimizer.register_load_state_dict_pre_hook(loading),
            optimizer.register_load_state_dict_post_hook(loaded),
        ]
        weakref.finalize(scheduler, _remove, handles)
        _SCHEDULERS[scheduler] = None
        optimizer.add_param_group = _telling(optimizer.add_param_group, told)


def schedulers_of(optimizer: Any) -> list[Any]:
    """Each `Scheduler` that lives and sets numbers of this optimizer, the youngest last.

    Args:
        optimizer: The optimizer, without a wrapper.
    """
    return [one for one in list(_SCHEDULERS) if one._inner is optimizer]


def _telling(add: Any, told: weakref.ref[Any]) -> Any:
    """`add_param_group`, for which there is no hook, and then word to the scheduler.

    A hook before each step could find out as well; but where steps are compiled, to look at the
    groups makes all that is in them a condition of the compiled code.
    """

    @functools.wraps(add)
    def add_and_tell(param_group: Any) -> None:
        add(param_group)
        scheduler = told()
        if scheduler is not None:
            scheduler._groups_changed()

    return add_and_tell


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
