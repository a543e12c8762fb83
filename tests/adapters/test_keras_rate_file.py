"""The CSV file of the rates: appended, cut back, torn by kills, and not somebody else's."""

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from lrkit import linear
from lrkit.keras import LearningRate, Recorder, scheduled
from lrkit.record.columns import Columns
from lrkit.record.rate_file import RateFile
from tests.adapters.keras_training import fit, visible

HEADER = "step,epoch,learning_rate\n"
SLOPE = linear(100, start=0.5, stop=0.25)


def rows(first: int, stop: int, *, per_epoch: int = 4, schedule: Any = SLOPE) -> str:
    """The rows of an uninterrupted run."""
    rates = schedule(np.arange(first, stop)).astype("float32")
    return "".join(
        f"{step},{step // per_epoch},{rate!s}\n"
        for step, rate in zip(range(first, stop), rates, strict=True)
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "rates.csv"


def trained_to(counter: int, schedule: Any = SLOPE) -> keras.Model:
    """A model as a checkpoint of `counter` updates restores it."""
    model = visible(keras.optimizers.SGD(LearningRate(schedule)))
    model.optimizer.iterations.assign(counter)
    return model


def test_one_row_for_each_update(path: Path) -> None:
    recorder = Recorder(csv=path)
    fit(trained_to(0), [recorder])
    assert path.read_text() == HEADER + rows(0, 8)
    read = np.loadtxt(path, delimiter=",", skiprows=1, usecols=2, dtype=np.float32)
    np.testing.assert_array_equal(read, recorder.learning_rates)


def test_it_is_on_the_disk_at_the_end_of_each_epoch(path: Path) -> None:
    seen: list[str] = []

    class Look(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            seen.append(path.read_text())

    fit(trained_to(0), [Recorder(csv=path), Look()])
    assert seen == [HEADER, HEADER + rows(0, 4)]


def test_recording_that_begins_later_begins_later(path: Path) -> None:
    fit(trained_to(4), [Recorder(csv=path)], epochs=2, initial_epoch=1)
    assert path.read_text() == HEADER + rows(4, 8)


@pytest.mark.parametrize(
    ("left", "counter"),
    [
        pytest.param(rows(0, 4), 4, id="nothing lost"),
        pytest.param(rows(0, 7), 4, id="older checkpoint"),
        pytest.param(rows(0, 4) + "4,1", 4, id="torn after the checkpoint"),
        pytest.param(rows(0, 4) + "4,1,0.4", 4, id="torn, looks whole"),
        pytest.param(rows(0, 3) + "3,0,0.49", 4, id="torn before the checkpoint"),
        pytest.param("", 4, id="killed before the first epoch was written"),
    ],
)
def test_resumed_file_is_that_of_an_uninterrupted_run(path: Path, left: str, counter: int) -> None:
    path.write_text(HEADER + left)
    recorder = Recorder(csv=path)
    fit(trained_to(counter), [recorder], epochs=3, initial_epoch=counter // 4)
    assert path.read_text() == HEADER + rows(0, 12)
    assert recorder.steps.tolist() == list(range(12))
    assert recorder.epochs.tolist() == [0] * 4 + [1] * 4 + [2] * 4
    np.testing.assert_array_equal(recorder.learning_rates, SLOPE(np.arange(12)).astype(np.float32))
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_whole_epoch_between_file_and_checkpoint_is_filled(path: Path) -> None:
    """The checkpoint of epoch 2 was written and its rows were not."""
    path.write_text(HEADER + rows(0, 4))
    fit(trained_to(8), [Recorder(csv=path)], epochs=3, initial_epoch=2)
    assert path.read_text() == HEADER + rows(0, 12)


def test_part_of_an_epoch_between_file_and_checkpoint_is_filled(path: Path) -> None:
    """A checkpoint at batch 6; Keras repeats the epoch from its first batch."""
    path.write_text(HEADER + rows(0, 4))
    recorder = Recorder(csv=path)
    fit(trained_to(6), [recorder], epochs=2, initial_epoch=1)
    assert recorder.steps.tolist() == list(range(10))
    assert recorder.epochs.tolist() == [0] * 4 + [1] * 6


def test_epochs_trained_without_the_recorder_stay_out(path: Path) -> None:
    path.write_text(HEADER + rows(0, 4))
    recorder = Recorder(csv=path)
    with pytest.warns(UserWarning, match="rates of updates 4 to 15 are not in the file"):
        fit(trained_to(16), [recorder], epochs=5, initial_epoch=4)
    assert path.read_text() == HEADER + rows(0, 4) + rows(16, 20)
    assert recorder.segments == [slice(0, 4), slice(4, 8)]


def test_earlier_run_is_kept_when_one_starts_again(path: Path) -> None:
    old = HEADER + rows(0, 4)
    for number in (1, 2):
        path.write_text(old)
        with pytest.warns(UserWarning, match=rf"held 4 updates .* kept in 'rates\.csv\.{number}'"):
            fit(trained_to(0), [Recorder(csv=path)], epochs=1)
        assert path.with_name(f"rates.csv.{number}").read_text() == old
        assert path.read_text() == HEADER + rows(0, 4)


def test_cut_is_made_aside(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A kill just before the new file takes the old one's place loses nothing."""
    path.write_text(HEADER + rows(0, 8))

    def killed(self: Path, target: Path) -> None:
        raise SystemExit

    file = RateFile(path)
    monkeypatch.setattr(Path, "replace", killed)
    with pytest.raises(SystemExit):
        file.resume(4)
    assert path.read_text() == HEADER + rows(0, 8)
    monkeypatch.undo()
    RateFile(path).resume(4)
    assert path.read_text() == HEADER + rows(0, 4)


def test_file_torn_at_any_byte_is_continued(path: Path) -> None:
    whole = HEADER + rows(0, 8)
    for length in range(len(HEADER), len(whole)):
        path.write_text(whole[:length])
        complete = whole[:length].count("\n") - 1
        kept = RateFile(path).resume(8)
        assert kept is not None
        assert kept.steps.tolist() == list(range(complete))
        assert path.read_text() == HEADER + rows(0, complete)


def test_empty_file_is_a_new_one(path: Path) -> None:
    path.touch()
    fit(trained_to(0), [Recorder(csv=path)], epochs=1)
    assert path.read_text() == HEADER + rows(0, 4)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("epoch,loss\n0,0.5\n", "line 1 is 'epoch,loss'"),
        ("step", "line 1 is 'step'"),
        (HEADER + "0,0,fast\n1,0,0.5\n", "line 2 is '0,0,fast'"),
        (HEADER + "0,0,0.5\n1,0\n2,0,0.5\n", "line 3 is '1,0'"),
        (HEADER + "0,0,0.5\n0,0,0.5\n", "line 3 is '0,0,0.5'"),
        (HEADER + "7,0,0.5\n\n", "line 3 is ''"),
        (HEADER + "0,0,0.5,0.9\n", "line 2 is '0,0,0.5,0.9'"),
        ("step,epoch,learning_rate,momentum\n0,0,0.5\n", "line 2 is '0,0,0.5'"),
        ("step,epoch,learning_rate,\n", "line 1 is 'step,epoch,learning_rate,'"),
    ],
)
def test_file_of_something_else_is_refused_at_once(path: Path, text: str, line: str) -> None:
    path.write_text(text)
    with pytest.raises(ValueError, match=f"`csv` must be a new file or one that Recorder .*{line}"):
        Recorder(csv=path)
    assert path.read_text() == text


def test_missing_folder_is_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"in a folder that exists, got csv='.*rates\.csv'\. Make"):
        Recorder(csv=tmp_path / "no" / "rates.csv")


def test_path_may_be_a_text(path: Path) -> None:
    fit(trained_to(0), [Recorder(csv=str(path))], epochs=1)
    assert path.read_text() == HEADER + rows(0, 4)


@pytest.mark.parametrize("rate", [1e-3, 1e-7, 0.1, 2.5e-38, 1.0, 123456.78])
def test_rates_read_back_exactly(path: Path, rate: float) -> None:
    file = RateFile(path)
    near = np.float32(rate) * (1 + np.arange(100, dtype=np.float32) * np.float32(1e-7))
    file.append(Columns(np.arange(100), np.zeros(100, int), {"learning_rate": near}))
    kept = RateFile(path).resume(100)
    assert kept is not None
    np.testing.assert_array_equal(kept.rates, near)


# ---- more columns ----------------------------------------------------------------------------


def with_momentum(counter: int) -> keras.Model:
    """A model of a scheduled optimizer as a checkpoint of `counter` updates restores it."""
    model = visible(
        scheduled(keras.optimizers.SGD, learning_rate=SLOPE, momentum=linear(100), weight_decay=0.1)
    )
    model.optimizer.iterations.assign(counter)
    return model


def test_scheduled_hyperparameters_are_columns_and_continue(path: Path) -> None:
    fit(with_momentum(0), [Recorder(csv=path)], epochs=1)
    recorder = Recorder(csv=path)
    fit(with_momentum(4), [recorder], epochs=2, initial_epoch=1)
    header, *lines = path.read_text().splitlines()
    assert header == "step,epoch,learning_rate,momentum"
    momenta = linear(100)(np.arange(8)).astype("float32")
    expected = rows(0, 8).splitlines()
    assert lines == [f"{row},{value!s}" for row, value in zip(expected, momenta, strict=True)]
    np.testing.assert_array_equal(recorder.hyperparameters["momentum"], momenta)


@pytest.mark.parametrize("old", [HEADER + rows(0, 4), "step,epoch,learning_rate,beta_1\n0,0,1,1\n"])
def test_rows_with_other_columns_are_refused_and_kept(path: Path, old: str) -> None:
    path.write_text(old)
    message = r"hold what this run records .*learning_rate, momentum, got csv=.*Give another name"
    with pytest.raises(ValueError, match=message):
        fit(with_momentum(4), [Recorder(csv=path)], epochs=2, initial_epoch=1)
    assert path.read_text() == old


def test_file_without_rows_takes_other_columns(path: Path) -> None:
    path.write_text(HEADER)
    fit(with_momentum(0), [Recorder(csv=path)], epochs=1)
    assert path.read_text().splitlines()[0] == "step,epoch,learning_rate,momentum"


def test_plain_file_goes_on_under_a_scheduled_optimizer(path: Path) -> None:
    """One row is one row: without a scheduled hyperparameter there is no other column."""
    path.write_text(HEADER + rows(0, 4))
    plain = visible(scheduled(keras.optimizers.SGD, learning_rate=SLOPE))
    plain.optimizer.iterations.assign(4)
    fit(plain, [Recorder(csv=path)], epochs=2, initial_epoch=1)
    assert path.read_text() == HEADER + rows(0, 8)
