"""PlateauCallback: what Trainer's evaluations do to the rate, on top of the schedule."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from transformers import TrainerCallback

from lrkit import hold, linear, warmup
from lrkit.torch import Scheduler
from lrkit.torch.transformers import PlateauCallback, set_schedule
from tests.integration.metered import assert_planned, data
from tests.integration.processes import run
from tests.integration.transformers_training import Metrics, make, trained

PEAK = 0.05
LR = PEAK * (warmup(4, start=0.25) >> hold(20))
EVERY = {"eval_strategy": "steps", "eval_steps": 3, "max_steps": 24}
LOSSES = [1.0, 0.9, 0.9, 0.9, 0.5, 0.5, 0.5, 0.4]
# One evaluation without improvement is tolerated: the fourth cuts, and the seventh.
FACTORS = np.repeat([1.0, 1.0, 1.0, 1.0, 0.5, 0.5, 0.5, 0.25], 3)
RULE = {"factor": 0.5, "patience": 1}


def test_50_warmup_and_plateau_together(tmp_path: Path) -> None:
    trainer, meter = make(tmp_path, Metrics(LOSSES), PlateauCallback(**RULE), **EVERY)
    set_schedule(trainer, LR)
    trainer.train()
    assert_planned(meter.rates(), LR.values(24) * FACTORS)
    assert trainer.lr_scheduler.notes["plateau eval_loss"]["best"] == 0.4


def test_50_the_trainer_runs_one_or_the_other(tmp_path: Path) -> None:
    """With PyTorch's ReduceLROnPlateau there is no schedule: the rate is the optimizer's."""
    theirs = {"lr_scheduler_type": "reduce_lr_on_plateau", "lr_scheduler_kwargs": RULE}
    trainer, meter = make(
        tmp_path,
        Metrics(LOSSES),
        **EVERY,
        **theirs,
        learning_rate=PEAK,
        warmup_steps=4,  # without effect
        metric_for_best_model="loss",
    )
    trainer.train()
    assert_planned(meter.rates(), PEAK * FACTORS)


@pytest.mark.parametrize("stop_after", [9, 10, 12])
def test_50_what_it_remembers_is_in_the_checkpoint(tmp_path: Path, stop_after: int) -> None:
    """Also in one that is written with the evaluation that cuts."""
    options: dict[str, Any] = {**EVERY, "metrics": LOSSES, "plateau": RULE}
    first = run(trained, tmp_path, LR, stop_after=stop_after, **options).result
    second = run(trained, tmp_path, LR, resume=True, **options).result
    rates = np.concatenate([first["rates"], second["rates"]])
    assert_planned(rates, LR.values(24) * FACTORS)
    assert second["state"]["factor"] == 0.25


@pytest.mark.parametrize(
    ("arguments", "options"),
    [
        ({"mode": "max"}, {}),
        ({}, {"metric_for_best_model": "accuracy", "greater_is_better": True}),
    ],
    ids=["mode", "greater_is_better"],
)
def test_great_values_are_good(
    tmp_path: Path, arguments: dict[str, Any], options: dict[str, Any]
) -> None:
    metrics = Metrics([1.0 - loss for loss in LOSSES], "eval_accuracy")
    plateau = PlateauCallback("accuracy", **RULE, **arguments)
    trainer, meter = make(tmp_path, metrics, plateau, **EVERY, **options)
    set_schedule(trainer, LR)
    trainer.train()
    assert_planned(meter.rates(), LR.values(24) * FACTORS)


def test_nobody_says_what_is_good(tmp_path: Path) -> None:
    trainer, _ = make(tmp_path, PlateauCallback("accuracy"), **EVERY)
    set_schedule(trainer, LR)
    with pytest.raises(ValueError, match=r"`mode` must be \"min\" or \"max\" for metric='eval_acc"):
        trainer.train()


def test_a_metric_that_is_not_there(tmp_path: Path) -> None:
    trainer, _ = make(tmp_path, PlateauCallback("f1", mode="max"), **EVERY)
    set_schedule(trainer, LR)
    with pytest.raises(ValueError, match=r"got metric='eval_f1'\. They have: .*eval_loss"):
        trainer.train()


def test_a_scheduler_of_somebody_else(tmp_path: Path) -> None:
    trainer, _ = make(tmp_path, PlateauCallback(), **EVERY)
    with pytest.raises(
        TypeError, match=r"`scheduler` must be a lrkit\.torch\.Scheduler, got LambdaLR"
    ):
        trainer.train()


def test_of_several_sets_of_data_the_one_is_judged(tmp_path: Path) -> None:
    trainer, meter = make(tmp_path, PlateauCallback("eval_b_loss", **RULE), **EVERY)
    trainer.eval_dataset = {"a": data(4), "b": data(2)}
    set_schedule(trainer, linear(24, start=PEAK))
    trainer.train()
    assert_planned(meter.rates(), linear(24, start=PEAK).values())  # its loss falls all the time
    assert list(trainer.lr_scheduler.notes) == ["plateau eval_b_loss"]


class Again(TrainerCallback):
    """Evaluates once more in the middle of a training."""

    def __init__(self) -> None:
        self.trainer: Any = None

    def on_evaluate(self, args: Any, state: Any, control: Any, **given: Any) -> None:
        if self.trainer is not None and state.global_step == 9:
            trainer, self.trainer = self.trainer, None
            trainer.evaluate()


def test_each_evaluation_is_judged_once(tmp_path: Path) -> None:
    """One before the first update is none of the training's, and so is one after the last."""
    again = Again()
    trainer, meter = make(
        tmp_path, Metrics(LOSSES), again, PlateauCallback(**RULE), eval_on_start=True, **EVERY
    )
    again.trainer = trainer
    set_schedule(trainer, LR)
    trainer.train()
    notes = dict(trainer.lr_scheduler.notes["plateau eval_loss"])
    trainer.evaluate()
    assert_planned(meter.rates(), LR.values(24) * FACTORS)
    assert trainer.lr_scheduler.notes["plateau eval_loss"] == notes


def test_with_a_scheduler_in_optimizers(tmp_path: Path) -> None:
    optimizer = torch.optim.SGD(torch.nn.ParameterList(_parameters()), lr=1.0)
    pair = optimizer, Scheduler(optimizer, LR)
    plateau = PlateauCallback(**RULE)
    trainer, meter = make(tmp_path, Metrics(LOSSES), plateau, optimizers=pair, **EVERY)
    trainer.train()
    assert_planned(meter.rates(), LR.values(24) * FACTORS)


def _parameters() -> list[torch.nn.Parameter]:
    return [torch.nn.Parameter(torch.zeros(n, dtype=torch.float64)) for n in (1, 1, 2)]
