"""A dragged knot: the text follows, reads, and has the knot where it was put."""

import json
import math
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrkit import read
from lrkit.designer import limits
from lrkit.designer.answers import answer
from lrkit.designer.dragging import dragged
from lrkit.designer.literals import literals, names_in
from lrkit.designer.places import horizon_of, places

HEIGHT = "1e-3 * (warmup(500) >> cosine(9500))"
SHARES = "3e-4 * (warmup(5) >> hold(75) >> cosine(20)).over(10000)"
WSD = "1e-3 * wsd(10000, warmup=1000, cooldown=2500)"
POINTS = "points({0: 0.2, 30: 1.0, 70: 0.3, 100: 0.0})"
JUMP = "hold(10, value=0.1) | hold(20, value=0.01)"
MEET = "warmup(50, stop=0.5) >> cosine(100, start=0.5)"


@pytest.mark.parametrize(
    ("text", "knot", "what", "goal", "expected"),
    [
        (HEIGHT, 1, "step", 800, "1e-3 * (warmup(800) >> cosine(9200))"),
        (HEIGHT, 2, "step", 12000, "1e-3 * (warmup(500) >> cosine(11500))"),
        (HEIGHT, 1, "both", 0.002, "2e-3 * (warmup(500) >> cosine(9500))"),
        (HEIGHT, 0, "both", 1e-4, "1e-3 * (warmup(500, start=0.1) >> cosine(9500))"),
        (HEIGHT, 2, "both", 1e-4, "1e-3 * (warmup(500) >> cosine(9500, stop=0.1))"),
        (HEIGHT, 1, "both", 0.001, HEIGHT),
        (SHARES, 2, "step", 7300, SHARES.replace("75", "68").replace("(20", "(27")),
        (SHARES, 1, "step", 777, SHARES.replace("(5)", "(7.76)").replace("75", "72.1")),
        (WSD, 2, "step", 7000, WSD.replace("2500", "3000")),
        (WSD, 3, "both", 1e-4, WSD.replace("2500", "2500, stop=0.1")),
        (POINTS, 2, "step", 60, POINTS.replace("70", "60")),
        (POINTS, 2, "both", 0.5, POINTS.replace("0.3", "0.5")),
        (JUMP, 1, "after", 0.02, JUMP.replace("0.01", "0.02")),
        (JUMP, 1, "before", 0.05, JUMP.replace("=0.1)", "=0.05)")),
        (MEET, 1, "both", 0.7, MEET.replace("0.5", "0.7")),
        ("cosine_decay(1e-3, 1000, min_lr=1e-5)", 1, "both", 2e-5,
         "cosine_decay(1e-3, 1000, min_lr=2e-5)"),
        ("hold(10)", 1, "step", 0.25, "hold(0.25)"),
        # Of a ladder the steps, not the warmup before it; the knots before stay.
        ("warmup(10)>>repeat(cosine(100))", 5, "step", 492, "warmup(10)>>repeat(cosine(120.5))"),
        ("warmup(10)>>repeat(cosine(100))", 2, "step", 132, "warmup(10)>>repeat(cosine(122))"),
        ("step_decay(0.1, 0.5, every=30)", 3, "step", 100, "step_decay(0.1, 0.5, every=33.3)"),
        # Both sides of a join, or none.
        ("repeat(cosine(100) >> cosine(50, start=0., stop=1.), 3)", 2, "both", 0.8,
         "repeat(cosine(100, start=0.8) >> cosine(50, start=0., stop=0.8), 3)"),
        # No number moves the value and leaves the step.
        ("like.timm.CosineLRScheduler(100, warmup_t=10)", 1, "before", 0.78,
         "like.timm.CosineLRScheduler(100, warmup_t=10)"),
    ],
)  # fmt: skip
def test_the_text_follows(text: str, knot: int, what: Any, goal: float, expected: str) -> None:
    assert dragged(text, {}, knot, what, goal) == expected


def test_a_text_of_a_thousand_pieces_takes_no_longer_than_it_may() -> None:
    """What was found by then is taken; it took minutes to try everything."""
    text = " | ".join(f"hold({n % 7 + 1}, value={n % 5 + 1})" for n in range(1000))
    begin = time.process_time()
    read(dragged(text, {}, 5, "step", 25))
    assert time.process_time() - begin < 4 * limits.DRAG


@pytest.mark.parametrize(
    "text",
    [
        "exponential(rate=0.9, every=313).staircase(313)",
        "1e-3 * repeat(cosine(100), height=0.9)",
        "repeat(cosine(100))",
    ],
)
def test_endless_ladders_are_looked_at_as_far_as_they_are_seen(text: str) -> None:
    schedule = read(text)
    horizon = horizon_of(schedule)
    near = places(schedule, horizon)
    knots = schedule.take(horizon).knots()[: limits.KNOTS]
    assert list(near.steps) == [step for step, _, _ in knots]
    assert len(near.steps) == limits.KNOTS
    assert horizon_of(read("warmup(5) >> cosine(95)")) == math.inf


def test_names_stay_names() -> None:
    text = "1e-3 * (warmup(2*epoch) >> cosine(8*epoch))"
    found = dragged(text, {"epoch": 313}, 1, "step", 939)
    assert found == "1e-3 * (warmup(3*epoch) >> cosine(7*epoch))"


def test_what_cannot_follow_stays() -> None:
    text = "1e-3 * (warmup(epoch) >> cosine(rest))"
    assert dragged(text, {"epoch": 313, "rest": 900}, 1, "step", 500) == text


@given(
    warmup=st.integers(1, 5000),
    rest=st.integers(1, 50_000),
    step=st.integers(1, 60_000),
    height=st.floats(1e-6, 10),
    goal=st.floats(1e-6, 10),
)
def test_the_knot_is_where_it_was_put(
    warmup: int, rest: int, step: int, height: float, goal: float
) -> None:
    text = f"{height!r} * (warmup({warmup}) >> cosine({rest}))"
    moved = read(dragged(text, {}, 1, "step", step)).knots()
    assert abs(moved[1][0] - step) <= 0.5 or moved == read(text).knots()
    raised = read(dragged(text, {}, 1, "both", goal)).knots()
    assert abs(raised[1][2] - goal) <= 1e-3 * goal or goal == height
    assert raised[1][0] == warmup


def test_a_question_that_names_no_knot_is_refused() -> None:
    for fields in ({"knot": 9, "step": 5}, {"knot": 1, "step": -5}, {"knot": 1.5, "step": 5}):
        question = {"ask": "drag", "text": HEIGHT, "side": "both", **fields}
        assert "must be" in json.loads(answer(json.dumps(question).encode()))["error"]["reason"]


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        (HEIGHT, ["height", "warmup: length", "cosine: length"]),
        ("cosine(10, stop=-0.5) * 2", ["cosine: length", "cosine: stop", "height"]),
        ("hold(5).over(9)", ["hold: length", "over: length"]),
        ("like.torch.StepLR(step_size=30, gamma=0.1)", ["like.torch.StepLR: step_size",
                                                          "like.torch.StepLR: gamma"]),
        ("points({0: 1, 5: 2})", ["points: step", "points: value at 0", "points: step",
                                  "points: value at 5"]),
        ('exponential_decay(1.0, 0.8, 10, staircase=True)', ["exponential_decay: initial_lr",
                                 "exponential_decay: decay_rate", "exponential_decay: every"]),
    ],
)  # fmt: skip
def test_numbers_are_named(text: str, labels: list[str]) -> None:
    found = literals(text)
    tails = [one.label.rpartition(".")[2] for one in found]
    assert tails == [label.rpartition(".")[2] for label in labels]
    assert all(float(text[one.begin : one.end]) == one.value for one in found)


def test_numbers_behind_letters_of_any_width_are_found() -> None:
    text = "# ü😀\n1e-3 * (\n\tcosine(10_0)\n)"
    assert [text[one.begin : one.end] for one in literals(text)] == ["1e-3", "10_0"]


def test_names_are_not_calls() -> None:
    assert names_in("warmup(epoch) >> cosine(updates - epoch)") == {"epoch", "updates"}
