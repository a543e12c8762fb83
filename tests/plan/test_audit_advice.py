"""What the audit advises: at a resume, beside the rate, and in plain grammar."""

import pytest

from lrkit import Plan, Schedule, extend, hold, linear, warmup
from lrkit.plan.audit import audit
from lrkit.plan.run import Fit, Run
from tests.plan.test_audit import SLOPE, codes, run


def test_optimizer_that_was_not_told_of_the_accumulation() -> None:
    plan = Plan(epochs=2, examples=16, batch_size=2, accumulation=4)  # 4 updates
    found = audit(plan, run(range(16), SLOPE.over(4), fits=[Fit(0, 0, 0)]))
    assert codes(found) == ["plan-accumulation", "overshot"]
    assert str(found.findings[0]).endswith(
        "Write Plan(..., accumulation=1); or, if 4 was meant, give the optimizer "
        "gradient_accumulation_steps=4."
    )
    assert str(found.findings[1]).endswith("Mend the accumulation first.")  # not over(16)


@pytest.mark.parametrize(
    ("told", "code", "words"),
    [
        (
            run(schedule=linear(6, stop=0.25), fits=[Fit(0, 0, 0), Fit(4, 4, 1)]),
            "overshot",
            "Write extend(schedule, at=4, to=8).",
        ),
        (
            run(range(4, 8), schedule=0.5 * linear(10)),  # no fits: the first update says it
            "too-long",
            "Write extend(schedule, at=4, to=8).",
        ),
        (
            run(schedule=0.5 * linear(4), fits=[Fit(0, 0, 0), Fit(2, 2, 0), Fit(4, 4, 0)]),
            "fit-after-end",
            "Write extend(schedule, at=2, to=8) from the checkpoint of 2, or begin with",
        ),
        (
            run(range(4, 8), schedule=0.5 * linear(4), fits=[Fit(0, 4, 0)]),
            "fit-after-end",
            "Write schedule | another piece of 4 updates, or begin with",
        ),
    ],
)
def test_what_has_been_trained_is_left_as_it_was(told: Run, code: str, words: str) -> None:
    """`over` would change the past, and the rate would jump at the resume."""
    found = audit(Plan(updates=8), told)
    assert codes(found) == [code]
    assert words in str(found)
    assert ".over(" not in str(found)


def test_advice_at_a_resume_does_what_it_says() -> None:
    schedule = 0.5 * linear(6)
    found = audit(Plan(updates=8), run(schedule=schedule, fits=[Fit(0, 0, 0), Fit(4, 4, 1)]))
    assert "extend(schedule, at=4, to=8)" in str(found)
    longer = extend(schedule, at=4, to=8)
    assert longer.length == 8
    assert [longer(k) for k in range(5)] == [schedule(k) for k in range(5)]


@pytest.mark.parametrize(
    ("decay", "code", "words"),
    [
        (
            0.1 * linear(20),
            "too-long",
            "The schedule of `weight_decay` is 20 updates long and the run 8: it never reaches its "
            "stop value 0, but ends at the value 0.065. Write schedule.over(8) for `weight_decay`.",
        ),
        (
            0.1 * linear(7),
            "overshot",
            "The run went on to update 7, and the schedule of `weight_decay` is over at 7: "
            "1 update, from 7 on, had its stop value 0. The schedule is shorter than the 8 updates "
            "of the plan. Write schedule.over(8) for `weight_decay`, or schedule >> hold(value=0) "
            "where that is meant.",
        ),
        (0.1 * linear(8), None, ""),
        (0.1 * hold(), None, ""),
        (0.1 * (warmup(4) >> hold(20)), None, ""),  # what is cut off is flat
    ],
)
def test_schedules_beside_the_rate(decay: Schedule, code: str | None, words: str) -> None:
    found = audit(Plan(updates=8), run(hyperparameters={"weight_decay": decay}))
    assert codes(found) == ([] if code is None else [code])
    assert words in str(found)


def test_late_fit_at_the_end_of_a_schedule_beside_the_rate() -> None:
    """No other finding says it there."""
    told = run(hyperparameters={"beta_1": linear(4)}, fits=[Fit(0, 0, 0), Fit(4, 4, 1)])
    found = audit(Plan(updates=8), told)
    assert codes(found) == ["overshot"]
    assert "schedule of `beta_1` is over at 4: 4 updates" in str(found)


def test_epochs_that_began_again_at_0() -> None:
    asks = {"epoch-0": "Forgotten?"}
    told = run(range(4, 12), 0.5 * linear(12), fits=[Fit(0, 4, 0)], ways_out=asks)
    found = audit(Plan(updates=8), told)
    assert codes(found)[0] == "more-updates"
    assert (
        "4 more than the 8 of the plan. It began at update 4 with epoch 0 again. Forgotten? Write "
        "Plan(updates=12)" in str(found)
    )
    gone_on = run(range(4, 12), 0.5 * linear(12), fits=[Fit(0, 4, 1)], ways_out=asks)
    assert "Forgotten" not in str(audit(Plan(updates=8), gone_on))


@pytest.mark.parametrize(
    ("plan", "told", "words"),
    [
        (9, run(schedule=0.5 * hold(), skipped=1), "skipped 1 batch, whose gradients were not fi"),
        (9, run(schedule=0.5 * hold(), skipped=1), "finite: it made no update"),
        (
            8,
            run(schedule=0.5 * hold(), skipped=2, accumulation=4, told=4),
            "2 batches, whose gradients were not finite: they did not count among the 4 that make",
        ),
        (8, run([0, 1, 2, 3, 5, 6, 7]), "Update 4 was made without the Recorder, so its rate is"),
        (9, run(schedule=0.5 * hold()), "Train for the 1 update that is left, or plan for 8."),
        (
            8,
            run(schedule=0.5 * linear(7), fits=[Fit(0, 0, 0), Fit(7, 7, 0)]),
            "at 7: its 1 update had the rate 0",
        ),
    ],
)
def test_one_is_not_said_as_many(plan: int, told: Run, words: str) -> None:
    assert words in str(audit(Plan(updates=plan), told))
