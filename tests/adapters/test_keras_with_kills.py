"""Trainings that are killed at any moment; and what Keras's own backup does not survive."""

import contextlib
import io
import json
from typing import Any

import pytest

from tests.adapters import keras_soak
from tests.adapters.keras_soak import draw
from tests.adapters.keras_training import BACKEND

FIRST, COUNT = 23, 3  # the seeds of the sample; `make soak` has more


def soak(*arguments: str) -> Any:
    """What it says in its last line."""
    with contextlib.redirect_stdout(io.StringIO()) as said:
        status = keras_soak.main(arguments)
    assert status == 0, said.getvalue()
    return json.loads(said.getvalue().splitlines()[-1])


def test_the_sample_has_kills_of_every_kind() -> None:
    drawn = [draw(seed, seed % 2 == 1, 1000) for seed in range(FIRST, FIRST + COUNT)]
    kinds = {moment.kind for moments in drawn for moment in moments}
    assert kinds == {"batch", "closing", "outside"}
    assert max(map(len, drawn)) > 1


def test_killed_at_random_moments_the_results_are_the_same() -> None:
    """Rates, weights, slots, counter, factor and Plateau's notes, to the last bit."""
    found = soak("--trainings", str(COUNT), "--first", str(FIRST))
    assert found["backend"] == BACKEND
    assert found["trainings"] == COUNT
    assert found["kills"] >= COUNT
    assert found["never_killed"] == 0
    assert found["different"] == 0
    assert found["factor"] == 0.125  # three cuts, in the third, fourth and last epoch


@pytest.fixture(scope="module")
def windows() -> dict[str, dict[str, Any]]:
    if BACKEND != "torch":
        pytest.skip("Keras writes backups in one way on all backends; torch is done soonest")
    return soak("--windows")


# What Keras does after a kill in the third backup, or the first; a Keras that does better fails
# this test, and docs/works-with.md can then say less.
RAISES = {"failed": True, "equal": False, "updates": 12}
REPEATS = {"failed": False, "equal": False, "updates": 28}  # an epoch of 4 twice
SAME = {"failed": False, "equal": True, "updates": 24}


@pytest.mark.parametrize(
    ("moment", "alone", "double"),
    [
        ("first weights", RAISES | {"updates": 4}, RAISES | {"updates": 4}),
        ("in weights", RAISES, SAME),
        ("before metadata", REPEATS, REPEATS),
        ("in metadata", RAISES, RAISES),
    ],
)
def test_a_kill_within_the_backup_of_keras(
    windows: dict[str, Any], moment: str, alone: dict[str, Any], double: dict[str, Any]
) -> None:
    for way, expected in {"alone": alone, "double": double, "snapshots": SAME}.items():
        found = windows[moment][way]
        assert found["kills"] == 1, way
        assert {name: found[name] for name in expected} == expected, found["said"]


def test_what_is_said_of_a_torn_backup(windows: dict[str, Any]) -> None:
    assert "OSError: Unable to synchronously open file" in windows["in weights"]["alone"]["said"]
    assert "JSONDecodeError" in windows["in metadata"]["alone"]["said"]
    said = windows["before metadata"]["alone"]["said"]
    assert "UserWarning: Recorder: the schedule is 24 updates long and the run ends at" in said


def test_a_kill_while_the_backup_is_deleted(windows: dict[str, Any]) -> None:
    """By the order of the folder, either untrained weights or all epochs again: both silently."""
    for way in ("alone", "double"):
        found = windows["deleting"][way]
        assert found["kills"] == 1
        assert not found["failed"]
        assert not found["equal"]
    assert windows["deleting"]["snapshots"]["equal"]  # with delete_checkpoint=False
