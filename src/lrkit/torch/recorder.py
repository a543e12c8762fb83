"""What each update of an optimizer of PyTorch had, written down when it was made."""

from __future__ import annotations

import os
import weakref
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch

from lrkit.core.schedule import Schedule
from lrkit.core.validate import number, refuse
from lrkit.record.columns import RATE
from lrkit.record.printing import checked_print_every, print_epoch, print_updates
from lrkit.torch.arguments import as_update, unwrapped
from lrkit.torch.attached import was_skipped
from lrkit.torch.columns import Column, columns_of
from lrkit.torch.hyperparameters import Group
from lrkit.torch.log import Log
from lrkit.torch.reading import Reading
from lrkit.torch.recorded import Recorded
from lrkit.torch.scheduler import Scheduler
from lrkit.torch.targets import schedules_of
from lrkit.torch.wrapped import scheduler_of

WHO = "Recorder"
_NOTE = "recorder"  # its name among the notes of a Scheduler


class Recorder(Reading):
    """Records the learning rate, and every other scheduled number, that each update had.

    It looks at the parameter groups when `optimizer.step()` has made an update: so it says what was
    applied, whoever has set it, and counts updates, not batches. A step that a `GradScaler` skipped
    is not in it. Of a rate that is a tensor it keeps a copy and does not wait for the GPU. The
    optimizer holds it, so that it records until it is closed, whether it has a name or not.

    Args:
        scheduler: The `Scheduler`, whose number of updates it takes; or an optimizer alone. Also a
            wrapper of either, such as Accelerate's.
        print_every: A whole number n from 1 prints the rate of every n-th update; `"epoch"` that of
            the first update after `epoch` was set. Default: nothing.
        csv: A file for one row per update: step, epoch (both from 0), learning_rate and the other
            scheduled numbers; of a second group and those after it `learning_rate_NAME`. Rows are
            written by the thousand, before each checkpoint (a `state_dict()` of the optimizer or of
            the scheduler), and at the end. An existing file is continued: cut to the restored
            number of updates. A Recorder that writes it already is closed. With several processes
            give it to one.
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
        self._jumps = 0
        self._next = 0 if at is None else as_update(WHO, "at", at)
        self._groups: list[Group] = []
        if self._scheduler is not None:
            self._scheduler._savers.add(self)
            if at is None:
                self._follow(self._scheduler)
            self._jumps = self._scheduler.jumps
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
        """Be told by the optimizer, which holds the recorder until it is closed."""

        @torch.compiler.disable
        def updated(optimizer: Any, args: Any, kwargs: Any) -> None:
            if not was_skipped(optimizer):
                self._updated()

        def saved(optimizer: Any) -> None:
            self.before_save()

        optimizer = self._optimizer
        handles = [
            optimizer.register_step_post_hook(updated),
            optimizer.register_state_dict_pre_hook(saved),
        ]
        # Also called when Python ends, so that nothing that was recorded is lost.
        self._close = weakref.finalize(self, _close, handles, self._log)
        if self._log.file is not None:
            _take_over(self._log.file.path.resolve(), self)

    def _updated(self) -> None:
        scheduler, groups = self._scheduler, self._optimizer.param_groups
        if scheduler is not None and scheduler.jumps != self._jumps:
            self._jumps, self._groups = scheduler.jumps, []
            self._follow(scheduler)
        if len(groups) != len(self._groups) or any(map(_differ, groups, self._groups)):
            self._groups = list(groups)
            self._log.begin(self._next, self._columns())
        factor = 1.0 if scheduler is None else scheduler.factor
        self._log.add(self._next, self._epoch, factor)
        if self._print_every is not None:
            self._print(float(groups[0]["lr"]))
        self._next += 1

    def _follow(self, scheduler: Scheduler) -> None:
        """Go on where the scheduler is; or, where it counts something else, as is noted in it."""
        note = scheduler.notes.get(_NOTE, {})
        self._next = note.get("update", scheduler.updates)
        self._epoch = note.get("epoch", self._epoch)

    def before_save(self) -> None:
        """Called before a checkpoint is made: no file may be behind it.

        Where the scheduler counts something else than updates, such as epochs, the number of
        updates is noted in it.
        """
        self._log.flush()
        scheduler = self._scheduler
        if scheduler is None or scheduler.jumps != self._jumps:
            return
        if self._next == scheduler.updates:
            scheduler.notes.pop(_NOTE, None)
        else:
            scheduler.notes[_NOTE] = {"update": self._next, "epoch": self._epoch}

    def _columns(self) -> list[Column]:
        """The columns of the groups as they are; their numbers are those that they came with."""
        groups: list[tuple[int, Group]] = list(enumerate(self._optimizer.param_groups))
        if self._scheduler is not None:
            self._scheduler._members.refresh(self._optimizer.param_groups)
            groups = [(one.number, one.group) for one in self._scheduler._members.all]
        return columns_of(groups, self._numbers())

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
        self._log.flush()
        self._next, self._groups = as_update(WHO, "step", state_dict["step"]), []
        self.epoch = state_dict["epoch"]
        if self._scheduler is not None:
            self._jumps = self._scheduler.jumps

    def _views(self) -> dict[str, Recorded]:
        log = self._log
        log.flush()
        by_owner: dict[str, list[Column]] = {}
        for column in log.columns.values() or self._columns():
            by_owner.setdefault(column.owner, []).append(column)
        whole = log.record.columns()
        return {
            owner: Recorded(mine, whole, self._schedules(mine[0].group), log.set_aside)
            for owner, mine in by_owner.items()
        }

    def _schedules(self, group: Group) -> dict[str, Schedule]:
        return {} if self._scheduler is None else schedules_of(self._scheduler, group)

    def __reduce__(self) -> Any:
        raise TypeError(
            f"{WHO}: a copy must not be made, since it would write the same files. Make another "
            "one for the copied optimizer."
        )


# By the file: who writes it.
_writers: weakref.WeakValueDictionary[Path, Recorder] = weakref.WeakValueDictionary()


def _take_over(path: Path, recorder: Recorder) -> None:
    """Close who writes the file already, as when a cell of a notebook is run again."""
    before = _writers.get(path)
    if before is not None:
        before.close()
    _writers[path] = recorder


def _differ(one: Any, other: Any) -> bool:
    return one is not other


def _close(handles: list[Any], log: Log) -> None:
    for handle in handles:
        handle.remove()
    log.flush()


def _scheduler_or_none(given: Any) -> Scheduler | None:
    """The Scheduler, if it is one or holds one; an optimizer is none."""
    is_one = isinstance(given, Scheduler) or hasattr(given, "scheduler")
    return scheduler_of(WHO, given) if is_one else None
