"""Training that is saved, or killed, and goes on in a new process."""

import signal
from pathlib import Path

import numpy as np
import pytest

from lrkit import read
from tests.adapters import keras_process as jobs
from tests.adapters.keras_process import EPOCHS, KILLS, POLICIES, RATE
from tests.processes import run

SCHEDULE = read(RATE)
HEIGHT = 0.05


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs")
    for name in KILLS:
        run(folder, jobs.killed, folder, name, status=-signal.SIGKILL)
        (folder / f"{name}-left.csv").write_bytes((folder / f"{name}.csv").read_bytes())
    run(folder, jobs.resumed, folder)
    run(folder, jobs.second, folder)
    return folder


@pytest.mark.parametrize("policy", POLICIES)
def test_loaded_in_a_new_process_it_goes_on_as_if_never_stopped(folder: Path, policy: str) -> None:
    whole, one, two = (
        np.load(folder / f"{name}-{policy}.npz") for name in ("whole", "first", "second")
    )
    joined = np.concatenate([one["rates"], two["rates"]])
    np.testing.assert_array_equal(joined, whole["rates"])
    assert np.concatenate([one["steps"], two["steps"]]).tolist() == whole["steps"].tolist()
    expected = SCHEDULE(whole["steps"])
    np.testing.assert_allclose(joined, expected, rtol=0, atol=1e-6 * HEIGHT)
    arrays = [name for name in whole.files if name.startswith("arr_")]
    assert len(arrays) >= 12
    for name in arrays:  # the weights and all that the optimizer keeps, to the last bit
        np.testing.assert_array_equal(two[name], whole[name])
    assert any((one[name] != whole[name]).any() for name in arrays)


def test_kill_at_a_batch_then_resume_from_the_last_epoch(folder: Path) -> None:
    left = (folder / "epoch-left.csv").read_text().splitlines()
    assert len(left) == 1 + 8  # two epochs were written
    assert (folder / "epoch.csv").read_text() == (folder / "whole.csv").read_text()
    table = np.loadtxt(folder / "epoch.csv", delimiter=",", skiprows=1)
    assert table[:, 0].tolist() == list(range(4 * EPOCHS))
    np.testing.assert_allclose(
        table[:, 2], SCHEDULE(np.arange(4 * EPOCHS)), rtol=0, atol=1e-6 * HEIGHT
    )
    whole, resumed = np.load(folder / "whole.npz"), np.load(folder / "epoch.npz")
    for name in whole.files:
        np.testing.assert_array_equal(resumed[name], whole[name])


def test_kill_at_a_batch_then_resume_from_that_batch(folder: Path) -> None:
    """Keras repeats the epoch from its first batch, so the run is longer; the rates join."""
    left = (folder / "batch-left.csv").read_text().splitlines()
    assert len(left) == 1  # the first epoch was not over
    restored = KILLS["batch"][1] + 1
    updates = restored + 4 * EPOCHS
    table = np.loadtxt(folder / "batch.csv", delimiter=",", skiprows=1)
    assert table[:, 0].tolist() == list(range(updates))
    assert table[:, 1].tolist() == [0] * restored + [e for e in range(EPOCHS) for _ in range(4)]
    np.testing.assert_allclose(
        table[:, 2], SCHEDULE(np.arange(updates)), rtol=0, atol=1e-6 * HEIGHT
    )
    whole = (folder / "whole.csv").read_text().splitlines()
    mine = (folder / "batch.csv").read_text().splitlines()
    assert [line.split(",")[::2] for line in mine[: len(whole)]] == [
        line.split(",")[::2] for line in whole
    ]
