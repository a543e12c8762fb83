"""Forty sound schedules, of which the doctor says nothing, or that a warmup begins at 0."""

from typing import Any, NamedTuple

import pytest

from lrkit import Plan, check, read
from lrkit.core.recipes import ALL
from lrkit.draw.catalogue import FAMILIES, SPAN, Row
from tests.plan.test_doctor_mistakes import ACCUMULATED, EPOCHS, NONE, REPLICATED, UPDATES


class Sound(NamedTuple):
    schedule: str
    plan: Plan = UPDATES
    facts: dict[str, Any] = NONE


FLUSHED = Plan(epochs=3, examples=50_000, batch_size=8, accumulation=4, remainder="flush")
"""As Transformers counts: 1,563 updates an epoch, 4,689 in all."""

SOUND = {
    # -- whole runs -------------------------------------------------------------------------------
    "the usual": Sound("1e-3 * (warmup(500) >> cosine(9500))"),
    "without warmup": Sound("0.1 * cosine(updates)"),
    "to a tenth": Sound("3e-4 * (warmup(2000) >> cosine(8000, stop=0.1))"),
    "a line to 0": Sound("1e-3 * linear_to_zero(10000, warmup=1000)"),
    "wsd": Sound("3e-4 * wsd(10000, warmup=500, cooldown=2000)"),
    "trapezoid": Sound("3e-4 * trapezoid(10000, warmup=500, cooldown=2000)"),
    "one cycle": Sound("0.1 * one_cycle(10000)"),
    "three phases": Sound('0.1 * one_cycle(10000, curve="linear", three_phase=True)'),
    "flat, then a cosine": Sound("4e-3 * flat_cosine(10000, flat=7200)"),
    "a power": Sound("0.1 * polynomial(10000, power=2)"),
    "slanted triangle": Sound("1e-3 * slanted_triangular(10000)"),
    "down to a floor, and along it": Sound(
        "6e-4 * (warmup(200) >> cosine(6000, stop=0.1) >> hold(value=0.1))"
    ),
    "an end of one step less": Sound("0.1 * cosine(9999)"),
    "an end of one step more": Sound("0.1 * cosine(10001)"),
    # -- units ------------------------------------------------------------------------------------
    "in per cent": Sound("1e-3 * (warmup(5*percent) >> cosine(95*percent))"),
    "in epochs": Sound("1e-3 * (warmup(epoch) >> cosine(19*epoch))", EPOCHS),
    "in batches": Sound("1e-3 * cosine(40000*batch)", ACCUMULATED),
    "in the updates of Transformers": Sound("5e-5 * (warmup(469) >> linear(4220))", FLUSHED),
    "accumulated, in updates": Sound("1e-3 * (warmup(500) >> cosine(9500))", ACCUMULATED),
    "accumulated, for Keras's own counter": Sound(
        "1e-3 * (warmup(2000) >> cosine(38000))", ACCUMULATED, {"accumulation_told": 1}
    ),
    "accumulated, and told": Sound("0.1 * cosine(10000)", ACCUMULATED, {"accumulation_told": 4}),
    "on four devices": Sound("0.4 * (warmup(500) >> cosine(9500))", REPLICATED),
    "a run of one epoch": Sound("1e-3 * cosine(500)", Plan(epochs=1, examples=500, batch_size=1)),
    # -- stairs, decays, cycles -------------------------------------------------------------------
    "once an epoch": Sound("exponential_decay(0.001, 0.9, every=epoch)", EPOCHS),
    "every five epochs": Sound("step_decay(0.1, 0.5, every=5*epoch, min_lr=1e-3)", EPOCHS),
    "milestones": Sound("0.1 * multi_step([5000, 7500, 9000])"),
    "a low start, then the height": Sound(
        "0.1 * points({0: 0.5, 400: 1.0, 9000: 0.1, 10000: 0.1})"
    ),
    "the Transformer": Sound("noam(512, 4000)"),
    "constant": Sound("hold(value=3e-4)"),
    "constant after a warmup": Sound("3e-4 * (warmup(1000) >> hold())"),
    "whole cycles": Sound("0.1 * cosine_restarts(2500)"),
    "longer cycles, all of them": Sound(
        "0.1 * cosine_restarts(1000, times=4, stretch=2).over(10000)"
    ),
    "triangles": Sound("0.1 * triangular(1000, start=0.1)"),
    # -- in the words of other libraries ----------------------------------------------------------
    "PyTorch, T_max as long as the run": Sound("like.torch.CosineAnnealingLR(10000, base_lr=0.1)"),
    "PyTorch, one cycle": Sound("like.torch.OneCycleLR(0.1, total_steps=10000)"),
    "Transformers": Sound(
        "like.transformers.get_cosine_schedule_with_warmup(469, 4689, base_lr=5e-5)", FLUSHED
    ),
    "Keras, with the target of its warmup": Sound(
        "like.keras.CosineDecay(0.0, 9000, warmup_target=1e-3, warmup_steps=1000)"
    ),
    # -- with facts -------------------------------------------------------------------------------
    "a warmup for Adam, below the stable rate": Sound(
        *("1e-3 * (warmup(2000) >> cosine(8000))", UPDATES),
        {"beta2": 0.999, "stable_rate": 1e-3, "dtype": "float32"},
    ),
    "scaled with the batch": Sound(
        *("0.4 * (warmup(500) >> cosine(9500))", REPLICATED),
        {"base_rate": 0.1, "base_batch_size": 32},
    ),
    "a second fit that was planned": Sound(
        *("1e-3 * (warmup(500) >> cosine(19500))", UPDATES),
        {"updates_done": 10_000},
    ),
}


def test_there_are_forty() -> None:
    assert len(SOUND) == 40


@pytest.mark.parametrize("name", SOUND)
def test_the_doctor_is_silent(name: str) -> None:
    sound = SOUND[name]
    found = check(sound.schedule, sound.plan, **sound.facts)
    assert found.ok
    begins_at_0 = sound.plan.read(sound.schedule)(sound.facts.get("updates_done", 0)) == 0.0
    assert [one.code for one in found.findings] == ["first-update-zero"] * begins_at_0
    assert {one.severity for one in found.findings} <= {"note"}


# ---- the whole catalogue ------------------------------------------------------------------------

ROWS = [row for rows in FAMILIES.values() for row in rows]
RUNS = {"cosine_restarts": 105}
"""Where the catalogue's span is not a run: one that ends with a cycle."""


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
@pytest.mark.parametrize("times", [1, 100], ids=["as it is", "a hundred times as long"])
@pytest.mark.parametrize("height", [1.0, 1e-3])
def test_no_warning_on_the_catalogue(row: Row, times: int, height: float) -> None:
    schedule = height * read(row.example).stretch(times)
    found = check(schedule, Plan(updates=times * RUNS.get(row.name, SPAN)))
    assert [one for one in found.findings if one.severity != "note"] == []
    assert {one.code for one in found.findings} <= {"first-update-zero"}


DOCTESTS = {
    # The run that each recipe's docstring has in mind, in updates: its length, or a few periods.
    "chebyshev": ("0.1 * chebyshev(4, low=0.1)", 4),
    "cosine_decay": ("cosine_decay(0.001, 3130, min_lr=1e-5)", 3130),
    "cosine_restarts": ("0.1 * cosine_restarts(10, stretch=2, height=0.5)", 70),
    "exp_range": ("0.1 * exp_range(2000, rate=0.9999)", 8000),
    "exponential_decay": ("exponential_decay(0.001, 0.9, every=313)", 3130),
    "flat_cosine": ("1e-3 * flat_cosine(1000, flat=750)", 1000),
    "infinite": ("1e-3 * infinite(100, 900, 3000, 1000, level=0.5)", 5000),
    "inverse_time_decay": ("inverse_time_decay(0.8, 1.0, every=100)", 1000),
    "k_decay": ("0.1 * k_decay(100, k=2)", 100),
    "linear_to_zero": ("1e-3 * linear_to_zero(1000, warmup=100)", 1000),
    "multi_step": ("0.1 * multi_step([30, 60])", 90),
    "noam": ("noam(512, 4000)", 100_000),
    "noisy": ("0.1 * noisy(cosine(100), std=0.1)", 100),
    "one_cycle": ("0.1 * one_cycle(1000)", 1000),
    "polynomial_cycles": ("0.1 * polynomial_cycles(4)", 8),
    "power_decay": ("0.1 * power_decay(100, power=2)", 1000),
    "power_optimum": ("0.1 * power_optimum(100, capacity=1.5)", 100),
    "slanted_triangular": ("1e-3 * slanted_triangular(1000)", 1000),
    "step_decay": ("step_decay(0.001, 0.5, every=3 * 313)", 3130),
    "trapezoid": ("1e-3 * trapezoid(1000, warmup=100, cooldown=200)", 1000),
    "triangular": ("0.1 * triangular(4, start=0.2)", 800),
    "triangular2": ("0.1 * triangular2(4, start=0.2)", 80),
    "untuned_warmup": ("1e-3 * untuned_warmup(hold(), beta2=0.99)", 10_000),
    "warmup_hold_cosine": ("1e-3 * warmup_hold_cosine(1000, warmup=100, hold=300)", 1000),
    "with_warmup": ("with_warmup(3e-4 * cosine(900), 100)", 1000),
    "wsd": ("3e-4 * wsd(10_000, warmup=500, cooldown=2_000)", 10_000),
}


def test_every_recipe_is_there() -> None:
    assert sorted(recipe.__name__ for recipe in ALL) == sorted(DOCTESTS)


@pytest.mark.parametrize("name", DOCTESTS)
def test_no_warning_on_a_recipe_used_as_its_docstring_says(name: str) -> None:
    text, updates = DOCTESTS[name]
    found = check(text, Plan(updates=updates))
    assert {one.code for one in found.findings} <= {"first-update-zero"}
    assert found.ok
