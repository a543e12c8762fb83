"""The files of a Recorder: whole after a kill, cut to the restored update, gone on with."""

import os
import subprocess
import sys

import pytest
import torch

from lrkit import Plan, cosine, diff, linear, warmup
from lrkit.torch import Recorder, Scheduler
from tests.adapters.torch_training import sgd, train
from tests.documentation import ROOT

LR = warmup(4) >> cosine(12)


def trained(path, updates, state=None, **given):
    model, optimizer = sgd(given.pop("groups", 1))
    scheduler = Scheduler(optimizer, LR, **given)
    if state is not None:
        scheduler.load_state_dict(state)
    with Recorder(scheduler, csv=path) as recorder:
        train(model, optimizer, scheduler, updates)
    return recorder, scheduler


def test_one_row_for_each_update(tmp_path):
    path = tmp_path / "rates.csv"
    trained(path, 16)
    header, *rows = path.read_text().splitlines()
    assert header == "step,epoch,learning_rate"
    assert [float(row.split(",")[2]) for row in rows] == [LR(k) for k in range(16)]
    assert diff(path, LR, steps=16).largest == 0.0


def test_columns_of_several_groups(tmp_path):
    path = tmp_path / "rates.csv"
    trained(path, 3, groups=2, multipliers={1: 0.5}, weight_decay=cosine(16))
    header, *rows = path.read_text().splitlines()
    others = "learning_rate_group_1,weight_decay_group_1"
    assert header == f"step,epoch,learning_rate,weight_decay,{others}"
    assert rows[1] == f"1,0,0.25,{cosine(16)(1)},0.125,{cosine(16)(1)}"


def test_it_goes_on_where_the_state_is(tmp_path):
    """Also where the file is ahead of the checkpoint: then it is cut."""
    path = tmp_path / "rates.csv"
    _, scheduler = trained(path, 5)
    state = scheduler.state_dict()
    trained(path, 4, state)
    recorder, _ = trained(path, 11, state)
    assert [int(row.split(",")[0]) for row in path.read_text().splitlines()[1:]] == [*range(16)]
    assert recorder.steps.tolist() == list(range(16))
    assert recorder.learning_rates.tolist() == [LR(k) for k in range(16)]


def test_the_audit_looks_at_the_rows_of_the_file_too(tmp_path):
    path = tmp_path / "rates.csv"
    _, scheduler = trained(path, 5)
    path.write_text(path.read_text().replace("\n4,0,1.0\n", "\n4,0,0.5\n"))
    recorder, _ = trained(path, 11, scheduler.state_dict())
    (finding,) = recorder.audit(Plan(updates=16)).findings
    assert finding.code == "other-rate"
    assert "1 update, 4, had" in finding.text


def test_a_run_from_the_beginning_sets_the_earlier_one_aside(tmp_path):
    path = tmp_path / "rates.csv"
    trained(path, 5)
    with pytest.warns(UserWarning, match=r"'rates\.csv\.1'; to continue .* load the state of its"):
        trained(path, 3)
    assert len((tmp_path / "rates.csv.1").read_text().splitlines()) == 6
    assert len(path.read_text().splitlines()) == 4


def test_other_columns_are_refused_before_the_second_update(tmp_path):
    path = tmp_path / "rates.csv"
    _, scheduler = trained(path, 5)
    state = scheduler.state_dict()
    with pytest.raises(ValueError, match="must hold what this run records"):
        trained(path, 3, state, groups=2)


@pytest.mark.parametrize("saved", ["optimizer", "scheduler"])
def test_it_is_written_before_a_checkpoint(tmp_path, saved):
    """So that after a kill no update of the checkpoint is missing in the file."""
    path = tmp_path / "rates.csv"
    model, optimizer = sgd()
    scheduler = Scheduler(optimizer, LR)
    recorder = Recorder(scheduler, csv=path)
    train(model, optimizer, scheduler, 5)
    (optimizer if saved == "optimizer" else scheduler).state_dict()
    assert len(path.read_text().splitlines()) == 6
    recorder.close()


def epochs(path, count, state=None):
    """Epochs of five updates, the scheduler asked once an epoch."""
    model, optimizer = sgd()
    scheduler = Scheduler(optimizer, linear(10))
    if state is not None:
        scheduler.load_state_dict(state)
    with Recorder(scheduler, csv=path) as recorder:
        for _ in range(count):
            for _ in range(5):
                optimizer.zero_grad()
                model().backward()
                optimizer.step()
            scheduler.step()
        return recorder, scheduler.state_dict()


def test_asked_once_an_epoch_the_updates_are_noted_in_the_state(tmp_path):
    path = tmp_path / "rates.csv"
    _, state = epochs(path, 2)
    assert state["notes"] == {"recorder": {"update": 10, "epoch": 0}}
    recorder, _ = epochs(path, 1, state)
    assert recorder.steps.tolist() == list(range(15))
    assert len(path.read_text().splitlines()) == 16


def test_columns_of_a_group_that_comes_are_not_in_the_file(tmp_path):
    path = tmp_path / "rates.csv"
    model, optimizer = sgd(2)
    late = optimizer.param_groups.pop()
    scheduler = Scheduler(optimizer, LR)
    with Recorder(scheduler, csv=path) as recorder:
        train(model, optimizer, scheduler, 2)
        optimizer.add_param_group(late)
        with pytest.warns(UserWarning, match=r"learning_rate_group_1 of a group that has come"):
            train(model, optimizer, scheduler, 2)
    header, *rows = path.read_text().splitlines()
    assert (header, len(rows)) == ("step,epoch,learning_rate", 4)
    assert len(recorder.groups) == 2


def test_a_second_recorder_takes_the_file_over(tmp_path):
    """As when a cell of a notebook is run again."""
    path = tmp_path / "rates.csv"
    model, optimizer = sgd()
    scheduler = Scheduler(optimizer, LR)
    Recorder(scheduler, csv=path)
    train(model, optimizer, scheduler, 3)
    with Recorder(scheduler, csv=path):
        train(model, optimizer, scheduler, 3)
    assert [int(row.split(",")[0]) for row in path.read_text().splitlines()[1:]] == [*range(6)]


UNTIL_THE_END = """
from lrkit import linear
from lrkit.torch import Recorder, Scheduler
from tests.adapters.torch_training import sgd, train
model, optimizer = sgd()
scheduler = Scheduler(optimizer, linear(9))
recorder = Recorder(scheduler, csv="rates.csv")
train(model, optimizer, scheduler, 7)
"""


def test_it_is_written_when_python_ends(tmp_path):
    env = dict(os.environ, PYTHONPATH=str(ROOT))
    subprocess.run([sys.executable, "-c", UNTIL_THE_END], cwd=tmp_path, env=env, check=True)
    assert len((tmp_path / "rates.csv").read_text().splitlines()) == 8


def test_it_records_without_a_name(tmp_path):
    path = tmp_path / "rates.csv"
    model, optimizer = sgd()
    scheduler = Scheduler(optimizer, LR)
    Recorder(scheduler, csv=path)
    train(model, optimizer, scheduler, 5)
    scheduler.state_dict()
    assert len(path.read_text().splitlines()) == 6


def test_the_state_of_a_recorder_alone(tmp_path):
    model, optimizer = sgd()
    theirs = torch.optim.lr_scheduler.StepLR(optimizer, 3)
    recorder = Recorder(optimizer, csv=tmp_path / "rates.csv")
    recorder.epoch = 2
    train(model, optimizer, theirs, 5)
    assert recorder.state_dict() == {"step": 5, "epoch": 2}
    recorder.load_state_dict({"step": 3, "epoch": 1})
    train(model, optimizer, theirs, 2)
    assert recorder.steps.tolist() == [0, 1, 2, 3, 4, 3, 4]
    assert recorder.epochs.tolist() == [2, 2, 2, 2, 2, 1, 1]
    recorder.close()
    assert len((tmp_path / "rates.csv").read_text().splitlines()) == 6


def test_tensorboard(tmp_path):
    """As TensorBoard's own reader reads it, each update once, also after a restored state."""
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    folder = tmp_path / "updates"
    model, optimizer = sgd()
    scheduler = Scheduler(optimizer, linear(16), momentum=0.9 * linear(16))
    with Recorder(scheduler, tensorboard=folder):
        train(model, optimizer, scheduler, 6)
        state = scheduler.state_dict()
        train(model, optimizer, scheduler, 3)
        scheduler.load_state_dict(state)
        train(model, optimizer, scheduler, 10)
    read = EventAccumulator(str(folder), size_guidance={"scalars": 0})
    read.Reload()
    assert read.Tags()["scalars"] == ["learning_rate", "momentum"]
    for tag, peak in {"learning_rate": 1.0, "momentum": 0.9}.items():
        events = read.Scalars(tag)
        assert [event.step for event in events] == list(range(16))
        wanted = [peak * linear(16)(k) for k in range(16)]
        assert [event.value for event in events] == pytest.approx(wanted, abs=1e-6)
