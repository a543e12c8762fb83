"""Runs that were stopped or killed, and go on as if they had not been."""

import importlib
import shutil
import signal
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest

from lrkit.tasks import files
from lrkit.tasks.mnist import train
from lrkit.tasks.show import Show
from tests.processes import run as run_process
from tests.tasks.runs import NAMES, killed, same


def test_killed_and_resumed_is_the_same(whole, job, tmp_path):
    folder = tmp_path / "run"
    run_process(tmp_path, killed, job, folder, status=-signal.SIGKILL)
    run = files.read_run(folder)
    assert (run["status"], run["epochs_done"]) == ("running", 1)
    report = train(job, folder, resume=True)
    assert not report.was_finished
    same(folder, whole[0])
    assert {path.name for path in folder.iterdir()} == NAMES
    assert files.read_run(folder)["status"] == "finished"


def test_stopped_in_the_first_epoch_and_resumed_is_the_same(whole, job, tmp_path):
    class Stop(Show):
        def epoch_begin(self, number, of, batches):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(job, tmp_path, show=Stop())  # an existing folder, but an empty one
    assert not (tmp_path / files.MODEL).exists()
    train(job, tmp_path, resume=True)
    same(tmp_path, whole[0])
    assert {path.name for path in tmp_path.iterdir()} == NAMES


@pytest.fixture(scope="module")
def stopped_once(job, tmp_path_factory):
    """A run that was stopped at the end of its first epoch."""

    class Stop(Show):
        def epoch(self, row, of):
            raise KeyboardInterrupt

    folder = tmp_path_factory.mktemp("stopped") / "run"
    with pytest.raises(KeyboardInterrupt):
        train(job, folder, show=Stop())
    return folder


@pytest.fixture
def stopped(stopped_once, tmp_path):
    """A copy of it."""
    return Path(shutil.copytree(stopped_once, tmp_path / "run"))


def test_what_was_recorded_after_the_model_is_cut(whole, job, stopped):
    """As a kill leaves it between the writing of the rates, the history and the model."""
    for name in (files.RATES, files.HISTORY):
        shutil.copy(whole[0] / name, stopped)
    train(job, stopped, resume=True)
    same(stopped, whole[0])


def test_resuming_a_finished_run_changes_nothing(whole, job):
    folder, _ = whole
    before = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    report = train(job, folder, resume=True)
    assert report.was_finished
    assert {path.name: path.stat().st_mtime_ns for path in folder.iterdir()} == before


def test_resuming_with_other_images(job, stopped, small, tmp_path):
    with np.load(small) as file:
        content = dict(file)
    content["x_train"][0, 0, 0] ^= 1
    np.savez(tmp_path / "other.npz", **content)
    other = replace(job, data=str(tmp_path / "other.npz"))
    with pytest.raises(ValueError, match="the images must be those of the run"):
        train(other, stopped, resume=True)


@pytest.mark.parametrize("damage", ["cut", "history"])
def test_resuming_from_damaged_files(job, stopped, damage):
    if damage == "cut":
        path = stopped / files.MODEL
        path.write_bytes(path.read_bytes()[:1000])
    else:
        path = stopped / files.HISTORY
        path.write_text(path.read_text().splitlines()[0] + "\n")
    with pytest.raises(ValueError, match=r"resume: .*model\.keras .*Start again in a new folder"):
        train(job, stopped, resume=True)


def test_resuming_a_model_from_within_an_epoch(job, stopped):
    model = keras.models.load_model(stopped / files.MODEL)
    model.optimizer.iterations.assign(7)
    model.save(stopped / files.MODEL)
    with pytest.raises(ValueError, match=r"from the end of an epoch .* got one after 7 updates"):
        train(job, stopped, resume=True)


def test_several_are_resumed_where_they_stopped(several, job, tmp_path):
    class Stop(Show):
        trained = 0

        def train(self, number, of, label, expression, model):
            self.trained = number

        def epoch(self, row, of):
            if (self.trained, row["epoch"]) == (2, 1):
                raise KeyboardInterrupt

    two = replace(job, schedules=("cosine", "constant"), epochs=2)
    with pytest.raises(KeyboardInterrupt):
        train(two, tmp_path, show=Stop())
    assert files.read_run(tmp_path)["status"] == "running"
    told = []

    class Log(Show):
        def resume(self, label, done, epochs):
            told.append((label, done))

    train(two, tmp_path, resume=True, show=Log())
    assert told == [("cosine", 2), ("constant", 1)]
    same(tmp_path / "1-cosine", several[0] / "1-cosine")
    same(tmp_path / "2-constant", several[0] / "3-constant")
    assert (tmp_path / files.COMPARISON).exists()
    assert files.read_run(tmp_path)["status"] == "finished"


def test_without_matplotlib_there_are_numbers_but_no_picture(whole, job, tmp_path, monkeypatch):
    curves = importlib.import_module("lrkit.draw.curves")  # the package has a function of that name

    def missing():
        raise ImportError('plot: matplotlib is not installed: pip install "lrkit[plot]".')

    monkeypatch.setattr(curves, "picture", missing)
    folder = Path(shutil.copytree(whole[0], tmp_path / "run"))
    (folder / files.CURVES).unlink()  # as a kill leaves it between the last epoch and the picture
    files.write_json(folder / files.RUN, files.read_run(folder) | {"status": "running"})
    report = train(job, folder, resume=True)
    assert report.picture is None
    assert {path.name for path in folder.iterdir()} == NAMES - {files.CURVES}
    assert files.read_run(folder)["status"] == "finished"
