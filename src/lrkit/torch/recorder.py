"""What each update of an optimizer of PyTorch had, written down when it was made."""

from __future__ import annotations

import os
import weakref
from collections.abc import Mapping
from typing import Any, Literal

import numpy as np
import torch

from lrkit.core.schedule import Schedule
from lrkit.core.validate import number, refuse
from lrkit.record.columns import RATE
from lrkit.record.printing import checked_print_every, print_epoch, print_updates
from lrkit.torch.arguments import as_at, unwrapped
from lrkit.torch.attached import was_skipped
from lrkit.torch.columns import Column, columns_of
from lrkit.torch.log import Log
from lrkit.torch.reading import Reading
from lrkit.torch.recorded import Recorded
from lrkit.torch.scheduler import Scheduler, scheduler_of
from lrkit.torch.targets import schedules_of

WHO = "Recorder"


class Recorder(Reading):
    """Records the learning rate, and every other scheduled number, that each update had.

    It looks at the parameter groups when `optimizer.step()` has made an update: so it says what was
    applied, whoever has set it, and counts updates, not batches. A step that a `GradScaler` skipped
    is not in it. Of a rate that is a tensor it keeps a copy and does not wait for the GPU.

    Args:
        scheduler: The `Scheduler`, whose number of updates it takes; or an optimizer alone. Also a
            wrapper of either, such as Accelerate's.
        print_every: A whole number n from 1 prints the rate of every n-th update; `"epoch"` that of
            the first update after `epoch` was set. Default: nothing.
        csv: A file for one row per update: step, epoch (both from 0), learning_rate and the other
            scheduled numbers; of a second group and those after it `learning_rate_NAME`. Rows are
            written by the thousand, before any checkpoint of the optimizer, and at the end. An
            existing file is continued: cut to the restored number of updates. With several
            processes give it to one.
        tensorboard: A folder of its own for TensorBoard scalars at the number of each update. It
            needs the package tensorboard.
        at: Updates that the weights have had, from 0. Default: those of the `Scheduler`.

    Attributes:
        epoch: The epoch of the updates that come, from 0. Set it where an epoch begins.

    Raises:
        ImportError: For `tensorboard` without that package.
        TypeError: `scheduler` is neither, or `csv` is no path.
        ValueError: `csv` or `tensorboard` hold something else.

    Source: the rate of an update is what stood in `optimizer.param_groups` when it was made.

    >>> from lrkit import linear
    >>> optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(2))], lr=0.1)
    >>> scheduler = Scheduler(optimizer, lr=linear(4))
    >>> recorder = Recorder(scheduler)
    >>> for update in range(3):
    ...     optimizer.step()
    ...     scheduler.step()
    >>> recorder.learning_rates
    array([1.  , 0.75, 0.5 ])
    """

    def __init__(
        self,
        scheduler: Any,
        print_every: Literal["epoch"] | int | None = None,
        csv: str | os.PathLike[str] | None = None,
        tensorboard: str | os.PathLike[str] | None = None,
        *,
        at: int | None = None,
    ) -> None:
        self._scheduler = _scheduler_or_none(scheduler)
        optimizer = scheduler if self._scheduler is None else self._scheduler.optimizer
        self._optimizer = unwrapped(optimizer)
        self._print_every = checked_print_every(print_every)
        self._log = Log(csv, tensorboard)
        self._epoch, self._says_epoch = 0, True
        self._loads = 0 if self._scheduler is None else self._scheduler.loads
        updates = 0 if self._scheduler is None else self._scheduler.updates
        self._next = updates if at is None else as_at(at)
        self._has_begun = False
        self._hook()

    # ---- each update ---------------------------------------------------------------------------

    @property
    def epoch(self) -> int:
        """The epoch of the updates that come, from 0."""
        return self._epoch

    @epoch.setter
    def epoch(self, epoch: int) -> None:
        if number(WHO, "epoch", epoch) < 0:
            raise refuse(WHO, "epoch", "0 or more", epoch, "Epochs count from 0.")
        self._epoch, self._says_epoch = int(epoch), True

    def _hook(self) -> None:
        """Be told by the optimizer, for as long as both live."""
        told = weakref.ref(self)

        @torch.compiler.disable
        def updated(optimizer: Any, args: Any, kwargs: Any) -> None:
            recorder = told()
            if recorder is not None and not was_skipped(optimizer):
                recorder._updated()

        log = self._log

        def saved(optimizer: Any) -> None:
            log.flush()  # a file must not be behind the checkpoint that it is cut to

        optimizer = self._optimizer
        handles = [
            optimizer.register_step_post_hook(updated),
            optimizer.register_state_dict_pre_hook(saved),
        ]
        # Also called when Python ends, so that nothing that was recorded is lost.
        self._close = weakref.finalize(self, _close, handles, log)

    def _updated(self) -> None:
        scheduler, groups = self._scheduler, self._optimizer.param_groups
        if scheduler is not None and scheduler.loads != self._loads:
            self._go_on(scheduler.updates)
        if not self._has_begun:
            self._has_begun = True
            self._log.begin(self._next, columns_of(groups, self._numbers()))
        factor = 1.0 if scheduler is None else scheduler.factor
        self._log.add(self._next, self._epoch, factor, groups)
        if self._print_every is not None:
            self._print(float(groups[0]["lr"]))
        self._next += 1

    def _go_on(self, update: int) -> None:
        """Go on at another update, after a state was loaded."""
        self._log.flush()
        self._next, self._has_begun = update, False
        if self._scheduler is not None:
            self._loads = self._scheduler.loads

    def _numbers(self) -> list[tuple[str, int | None]]:
        """What is scheduled beside the rate."""
        if self._scheduler is None:
            return []
        found = self._scheduler._hyperparameters
        return [(one.name, one.place) for one in found if one.name != "lr"]

    def _print(self, rate: float) -> None:
        if self._print_every == "epoch":
            if self._says_epoch:
                print_epoch(self._epoch, None, RATE, rate, self._next)
            self._says_epoch = False
        elif isinstance(self._print_every, int):
            print_updates(self._print_every, RATE, np.array([self._next]), np.array([rate]))

    # ---- the record and its files --------------------------------------------------------------

    def flush(self) -> None:
        """Bring the record and the files up to the last update."""
        self._log.flush()

    def close(self) -> None:
        """Write what is left, and record no more."""
        self._close()

    def __enter__(self) -> Recorder:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def state_dict(self) -> dict[str, Any]:
        """The number of updates; not needed beside the state of a `Scheduler`."""
        self.flush()
        return {"step": self._next, "epoch": self._epoch}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Go on at the update that was saved.

        Args:
            state_dict: What `state_dict()` returned.
        """
        self._go_on(as_at(state_dict["step"]))
        self.epoch = state_dict["epoch"]

    def _views(self) -> dict[str, Recorded]:
        groups, log = self._optimizer.param_groups, self._log
        log.flush()
        by_group: dict[int, list[Column]] = {}
        for column in log.columns or columns_of(groups, self._numbers()):
            by_group.setdefault(column.group, []).append(column)
        views: dict[str, Recorded] = {}
        for i, mine in by_group.items():
            name = str(groups[i].get("name", i))
            name = f"{name}_{i}" if name in views else name  # PyTorch does not ask for others
            whole = log.record.columns()
            views[name] = Recorded(mine, whole, self._schedules(i), log.set_aside)
        return views

    def _schedules(self, group: int) -> dict[str, Schedule]:
        return {} if self._scheduler is None else schedules_of(self._scheduler, group)


def _close(handles: list[Any], log: Log) -> None:
    for handle in handles:
        handle.remove()
    log.flush()


def _scheduler_or_none(given: Any) -> Scheduler | None:
    """The Scheduler, if it is one or holds one; an optimizer is none."""
    is_one = isinstance(given, Scheduler) or hasattr(given, "scheduler")
    return scheduler_of(WHO, given) if is_one else None
