"""Schedules in Lightning.

`configured` is what `configure_optimizers` returns. `PlateauCallback` cuts the rate when a
validation gets no better. `RecorderCallback` keeps what each update had.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from typing import Any

from lrkit.core.validate import refuse
from lrkit.torch.length import laid_over, warn_of_length
from lrkit.torch.lightning_framework import Callback
from lrkit.torch.plateau import Plateau
from lrkit.torch.recorder import Recorder
from lrkit.torch.scheduler import Scheduler

__all__ = ["PlateauCallback", "RecorderCallback", "configured"]


def configured(
    module: Any,
    optimizer: Any,
    lr: Any = None,
    *,
    over: bool = False,
    plateau: Mapping[str, Any] | None = None,
    name: str = "learning_rate",
    **scheduler_arguments: Any,
) -> Any:
    """What `configure_optimizers` returns: an optimizer and its `Scheduler`, asked at each update.

        update k (counted from 0) of group g has lr(k) · multiplier(g) · factor

    Lightning asks a scheduler at the end of each epoch, where nothing says otherwise; this says so.
    To resume with another schedule than the checkpoint's keeps that one, and warns.

    Args:
        module: The `LightningModule` itself: `return configured(self, optimizer, lr=…)`.
        optimizer: Any optimizer of PyTorch.
        lr: The learning rate: a `Schedule`, the text of one, a number, or a dict of these by number
            or `name` of the parameter group.
        over: Lay every schedule, whatever its unit, over the updates that the training will have.
        plateau: Arguments of `lrkit.torch.Plateau` and `monitor`, the metric; also `frequency`, in
            epochs, and `strict`. Lightning judges after the checkpoint of an epoch: where
            trainings are resumed, `PlateauCallback` is better.
        name: Under which LearningRateMonitor logs the rate.
        scheduler_arguments: Of the `Scheduler`: `weight_decay`, `betas`, `multipliers`, `relative`
            and others.

    Returns:
        A dict; with `plateau` a list of optimizers and a list of dicts.

    Raises:
        TypeError: An argument has the wrong type.
        ValueError: A text does not parse, or with `over` the length of the training is not known.

    Source: the forms that `LightningModule.configure_optimizers` may return.
    """
    who = "configured"
    if not hasattr(module, "configure_optimizers"):
        raise TypeError(
            f"{who}: `module` must be the LightningModule, got {type(module).__name__}. Write "
            "return configured(self, optimizer, lr=…)."
        )
    if not isinstance(over, bool):
        raise TypeError(f"{who}: `over` must be True or False, got over={over!r}.")
    arguments = {"lr": lr, **scheduler_arguments}
    updates = _updates_of(module)
    if over:
        if updates is None:
            way_out = "Give the Trainer max_steps, or write schedule.over(n) with the updates."
            raise refuse(who, "over", "left out where the length is not known", over, way_out)
        arguments = laid_over(arguments, updates)
    scheduler = Scheduler(optimizer, **arguments)
    if updates is not None and not over:
        warn_of_length(who, scheduler, updates, "configured(..., over=True)")
    config = {"scheduler": scheduler, "interval": "step", "frequency": 1, "name": name}
    if plateau is None:
        return {"optimizer": optimizer, "lr_scheduler": config}
    return [optimizer], [config, _plateau_config(scheduler, plateau, name)]


def _updates_of(module: Any) -> int | None:
    """The updates that the training will have; None where nobody knows."""
    trainer = getattr(module, "_trainer", None)  # `module.trainer` raises where there is none
    if trainer is None:
        return None
    updates = trainer.estimated_stepping_batches
    if getattr(trainer, "ckpt_path", None) is not None:
        _forget_data(trainer.fit_loop)
    # Of data without a length Lightning gives infinity, or -1.
    return int(updates) if isfinite(updates) and updates > 0 else None


def _forget_data(loop: Any) -> None:
    """Let Lightning set up its data anew.

    To count the updates it has set them up now. That is before the checkpoint is loaded, and it
    would not do so again, nor give the loaders the state that was saved of them.
    """
    loader = getattr(loop, "_combined_loader", None)
    if loader is not None:
        loader.reset()  # ends the workers that it has started
        loop._combined_loader = None


def _plateau_config(scheduler: Scheduler, plateau: Any, name: str) -> dict[str, Any]:
    if not isinstance(plateau, Mapping) or "monitor" not in plateau:
        way_out = 'Write plateau={"monitor": "val_loss", "factor": 0.5}.'
        raise refuse("configured", "plateau", "a dict with a `monitor`", plateau, way_out)
    arguments = dict(plateau)
    ours = {key: arguments.pop(key) for key in ("monitor", "frequency", "strict") if key in plateau}
    judge = Plateau(scheduler, **arguments)
    config = {"scheduler": judge, "interval": "epoch", "reduce_on_plateau": True}
    return {**config, **ours, "name": f"{name} after plateau"}


class PlateauCallback(Callback):
    """Cuts the rate of the schedule when the metric of the validations gets no better.

        rate of update k = lr(k) · f,   f → max(f · factor, min_factor) at each cut

    It judges each validation, before the checkpoint that is saved after it; where the training has
    no validation, each epoch of it. What it remembers is in the state of the `Scheduler`: saved and
    loaded with each checkpoint.

    Args:
        monitor: The name under which the metric is logged.
        arguments: Of `lrkit.torch.Plateau`: `factor`, `patience`, `mode` and others.

    Raises:
        TypeError: The training has no `Scheduler`.
        ValueError: No such metric was logged.

    Source: ReduceLROnPlateau of PyTorch, which cannot stand on top of another scheduler.
    """

    def __init__(self, monitor: str = "val_loss", **arguments: Any) -> None:
        self.monitor = monitor
        self.plateau: Plateau | None = None
        self._arguments = {"name": f"plateau {monitor}", **arguments}

    def on_train_start(self, trainer: Any, pl_module: Any) -> None:
        """Find the scheduler."""
        scheduler = _scheduler_of(trainer)
        if scheduler is None:
            raise TypeError(
                "PlateauCallback: `configure_optimizers` must give a lrkit.torch.Scheduler, got "
                "none. Write return configured(self, optimizer, lr=…) there."
            )
        self.plateau = Plateau(scheduler, **self._arguments)

    def on_validation_end(self, trainer: Any, pl_module: Any) -> None:
        """Judge a validation of the training."""
        if trainer.state.fn == "fit" and not trainer.sanity_checking:
            self._judge(trainer)

    def on_train_epoch_end(self, trainer: Any, pl_module: Any) -> None:
        """Judge an epoch, where there is no validation."""
        if not trainer.enable_validation:
            self._judge(trainer)

    def _judge(self, trainer: Any) -> None:
        metrics = trainer.callback_metrics
        if self.monitor not in metrics:
            way_out = f"These were logged: {', '.join(sorted(metrics)) or 'none'}."
            rule = "a metric that was logged"
            raise refuse("PlateauCallback", "monitor", rule, self.monitor, way_out)
        if self.plateau is not None:
            self.plateau.step(metrics[self.monitor])


class RecorderCallback(Callback):
    """Makes a `lrkit.torch.Recorder` for a Trainer of Lightning: what each update had.

    It records the first `lrkit.torch.Scheduler` of the training; without one, the first optimizer.

    Args:
        arguments: Of the `Recorder`: `csv`, `tensorboard`, `print_every`. With several processes
            only the first writes and prints; each has its record.

    Attributes:
        recorder: The `Recorder`; None before the training begins.

    Source: the rate of an update is what stood in `optimizer.param_groups` when it was made.
    """

    def __init__(self, **arguments: Any) -> None:
        self.recorder: Recorder | None = None
        self._arguments = arguments

    def on_train_start(self, trainer: Any, pl_module: Any) -> None:
        """Make the recorder; a checkpoint has been loaded by now."""
        if self.recorder is not None:  # each `fit` has an optimizer and a scheduler of its own
            self.recorder.close()
        arguments = dict(self._arguments)
        if not trainer.is_global_zero:
            arguments |= dict.fromkeys(("csv", "tensorboard", "print_every"))
        scheduler = _scheduler_of(trainer)
        if scheduler is None:
            arguments["at"] = trainer.global_step
        self.recorder = Recorder(scheduler or trainer.optimizers[0], **arguments)

    def on_train_batch_start(self, trainer: Any, *_: Any) -> None:
        """Tell it the epoch; where a training goes on, Lightning begins none."""
        recorder = self.recorder
        if recorder is not None and recorder.epoch != trainer.current_epoch:
            recorder.epoch = trainer.current_epoch

    def on_train_end(self, trainer: Any, pl_module: Any) -> None:
        """Write what is left."""
        if self.recorder is not None:
            self.recorder.flush()


def _scheduler_of(trainer: Any) -> Scheduler | None:
    """The first `Scheduler` of a training."""
    found = (config.scheduler for config in trainer.lr_scheduler_configs)
    return next((one for one in found if isinstance(one, Scheduler)), None)
