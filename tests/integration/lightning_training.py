"""Trainings with Lightning, for the tests."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import lightning.pytorch as pl
import numpy as np
import torch
from lightning.pytorch.callbacks import ModelCheckpoint

from lrkit.torch.lightning import PlateauCallback, RecorderCallback, configured
from tests.integration.metered import Metered, data, rates_of, readings, weights_of

OPTIONS: dict[str, Any] = {
    "accelerator": "cpu",
    "devices": 1,
    "enable_checkpointing": False,
    "enable_model_summary": False,
    "enable_progress_bar": False,
    "logger": False,
    "num_sanity_val_steps": 0,
}


class Module(pl.LightningModule):
    """A metered model; `validations` are the metrics that it logs, one after the other."""

    def __init__(
        self,
        lr: Any,
        *,
        validations: Sequence[float] = (),
        optimizer: Any = torch.optim.SGD,
        **arguments: Any,
    ) -> None:
        super().__init__()
        self.model = Metered()
        self.given: Any = None
        self._lr, self._arguments = lr, arguments
        self.validations, self._optimizer = validations, optimizer

    def training_step(self, batch: Any, number: int) -> torch.Tensor:
        return self.model(batch["x"])["loss"]

    def validation_step(self, batch: Any, number: int) -> None:
        if self.validations:
            self.log("val_loss", self.validations[self.trainer.current_epoch], batch_size=1)

    def configure_optimizers(self) -> Any:
        self.given = configured(self, self.optimizer(), self._lr, **self._arguments)
        return self.given

    def optimizer(self) -> torch.optim.Optimizer:
        named = self.model.named_parameters()
        groups = [{"params": [parameter], "name": name} for name, parameter in named]
        return self._optimizer(groups, lr=1.0)


class Batches:
    """Data that go on where they stopped; Lightning saves the state of such a loader."""

    def __init__(self, examples: int) -> None:
        self._rows, self._next = data(examples), 0

    def __len__(self) -> int:
        return len(self._rows) // 2

    def __iter__(self) -> Iterator[dict[str, torch.Tensor]]:
        self._next %= len(self)  # Lightning does not ask whether there is one after the last
        while self._next < len(self):
            rows = self._rows[2 * self._next : 2 * self._next + 2]
            self._next += 1
            yield {key: torch.stack([row[key] for row in rows]) for key in rows[0]}

    def state_dict(self) -> dict[str, int]:
        return {"next": self._next}

    def load_state_dict(self, state: dict[str, int]) -> None:
        self._next = state["next"]


class Meter(pl.Callback):
    """Reads the meters after each update."""

    def __init__(self) -> None:
        self.read: list[tuple[float, float]] = []
        self._updates = 0

    def on_train_start(self, trainer: Any, pl_module: Any) -> None:
        self.read, self._updates = [readings(pl_module.model)], trainer.global_step

    def on_train_batch_end(self, trainer: Any, pl_module: Any, *_: Any) -> None:
        if trainer.global_step > self._updates:
            self._updates = trainer.global_step
            self.read.append(readings(pl_module.model))

    def rates(self, group: int = 0) -> np.ndarray:
        return rates_of(self.read, group)


def make(*callbacks: pl.Callback, **options: Any) -> tuple[pl.Trainer, Meter]:
    """A Trainer, and its meter."""
    meter = Meter()
    return pl.Trainer(callbacks=[*callbacks, meter], **{**OPTIONS, **options}), meter


def fit(trainer: pl.Trainer, module: Module, examples: int = 24, **options: Any) -> None:
    """Train a module, with validations where it has metrics for them."""
    validation = Batches(2) if module.validations else None
    trainer.fit(module, Batches(examples), validation, **options)


def last_checkpoint(folder: str | os.PathLike[str]) -> str | None:
    """Of the most updates; Lightning renames a file into its place when it is whole."""
    found = [*Path(folder).glob("step=*.ckpt")]
    last = max(found, key=lambda path: int(path.stem.removeprefix("step=")), default=None)
    return None if last is None else str(last)


def trained(
    folder: str | os.PathLike[str],
    lr: Any,
    *,
    resume: bool = False,
    save: dict[str, Any] | None = None,
    examples: int = 24,
    monitor: dict[str, Any] | None = None,
    csv: str | None = None,
    module: dict[str, Any] | None = None,
    **options: Any,
) -> dict[str, Any]:
    """A whole training, or a part of one."""
    callbacks: list[pl.Callback] = [PlateauCallback(**monitor)] if monitor is not None else []
    callbacks += [RecorderCallback(csv=csv)] if csv is not None else []
    if save is not None:
        named = {"dirpath": folder, "filename": "{step}", "save_top_k": -1}
        callbacks += [ModelCheckpoint(**named, **save)]
        options["enable_checkpointing"] = True
    trainer, meter = make(*callbacks, **options)
    trains = Module(lr, **(module or {}))
    path = last_checkpoint(folder) if resume else None
    fit(trainer, trains, examples, ckpt_path=path)
    return {
        "rates": meter.rates(),
        "bias_rates": meter.rates(1),
        "weights": weights_of(trains.model),
        "state": trainer.lr_scheduler_configs[0].scheduler.state_dict(),
        "updates": trainer.global_step,
    }
