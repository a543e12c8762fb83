"""Trainings with Transformers and Lightning that are killed at a chosen moment, and go on.

Each is run in a process of its own by `torch_frameworks_soak.py`.
"""

import json
import logging
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import lightning.pytorch as pl
import torch
from lightning.pytorch.callbacks import ModelCheckpoint
from transformers import TrainerCallback

from lrkit.torch.lightning import PlateauCallback as LightningPlateau
from lrkit.torch.lightning import RecorderCallback as LightningRecorder
from lrkit.torch.transformers import PlateauCallback, RecorderCallback, set_schedule
from tests.adapters.killed import Moment, die, write
from tests.integration import lightning_training, transformers_training

UPDATES, EVERY = 24, 6  # and between two evaluations
SAVES = 2  # updates between two checkpoints of Transformers
# Of Lightning, beside one after each validation. One that is written between the last update of an
# epoch and its validation would lose that: where Lightning goes on from it, it does not validate.
STEPS = 5
RATE = "0.05 * (warmup(20, start=0.1) >> hold(30) >> cosine(50, stop=0.1))"  # per cent
METRICS = [1.0, 0.7, 0.7, 0.69]  # the third is no better, nor the fourth
RULE = {"patience": 0, "threshold": 0.05}
OPTIMIZERS = {"sgd": torch.optim.SGD, "adamw_torch": torch.optim.AdamW}


class Killer:
    """Tells the parent how far it is, and dies at the moment.

    Args:
        moment: `update`: after so many updates, before the checkpoint. `writing`: at so many events
            of Python while checkpoints are written. `outside`: by the parent, at so many marks.
        mark: Tells the parent.
    """

    def __init__(self, moment: Moment | None, mark: Callable[[], None]) -> None:
        self.moment, self.mark = moment, mark
        self.events = 0

    def updated(self, updates: int, saves: bool) -> None:
        self.mark()
        if self.moment == ("update", updates):
            die()
        if saves:
            sys.setprofile(self._count)

    def _count(self, *_: Any) -> None:
        self.events += 1
        if self.moment == ("writing", self.events):
            die()

    def saved(self) -> None:
        sys.setprofile(None)
        self.mark()


class TransformersKiller(TrainerCallback):
    def __init__(self, killer: Killer) -> None:
        self._killer = killer

    def on_step_end(self, args: Any, state: Any, control: Any, **given: Any) -> None:
        self._killer.updated(state.global_step, control.should_save)

    def on_save(self, args: Any, state: Any, control: Any, **given: Any) -> None:
        self._killer.saved()


class LightningKiller(pl.Callback):
    """Lightning calls those that write checkpoints after all others."""

    def __init__(self, killer: Killer) -> None:
        self._killer, self._updates = killer, 0

    def on_train_batch_start(self, trainer: Any, pl_module: Any, *_: Any) -> None:
        self._killer.saved()
        self._updates = trainer.global_step

    def on_train_batch_end(self, trainer: Any, pl_module: Any, *_: Any) -> None:
        step = trainer.global_step
        if step > self._updates:
            self._killer.updated(step, not (step % STEPS and step % EVERY))

    def on_train_end(self, trainer: Any, pl_module: Any) -> None:
        self._killer.saved()


class WholeUpdates(ModelCheckpoint):
    """Saves after updates only.

    After Lightning has gone on from a checkpoint, its own class saves after the next batch again,
    as the number of updates is still the same: within an accumulation, whose gradients are lost.
    """

    def on_train_batch_end(
        self, trainer: Any, pl_module: Any, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        if (batch_idx + 1) % trainer.accumulate_grad_batches == 0:
            super().on_train_batch_end(trainer, pl_module, outputs, batch, batch_idx)


def with_transformers(folder: Path, killer: Killer, optimizer: str, accumulation: int) -> Any:
    trainer, _ = transformers_training.make(
        folder,
        transformers_training.Metrics(METRICS),
        PlateauCallback(**RULE),
        RecorderCallback(csv=folder / "rates.csv"),
        TransformersKiller(killer),
        examples=2 * EVERY * accumulation,
        max_steps=UPDATES,
        gradient_accumulation_steps=accumulation,
        optim=optimizer,
        weight_decay=0.1,
        eval_strategy="steps",
        eval_steps=EVERY,
        save_strategy="steps",
        save_steps=SAVES,
    )
    set_schedule(trainer, RATE, over=True)
    last = transformers_training.last_checkpoint(folder)
    trainer.train(resume_from_checkpoint=last)
    return trainer.model, trainer.optimizer, trainer.lr_scheduler


def with_lightning(folder: Path, killer: Killer, optimizer: str, accumulation: int) -> Any:
    named = {"dirpath": folder, "filename": "{step}", "save_top_k": -1}
    trainer, _ = lightning_training.make(
        LightningPlateau(**RULE),
        LightningRecorder(csv=folder / "rates.csv"),
        LightningKiller(killer),
        WholeUpdates(every_n_train_steps=STEPS, **named),
        ModelCheckpoint(every_n_epochs=1, **named),
        max_epochs=UPDATES // EVERY,
        accumulate_grad_batches=accumulation,
        enable_checkpointing=True,
    )
    module = lightning_training.Module(
        RATE, over=True, validations=METRICS, optimizer=OPTIMIZERS[optimizer]
    )
    last = lightning_training.last_checkpoint(folder)
    lightning_training.fit(trainer, module, 2 * EVERY * accumulation, ckpt_path=last)
    (config,) = trainer.lr_scheduler_configs
    return module.model, trainer.optimizers[0], config.scheduler


FRAMEWORKS = {"transformers": with_transformers, "lightning": with_lightning}


def train(
    folder: Path, moment: Moment | None, mark: Callable[[], None], *, framework: str, **options: Any
) -> None:
    """Trains, or goes on from the last whole checkpoint, and writes what came out."""
    folder.mkdir(exist_ok=True)
    # Frameworks warn of what is so on purpose here: checkpoints in a folder that has some.
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    torch.set_num_threads(1)
    killer = Killer(moment, mark)
    model, optimizer, scheduler = FRAMEWORKS[framework](folder, killer, **options)
    sys.setprofile(None)
    weights = [parameter.tolist() for parameter in model.parameters()]
    slots = repr(optimizer.state_dict())
    end = json.dumps([weights, slots, scheduler.state_dict()])
    write(folder / "end", end.encode(), "")
    (folder / "events").write_text(str(killer.events))
