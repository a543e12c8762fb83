"""A training with Plateau that is killed goes on as if it had not been."""

import json
import signal
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.adapters import keras_plateau_process as jobs
from tests.processes import run

KILL = (6, 1)  # epoch and batch: after cuts and a way back, before more of them


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("plateau")
    run(folder, jobs.killed, folder, *KILL, status=-signal.SIGKILL)
    assert not (folder / "killed.npz").exists()
    run(folder, jobs.resumed, folder)
    return folder


def said(folder: Path, name: str) -> dict[str, Any]:
    return json.loads((folder / f"{name}.json").read_text())


def test_the_killed_run_had_something_to_remember(folder: Path) -> None:
    """Else equal results would say nothing."""
    whole = said(folder, "whole")
    restored = 4 * KILL[0]
    before = [update for update, _ in whole["changes"] if update <= restored]
    after = [update for update, _ in whole["changes"] if update > restored]
    assert len(before) >= 2
    assert len(after) >= 1
    assert whole["notes"]["plateau loss"]["restores"] >= 1
    factors = [value for _, value in whole["changes"]]
    assert all(later < sooner for sooner, later in pairwise(factors))


def test_the_results_are_the_same(folder: Path) -> None:
    whole, killed = np.load(folder / "whole.npz"), np.load(folder / "killed.npz")
    assert whole.files == killed.files
    for name in whole.files:  # weights, slots, counter and factor, to the last bit
        np.testing.assert_array_equal(killed[name], whole[name])


def test_what_plateau_remembers_is_the_same(folder: Path) -> None:
    whole, killed = said(folder, "whole"), said(folder, "killed")
    assert killed["notes"] == whole["notes"]
    assert killed["updates"] == whole["updates"] == 40
    restored = 4 * KILL[0]  # there the file's factor is noted, as a change
    later = [change for change in whole["changes"] if change[0] > restored]
    assert [change for change in killed["changes"] if change[0] > restored] == later
