"""`find_lr`: a learning rate for a model of PyTorch, which is left exactly as it was."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from typing import Any, Literal

import torch
from torch import Tensor
from torch.nn import Module
from torch.nn.parameter import is_lazy
from torch.optim import Optimizer

from lrkit.core.schedule import Schedule
from lrkit.core.validate import positive, whole
from lrkit.finder.found import Found
from lrkit.finder.probe import SHAPE, Progress, find
from lrkit.torch.arguments import unwrapped
from lrkit.torch.probe import Loss, TorchProbe, Training, device_of

WHO = "find_lr"


def find_lr(
    model: Module,
    optimizer: Optimizer,
    data: Iterable[Any],
    loss: Callable[[Module, Any], Tensor] | None = None,
    *,
    criterion: Callable[[Any, Any], Tensor] | None = None,
    validation: Iterable[Any] | Callable[[Module], Any] | None = None,
    effort: Literal["sweep", "confirm"] = "sweep",
    schedule: Schedule | str = SHAPE,
    updates: int | None = None,
    lr_min: float = 1e-6,
    lr_max: float = 10.0,
    per_decade: float | None = None,
    repeats: int = 1,
    rule: str = "basin",
    accumulation: int = 1,
    clip_norm: float | None = None,
    scaler: Any = None,
    autocast: torch.dtype | None = None,
    seed: int = 0,
    progress: Progress | None = None,
    buffer: bool | list[Any] = False,
) -> Found:
    """A learning rate from a sweep over all of them, and for "confirm" from short trainings too.

        update k of the sweep, counted from 0, has
        rate(k) = lr_min * (lr_max / lr_min) ** (k / (n - 1)),   0 <= k < n
        a group has rate(k) * (its rate) / (the highest rate of all groups)

    The rates of the groups are to each other what an lrkit `Scheduler` of the optimizer makes them
    (`lr_scale`, `multipliers`, `relative`), warmup or not; without one, what they are now, or
    `initial_lr` where all are 0, and where these are all the same, what `lr_scale` says.

    Everything is as before afterwards, to the last bit, also when it fails or Ctrl-C stops it:
    parameters, buffers, gradients, the state of the optimizer and its groups, of the scaler, of
    random generators and of loaders, the mode of each module. What listens to `optimizer.step()`
    (schedulers, recorders, other hooks) hears nothing of it. In between, the model and the
    optimizer are in the memory twice. Only what `loss` changes elsewhere, say in a model that it
    alone knows, is not put back.

    Args:
        model: The model, in training mode.
        optimizer: Its optimizer, fresh or in use. One that calls a closure, as LBFGS does, is
            refused.
        data: Batches: a `DataLoader`, a list, or anything else that can be iterated again. It is
            begun again when it runs out.
        loss: `loss(model, batch)` returns the mean loss over the batch, a tensor of one number, of
            whatever a batch is: `lambda model, batch: model(**batch).loss`.
        criterion: In place of `loss`, where a batch is `(inputs, targets)`: the loss is then
            `criterion(model(inputs), targets)`, with both moved to the device of the model.
        validation: What to judge the trainings of "confirm" by, with the model in evaluation mode:
            batches like those of `data`, or a function of the model that returns a number, the
            lower the better. Default: the mean of the last tenth of the losses.
        effort: "sweep": the sweep. "confirm": then short trainings with peaks around it, in all
            no more than two full trainings.
        schedule: What will be trained with, with the peak 1, or its text, for "confirm".
        updates: Of the full training, for "confirm".
        lr_min: The first rate of the sweep, positive.
        lr_max: The last one, above `lr_min`.
        per_decade: Updates in which the rate grows tenfold, positive. Default: 40, and 20 before
            short trainings.
        repeats: Sweeps, each with random numbers of its own; the median counts. 1 or more.
        rule: How a suggestion is read off a sweep; the names are in `lrkit.finder.rules`.
        accumulation: Batches of an update. 1 or more.
        clip_norm: The norm that gradients are clipped to before each update, as
            `torch.nn.utils.clip_grad_norm_` does. Default: they are not.
        scaler: The `torch.amp.GradScaler` of the training. An update that it skips is one of the
            sweep all the same.
        autocast: The dtype of `torch.autocast`, around the loss only, such as `torch.bfloat16`.
        seed: Of the random numbers: 0 is the ones that the next training would have.
        progress: Called after each update with what is done, how many of it, and of how many.
        buffer: For `data` that can be iterated once only, which is refused otherwise: an empty
            list gets the batches that are drawn, to train on `itertools.chain(list, data)`. True
            keeps them while it is needed, and they are gone for the training.

    Returns:
        What was found. It is false, and has a `reason`, where the losses show no rate.

    Raises:
        TypeError: An argument has the wrong type, or `loss` returns no number.
        ValueError: An argument is out of its range, the model is in evaluation mode, or several
            processes train together.

    Source: Smith 2017, "Cyclical Learning Rates for Training Neural Networks" (arXiv 1506.01186).

    >>> _ = torch.manual_seed(0)
    >>> x = torch.randn(64, 8)
    >>> data = [(x, x @ torch.randn(8, 1))]
    >>> model = torch.nn.Linear(8, 1)
    >>> sgd = torch.optim.SGD(model.parameters(), lr=0.1)
    >>> found = find_lr(model, sgd, data, criterion=torch.nn.MSELoss())
    >>> bool(found), found.diverged, sgd.param_groups[0]["lr"]
    (True, True, 0.1)
    """
    inner = _checked_optimizer(optimizer)
    _check_model(model)
    _check_processes()
    training = Training(
        model,
        inner,
        _loss(loss, criterion),
        accumulation=whole(WHO, "accumulation", accumulation),
        scaler=_checked_scaler(scaler),
        precision=_checked_precision(autocast),
        clip=None if clip_norm is None else positive(WHO, "clip_norm", clip_norm),
        others=[criterion] if isinstance(criterion, Module) else [],
    )
    if isinstance(data, Tensor):
        raise TypeError(
            f"{WHO}: `data` must be batches, got a tensor. Write a DataLoader of it, or [batch]."
        )
    return find(
        TorchProbe(training, data, validation, buffer),
        effort=effort,
        lr_min=lr_min,
        lr_max=lr_max,
        per_decade=per_decade,
        repeats=repeats,
        rule=rule,
        schedule=schedule,
        updates=updates,
        seed=seed,
        progress=progress,
    )


def _checked_optimizer(optimizer: Any) -> Any:
    inner = unwrapped(optimizer, WHO)
    closure = inspect.signature(type(inner).step).parameters.get("closure")
    if closure is not None and closure.default is inspect.Parameter.empty:
        raise TypeError(
            f"{WHO}: `optimizer` must make an update with step(), got {type(inner).__name__}, "
            "which calls a closure several times in one. Compare a few rates on short trainings."
        )
    return inner


def _check_model(model: Any) -> None:
    if not isinstance(model, Module):
        raise TypeError(
            f"{WHO}: `model` must be a torch.nn.Module, got one of type {type(model).__name__}."
        )
    parameters = list(model.parameters())
    if any(map(is_lazy, parameters)):
        raise ValueError(
            f"{WHO}: `model` must have parameters with a shape, got lazy ones. Call it with a "
            "batch first."
        )
    if not any(parameter.requires_grad for parameter in parameters):
        raise ValueError(f"{WHO}: `model` must have a parameter that needs a gradient, got none.")
    if not model.training:
        raise ValueError(
            f"{WHO}: `model` must be in training mode, got model.training=False. Call "
            "model.train() first; single modules may be in evaluation mode."
        )


def _check_processes() -> None:
    distributed = torch.distributed
    if distributed.is_available() and distributed.is_initialized():
        count = distributed.get_world_size()
        if count > 1:
            raise ValueError(
                f"{WHO}: there must be one process, got {count} that train together and could "
                "stop at different updates. Call it in a process of its own, with accumulation="
                f"{count} for the same number of examples in an update."
            )


def _checked_scaler(scaler: Any) -> Any:
    if scaler is not None and not (hasattr(scaler, "scale") and hasattr(scaler, "unscale_")):
        raise TypeError(
            f"{WHO}: `scaler` must be a GradScaler, got one of type {type(scaler).__name__}. "
            "Write torch.amp.GradScaler(device)."
        )
    return scaler


def _checked_precision(precision: Any) -> Any:
    if precision is not None and not isinstance(precision, torch.dtype):
        raise TypeError(
            f"{WHO}: `autocast` must be a dtype, got autocast={precision!r} of type "
            f"{type(precision).__name__}. Write autocast=torch.bfloat16."
        )
    return precision


def _loss(loss: Any, criterion: Any) -> Loss:
    if (loss is None) == (criterion is None):
        raise TypeError(
            f"{WHO}: either `loss` or `criterion` must be given, got "
            f"{'none' if loss is None else 'both'}. Write loss=lambda model, batch: … for the loss "
            "of a batch, or criterion=torch.nn.CrossEntropyLoss() for batches of inputs and "
            "targets."
        )
    given = criterion if loss is None else loss
    if not callable(given):
        name = "criterion" if loss is None else "loss"
        raise TypeError(
            f"{WHO}: `{name}` must be a function, got {name}={given!r} of type "
            f"{type(given).__name__}."
        )
    if isinstance(loss, Module):
        raise TypeError(
            f"{WHO}: `loss` must be a function of the model and a batch, got a module, "
            f"{type(loss).__name__}. Write criterion={type(loss).__name__}(…) for one of outputs "
            "and targets."
        )
    return loss if criterion is None else of_pairs(criterion)


def of_pairs(criterion: Callable[[Any, Any], Any]) -> Loss:
    """The loss of a model on a batch of inputs and targets.

    Args:
        criterion: `criterion(outputs, targets)`.
    """

    def loss(model: Any, batch: Any) -> Any:
        if not isinstance(batch, tuple | list) or len(batch) != 2:
            raise TypeError(
                f"{WHO}: `data` must give pairs of inputs and targets for a `criterion`, got a "
                f"batch of type {type(batch).__name__}. Write loss=lambda model, batch: … instead."
            )
        device = device_of(model)
        inputs, targets = (one.to(device, non_blocking=True) for one in batch)
        return criterion(model(inputs), targets)

    return loss
