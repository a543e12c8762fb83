"""The audit on plain lists: what it finds, and what it says in words."""

import math
import struct
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from lrkit import Plan, Schedule, hold, linear, warmup
from lrkit.plan.audit import Audit, audit
from lrkit.plan.finding import Finding
from lrkit.plan.run import Fit, Run
from tests.strategies import schedules

SLOPE = 0.5 * linear(8)


def run(steps: Any = range(8), schedule: Schedule | None = SLOPE, **more: Any) -> Run:
    """A run that applied its schedule, four updates an epoch, unless told otherwise."""
    steps = list(steps)
    epochs = more.pop("epochs", [row // 4 for row in range(len(steps))])
    rates = more.pop("rates", [schedule(k) if schedule else 0.5 for k in steps])
    return Run(steps=steps, epochs=epochs, rates=rates, schedule=schedule, **more)


def codes(found: Audit) -> list[str]:
    return [finding.code for finding in found.findings]


@pytest.mark.parametrize("arrays", [False, True])
def test_truthful_run_says_so_in_one_line(arrays: bool) -> None:
    import numpy as np

    told = run()
    if arrays:
        told = Run(
            steps=np.array(told.steps),
            epochs=np.array(told.epochs),
            rates=np.array(told.rates, np.float32),
            factors=np.ones(8, np.float32),
            schedule=SLOPE,
        )
    found = audit(Plan(updates=8), told)
    assert found.ok
    assert found.findings == ()
    assert str(found) == "As planned: 8 updates, the first at the rate 0.5, the last at 0.0625."
    assert repr(found) == "<Audit: ok>"


def test_float32_rounding_is_no_difference() -> None:
    import numpy as np

    schedule = 0.1 * linear(1000)
    rates = schedule(np.arange(1000)).astype(np.float32).tolist()
    assert audit(Plan(updates=1000), run(range(1000), schedule, rates=rates)).ok


CASES: dict[str, tuple[Plan, Run, str]] = {
    "accumulation": (
        Plan(updates=8),
        run(
            schedule=SLOPE,
            rates=[SLOPE(min(4 * k + 3, 8)) for k in range(8)],
            accumulation=4,
            ways_out={"accumulation": "Tell it."},
        ),
        "one update of 4 batches and its schedule was told 1, so each update moved it by 4 steps: "
        "it finished early, at update 2 of 8, and the updates from there on had the rate 0. "
        "Update 4 had 0 in place of 0.25. Tell it.",
    ),
    "too-long": (
        Plan(updates=8),
        run(schedule=0.5 * linear(10)),
        "The schedule is 10 updates long and the run 8: it never reaches its stop value 0, but "
        "ends at the rate 0.15. Write schedule.over(8).",
    ),
    "restarted": (
        Plan(updates=8),
        run([0, 1, 2, 3, 0, 1, 2, 3], ways_out={"restarted": "Load it."}),
        "In epoch 1 the count of updates began again at 0, after update 3: the rate is 0.5 again, "
        "after 0.3125. The optimizer's state was not restored. Load it.",
    ),
    "unrecorded": (
        Plan(updates=8),
        run([0, 1, 2, 3, 6, 7]),
        "Updates 4 to 5 were made without the Recorder, so their rates are not known.",
    ),
    "skipped": (
        Plan(updates=10),
        run(schedule=0.5 * hold(), skipped=2),
        "Mixed precision skipped 2 batches, whose gradients were not finite",
    ),
    "fewer-updates": (
        Plan(epochs=2, examples=10, batch_size=2),
        run(schedule=SLOPE.over(10), batches_per_epoch=4),
        "The run made 8 of the 10 updates of the plan, and stopped at the rate 0.15. An epoch had "
        "4 batches, and by the plan 5: look at `examples`, `batch_size`, `replicas` and "
        "`drop_last`. Train for the 2 updates that are left, or plan for 8.",
    ),
    "more-updates": (
        Plan(updates=6),
        run(),
        "The run made 8 updates, 2 more than the 6 of the plan. Write Plan(updates=8) and lay the "
        "schedule over them.",
    ),
    "plan-accumulation": (
        Plan(epochs=2, examples=16, batch_size=2),
        run(range(4), schedule=SLOPE.over(4), accumulation=4, told=4),
        "The plan counts accumulation=1 batches to an update, and the optimizer 4, so the plan's "
        "16 updates are not those of the run. Write Plan(..., accumulation=4).",
    ),
    "fit-after-end": (
        Plan(updates=8),
        run(schedule=0.5 * linear(4), fits=[Fit(0, 0, 0), Fit(4, 4, 0)]),
        "Fit number 2 began at update 4, and the schedule is over at 4: its 4 updates had the "
        "rate 0, and so changed nothing.",
    ),
    "overshot": (
        Plan(updates=8),
        run(schedule=linear(6, stop=0.25), fits=[Fit(0, 0, 0)]),
        "The run went on to update 7, and the schedule is over at 6: 2 updates, from 6 on, had its "
        "stop value 0.25. The schedule is shorter than the 8 updates of the plan. Write "
        "schedule.over(8).",
    ),
    "other-rate": (
        Plan(updates=8),
        run(rates=[0.75, 0.75, *(SLOPE(k) for k in range(2, 8))]),
        "2 updates, from 0 (epoch 0) to 1, had a rate that is not the schedule's: update 0 had "
        "0.75, and the schedule says 0.5.",
    ),
}


@pytest.mark.parametrize("code", CASES)
def test_each_finding_by_itself_in_words(code: str) -> None:
    plan, told, words = CASES[code]
    found = audit(plan, told)
    assert codes(found) == [code]
    assert not found.ok
    assert words in str(found)
    assert str(found) == str(found.findings[0]) == found.findings[0].text
    assert repr(found) == f"<Audit: {code}>"


def test_several_are_several_lines() -> None:
    schedule = 0.5 * linear(4)
    found = audit(Plan(updates=6), run(schedule=schedule, fits=[Fit(0, 0, 0), Fit(4, 4, 0)]))
    assert codes(found) == ["more-updates", "fit-after-end"]
    assert str(found) == "\n".join(finding.text for finding in found.findings)


# ---- laws -----------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(schedules(bounded=True, depth=1), st.integers(1, 40), st.randoms(use_true_random=False))
def test_what_applied_its_schedule_is_as_planned_and_what_did_not_is_not(
    schedule: Schedule, epoch: int, random: Any
) -> None:
    length = math.ceil(schedule.length)
    assume(length <= 300)
    planned = [schedule(step) for step in range(length)]
    peak = max(map(abs, planned))
    assume(1e-30 < peak < 1e30)
    steps, epochs = list(range(length)), [step // epoch for step in range(length)]
    # Restored somewhere, as after a crash: not to the first update, which is another matter.
    kept = random.randrange(1, length + 1)
    back = random.randrange(1, kept + 1)
    order = steps[:kept] + steps[back:]
    rates = [struct.unpack("f", struct.pack("f", planned[step]))[0] for step in order]
    told = {"steps": order, "epochs": [epochs[step] for step in order], "schedule": schedule}
    assert codes(audit(Plan(updates=length), Run(rates=rates, **told))) == []
    place = random.randrange(len(order))
    wrong = [rate + 1e-3 * peak * (row == place) for row, rate in enumerate(rates)]
    found = audit(Plan(updates=length), Run(rates=wrong, **told))
    assert codes(found) == ["other-rate"]
    known = f" (epoch {epochs[order[place]]})" if max(told["epochs"]) else ""
    assert str(found).startswith(f"1 update, {order[place]}{known}, had")


# ---- what is no finding ----------------------------------------------------------------------


def test_restored_state_is_none() -> None:
    """Its updates are made again, as they were."""
    found = audit(Plan(updates=8), run([0, 1, 2, 3, 4, 5, 4, 5, 6, 7]))
    assert found.ok
    assert str(found).endswith("the last at 0.0625, 2 of them again from a restored state.")


def test_factor_is_none() -> None:
    factors = [1.0] * 4 + [0.5] * 4
    rates = [SLOPE(k) * factor for k, factor in enumerate(factors)]
    assert audit(Plan(updates=8), run(rates=rates, factors=factors)).ok
    assert codes(audit(Plan(updates=8), run(rates=rates))) == ["other-rate"]
    unknown = [float("nan")] * 4 + [0.5] * 4
    assert audit(Plan(updates=8), run(rates=rates, factors=unknown)).ok


def test_flat_end_that_is_cut_off_is_none() -> None:
    assert audit(Plan(updates=8), run(schedule=0.5 * (warmup(4) >> hold(10)))).ok
    assert audit(Plan(updates=8), run(schedule=0.5 * hold())).ok


def test_update_that_the_skipped_batches_cost_is_none_of_its_own() -> None:
    flat = 0.5 * hold()
    assert codes(audit(Plan(updates=10), run(schedule=flat, skipped=2))) == ["skipped"]
    found = audit(Plan(updates=11), run(schedule=flat, skipped=2))
    assert codes(found) == ["skipped", "fewer-updates"]


def test_plan_of_updates_says_nothing_of_accumulation() -> None:
    assert audit(Plan(updates=8), run(accumulation=4, told=4)).ok


# ---- restarts that only the epoch or the file shows ------------------------------------------


def test_first_update_in_a_later_epoch() -> None:
    found = audit(Plan(updates=8), run(range(4), epochs=[2] * 4))
    assert codes(found) == ["restarted"]
    assert "began with update 0, at the rate 0.5, although its first epoch is number 2" in str(
        found
    )


def test_first_update_beside_a_file_of_an_earlier_run() -> None:
    found = audit(Plan(updates=8), run(set_aside=12))
    assert codes(found) == ["restarted"]
    assert "while its file held 12 updates of an earlier run" in str(found)


# ---- another schedule than the optimizer's ---------------------------------------------------


def test_schedule_that_was_planned_is_compared() -> None:
    numbers = run(schedule=None)
    assert audit(Plan(updates=8), numbers).ok
    assert audit(Plan(updates=8), numbers, schedule=0.5 * hold()).ok
    found = audit(Plan(updates=8), numbers, schedule=SLOPE)
    assert codes(found) == ["other-rate"]
    assert "7 updates, from 1 (epoch 0) to 7" in str(found)


@pytest.mark.parametrize(
    ("plan", "steps", "error", "message"),
    [
        (8, range(8), TypeError, r"`plan` must be a Plan, got plan=8\. Write Plan\(updates="),
        (
            Plan(updates=8),
            [],
            ValueError,
            r"`run` must be one with updates.*Train with the Recorder",
        ),
    ],
)
def test_bad_input_is_refused(plan: Any, steps: Any, error: Any, message: str) -> None:
    with pytest.raises(error, match=message):
        audit(plan, run(steps))


def test_finding_is_a_value() -> None:
    assert Finding("a", "b.") == Finding("a", "b.")
    assert str(Finding("a", "b.")) == "b."
