"""The audit of logs: not of every update, with gaps, shifted by one, without epochs."""

from array import array
from typing import Any

import pytest

from lrkit import Plan, hold, linear
from lrkit.plan.audit import Audit, audit
from lrkit.plan.audit_csv import audit_csv
from lrkit.plan.faults import FEW
from lrkit.plan.read_csv import Recorded
from lrkit.plan.run import Run
from tests.plan.test_audit import codes, run

LONG = linear(35_190)


def log(steps: Any, schedule: Any = LONG, by: int = 0) -> Recorded:
    """A file of these steps with the rates of the steps `by` later."""
    steps = list(steps)
    return Recorded("a.csv", array("q", steps), array("d", [schedule(k + by) for k in steps]))


# ---- the epoch -------------------------------------------------------------------------------


def by_hand(**more: Any) -> Run:
    """Ten epochs of 16 updates, with a rate set by hand in epoch 7."""
    schedule = linear(160)
    rates = [0.5 if 112 <= k <= 116 else schedule(k) for k in range(160)]
    return run(range(160), schedule, rates=rates, **more)


@pytest.mark.parametrize(
    ("plan", "epochs", "words"),
    [
        (Plan(epochs=10, batches=16), [0] * 160, "5 updates, from 112 (epoch 7) to 116, had"),
        (Plan(updates=160), [0] * 160, "5 updates, from 112 to 116, had"),
        (
            Plan(updates=160),
            [k // 40 for k in range(160)],
            "5 updates, from 112 (epoch 2) to 116, had",
        ),
    ],
)
def test_the_epoch_is_the_plan_s_or_the_record_s_or_not_told(
    plan: Plan, epochs: list[int], words: str
) -> None:
    assert str(audit(plan, by_hand(epochs=epochs))).startswith(words)


def test_a_plan_that_counts_otherwise_does_not_say_the_epoch() -> None:
    told = by_hand(epochs=[k // 16 for k in range(160)], batches_per_epoch=16)
    assert "from 112 (epoch 7) to 116" in str(audit(Plan(epochs=8, batches=20), told))


def test_a_restart_without_epochs() -> None:
    found = audit(Plan(updates=8), run([0, 1, 2, 3, 0, 1, 2, 3], epochs=[0] * 8))
    assert str(found).startswith("The count of updates began again at 0, after update 3:")


# ---- not of every update ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "steps",
    [
        range(0, 35_190, 100),
        [*range(0, 35_190, 100), 35_189],  # and the last one
        [1, *range(100, 35_190, 100)],  # and the first
        [*range(100, 35_190, 100), 35_190],  # when all are made
    ],
)
@pytest.mark.parametrize("plan", [None, Plan(updates=35_190)])
def test_every_hundredth_is_compared_and_said_once(steps: Any, plan: Any) -> None:
    found = audit_csv(log(steps), LONG, plan)
    assert found.ok
    assert str(found).endswith("Recorded at every 100th update; compared there.")
    assert str(found).count("Recorded") == 1


def test_what_is_wrong_there_is_found_and_the_note_comes_last() -> None:
    found = audit_csv(log(range(0, 35_190, 100), LONG * 0.5), LONG)
    assert codes(found) == ["other-rate"]
    assert str(found).startswith("352 updates, from 0 to 35,100, had a rate")
    assert str(found).splitlines()[-1] == "Recorded at every 100th update; compared there."


def test_a_gap_among_them_and_an_early_stop_are_found() -> None:
    steps = [k for k in range(0, 20_000, 100) if not 10_000 <= k < 12_000]
    found = audit_csv(log(steps), LONG, Plan(updates=35_190))
    assert codes(found) == ["unrecorded", "fewer-updates"]
    assert "Updates 9,901 to 11,999 were made without" in str(found)
    assert "recorded for 19,901 of the 35,190 updates" in str(found)


@pytest.mark.parametrize(("apart", "word"), [(2, "2nd"), (11, "11th"), (23, "23rd"), (1000, "1,0")])
def test_ordinals(apart: int, word: str) -> None:
    assert f"every {word}" in str(audit_csv(log(range(0, 35_190, apart)), LONG))


def test_of_many_gaps_the_first_are_told_and_the_others_counted() -> None:
    found = audit_csv(log(k for k in range(1000) if k % 10 != 5), linear(1000), Plan(updates=1000))
    assert codes(found)[: FEW + 1] == ["unrecorded"] * (FEW + 1)
    *few, last = str(found).splitlines()[: FEW + 1]
    assert few[0].startswith("Update 5 was made without")
    assert last == "And 97 more such gaps."


# ---- shifted ---------------------------------------------------------------------------------


def shifted(steps: Any, by: int) -> Audit:
    return audit_csv(log(steps, linear(100), by), linear(100), Plan(updates=100))


@pytest.mark.parametrize(
    ("steps", "by", "words"),
    [
        (range(100), 1, "the schedule's rate of k + 1, and no other rate is wrong. Log the rate"),
        (range(1, 101), -1, "the schedule's rate of k - 1, and no other rate is wrong. Count the"),
    ],
)
def test_steps_that_are_shifted_by_one_are_one_sentence(steps: Any, by: int, words: str) -> None:
    found = shifted(steps, by)
    assert codes(found) == ["shifted"]
    assert words in str(found)


def test_a_schedule_that_came_an_update_late() -> None:
    rates = [linear(100)(max(k - 1, 0)) for k in range(100)]
    assert codes(audit(Plan(updates=100), run(range(100), linear(100), rates=rates))) == ["shifted"]


def test_a_shift_by_two_and_a_wrong_rate_beside_the_shift_are_none() -> None:
    assert "shifted" not in codes(shifted(range(100), 2))
    rates = [linear(100)(k + 1) + (k == 50) * 1e-5 for k in range(100)]
    found = audit(Plan(updates=100), run(range(100), linear(100), rates=rates))
    assert codes(found) == ["other-rate"]


def test_one_wrong_rate_on_a_plateau_is_no_shift() -> None:
    flat = hold(10)
    rates = [2.0] + [1.0] * 9
    assert codes(audit(Plan(updates=10), run(range(10), flat, rates=rates))) == ["other-rate"]


def test_counts_have_separated_thousands_and_code_has_none() -> None:
    found = audit_csv(log(range(35_190), linear(40_000)), linear(40_000), Plan(updates=35_190))
    assert "40,000 updates long and the run 35,190" in str(found)
    assert "schedule.over(35190)" in str(found)
