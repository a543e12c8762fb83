"""A schedule as a scheduler of PyTorch."""

from __future__ import annotations

import weakref
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from torch import Tensor
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler

from lrkit.core.notice import warn
from lrkit.core.schedule import Schedule
from lrkit.core.validate import at_least_zero
from lrkit.torch import state
from lrkit.torch.arguments import (
    as_counts,
    as_multipliers,
    as_relative,
    as_update,
    check_rate,
    unwrapped,
)
from lrkit.torch.arrivals import take_in
from lrkit.torch.attached import Attached
from lrkit.torch.hyperparameters import as_hyperparameters, check_pairs
from lrkit.torch.idle import Idle
from lrkit.torch.members import Members
from lrkit.torch.targets import Targets, own_tensors, put, targets_of

WHO = "Scheduler"


class Scheduler(LRScheduler):
    """Sets the learning rate, and any other number, of an optimizer of PyTorch from schedules.

        update k (counted from 0) of group g has lr(k) · multiplier(g) · factor

    A `Scheduler` has no state but the number of updates: it may be read and set at any time, a
    schedule that ends holds its last value, and what is saved is that number and texts. Call
    `step()` after `optimizer.step()`, as with any scheduler of PyTorch. It moves on once for each
    update of the weights and not otherwise: not for a step that a `GradScaler` skipped, nor for a
    batch whose gradients are only accumulated, nor again where Accelerate calls it once for each
    process.

    Args:
        optimizer: Any optimizer of PyTorch, or a wrapper that has one as its `optimizer`.
        lr: The learning rate: a `Schedule`, the text of one, a number, or a dict of these by number
            or `name` of the parameter group. A group that the dict leaves out keeps its rate.
        weight_decay: The same for weight decay. One schedule for all is refused where some groups
            have none: name those that have.
        momentum: The same for the momentum of SGD and others.
        betas: A pair of these, for Adam and others: `betas=(schedule, 0.999)`.
        multipliers: By number or name of a group, a multiple of its rate: a number of 0 or more, a
            `Schedule`, or a text. Also the `lr_scale` of a group counts (`parameter_groups`, timm).
        relative: True: the rate is `lr(k)` times the rate that each group was made with. Names, as
            in `("lr", "weight_decay")`: the same for these.
        at: Updates that the weights have had, where no state is loaded, from 0.
        counts: `"updates"`: as above. `"calls"`: each call of `step()` counts, for what updates the
            weights in another way than by the `step()` of an optimizer.
        hyperparameters: Any other number of the groups, such as `eps` or `alpha`.

    Raises:
        TypeError: An argument has the wrong type, or the optimizer has no such number.
        ValueError: A text does not parse, a value is out of its range, or there is no such group.

    Source: the interface of `torch.optim.lr_scheduler.LRScheduler`.

    >>> import torch
    >>> from lrkit import cosine, warmup
    >>> optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(2))], lr=0.1)
    >>> scheduler = Scheduler(optimizer, lr=0.1 * (warmup(2) >> cosine(2)))
    >>> for update in range(5):
    ...     print(round(optimizer.param_groups[0]["lr"], 6))
    ...     optimizer.step()
    ...     scheduler.step()
    0.0
    0.05
    0.1
    0.05
    0.0
    >>> scheduler.state_dict()
    {'step': 5, 'lr': '0.1 * (warmup(2) >> cosine(2))'}
    """

    def __init__(
        self,
        optimizer: Optimizer,
        lr: Any = None,
        *,
        weight_decay: Any = None,
        momentum: Any = None,
        betas: Any = None,
        multipliers: Mapping[int | str, Any] | None = None,
        relative: bool | Sequence[str] = False,
        at: int = 0,
        counts: Literal["updates", "calls"] = "updates",
        **hyperparameters: Any,
    ) -> None:
        # Not PyTorch's own __init__: it wraps the optimizer's step, and sets what is not used here.
        self.optimizer = optimizer
        self._inner = unwrapped(optimizer)
        groups = self._inner.param_groups
        given = {"lr": lr, "weight_decay": weight_decay, "momentum": momentum, "betas": betas}
        self._hyperparameters = as_hyperparameters(given | hyperparameters)
        if not self._hyperparameters:
            raise TypeError(
                f"{WHO}: a schedule must be given, got none. Write Scheduler(optimizer, lr=…)."
            )
        self._relative = as_relative(relative, self._hyperparameters)
        for one in self._hyperparameters:
            one.check(groups, one.name in self._relative)
        check_pairs(self._hyperparameters, groups)
        check_rate(self._hyperparameters, multipliers)
        self._multipliers = as_multipliers(multipliers, groups)
        self.last_epoch = as_update(WHO, "at", at)
        counts_updates = as_counts(counts)
        self._members = Members(groups, self._relative)
        self.base_lrs = [member.initial["lr"] for member in self._members.all]
        self.factor = 1.0
        self.notes: dict[str, Any] = {}
        self.jumps = 0
        self._step_count = 1  # PyTorch's; Accelerate adds to it
        self._updated = False
        self._idle = Idle(self._inner, counts_updates)
        self._savers: weakref.WeakSet[Any] = weakref.WeakSet()
        self._attached = Attached(self)
        self._bind()

    # ---- what it says ------------------------------------------------------------------------

    @property
    def updates(self) -> int:
        """Updates so far: the number, from 0, of the one that comes next. Also `last_epoch`."""
        return self.last_epoch

    @property
    def schedules(self) -> dict[str, Any]:
        """By name, the schedule of all groups, or a dict by group; of `betas` a list."""
        return state.by_name(self._hyperparameters, lambda schedule: schedule)

    @property
    def multipliers(self) -> list[float | Schedule]:
        """The multiple of the rate of each group, from its `lr_scale` and `multipliers`."""
        self._members.refresh(self._inner.param_groups)  # one may be gone
        return self._members.multipliers(self._multipliers)

    def get_last_lr(self) -> list[Any]:
        """The rate of each group, for the update that comes next: copies where it is a tensor."""
        rates = [group["lr"] for group in self._inner.param_groups]
        return [rate.clone() if isinstance(rate, Tensor) else rate for rate in rates]

    def get_lr(self) -> list[Any]:
        """The same as `get_last_lr()`, at any time."""
        return self.get_last_lr()

    @property
    def _last_lr(self) -> list[Any]:  # what others read in schedulers of PyTorch
        return self.get_last_lr()

    def describe(self, update: int | None = None) -> None:
        """Print a table of the groups: their parameters, multiples and scheduled numbers.

        Args:
            update: Of which update, from 0. Default: the next one.
        """
        from lrkit.torch.describe import print_table

        print_table(self, update)

    # ---- moving on -----------------------------------------------------------------------------

    def step(self, epoch: int | None = None) -> None:
        """Move on to the next update, if the optimizer has made one since the last call.

        Where nothing has been trained yet at all, and there was no gradient, it moves on all the
        same and warns: then somebody only looks at the schedule.

        Args:
            epoch: Go to this update instead, from 0.
        """
        if epoch is not None:
            self.last_epoch = as_update(WHO, "epoch", epoch)
            self.jumps += 1
        elif self._updated:
            self._idle.updated()
            self.last_epoch += 1
        elif self._idle.moves_on(self._inner, self.last_epoch):
            self.last_epoch += 1
        else:
            return
        self._updated = False
        k = self.last_epoch
        for schedule, targets in self._targets:  # as `_write`, without its call
            value = schedule(k)
            for group, name, place, scale in targets:
                if group[name].__class__ is float:
                    group[name] = value * scale
                else:
                    put(group, name, place, value * scale)

    def set_factor(self, factor: float) -> None:
        """Multiply all rates by this, from the next update on; `Plateau` does so.

        Args:
            factor: Of 0 or more. 1 is the schedule as it is.

        Raises:
            ValueError: It is negative or not finite.
        """
        self.factor = at_least_zero(WHO, "factor", factor)
        self._bind()

    def _write(self) -> None:
        """Set the numbers of the groups as they are to be at the next update."""
        for schedule, targets in self._targets:
            value = schedule(self.last_epoch)
            for group, name, place, scale in targets:
                put(group, name, place, value * scale)

    def _bind(self) -> None:
        """Work out which number of which group has which schedule, and set them."""
        names = list(dict.fromkeys(one.name for one in self._hyperparameters))
        own_tensors(self._inner.param_groups, names)
        self._targets = self._targets_with(self.factor)
        self._write()

    def _targets_with(self, factor: float) -> Targets:
        return targets_of(
            self._hyperparameters, self._members.all, self.multipliers, self._relative, factor
        )

    # What the hooks of the optimizer call.

    def _groups_changed(self) -> None:
        """A group has come: it has its numbers at once."""
        members = self._members.refresh(self._inner.param_groups)
        take_in(members, self._hyperparameters, self._relative)
        self._bind()

    def _optimizer_loaded(self) -> None:
        """The groups are those of a checkpoint now: the program's multiples and rates count."""
        for before, now in dict.fromkeys(self._members.put_back(self._inner.param_groups)):
            warn(
                f"{WHO}: the optimizer was saved with lr_scale={before!r} in a group, and this "
                f"program has lr_scale={now!r}, which it keeps."
            )
        self._bind()

    # ---- files ---------------------------------------------------------------------------------

    def state_dict(self) -> dict[str, Any]:
        """The number of updates, and texts: plain data, for `torch.save`, JSON or pickle.

        Save it when `step()` has been called for the last update.
        """
        for saver in list(self._savers):
            saver.before_save()
        return state.write(self)

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Go on at the update that was saved, and set the optimizer's numbers for it.

        A schedule that is another one now is kept, and a warning says what that changes.

        Args:
            state_dict: What `state_dict()` returned.

        Raises:
            TypeError: It is no dict.
            ValueError: It is of something else.
        """
        state.read_into(self, state_dict)
        self.jumps += 1
        self._updated = False
        self._bind()

    def __getstate__(self) -> dict[str, Any]:
        left_out = ("_attached", "_savers")
        return {key: value for key, value in self.__dict__.items() if key not in left_out}

    def __setstate__(self, written: dict[str, Any]) -> None:
        self.__dict__.update(written)
        self._savers = weakref.WeakSet()
        self._attached = Attached(self)

    def __repr__(self) -> str:
        given = state.by_name(self._hyperparameters, repr)
        told = "".join(f", {name}={value}" for name, value in given.items())
        return f"Scheduler({type(self._inner).__name__}{told}), at update {self.last_epoch}"
