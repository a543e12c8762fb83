"""RecorderCallback: what each update of a Trainer had, in memory, in its logs and in a file."""

from pathlib import Path

import numpy as np

from lrkit import Plan, cosine, warmup
from lrkit.torch.transformers import RecorderCallback, set_schedule
from tests.integration.metered import assert_planned, rates_of
from tests.integration.processes import run
from tests.integration.transformers_training import make, trained, with_scheduler

PEAK = 0.05
SHAPE = warmup(20) >> cosine(80)  # per cent
LR = PEAK * (warmup(4, start=0.25) >> cosine(20))


def test_the_logs_have_the_rate_that_was_applied(tmp_path: Path) -> None:
    recorded = RecorderCallback(csv=tmp_path / "rates.csv")
    options = {"logging_strategy": "steps", "logging_steps": 1}
    trainer, meter = make(tmp_path, recorded, num_train_epochs=2, **options)
    set_schedule(trainer, LR, weight_decay={0: 0.0 * cosine(24)})
    trainer.train()
    logs = [log for log in trainer.state.log_history if "loss" in log]
    assert [log["learning_rate"] for log in logs] == LR.values(24).tolist()
    assert {log["weight_decay"] for log in logs} == {0.0}
    recorder = recorded.recorder
    assert recorder is not None
    np.testing.assert_array_equal(recorder.learning_rates, LR.values(24))
    assert_planned(meter.rates(), recorder.learning_rates)
    assert recorder.epochs.tolist() == [0] * 12 + [1] * 12
    assert recorder.audit(Plan(epochs=2, examples=24, batch_size=2)).ok
    assert len((tmp_path / "rates.csv").read_text().splitlines()) == 25


def test_the_recorder_goes_on_with_the_same_scheduler(tmp_path: Path) -> None:
    recorded = RecorderCallback()
    pair = with_scheduler(LR)
    trainer, _ = make(tmp_path, recorded, optimizers=pair, max_steps=12)
    trainer.train()
    recorder = recorded.recorder
    trainer.train()
    assert recorded.recorder is recorder
    assert recorder is not None
    assert recorder.steps.tolist() == list(range(24))


def test_the_recorder_of_another_scheduler(tmp_path: Path) -> None:
    """It takes what the Trainer's own did; and a new one for the next training."""
    recorded = RecorderCallback()
    trainer, meter = make(tmp_path, recorded, max_steps=6, learning_rate=PEAK)
    trainer.train()
    first = recorded.recorder
    trainer.train()
    assert first is not None
    assert_planned(rates_of(meter.read), first.learning_rates[:6], PEAK)


def test_the_file_of_a_resumed_training_is_that_of_a_whole_one(tmp_path: Path) -> None:
    options = {"over": True, "max_steps": 24}
    lr = PEAK * SHAPE
    run(trained, tmp_path / "whole", lr, csv=str(tmp_path / "whole.csv"), **options)
    csv = str(tmp_path / "stopped.csv")
    run(trained, tmp_path / "stopped", lr, csv=csv, stop_after=7, **options)
    run(trained, tmp_path / "stopped", lr, csv=csv, resume=True, **options)
    assert (tmp_path / "stopped.csv").read_bytes() == (tmp_path / "whole.csv").read_bytes()
