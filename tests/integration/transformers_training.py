"""Trainings with the Trainer of Transformers, for the tests."""

import itertools
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from transformers import PrinterCallback, Trainer, TrainerCallback, TrainingArguments

from lrkit.torch import Scheduler
from lrkit.torch.transformers import PlateauCallback, RecorderCallback, set_schedule
from tests.integration.metered import Metered, data, rates_of, readings, weights_of

OPTIONS: dict[str, Any] = {
    "use_cpu": True,
    "optim": "sgd",
    "max_grad_norm": 0.0,  # clipping would change the gradient of the meters
    "dataloader_pin_memory": False,
    "disable_tqdm": True,
    "logging_strategy": "no",
    "per_device_train_batch_size": 2,
    "report_to": "none",
    "save_strategy": "no",
}


class Meter(TrainerCallback):
    """Reads the meters after each update; stops the training after some."""

    def __init__(self, stop_after: int | None = None) -> None:
        self.read: list[tuple[float, float]] = []
        self._stop_after = stop_after

    def on_train_begin(self, args: Any, state: Any, control: Any, **given: Any) -> None:
        self.read = [readings(given["model"])]

    def on_step_end(self, args: Any, state: Any, control: Any, **given: Any) -> None:
        self.read.append(readings(given["model"]))
        if state.global_step == self._stop_after:
            control.should_training_stop = control.should_save = True

    def rates(self, group: int = 0) -> np.ndarray:
        return rates_of(self.read, group)


class Metrics(TrainerCallback):
    """The first callback: puts a given metric into each evaluation."""

    def __init__(self, values: Sequence[float], metric: str = "eval_loss") -> None:
        self._values, self._metric = values, metric

    def on_evaluate(self, args: Any, state: Any, control: Any, **given: Any) -> None:
        number = round(state.global_step / args.eval_steps) - 1
        given["metrics"][self._metric] = self._values[number]


def make(
    folder: str | os.PathLike[str],
    *callbacks: TrainerCallback,
    examples: int = 24,
    optimizers: tuple[Any, Any] = (None, None),
    trainer_class: type[Trainer] = Trainer,
    **options: Any,
) -> tuple[Trainer, Meter]:
    """A Trainer of a metered model, and its meter."""
    meter = next((one for one in callbacks if isinstance(one, Meter)), Meter())
    trainer = trainer_class(
        model=_model(optimizers[0]),
        args=TrainingArguments(output_dir=str(folder), **{**OPTIONS, **options}),
        train_dataset=data(examples),
        eval_dataset=data(4),
        callbacks=[*(one for one in callbacks if one is not meter), meter],
        optimizers=optimizers,
    )
    trainer.remove_callback(PrinterCallback)
    return trainer, meter


def _model(optimizer: Any) -> torch.nn.Module:
    """A new model, or that of the optimizer."""
    model = Metered()
    if optimizer is not None:
        groups = (group["params"] for group in optimizer.param_groups)
        model.meter, model.meter_bias, model.weights = itertools.chain(*groups)
    return model


def with_scheduler(lr: Any, **arguments: Any) -> tuple[torch.optim.Optimizer, Scheduler]:
    """For `optimizers=`."""
    optimizer = torch.optim.SGD(Metered().parameters(), lr=1.0)
    return optimizer, Scheduler(optimizer, lr=lr, **arguments)


def last_checkpoint(folder: str | os.PathLike[str]) -> str | None:
    """The last one that is whole: its `trainer_state.json` is written after all else."""
    found = [
        path.parent for path in Path(folder).glob("checkpoint-*/trainer_state.json") if whole(path)
    ]
    last = max(found, key=lambda path: int(path.name.removeprefix("checkpoint-")), default=None)
    return None if last is None else str(last)


def whole(path: Path) -> bool:
    try:
        json.loads(path.read_text())
    except ValueError:
        return False
    return True


def outcome(trainer: Trainer, meter: Meter) -> dict[str, Any]:
    """What came out of a training."""
    return {
        "rates": meter.rates(),
        "bias_rates": meter.rates(1),
        "weights": weights_of(trainer.model),
        "state": trainer.lr_scheduler.state_dict(),
    }


def trained(
    folder: str | os.PathLike[str],
    lr: Any,
    *,
    resume: bool = False,
    stop_after: int | None = None,
    metrics: Sequence[float] = (),
    plateau: dict[str, Any] | None = None,
    csv: str | None = None,
    over: bool = False,
    **options: Any,
) -> dict[str, Any]:
    """A whole training, or a part of one; without `lr` with the scheduler of the Trainer."""
    callbacks: list[TrainerCallback] = [Metrics(metrics)] if metrics else []
    callbacks += [PlateauCallback(**plateau)] if plateau is not None else []
    callbacks += [RecorderCallback(csv=csv)] if csv is not None else []
    trainer, meter = make(folder, *callbacks, Meter(stop_after), **options)
    if lr is not None:
        set_schedule(trainer, lr, over=over)
    trainer.train(resume_from_checkpoint=last_checkpoint(folder) if resume else None)
    return outcome(trainer, meter)
