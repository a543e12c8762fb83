"""Whether anything is being trained: gradients of an optimizer, or steps of any other."""

from __future__ import annotations

import weakref
from typing import Any

from torch.optim.optimizer import register_optimizer_step_post_hook


class Evidence:
    """Watches until it is sure, or closed.

    A step that a `GradScaler` skips leaves no trace in the optimizer, and its gradients may be
    gone again when somebody asks. And in a training of two networks, one may be updated while the
    other waits for its turn.

    Args:
        optimizer: Whose gradients are watched.
    """

    def __init__(self, optimizer: Any) -> None:
        self._seen = False
        self._optimizer = optimizer
        told = weakref.ref(self)

        def seen(*_: Any) -> None:
            evidence = told()
            if evidence is not None:
                evidence._seen = True

        parameters = [p for group in optimizer.param_groups for p in group["params"]]
        handles = [
            p.register_post_accumulate_grad_hook(seen)
            for p in parameters
            if p.requires_grad and p.is_leaf
        ]
        handles.append(register_optimizer_step_post_hook(seen))
        self._finalize = weakref.finalize(self, _remove, handles)

    @property
    def is_there(self) -> bool:
        """Whether there has been a gradient, or a step of any optimizer."""
        groups = self._optimizer.param_groups
        return self._seen or any(p.grad is not None for g in groups for p in g["params"])

    def close(self) -> None:
        """Watch no more."""
        self._finalize()


def _remove(handles: list[Any]) -> None:
    for handle in handles:
        handle.remove()
