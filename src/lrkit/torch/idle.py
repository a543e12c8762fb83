"""Calls of `step()` between which the optimizer has made no update."""

from __future__ import annotations

from typing import Any

from lrkit.core.notice import warn

_MANY = 1000  # calls without an update, after which something must be wrong


class Idle:
    """Decides what a call without an update means, and warns once of what looks wrong.

    Args:
        counts_updates: Whether updates count; else each call does.
    """

    def __init__(self, counts_updates: bool) -> None:
        self.has_trained = False  # whether an update has ever been seen
        self._counts_updates = counts_updates
        self._calls = 0  # one after another without an update
        self._last = -1  # the update before which they came
        self._has_warned = False

    def moves_on(self, optimizer: Any, update: int) -> bool:
        """Whether the schedule moves on.

        Args:
            optimizer: Which has made no update since the last call.
            update: The one that comes next.
        """
        if not self._counts_updates:
            return True
        if not (self.has_trained or _has_gradients(optimizer)):
            self._warn_once(
                "Scheduler: step() was called, and nothing has been trained yet: it moves on, as "
                "PyTorch's schedulers do. In a training, call optimizer.step() before it; to look "
                "at a schedule, call the schedule itself, as in schedule(100) or schedule.plot()."
            )
            return True
        self._calls = self._calls + 1 if update == self._last else 1
        self._last = update
        if self._calls == _MANY:
            self._warn_once(
                f"Scheduler: step() was called {_MANY} times without an update of the weights by "
                f"{type(optimizer).__name__}.step(), so the rate stayed what it was. If the "
                'weights are updated in another way, write Scheduler(..., counts="calls").'
            )
        return False

    def _warn_once(self, message: str) -> None:
        if not self._has_warned:
            self._has_warned = True
            warn(message)


def _has_gradients(optimizer: Any) -> bool:
    return any(p.grad is not None for group in optimizer.param_groups for p in group["params"])
