"""Calls of `step()` between which the optimizer has made no update."""

from __future__ import annotations

from typing import Any

from lrkit.core.notice import warn
from lrkit.torch.evidence import Evidence

# Calls without an update, after which something must be wrong: before the first update of all, and
# after it. A GradScaler skips up to 20 steps at first; gradients may be accumulated over hundreds.
_MANY_AT_FIRST, _MANY = 50, 1000


class Idle:
    """Decides what a call without an update means, and warns once of what looks wrong.

    Args:
        optimizer: Which makes the updates.
        counts_updates: Whether updates count; else each call does.
    """

    def __init__(self, optimizer: Any, counts_updates: bool) -> None:
        self._counts_updates = counts_updates
        self._evidence = Evidence(optimizer) if counts_updates else None
        self._has_updated = False
        self._calls = 0  # one after another without an update
        self._last = -1  # the update before which they came
        self._has_warned = False

    def updated(self) -> None:
        """An update has been seen: from now on only updates move the schedule."""
        self._has_updated = True
        if self._evidence is not None:
            self._evidence.close()
            self._evidence = None

    def moves_on(self, optimizer: Any, update: int) -> bool:
        """Whether the schedule moves on.

        Args:
            optimizer: Which has made no update since the last call.
            update: The one that comes next.
        """
        if not self._counts_updates:
            return True
        if self._evidence is not None:
            if not self._evidence.is_there:
                self._warn_once(
                    "Scheduler: step() was called, and nothing has been trained yet: it moves on, "
                    "as PyTorch's schedulers do. In a training, call optimizer.step() before it; "
                    "to look at a schedule, call the schedule itself, as in schedule(100) or "
                    "schedule.plot()."
                )
                return True
            self._evidence.close()
            self._evidence = None
        self._calls = self._calls + 1 if update == self._last else 1
        self._last = update
        if self._calls == (_MANY if self._has_updated else _MANY_AT_FIRST):
            self._warn_once(
                f"Scheduler: step() was called {self._calls} times without an update of the "
                f"weights by {type(optimizer).__name__}.step(), so the rate stayed what it was. If "
                'the weights are updated in another way, write Scheduler(..., counts="calls").'
            )
        return False

    def _warn_once(self, message: str) -> None:
        if not self._has_warned:
            self._has_warned = True
            warn(message)

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_evidence": None}
