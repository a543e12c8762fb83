"""Accelerate, with two processes that train one model, and with one."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lrkit import cosine, hold, warmup
from tests.integration.accelerate_training import PEAK, all_of_them, loop, skipping
from tests.integration.metered import assert_planned
from tests.integration.processes import run, run_group

LR = PEAK * (warmup(4) >> cosine(20))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("two")


@pytest.fixture(scope="module")
def two(folder: Path) -> list[dict[str, Any]]:
    """What came out of each case, in each of two processes."""
    return [done.result for done in run_group(2, all_of_them, str(folder))]


def test_47_not_stepped_once_per_process(two: list[dict[str, Any]]) -> None:
    """Accelerate calls `step()` of what it prepared twice, as it has two processes."""
    for mine in two:
        assert mine["ours"]["processes"] == 2
        assert_planned(mine["ours"]["rates"], LR.values(24))
        assert mine["ours"]["updates"] == 24
        assert_planned(mine["theirs"]["rates"], LR.values(48)[::2], PEAK)


def test_47_nor_where_it_is_not_prepared(two: list[dict[str, Any]]) -> None:
    for mine in two:
        assert_planned(mine["unprepared"]["rates"], LR.values(24))


def test_47_with_batches_that_are_split(two: list[dict[str, Any]]) -> None:
    for mine in two:
        assert_planned(mine["split"]["rates"], LR.values(24))


def test_48_accumulation_counts_updates(two: list[dict[str, Any]]) -> None:
    """10 batches of each process by 4: the third update is of 2, of which it takes 2/4."""
    for mine in two:
        shares = np.tile([1.0, 1.0, 0.5], 2)
        assert_planned(mine["accumulation"]["rates"], PEAK * cosine(6).values() * shares)
        assert mine["accumulation"]["updates"] == 6


def test_46_a_state_that_is_loaded(two: list[dict[str, Any]]) -> None:
    for mine in two:
        whole, resumed = mine["whole"], mine["resumed"]
        assert len(resumed["rates"]) == 12
        np.testing.assert_array_equal(resumed["rates"], whole["rates"][12:], strict=True)
        np.testing.assert_array_equal(resumed["weights"], whole["weights"], strict=True)


def test_both_processes_have_the_same(two: list[dict[str, Any]]) -> None:
    for name in two[0]:
        np.testing.assert_array_equal(two[0][name]["rates"], two[1][name]["rates"], strict=True)


def test_a_recorder_in_each_and_a_file_of_the_first(
    two: list[dict[str, Any]], folder: Path
) -> None:
    for mine in two:
        np.testing.assert_array_equal(mine["ours"]["audited"], LR.values(24))
    assert len((folder / "ours.csv").read_text().splitlines()) == 25


def test_a_plateau_on_the_mean_of_all(two: list[dict[str, Any]]) -> None:
    factors = [1.0, 1.0, 0.5, 0.5, 0.25, 0.125]
    for mine in two:
        assert_planned(mine["plateau"]["rates"], PEAK * hold(6).values() * factors)


def test_the_trainer_of_transformers(two: list[dict[str, Any]], folder: Path) -> None:
    planned = PEAK * (warmup(20) >> cosine(80)).over(24)
    for mine in two:
        assert_planned(mine["trainer"]["rates"], planned.values())
        np.testing.assert_array_equal(mine["trainer"]["recorded"], planned.values())
    assert len((folder / "rates.csv").read_text().splitlines()) == 25


# ---- one process ---------------------------------------------------------------------------------


def test_one_process() -> None:
    done = run(loop, LR, examples=24)
    assert done.result["processes"] == 1
    assert_planned(done.result["rates"], LR.values(24))
    assert done.said("Scheduler") == []


def test_36_updates_that_a_scaler_skipped() -> None:
    """The first batch, and two in a row: their rates are those of the next that counts."""
    spoilt = [0, 5, 6]
    found = run(skipping, LR, spoilt, 24).result
    assert [k for k, was in enumerate(found["skipped"]) if was] == spoilt
    planned = iter(LR.values(21))
    expected = [0.0 if k in spoilt else next(planned) for k in range(24)]
    assert_planned(found["rates"], np.array(expected))
    assert found["updates"] == 21
    np.testing.assert_array_equal(found["recorded"], LR.values(21))


def test_resumed_in_another_process_with_another_schedule(tmp_path: Path) -> None:
    state = str(tmp_path / "12")
    run(loop, LR, examples=24, save={12: state})
    longer = PEAK * (warmup(4) >> cosine(32))
    done = run(loop, longer, examples=24, epochs=3, load=state)
    assert_planned(done.result["rates"], longer.values()[12:])
    (said,) = done.said("the state was saved with lr=0.05 * (warmup(4) >> cosine(20))")
    assert "which it keeps. Update 12, the next, has" in said
