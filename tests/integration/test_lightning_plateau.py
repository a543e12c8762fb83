"""Plateau in Lightning: what validations do to the rate, on top of the schedule."""

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lrkit import hold, warmup
from lrkit.torch import Plateau
from lrkit.torch.lightning import PlateauCallback
from tests.integration.lightning_training import Module, fit, make, trained
from tests.integration.metered import assert_planned

PEAK = 0.05
LR = PEAK * (warmup(4, start=0.25) >> hold(44))
LOSSES = [1.0, 0.9, 0.9, 0.9]
# Of 12 updates an epoch: without patience, the third validation cuts, and the fourth.
FACTORS = np.repeat([1.0, 1.0, 1.0, 0.5], 12)
RULE = {"factor": 0.5, "patience": 0}

pytestmark = [
    # PyTorch's own trees, as Lightning still asks for them.
    pytest.mark.filterwarnings(
        "ignore:.isinstance.treespec, LeafSpec.. is deprecated:FutureWarning"
    ),
    # The folder holds a checkpoint, copied there, from which the training goes on.
    pytest.mark.filterwarnings(
        "ignore:Checkpoint directory .* exists and is not empty:UserWarning"
    ),
    pytest.mark.filterwarnings("ignore:The dirpath has changed from:UserWarning"),
]


def options(way: str) -> dict[str, Any]:
    """Of a training with a plateau rule: as a callback, or as Lightning asks a scheduler."""
    module: dict[str, Any] = {"validations": LOSSES}
    given: dict[str, Any] = {"max_epochs": 4, "module": module, "save": {"every_n_epochs": 1}}
    if way == "callback":
        return {**given, "monitor": {"monitor": "val_loss", **RULE}}
    module["plateau"] = {"monitor": "val_loss", **RULE}
    return given


@pytest.mark.parametrize("way", ["callback", "configured"])
def test_50_warmup_and_plateau_together(tmp_path: Path, way: str) -> None:
    found = trained(tmp_path, LR, **options(way))
    assert_planned(found["rates"], LR.values(48) * FACTORS)
    assert found["state"]["factor"] == 0.25


@pytest.mark.parametrize("stop_after", [24, 36])
@pytest.mark.parametrize(("way", "lost"), [("callback", False), ("configured", True)])
def test_50_what_it_remembers_is_in_the_checkpoint(
    tmp_path: Path, way: str, lost: bool, stop_after: int
) -> None:
    """A scheduler that Lightning asks with a metric judges after the checkpoint of the epoch.

    The judgement is then lost when a training goes on from there; by a callback it is not.
    """
    whole = trained(tmp_path / "whole", LR, **options(way))
    (tmp_path / "stopped").mkdir()
    shutil.copy(tmp_path / "whole" / f"step={stop_after}.ckpt", tmp_path / "stopped")
    second = trained(tmp_path / "stopped", LR, resume=True, **options(way))
    is_same = np.array_equal(second["rates"], whole["rates"][stop_after:])
    assert is_same is not lost
    assert (second["state"] == whole["state"]) is not lost


def test_50_a_checkpoint_before_a_validation_goes_on_without_it(tmp_path: Path) -> None:
    """Where Lightning goes on from the last update of an epoch it does not validate: so let it save
    after the validation, with every_n_epochs.
    """
    saves: dict[str, Any] = {**options("callback"), "save": {"every_n_train_steps": 12}}
    whole = trained(tmp_path / "whole", LR, **saves)
    (tmp_path / "stopped").mkdir()
    shutil.copy(tmp_path / "whole" / "step=36.ckpt", tmp_path / "stopped")
    second = trained(tmp_path / "stopped", LR, resume=True, **saves)
    assert_planned(whole["rates"], LR.values(48) * FACTORS)
    assert_planned(second["rates"], LR.values(12) * 0.0 + PEAK)  # the third judgement is missing
    assert (whole["state"]["factor"], second["state"]["factor"]) == (0.25, 0.5)


def test_the_form_that_lightning_takes() -> None:
    plateau = {"monitor": "val_loss", "frequency": 2, "strict": False, "patience": 7}
    module = Module(LR, validations=LOSSES, plateau=plateau)
    trainer, _ = make(max_epochs=4)
    fit(trainer, module)
    (optimizer,), (schedule, judge) = module.given
    assert optimizer is trainer.optimizers[0]
    assert schedule["interval"] == "step"
    rest = {key: value for key, value in judge.items() if key != "scheduler"}
    assert isinstance(judge["scheduler"], Plateau)
    assert rest == {
        "interval": "epoch",
        "reduce_on_plateau": True,
        "monitor": "val_loss",
        "frequency": 2,
        "strict": False,
        "name": "learning_rate after plateau",
    }


def test_without_validation_each_epoch_is_judged() -> None:
    class Logs(Module):
        def training_step(self, batch: Any, number: int) -> Any:
            loss = LOSSES[self.trainer.current_epoch]
            self.log("train_loss", loss, on_step=False, on_epoch=True, batch_size=2)
            return super().training_step(batch, number)

    trainer, meter = make(PlateauCallback("train_loss", **RULE), max_epochs=4)
    with pytest.warns(UserWarning, match="You defined a `validation_step` but have no"):
        fit(trainer, Logs(LR))
    assert_planned(meter.rates(), LR.values(48) * FACTORS)


def test_validations_before_the_training_are_not_judged() -> None:
    callback = PlateauCallback(**RULE)
    trainer, meter = make(callback, max_epochs=4, num_sanity_val_steps=1)
    module = Module(LR, validations=LOSSES)
    fit(trainer, module)
    assert_planned(meter.rates(), LR.values(48) * FACTORS)


def test_a_metric_that_is_not_there() -> None:
    trainer, _ = make(PlateauCallback("f1"), max_epochs=4)
    with pytest.raises(ValueError, match=r"got monitor='f1'\. These were logged: val_loss\."):
        fit(trainer, Module(LR, validations=LOSSES))


def test_a_scheduler_of_somebody_else() -> None:
    class Plain(Module):
        def configure_optimizers(self) -> Any:
            return self.optimizer()

    trainer, _ = make(PlateauCallback(), max_epochs=4)
    with pytest.raises(TypeError, match="`configure_optimizers` must give a"):
        fit(trainer, Plain(None, validations=LOSSES))
