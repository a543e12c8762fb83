"""Each rule of the doctor at its limits: what passes, what it says, and what mends it."""

from typing import Any

import pytest

from lrkit import Plan, Schedule, check, cosine, linear, read, warmup
from lrkit.plan.finding import Finding
from tests.plan.test_doctor_mistakes import (
    ACCUMULATED,
    EPOCHS,
    REPLICATED,
    TOKENS,
    UPDATES,
    USUAL,
)

FINE = "1e-3 * cosine(10000)"


def one(schedule: Schedule | str, plan: Plan, code: str, **facts: Any) -> Finding:
    """The finding with this code."""
    (found,) = (found for found in check(schedule, plan, **facts).findings if found.code == code)
    return found


def severities(schedule: Schedule | str, plan: Plan = UPDATES, **facts: Any) -> dict[str, str]:
    return {found.code: found.severity for found in check(schedule, plan, **facts).findings}


# ---- ends ----------------------------------------------------------------------------------------


def test_an_early_end() -> None:
    assert severities("0.1 * cosine(9000)") == {"ends-early": "error"}
    assert severities("0.1 * cosine(9001)") == {"ends-early": "warning"}
    assert severities("0.1 * one_cycle(9000)") == {"ends-early": "warning"}
    assert severities("0.1 * one_cycle(9001)") == {"ends-early": "note"}
    assert severities("0.1 * cosine(9000, stop=0.1)") == {"ends-early": "warning"}
    assert severities("0.1 * cosine(9001, stop=0.1)") == {"ends-early": "note"}
    assert severities("0.1 * (cosine(9000, stop=0.1) >> hold(value=0.1))") == {}


def test_a_last_stair_and_the_highest_rate_go_on_as_they_were() -> None:
    assert severities("0.1 * (hold(5000) | 0.1 * hold(3000))") == {}
    assert severities('points({0: 0.1, 5000: 0.05, 8000: 0.01}, curve="hold")') == {}
    assert severities("0.1 * warmup(500, start=0.1)") == {}


def test_a_late_end() -> None:
    assert severities("0.1 * linear(10100)") == {"ends-late": "warning"}
    assert severities("0.1 * linear(20000)") == {"ends-late": "error"}
    # What is cut off is flat.
    assert severities("0.1 * (cosine(9000, stop=0.1) >> hold(5000, value=0.1))") == {}
    late = one("0.1 * linear(10100)", UPDATES, "ends-late")
    assert "ends after 99.01% of it: the last rate is 0.001, and the stop value 0 is" in late.text


@pytest.mark.parametrize(
    ("length", "plan", "same"),
    [
        (500, EPOCHS, "the updates of one epoch"),
        (2000, ACCUMULATED, "the batches of one epoch"),
        (320_000, EPOCHS, "the examples of the run"),
        (16_000, EPOCHS, "the examples of an epoch"),
        (163_840_000, TOKENS, "the tokens of the run"),
    ],
)
def test_what_is_as_long_as_something_else_is_named(length: int, plan: Plan, same: str) -> None:
    (found,) = check(0.1 * linear(length), plan).findings
    assert found.text.endswith(f" It is as long as {same}.")


def test_a_resumed_run_keeps_what_was_trained() -> None:
    found = one(USUAL, UPDATES, "ends-early", updates_done=5000)
    assert found.mend is not None
    mended, given = read(found.mend), read(USUAL)
    assert mended.length == 15_000
    assert all(mended(k) == given(k) for k in range(0, 5000, 97))


def test_a_second_fit_begins_another_cycle() -> None:
    found = one("1e-3 * cosine(3000)", Plan(updates=3000), "fit-after-end", updates_done=3500)
    assert found.mend == "0.001 * cosine(3000) >> hold(500, value=0.0) | 0.001 * cosine(3000)"
    assert found.step == 3500
    # Held above 0, it trains on at the rate that it ended with.
    floor = "1e-3 * cosine(3000, stop=0.1)"
    assert severities(floor, updates_done=3000) == {"fit-after-end": "warning"}
    assert severities("hold(3000, value=1e-3)", updates_done=3000) == {}


# ---- units ---------------------------------------------------------------------------------------


def test_accumulation_of_an_endless_schedule_has_words_only() -> None:
    endless = "0.1 * exponential(rate=0.9, every=500)"
    found = one(endless, ACCUMULATED, "accumulation-missed", accumulation_told=1)
    assert (found.mend, found.step) == (None, None)
    assert found.text.endswith("moves it by 4 steps. Tell it 4, or make it for what it is told.")


def test_mends_are_in_the_steps_of_the_given_schedule() -> None:
    short = one("1e-3 * cosine(20000)", ACCUMULATED, "accumulation-missed", accumulation_told=1)
    assert short.mend == "0.001 * cosine(40000)"


def test_what_was_rounded_in_every_epoch_is_still_known() -> None:
    plan = Plan(epochs=10, examples=10_000, batch_size=32, replicas=2)
    assert plan.updates == 1570
    assert severities("1e-3 * cosine(3130)", plan) == {"replicas-counted": "error"}


def test_epochs_are_mended_through_the_plan() -> None:
    found = one("0.1 * multi_step([10, 15])", EPOCHS, "units-epochs")
    assert found.mend == (
        "0.1 * (hold(5000) | hold(2500, value=0.1) | hold(value=0.010000000000000002))"
    )
    assert one("0.1 * exponential(rate=0.9)", EPOCHS, "units-epochs").mend == (
        "0.1 * exponential(rate=0.9, every=500)"
    )
    # A warmup of a few updates is no schedule in epochs.
    assert severities("1e-3 * (warmup(15, start=0.1) >> hold())", EPOCHS) == {}


# ---- zeros ---------------------------------------------------------------------------------------


def test_stretches_at_0() -> None:
    dead = "1e-3 * (hold({}, value=0.0) | cosine({}))"
    assert severities(dead.format(1000, 9000)) == {"trains-nothing": "error"}
    assert severities(dead.format(999, 9001)) == {"trains-nothing": "warning"}
    assert severities(dead.format(2, 9998)) == {"trains-nothing": "warning"}
    assert severities(dead.format(1, 9999)) == {"first-update-zero": "note"}
    assert one(dead.format(1000, 9000), UPDATES, "trains-nothing").mend == FINE.replace(
        "1e-3", "0.001"
    )
    # In a long run, too, the stretch is found to the update.
    found = one(dead.format(123_457, 876_543), Plan(updates=1_000_000), "trains-nothing")
    assert found.text.startswith("The 123,457 updates from 0 on, 12% of the run, have the rate 0")
    middle = 1e-3 * (linear(4000) >> 0.0 * cosine(2000) >> warmup(4000))
    found = one(middle, UPDATES, "trains-nothing")
    assert (found.step, found.mend) == (4000, f"({middle!r}).at_least(1e-05)")


def test_as_good_as_0_is_0_where_it_lasts() -> None:
    found = one("0.1 * exponential(rate=0.9)", UPDATES, "trains-nothing")
    assert found.step == 197
    assert "have rates of at most 9.67775e-11 and train nothing" in found.text
    assert severities("0.1 * exponential(rate=0.998)") == {}


@pytest.mark.parametrize("n", [40_000, 1_000_000])
def test_cycles_are_no_stretch_wherever_they_are_looked_at(n: int) -> None:
    for period in (2, 4, 5, 20, 100, n // 1000):
        cycles = f"0.1 * repeat(warmup({period / 2}) >> linear({period / 2}))"
        assert set(severities(cycles, Plan(updates=n))) <= {"first-update-zero"}


def test_rates_that_are_none() -> None:
    growing = one("1e-3 * exponential(rate=1.1)", UPDATES, "not-finite")
    assert (growing.severity, growing.step, growing.mend) == ("error", 7448, None)
    below = one("linear(10000, start=1e-3, stop=-1e-4)", UPDATES, "negative")
    assert below.step == 9091
    assert below.mend == "linear(10000, start=0.001, stop=-0.0001).at_least(0.0)"
    assert one("-1e-3 * cosine(10000)", UPDATES, "negative").mend == "0.001 * cosine(10000)"
    assert severities("hold(value=0)") == {"trains-nothing": "error"}


def test_the_first_update() -> None:
    assert one("1e-3 * warmup(10000)", UPDATES, "first-update-zero").mend == (
        "0.001 * warmup(10000, start=0.0001)"
    )
    # Another curve than a line is begun one update later.
    curved = one('1e-3 * with_warmup(hold(), 100, curve="cosine")', UPDATES, "first-update-zero")
    assert curved.mend == "0.001 * (cosine(100, start=0.0, stop=1.0) >> hold()).skip(1)"
    assert severities("1e-3 * warmup(1)", Plan(updates=1)) == {"trains-nothing": "error"}


# ---- jumps and cycles ----------------------------------------------------------------------------


def test_jumps() -> None:
    lone = one("3e-4 * warmup(500) | cosine(9500)", UPDATES, "jumps")
    assert (lone.step, lone.mend) == (500, "0.0003 * warmup(500) >> 0.0003 * cosine(9500)")
    low = one("0.1 * (hold(400, value=0.1) | hold())", UPDATES, "jumps")
    assert low.mend == "0.1 * (warmup(400, start=0.1) >> hold())"
    drop = one("1e-3 * (warmup(500) | linear(10000).skip(500))", UPDATES, "jumps")
    assert drop.mend == "0.001 * (0.95 * warmup(500) >> linear(10000).skip(500))"


def test_stairs_restarts_sawteeth_and_noise_are_what_they_are() -> None:
    assert severities("0.1 * (hold(400, value=0.5) | hold())") == {}
    assert severities("0.1 * repeat(warmup(100, start=0.2), 100)") == {}
    noisy = "0.1 * repeat(warmup(2500, start=0.1) >> linear(2500, stop=0.1)) * noise(std=0.05)"
    assert severities(noisy) == {}


def test_cycles() -> None:
    cut = one("0.1 * cosine_restarts(1000, times=4, stretch=2)", UPDATES, "cycle-cut")
    assert cut.text.startswith("The run ends after 38% of a cycle, that of update 7,000 to 15,000:")
    assert cut.mend is not None
    assert read(cut.mend).length == 10_000
    # All but down: nothing. Of many cycles the last is found.
    assert severities("0.1 * cosine_restarts(2540)") == {}
    assert severities("0.1 * cosine_restarts(10)") == {}
    many = one("0.1 * triangular(7, start=0.1)", UPDATES, "cycle-cut")
    assert "that of update 9,996 to 10,010" in many.text


def test_a_stair_that_is_never_taken() -> None:
    for every in (10_000, 20_000):
        found = one(f"step_decay(0.1, 0.5, every={every})", UPDATES, "floor-never-reached")
        assert found.text.startswith(
            f"The rate is 0.1 throughout: it first changes at update {every:,}"
        )
        assert found.mend == "0.1 * exponential(rate=0.5, every=9000).staircase(9000)"
    assert severities("step_decay(0.1, 0.5, every=9999)") == {}


# ---- warmups, heights, precision -----------------------------------------------------------------


def test_adams_warmup() -> None:
    assert severities(USUAL, beta2=0.99) == {"first-update-zero": "note"}
    short = one(USUAL, UPDATES, "warmup-short", beta2=0.999)
    assert short.text.startswith(
        "The warmup is 500 updates long, and Adam with beta2=0.999 needs 2 / (1 - beta2) = 2,000:"
    )
    assert short.mend == "0.001 * (warmup(2000) >> cosine(8000))"
    none = one(FINE, UPDATES, "warmup-short", beta2=0.99)
    assert none.text.startswith("There is no warmup, and Adam with beta2=0.99 needs")
    assert none.mend == "0.001 * (warmup(200) >> cosine(9800))"
    endless = one("1e-3 * (warmup(100) >> hold())", UPDATES, "warmup-short", beta2=0.999)
    assert endless.mend == "0.001 * (warmup(2000) >> hold())"
    tiny = one("1e-3 * cosine(1000)", Plan(updates=1000), "warmup-short", beta2=0.999)
    assert (tiny.severity, tiny.mend) == ("note", None)
    assert "more than half of the 1,000 updates of the run" in tiny.text
    # The optimizer's moments have been warmed up before.
    assert severities("1e-3 * cosine(20000)", beta2=0.999, updates_done=10_000) == {}


def test_heights() -> None:
    assert severities(FINE, stable_rate=1e-3) == {}
    assert severities(FINE, stable_rate=6e-4) == {"peak-unstable": "warning"}
    assert severities(FINE, stable_rate=4e-4) == {"peak-unstable": "error"}
    found = one(USUAL, UPDATES, "peak-unstable", stable_rate=5e-4)
    assert found.step == 251
    assert found.mend == "0.0005 * (warmup(500) >> cosine(9500))"
    shape = "warmup(2000) >> cosine(8000)"
    assert one(shape, UPDATES, "height-missing", beta2=0.999).mend == f"0.001 * ({shape})"
    assert severities(shape) == {"first-update-zero": "note"}


def test_scaling_rules() -> None:
    flat = "0.1 * cosine(10000)"
    by_line = one(flat, REPLICATED, "batch-unscaled", base_rate=0.1, base_replicas=1)
    assert by_line.mend == "0.4 * cosine(10000)"
    facts = {"base_rate": 0.1, "base_batch_size": 32, "beta2": 0.5}
    assert one(flat, REPLICATED, "batch-unscaled", **facts).mend == "0.2 * cosine(10000)"
    # A smaller batch is scaled down.
    down = one(flat, EPOCHS, "batch-unscaled", base_rate=0.1, base_batch_size=512)
    assert down.mend == "0.00625 * cosine(10000)"


@pytest.mark.parametrize(
    ("height", "plan", "base"),
    [(0.1, EPOCHS, 20), (0.4, REPLICATED, 32), (0.2, REPLICATED, 32)],
    ids=["a little more", "linear", "square root"],
)
def test_scaled_by_either_rule(height: float, plan: Plan, base: int) -> None:
    known = {"base_rate": 0.1, "base_batch_size": base}
    assert severities(height * cosine(10_000), plan, **known) == {}


def test_precision() -> None:
    low = one("2e-5 * cosine(10000)", UPDATES, "rates-rounded-away", dtype="bfloat16")
    assert "have a rate below 6.10352e-05, update 0 the first" in low.text
    assert "is rounded away for every weight above 1/64." in low.text
    assert severities("2e-5 * cosine(10000)") == {}
    assert severities("1e-3 * cosine(10000, stop=0.1)", dtype="bfloat16") == {}
    steps = 2**24 + 2
    keras = one(f"like.keras.CosineDecay(1e-3, {steps})", Plan(updates=steps), "float32-steps")
    assert keras.mend == f"cosine({steps}, start=0.001)"
    assert severities(f"1e-3 * cosine({steps})", Plan(updates=steps)) == {}


def test_a_text_may_use_the_names_of_the_plan() -> None:
    text = "1e-3 * (warmup(epoch, start=0.1) >> cosine(updates - epoch))"
    assert check(text, EPOCHS).findings == ()
    assert check(read(text, **EPOCHS.names), EPOCHS) == check(text, EPOCHS)
