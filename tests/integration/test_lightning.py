"""Lightning: the rate of each update, from what it took from the weights."""

import random
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from lightning.pytorch.callbacks import LearningRateMonitor
from lightning.pytorch.loggers import CSVLogger

from lrkit import Plan, cosine, linear, warmup
from lrkit.torch import Scheduler
from lrkit.torch.lightning import RecorderCallback, configured
from tests.integration.lightning_training import Batches, Module, fit, make, trained
from tests.integration.metered import assert_planned
from tests.integration.processes import run

PEAK = 0.05
SHAPE = warmup(20) >> cosine(80)  # per cent
LR = PEAK * (warmup(4, start=0.25) >> cosine(20))

pytestmark = [
    # PyTorch's own trees, as Lightning still asks for them.
    pytest.mark.filterwarnings(
        "ignore:.isinstance.treespec, LeafSpec.. is deprecated:FutureWarning"
    ),
    # A module with a validation_step is used with and without validations.
    pytest.mark.filterwarnings("ignore:You defined a .validation_step. but have no:UserWarning"),
]


def test_configured_and_its_plan(tmp_path: Path) -> None:
    found = trained(tmp_path, LR, max_epochs=2)
    assert_planned(found["rates"], LR.values(24))
    assert found["state"]["step"] == found["updates"] == 24


@pytest.mark.parametrize(
    ("length", "updates"),
    [({"max_epochs": 3}, 36), ({"max_steps": 17, "max_epochs": -1}, 17)],
    ids=str,
)
def test_over_lays_a_shape_over_the_updates_of_the_training(
    tmp_path: Path, length: dict[str, Any], updates: int
) -> None:
    found = trained(tmp_path, PEAK * SHAPE, module={"over": True}, **length)
    assert_planned(found["rates"], PEAK * SHAPE.over(updates).values())


def test_groups_by_name_have_rates_of_their_own(tmp_path: Path) -> None:
    lr = {"meter": PEAK * cosine(100), "meter_bias": "0.01 * linear(100)", "weights": 0.1}
    found = trained(tmp_path, lr, max_epochs=1, module={"over": True})
    assert_planned(found["rates"], PEAK * cosine(12).values())
    assert_planned(found["bias_rates"], 0.01 * linear(12).values())


def test_48_accumulation_with_a_remainder_counts_updates(tmp_path: Path) -> None:
    """10 batches of an epoch by 4: the third update is of 2, of which Lightning takes 2/4."""
    lr = PEAK * cosine(9)
    options = {"max_epochs": 3, "accumulate_grad_batches": 4, "examples": 20}
    found = trained(tmp_path, lr, **options)
    assert_planned(found["rates"], lr.values(9) * np.tile([1.0, 1.0, 0.5], 3))
    plan = Plan(epochs=3, examples=20, batch_size=2, accumulation=4, remainder="flush")
    assert found["state"]["step"] == plan.updates == 9


# ---- item 56: the interval -----------------------------------------------------------------------


def test_56_interval_is_step(tmp_path: Path) -> None:
    trainer, _ = make(max_epochs=2)
    module = Module(LR)
    fit(trainer, module)
    config = module.given["lr_scheduler"]
    assert (config["interval"], config["frequency"]) == ("step", 1)
    assert config["name"] == "learning_rate"


def test_56_without_it_lightning_asks_once_an_epoch(tmp_path: Path) -> None:
    class Plain(Module):
        def configure_optimizers(self) -> Any:
            optimizer = self.optimizer()
            return [optimizer], [torch.optim.lr_scheduler.LambdaLR(optimizer, LR)]

    trainer, meter = make(max_epochs=2)
    fit(trainer, Plain(None))
    assert_planned(meter.rates(), np.repeat(LR.values(2), 12), PEAK)


# ---- item 54: resumed ----------------------------------------------------------------------------


@pytest.mark.parametrize("accumulation", [1, 4])
def test_54_resumed_in_another_process_it_is_as_if_it_had_not_stopped(
    tmp_path: Path, accumulation: int
) -> None:
    """Whichever update it stopped after, in the middle of an epoch or at its end."""
    epochs = 2 * accumulation
    options: dict[str, Any] = {"examples": 36, "accumulate_grad_batches": accumulation}
    options |= {"module": {"over": True}, "save": {"every_n_train_steps": 1}}
    whole = run(trained, tmp_path / "whole", PEAK * SHAPE, max_epochs=epochs, **options).result
    updates = len(whole["rates"])
    stop_after = random.Random(f"54 {accumulation}").randrange(2, updates - 2)
    (tmp_path / "stopped").mkdir()
    shutil.copy(tmp_path / "whole" / f"step={stop_after}.ckpt", tmp_path / "stopped")
    again = run(
        trained, tmp_path / "stopped", PEAK * SHAPE, max_epochs=epochs, resume=True, **options
    )
    second = again.result
    assert again.said("Scheduler") == again.said("not resumable") == []
    assert len(second["rates"]) == updates - stop_after
    for key in ("rates", "bias_rates"):
        np.testing.assert_array_equal(second[key], whole[key][stop_after:], strict=True)
    np.testing.assert_array_equal(second["weights"], whole["weights"], strict=True)
    assert second["state"] == whole["state"]


class Counting(Module):
    """Asks for the number of updates as Lightning's documentation does."""

    def configure_optimizers(self) -> Any:
        updates = self.trainer.estimated_stepping_batches
        optimizer = self.optimizer()
        made = Scheduler(optimizer, PEAK * SHAPE.over(updates))
        return [optimizer], [{"scheduler": made, "interval": "step"}]


def test_54_lightning_itself_loses_the_place_in_the_data(tmp_path: Path) -> None:
    """Where the updates are counted in configure_optimizers: `configured` mends that."""
    save: dict[str, Any] = {"every_n_train_steps": 1}
    trained(tmp_path, PEAK * SHAPE, max_epochs=2, save=save, module={"over": True})
    left = {}
    for name, module in {"ours": Module(PEAK * SHAPE, over=True), "own": Counting(None)}.items():
        trainer, meter = make(max_epochs=2)
        # Lightning wants to be told of the callbacks of the checkpoint.
        with pytest.warns(UserWarning, match="callbacks used to create the checkpoint"):
            fit(trainer, module, ckpt_path=str(tmp_path / "step=9.ckpt"))
        left[name] = len(meter.rates())
    assert left == {"ours": 15, "own": 12}


def test_55_resumed_with_another_schedule_keeps_that_one_and_says_so(tmp_path: Path) -> None:
    save: dict[str, Any] = {"every_n_train_steps": 9}
    before, after = PEAK * cosine(24), PEAK * cosine(48)
    first = run(trained, tmp_path, before, max_epochs=2, max_steps=9, save=save)
    assert first.said("configured: the schedule of `lr` is 24 updates long and the training has 9")
    second = run(trained, tmp_path, after, max_epochs=4, resume=True, save=save)
    assert_planned(second.result["rates"], after.values()[9:])
    (said,) = second.said("the state was saved with lr=0.05 * cosine(24)")
    assert "0.05 * cosine(48), which it keeps. Update 9, the next, has" in said


class OwnCosine(Module):
    def configure_optimizers(self) -> Any:
        optimizer = self.optimizer()
        made = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=self._lr)
        return [optimizer], [{"scheduler": made, "interval": "step"}]


def test_55_the_one_of_pytorch_goes_back_to_the_old_length(tmp_path: Path) -> None:
    trainer, _ = make(max_epochs=1)
    fit(trainer, OwnCosine(24))
    trainer.save_checkpoint(tmp_path / "own.ckpt")
    module = OwnCosine(48)
    trainer, _ = make(max_epochs=2)
    fit(trainer, module, ckpt_path=str(tmp_path / "own.ckpt"))
    assert trainer.lr_scheduler_configs[0].scheduler.T_max == 24


# ---- item 57: what is logged ---------------------------------------------------------------------


@pytest.mark.parametrize("accumulation", [1, 4])
def test_57_the_monitor_has_each_rate_at_its_update(tmp_path: Path, accumulation: int) -> None:
    logger = CSVLogger(tmp_path)
    options = {"max_epochs": 2, "logger": logger, "log_every_n_steps": 1}
    monitor = LearningRateMonitor(logging_interval="step")
    trainer, _ = make(monitor, accumulate_grad_batches=accumulation, **options)
    module = Module(PEAK * SHAPE, over=True, name="rate")
    fit(trainer, module)
    lines = (Path(logger.log_dir) / "metrics.csv").read_text().splitlines()
    names = lines[0].split(",")
    rows = [dict(zip(names, line.split(","), strict=True)) for line in lines[1:]]
    logged = {int(row["step"]): float(row["rate/meter"]) for row in rows if row["rate/meter"]}
    planned = PEAK * SHAPE.over(24 // accumulation)
    assert sorted(logged) == list(range(24 // accumulation))
    assert_planned(np.array([logged[k] for k in sorted(logged)]), planned.values())


def test_the_recorder_and_its_audit(tmp_path: Path) -> None:
    recorded = RecorderCallback(csv=tmp_path / "rates.csv")
    trainer, meter = make(recorded, max_epochs=2)
    fit(trainer, Module(LR))
    recorder = recorded.recorder
    assert recorder is not None
    np.testing.assert_array_equal(recorder.learning_rates, LR.values(24))
    assert_planned(meter.rates(), recorder.learning_rates)
    assert recorder.epochs.tolist() == [0] * 12 + [1] * 12
    assert recorder.audit(Plan(epochs=2, examples=24, batch_size=2)).ok
    assert len((tmp_path / "rates.csv").read_text().splitlines()) == 25
    trainer, _ = make(recorded, max_epochs=1)
    with pytest.warns(UserWarning, match="held 24 updates of an earlier run"):
        fit(trainer, Module(PEAK * cosine(12)))
    assert recorded.recorder is not recorder


def test_the_recorder_of_another_scheduler() -> None:
    class Plain(Module):
        def configure_optimizers(self) -> Any:
            return self.optimizer()

    recorded = RecorderCallback()
    trainer, meter = make(recorded, max_epochs=1)
    fit(trainer, Plain(None))
    assert recorded.recorder is not None
    assert_planned(meter.rates(), recorded.recorder.learning_rates)


# ---- what it says --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("length", "effect"),
    [
        (6, "6 updates long and the training has 12: it keeps its last value 0 for 6 updates"),
        (24, "24 updates long and the training has 12: it ends at 0.025, before its last value 0"),
    ],
)
def test_a_schedule_of_another_length_is_said(length: int, effect: str) -> None:
    trainer, _ = make(max_epochs=1)
    with pytest.warns(UserWarning, match=effect) as caught:
        fit(trainer, Module(PEAK * cosine(length)))
    (said,) = [one for one in caught if "configured" in str(one.message)]
    assert "Write schedule.over(12), or configured(..., over=True)." in str(said.message)


def test_what_cannot_be_is_refused() -> None:
    module = Module(LR)
    optimizer = module.optimizer()
    with pytest.raises(TypeError, match="`module` must be the LightningModule, got SGD"):
        configured(optimizer, module, lr=LR)
    with pytest.raises(TypeError, match="`over` must be True or False, got over=100"):
        configured(module, optimizer, LR, over=100)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="`over` must be left out where the length is not known"):
        configured(module, optimizer, LR, over=True)
    with pytest.raises(ValueError, match="`plateau` must be a dict with a `monitor`, got plateau="):
        configured(module, optimizer, LR, plateau={"factor": 0.5})


def test_without_a_trainer_nothing_is_asked_of_it() -> None:
    module = Module(LR)
    given = configured(module, module.optimizer(), LR)
    assert given["lr_scheduler"]["scheduler"].schedules == {"lr": LR}


def test_data_without_a_length(tmp_path: Path) -> None:
    class Endless(Batches):
        __len__ = None  # type: ignore[assignment]

        def __iter__(self) -> Any:
            rows = Batches(200)
            return iter(rows)

    trainer, meter = make(max_steps=7, max_epochs=1)
    trainer.fit(Module(PEAK * SHAPE, over=True), Endless(2))
    assert_planned(meter.rates(), PEAK * SHAPE.over(7).values())
    trainer, _ = make(max_epochs=1)
    with pytest.raises(ValueError, match="Give the Trainer max_steps, or write schedule"):
        trainer.fit(Module(LR, over=True), Endless(2))
