"""A model of PyTorch for the finder: trained from where it stands, and put back."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.optim import optimizer as torch_optimizer

from lrkit.core.extremes import extremes
from lrkit.core.schedule import Schedule
from lrkit.core.text import read
from lrkit.finder.batches import Batches
from lrkit.torch import evidence
from lrkit.torch.attached import schedulers_of
from lrkit.torch.groups import SCALE
from lrkit.torch.hyperparameters import Group, plain
from lrkit.torch.randomness import DataState, Randomness, generators_of, sow
from lrkit.torch.remembered import Remembered
from lrkit.torch.targets import put

Loss = Callable[[Any, Any], Any]


@dataclass(frozen=True)
class Training:
    """What is trained, and how an update is made.

    Args:
        model: The model.
        optimizer: Its optimizer, without a wrapper.
        loss: `loss(model, batch)`.
        accumulation: Batches of an update.
        scaler: A `GradScaler`, or None.
        precision: The dtype of autocast, or None.
        clip: The largest norm of the gradients, or None.
        others: What else holds tensors that change, such as a loss with buffers.
    """

    model: Any
    optimizer: Any
    loss: Loss
    accumulation: int = 1
    scaler: Any = None
    precision: Any = None
    clip: float | None = None
    others: Sequence[Any] = ()


class TorchProbe(contextlib.AbstractContextManager["TorchProbe"]):
    """The probe of `lrkit.torch.find_lr`; see `lrkit.finder.probe.Probe`.

    Args:
        training: What is trained.
        data: Its batches.
        validation: Batches to judge by, a function of the model, or None.
        buffer: What to do with data that comes once only.
    """

    def __init__(self, training: Training, data: Any, validation: Any, buffer: Any) -> None:
        self._training = training
        self._batches = Batches(data, buffer=buffer)
        self._judge = validation if callable(validation) else None
        self._held_out = None
        if validation is not None and self._judge is None:
            self._held_out = Batches(validation, argument="validation")
        self._sources = [data, validation]
        self._ratios = ratios(training.optimizer)

    def __enter__(self) -> TorchProbe:
        one = self._training
        self._hooks = hooks_of(one.optimizer)
        self._gradient_hooks = gradient_hooks_of(one.optimizer)
        self._randomness = Randomness()
        self._data = [DataState(data) for data in self._sources]
        drawn = [generator for data in self._sources for generator in generators_of(data)]
        scaler = [] if one.scaler is None else [vars(one.scaler)]
        hooks = [*self._hooks, *self._gradient_hooks]
        self._remembered = Remembered(
            [one.model, *one.others, vars(one.optimizer), *scaler, *hooks, *drawn]
        )
        self._drawn = drawn
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self._put_back()
        except BaseException:  # Ctrl-C in the middle of it: once more, and whole
            self._put_back()
            raise
        finally:
            del self._remembered, self._randomness, self._data

    def _put_back(self) -> None:
        self._remembered.put_back()
        for data in self._data:
            data.put_back()
        self._randomness.put_back()

    def _begin(self, seed: int) -> None:
        """From the start, with nobody listening."""
        self._put_back()
        self._remembered.without_gradients()
        silence(self._hooks, self._gradient_hooks)
        for data in self._data:
            data.put_workers_aside()
        if seed:
            sow(seed, self._drawn)

    def losses(self, rates: np.ndarray, seed: int) -> Iterator[float]:
        """The loss of each update."""
        self._begin(seed)
        batches = self._batches.endless(seed)
        groups = self._training.optimizer.param_groups
        for rate in rates.tolist():
            for group, ratio in zip(groups, self._ratios, strict=True):
                put(group, "lr", None, rate * ratio)
            yield self._update(batches)

    def _update(self, batches: Iterator[Any]) -> float:
        one = self._training
        optimizer, scaler = one.optimizer, one.scaler
        optimizer.zero_grad()
        losses = []
        for _ in range(one.accumulation):
            loss = self._loss(next(batches))
            share = loss / one.accumulation if one.accumulation > 1 else loss
            (share if scaler is None else scaler.scale(share)).backward()
            losses.append(loss.detach())
        if one.clip is not None:
            if scaler is not None:
                scaler.unscale_(optimizer)
            parameters = [p for group in optimizer.param_groups for p in group["params"]]
            torch.nn.utils.clip_grad_norm_(parameters, one.clip)
        if scaler is None:
            optimizer.step()
        else:
            scaler.step(optimizer)
            scaler.update()
        # Asked for when all of the update is on its way to the device.
        return sum(map(float, losses)) / one.accumulation

    def _loss(self, batch: Any) -> Tensor:
        with self._autocast():
            loss = self._training.loss(self._training.model, batch)
        if not isinstance(loss, Tensor) or loss.numel() != 1:
            got = f"{loss!r:.200}"
            if isinstance(loss, Tensor):
                got = f"a tensor of shape {tuple(loss.shape)}"
            raise TypeError(
                f"find_lr: `loss` must return one number as a tensor, got {got}. Return the "
                "mean over the batch, with its gradient: no float, no .item()."
            )
        return loss

    def _autocast(self) -> Any:
        if self._training.precision is None:
            return contextlib.nullcontext()
        device = device_of(self._training.model).type
        return torch.autocast(device, self._training.precision)

    def score(self) -> float | None:
        """The loss on `validation`, the model in evaluation mode; None without any."""
        model = self._training.model
        if self._judge is None and self._held_out is None:
            return None
        modes = [(module, module.training) for module in model.modules()]
        model.eval()
        try:
            with torch.no_grad():
                return self._judged(model)
        finally:
            for module, mode in modes:
                module.training = mode

    def _judged(self, model: Any) -> float:
        if self._judge is not None:
            return float(self._judge(model))
        assert self._held_out is not None
        losses, sizes = [], []
        for batch in self._held_out.once():
            losses.append(float(self._loss(batch)))
            sizes.append(examples_in(batch))
        if not losses:
            raise ValueError("find_lr: `validation` must give batches, got none. Leave it out.")
        return float(np.average(losses, weights=sizes))


def device_of(model: Any) -> Any:
    """Where the first parameter is."""
    return next(model.parameters()).device


def examples_in(batch: Any) -> int:
    """The length of the first tensor in a batch; 1 where there is none.

    >>> examples_in({"images": torch.zeros(8, 3), "labels": torch.zeros(8)})
    8
    """
    if isinstance(batch, Tensor):
        return len(batch) if batch.ndim else 1
    inside = list(batch.values()) if hasattr(batch, "values") else batch
    if isinstance(inside, list | tuple) and inside:
        return examples_in(inside[0])
    return 1


def ratios(optimizer: Any) -> list[float]:
    """The rate of each group as a part of the highest one; a single group has 1.

    They are those of the training, whichever update of a warmup the groups are at: by a
    `Scheduler` of lrkit that sets the rates, at its present update. Without one: of the present
    rates, or, where a warmup has set all to 0, of those that a scheduler of PyTorch began with;
    and where these are the same in all groups, of their `lr_scale`.

    Args:
        optimizer: The optimizer, without a wrapper.

    Raises:
        ValueError: They are 0, and nothing says what they are to each other.

    >>> weights = [torch.nn.Parameter(torch.zeros(2)) for _ in range(2)]
    >>> groups = [{"params": [weights[0]], "lr": 0.025}, {"params": [weights[1]]}]
    >>> ratios(torch.optim.SGD(groups, lr=0.1))
    [0.25, 1.0]
    """
    found = _scheduled(optimizer) or _of_groups(optimizer.param_groups)
    if all(map(math.isfinite, found)) and max(found) > 0:
        return [rate / max(found) for rate in found]
    if len(found) == 1:
        return [1.0]
    raise ValueError(
        "find_lr: `optimizer` must have a rate above 0 in some group, got 0 in all of them: their "
        "ratios are kept. Call it before there is a scheduler with a warmup from 0."
    )


def _scheduled(optimizer: Any) -> list[float]:
    """What a `Scheduler` makes of the groups' rates; empty where none sets them."""
    setting = [
        one
        for one in schedulers_of(optimizer)
        if any(scheduled.name == "lr" for scheduled in one._hyperparameters)
    ]
    if not setting:
        return []
    scheduler = setting[-1]
    [given] = [one for one in scheduler._hyperparameters if one.name == "lr"]
    multipliers = scheduler.multipliers
    members = scheduler._members.all
    schedules = [given.of(member) for member in members]
    # Of several schedules the peaks, which stay what they are to each other; of one, itself.
    tops = {one: extremes(one)[1] for one in set(schedules) - {None}}
    if len(set(schedules)) == 1:
        tops = dict.fromkeys(tops, 1.0)
    found = []
    for member, schedule, multiplier in zip(members, schedules, multipliers, strict=True):
        if schedule is None:
            found.append(plain(member.group["lr"]))
            continue
        base = member.initial["lr"] if "lr" in scheduler._relative else 1.0
        found.append(tops[schedule] * base * _now(multiplier, scheduler.updates))
    return found


def _of_groups(groups: Sequence[Group]) -> list[float]:
    """What the groups say of their rates."""
    rates = [plain(group["lr"]) for group in groups]
    if not any(rates) and all("initial_lr" in group for group in groups):
        rates = [plain(group["initial_lr"]) for group in groups]
    if len(set(rates)) > 1 or not any(SCALE in group for group in groups):
        return rates  # those of a training that counts its `lr_scale` have it in them
    scales = [group.get(SCALE, 1.0) for group in groups]
    return [_now(read(one) if isinstance(one, str) else one, 0) for one in scales]


def _now(multiplier: Any, update: int) -> float:
    """The number that a multiple of the rate is at an update."""
    return plain(multiplier(update) if isinstance(multiplier, Schedule) else multiplier)


def hooks_of(optimizer: Any) -> list[dict[Any, Any]]:
    """Where the hooks are that listen to the steps of an optimizer."""
    return [
        torch_optimizer._global_optimizer_pre_hooks,
        torch_optimizer._global_optimizer_post_hooks,
        optimizer._optimizer_step_pre_hooks,
        optimizer._optimizer_step_post_hooks,
    ]


def gradient_hooks_of(optimizer: Any) -> list[dict[Any, Any]]:
    """Where the hooks are that listen to gradients: lrkit's own are among them."""
    parameters = (p for group in optimizer.param_groups for p in group["params"])
    return [
        parameter._post_accumulate_grad_hooks
        for parameter in parameters
        if getattr(parameter, "_post_accumulate_grad_hooks", None)
    ]


def silence(of_steps: Sequence[dict[Any, Any]], of_gradients: Sequence[dict[Any, Any]]) -> None:
    """Take hooks off: all that listen to steps, and of those on gradients lrkit's own."""
    for hooks in of_steps:
        hooks.clear()
    for hooks in of_gradients:
        for key, hook in list(hooks.items()):
            if getattr(hook, "__module__", None) == evidence.__name__:
                del hooks[key]
