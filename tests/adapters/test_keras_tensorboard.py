"""The rates as TensorBoard scalars: read back as TensorBoard reads them."""

import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import keras
import numpy as np
import pytest

from lrkit import linear
from lrkit.keras import LearningRate, Recorder, scheduled
from lrkit.record.tensorboard import Scalars
from tests.adapters.keras_training import BACKEND, fit, visible

ROOT = Path(__file__).parent.parent.parent
SLOPE = linear(100, start=0.5, stop=0.25)


@pytest.fixture(autouse=True)
def without_tensorflow(monkeypatch: pytest.MonkeyPatch) -> None:
    """TensorBoard reads files by itself, and need not wait for TensorFlow to be imported."""
    monkeypatch.setitem(sys.modules, "tensorboard.compat.notf", ModuleType("notf"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "logs" / "updates"


def shown(folder: Path) -> dict[str, list[tuple[int, float]]]:
    """What TensorBoard shows of a folder: by tag, step and value in the order that it has them."""
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    events = EventAccumulator(str(folder), size_guidance={"scalars": 0, "tensors": 0})
    events.Reload()
    tags = [*events.Tags()["scalars"], *events.Tags()["tensors"]]
    return {tag: [(e.step, _number(events, tag, e)) for e in _points(events, tag)] for tag in tags}


def _points(events: Any, tag: str) -> Any:
    return events.Scalars(tag) if tag in events.Tags()["scalars"] else events.Tensors(tag)


def _number(events: Any, tag: str, event: Any) -> float:
    from tensorboard.util.tensor_util import make_ndarray

    is_scalar = tag in events.Tags()["scalars"]
    return event.value if is_scalar else float(make_ndarray(event.tensor_proto))


def points(first: int, stop: int, schedule: Any = SLOPE) -> list[tuple[int, float]]:
    steps = range(first, stop)
    return [(step, float(np.float32(schedule(step)))) for step in steps]


def trained_to(counter: int) -> keras.Model:
    model = visible(keras.optimizers.SGD(LearningRate(SLOPE)))
    model.optimizer.iterations.assign(counter)
    return model


def test_each_update_is_a_point(folder: Path) -> None:
    fit(trained_to(0), [Recorder(tensorboard=folder)])
    assert shown(folder) == {"learning_rate": points(0, 8)}


def test_scheduled_hyperparameters_have_tags(folder: Path) -> None:
    momentum = linear(8)
    model = visible(scheduled(keras.optimizers.SGD, learning_rate=SLOPE, momentum=momentum))
    fit(model, [Recorder(tensorboard=folder)])
    assert shown(folder) == {"learning_rate": points(0, 8), "momentum": points(0, 8, momentum)}


def test_it_is_on_the_disk_at_the_end_of_each_epoch(folder: Path) -> None:
    seen: list[Any] = []

    class Look(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            seen.append(shown(folder))

    fit(trained_to(0), [Recorder(tensorboard=folder), Look()])
    assert seen == [{}, {"learning_rate": points(0, 4)}]


def test_second_fit_goes_on_in_the_same_file(folder: Path) -> None:
    recorder, model = Recorder(tensorboard=folder), trained_to(0)
    fit(model, [recorder], epochs=1)
    fit(model, [recorder], epochs=1)
    assert shown(folder) == {"learning_rate": points(0, 8)}
    assert len(list(folder.iterdir())) == 1


@pytest.mark.parametrize("restored", [2, 4, 7, 8])
def test_resumed_run_shows_each_update_once(folder: Path, restored: int) -> None:
    """Restored to before what was written, and to its very end."""
    fit(trained_to(0), [Recorder(tensorboard=folder)])
    fit(trained_to(restored), [Recorder(tensorboard=folder)], epochs=3, initial_epoch=2)
    assert shown(folder) == {"learning_rate": points(0, restored + 4)}


@pytest.mark.parametrize("torn", [0, 1, 30, 60])
def test_what_a_kill_cost_is_filled_up(folder: Path, torn: int) -> None:
    """The checkpoint is of the second epoch, and the file ends within the first."""
    fit(trained_to(0), [Recorder(tensorboard=folder)], epochs=1)
    (file,) = folder.iterdir()
    file.write_bytes(file.read_bytes()[: len(file.read_bytes()) - torn])
    fit(trained_to(8), [Recorder(tensorboard=folder)], epochs=3, initial_epoch=2)
    assert shown(folder) == {"learning_rate": points(0, 12)}


def test_killed_before_the_first_epoch_was_written(folder: Path) -> None:
    Scalars(folder).resume({"learning_rate": 0})
    fit(trained_to(4), [Recorder(tensorboard=folder)], epochs=2, initial_epoch=1)
    assert shown(folder) == {"learning_rate": points(0, 8)}


def test_gap_is_filled_from_the_file_of_rates(folder: Path, tmp_path: Path) -> None:
    """What the CSV file has, and the folder lost, is longer ago than a kill reaches."""
    table = tmp_path / "rates.csv"
    fit(trained_to(0), [Recorder(csv=table, tensorboard=folder)], epochs=1)
    fit(trained_to(4), [Recorder(csv=table)], epochs=4, initial_epoch=1)
    fit(trained_to(16), [Recorder(csv=table, tensorboard=folder)], epochs=5, initial_epoch=4)
    assert shown(folder) == {"learning_rate": points(0, 20)}


def test_updates_made_without_it_stay_out(folder: Path) -> None:
    fit(trained_to(0), [Recorder(tensorboard=folder)], epochs=1)
    fit(trained_to(16), [Recorder(tensorboard=folder)], epochs=5, initial_epoch=4)
    assert shown(folder) == {"learning_rate": points(0, 4) + points(16, 20)}


def test_new_folder_begins_where_it_is(folder: Path) -> None:
    fit(trained_to(4), [Recorder(tensorboard=folder)], epochs=2, initial_epoch=1)
    assert shown(folder) == {"learning_rate": points(4, 8)}


def test_state_restored_between_epochs_is_told_again(folder: Path, tmp_path: Path) -> None:
    recorder, model = Recorder(tensorboard=folder), trained_to(0)
    fit(model, [recorder], epochs=1)
    model.save_weights(tmp_path / "early.weights.h5")
    fit(model, [recorder], epochs=3, initial_epoch=1)
    model.load_weights(tmp_path / "early.weights.h5")
    fit(model, [recorder], epochs=2, initial_epoch=1)
    assert shown(folder) == {"learning_rate": points(0, 8)}
    assert recorder.steps.tolist() == [*range(12), *range(4, 8)]


def test_earlier_run_is_kept_beside(folder: Path) -> None:
    fit(trained_to(0), [Recorder(tensorboard=folder)])
    (folder / "train").mkdir()  # the folder of another writer, and no affair of ours
    for number in (1, 2):
        with pytest.warns(UserWarning, match=rf"updates of an earlier run.*'updates\.{number}'"):
            fit(trained_to(0), [Recorder(tensorboard=folder)])
        assert shown(folder.with_name(f"updates.{number}")) == {"learning_rate": points(0, 8)}
        assert shown(folder) == {"learning_rate": points(0, 8)}
        assert (folder / "train").is_dir()


def test_tags_of_different_counters_each_go_on(folder: Path) -> None:
    """START concerns all tags of a folder: those that are further on keep their points."""
    scalars = Scalars(folder)
    scalars.resume({"a": 0, "b": 0})
    for tag, steps in {"a": 6, "b": 3}.items():
        for step in range(steps):
            scalars._write(step, {tag: step})
    scalars.flush()
    assert Scalars(folder).resume({"a": 5, "b": 2}) == {"a": 5, "b": 2}
    assert shown(folder) == {
        "a": [(step, step) for step in range(5)],
        "b": [(step, step) for step in range(2)],
    }


def test_folder_of_another_writer_is_refused(folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "events.out.tfevents.1700000000.host.1.0.v2").touch()
    with pytest.raises(ValueError, match=r"`tensorboard` must be a folder of its own, got .*v2'"):
        Recorder(tensorboard=folder)


def test_file_in_the_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "logs").touch()
    with pytest.raises(ValueError, match=r"must be a folder, got .*logs', which is a file"):
        Recorder(tensorboard=tmp_path / "logs")


# ---- in a process of its own -----------------------------------------------------------------

# It imports Keras and trains nothing; a fork of it is killed, and then it goes on itself.
TRAINING = """
import os, shutil, signal, sys
if {blocked}: sys.modules["tensorflow"] = None
import keras
from lrkit.keras import LearningRate, Recorder
from tests.adapters.keras_training import fit, visible
class Kill(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch
    def on_train_batch_end(self, batch, logs=None):
        if (self.epoch, batch) == (2, 1):
            os.kill(os.getpid(), signal.SIGKILL)
def train(*more):
    model = visible(keras.optimizers.SGD(LearningRate("linear(100, start=0.5, stop=0.25)")))
    backup = keras.callbacks.BackupAndRestore("backup")
    fit(model, [Recorder(tensorboard="updates"), backup, *more], epochs=4)
if os.fork() == 0:
    train(Kill())
    sys.exit()
assert os.waitstatus_to_exitcode(os.wait()[1]) == -signal.SIGKILL
shutil.copytree("updates", "killed")
train()
"""


def test_killed_and_resumed_it_shows_each_update_once(tmp_path: Path) -> None:
    """On JAX and torch in a process in which TensorFlow cannot be imported."""
    code = TRAINING.format(blocked=BACKEND != "tensorflow")
    env = dict(os.environ, KERAS_BACKEND=BACKEND, PYTHONPATH=str(ROOT))
    command = [sys.executable, "-W", "error::UserWarning:lrkit", "-c", code]
    done = subprocess.run(
        command, cwd=tmp_path, env=env, text=True, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert shown(tmp_path / "killed") == {"learning_rate": points(0, 8)}
    assert shown(tmp_path / "updates") == {"learning_rate": points(0, 16)}


def test_without_the_package_the_error_names_the_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lrkit.record import tensorboard

    tensorboard._protocol.cache_clear()
    for name in list(sys.modules):
        if name.split(".")[0] == "tensorboard":
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "tensorboard", None)  # type: ignore[arg-type]
    with pytest.raises(ImportError, match=r'pip install "lrkit\[tensorboard\]"'):
        Recorder(tensorboard=tmp_path / "logs")
    Recorder()  # which needs none
