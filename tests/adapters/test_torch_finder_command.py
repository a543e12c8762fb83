"""`lrkit find` on a model of PyTorch."""

import sys

import pytest

import lrkit
from tests.adapters.torch_finding import one_thread
from tests.cli.test_frame import run

pytestmark = pytest.mark.usefixtures(one_thread.__name__)

SOURCE = """
from torch import nn, optim
from tests.adapters.torch_finding import loader, net

def make():
    model = net()
    return {
        "model": model,
        "optimizer": optim.AdamW(model.parameters()),
        "data": loader(),
        "criterion": nn.MSELoss(),
    }

def trained_elsewhere():
    return {**make(), "optimizer": optim.LBFGS(net().parameters())}
"""


@pytest.fixture
def source(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    (tmp_path / "torch_train_it.py").write_text(SOURCE)
    yield
    sys.modules.pop("torch_train_it", None)


def test_a_rate_to_train_with(source):
    done = run("find", "torch_train_it:make", "--updates", "640", "--effort", "confirm")
    assert done.exit_code == 0, done.stderr
    assert "trainings, " in done.stdout
    text = done.stdout.splitlines()[-1].removeprefix("train with  ")
    schedule = lrkit.read(text)
    assert schedule.length == 640
    assert 1e-3 < schedule(32) < 1


def test_a_range_without_an_answer(source):
    done = run("find", "torch_train_it:make", "--lr-max", "1e-4")
    assert done.exit_code == 4
    assert done.stdout.startswith("learning rate  none")


def test_refused_in_one_line(source):
    done = run("find", "torch_train_it:trained_elsewhere")
    assert (done.exit_code, done.stdout) == (2, "")
    said = "lrkit: error: `optimizer` must make an update with step(), got LBFGS, which calls"
    assert done.stderr.startswith(said)
