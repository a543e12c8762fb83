"""Where in a run an update is: its epoch, examples, tokens and wall time; what a plan is told."""

import dataclasses
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrkit import Plan

RUN = Plan(epochs=10, examples=10_000, batch_size=32)
COUNTS = st.integers(1, 300)


def test_the_run_of_the_article() -> None:
    assert [RUN.epoch_at(k) for k in (0, 313, 939, 3130)] == [0, 1, 3, 10]
    assert [RUN.examples_at(k) for k in (0, 1, 312, 313, 314)] == [0, 32, 9984, 10_000, 10_032]
    assert (RUN.epoch_at(), RUN.examples_at()) == (10, 100_000)


def walked(epochs, examples, batch, accumulation, replicas, drop_last, remainder):
    """After each update of a training loop: epochs and examples behind it."""
    made, seen, behind, gathered, waiting = [(0, 0)], 0, 0, 0, 0
    together = batch * replicas
    for epoch in range(epochs):
        sizes = [min(together, examples - begin) for begin in range(0, examples, together)]
        if drop_last:
            sizes = [size for size in sizes if size == together]
        for place, size in enumerate(sizes, 1):
            gathered, waiting, behind = gathered + 1, waiting + size, epoch + place / len(sizes)
            ends = place == len(sizes) and remainder == "flush"
            if gathered == accumulation or ends:
                seen, gathered, waiting = seen + waiting, 0, 0
                made.append((behind, seen))
        if remainder == "drop":
            gathered = waiting = 0
    return made


@given(
    *[st.integers(1, 5), COUNTS, st.integers(1, 40), st.integers(1, 9), st.integers(1, 4)],
    *[st.booleans(), st.sampled_from(["carry", "flush", "drop"])],
)
def test_epochs_and_examples_are_those_of_a_training_loop(
    epochs, examples, batch, accumulation, replicas, drop_last, remainder
):
    made = walked(epochs, examples, batch, accumulation, replicas, drop_last, remainder)
    if len(made) == 1:
        return
    plan = Plan(
        **{"epochs": epochs, "examples": examples, "batch_size": batch},
        **{"accumulation": accumulation, "replicas": replicas},
        **{"drop_last": drop_last, "remainder": remainder},
        tokens_per_example=7,
    )
    assert plan.updates == len(made) - 1
    for update, (_, seen) in enumerate(made):
        assert plan.examples_at(update) == seen
        assert plan.tokens_at(update) == 7 * seen
    for update, (behind, _) in enumerate(made[1:], 1):
        got = plan.epoch_at(update)
        # An epoch whose rest is dropped is over with its last update, or with the next epoch.
        assert got == pytest.approx(behind) or (remainder == "drop" and got >= behind)


def test_tokens() -> None:
    plan = Plan(updates=1000, tokens_per_batch=16_384, accumulation=32)
    assert (plan.tokens_at(0), plan.tokens_at(1), plan.tokens_at()) == (0, 524_288, 524_288_000)
    assert Plan(updates=10, tokens_per_batch=8, replicas=4).tokens_at() == 320


def test_seconds() -> None:
    plan = Plan(updates=90_000, updates_per_second=2.5)
    assert (plan.seconds_at(), plan.seconds_at(5)) == (36_000, 2)


def test_the_pace_is_measured() -> None:
    calls = []
    plan = RUN.timed(lambda: (calls.append(1), time.sleep(0.002)), updates=5, warm_up=2)
    assert len(calls) == 7
    assert 0 < plan.updates_per_second <= 500
    assert dataclasses.replace(plan, updates=None, updates_per_second=None) == RUN
    assert Plan(updates=10).timed(lambda: None).updates == 10
    with pytest.raises(ValueError, match="timed: `updates` must be a whole number"):
        RUN.timed(lambda: None, updates=0)
    with pytest.raises(ValueError, match="timed: `warm_up` must be a whole number"):
        RUN.timed(lambda: None, warm_up=0)


@pytest.mark.parametrize(
    ("method", "what"),
    [
        ("epoch_at", "epochs are.*Give `batches`"),
        ("examples_at", "examples are.*Give `batch_size`"),
        ("tokens_at", "tokens are.*Give `tokens_per_batch`"),
        ("seconds_at", r"seconds are.*Give `updates_per_second`, or measure it with `plan\.timed"),
    ],
)
def test_what_was_not_told(method: str, what: str) -> None:
    with pytest.raises(ValueError, match=rf"{method}: the plan must say what its {what}"):
        getattr(Plan(updates=5), method)(1)


@pytest.mark.parametrize("method", ["epoch_at", "examples_at"])
def test_an_update_is_a_whole_number(method: str) -> None:
    with pytest.raises(ValueError, match=rf"{method}: `update` must be 0 or more"):
        getattr(RUN, method)(-1)
    with pytest.raises(ValueError, match=rf"{method}: `update` must be a whole number of updates"):
        getattr(RUN, method)(0.5)
    with pytest.raises(TypeError, match=rf"{method}: `update` must be a number"):
        getattr(RUN, method)("5")


@pytest.mark.parametrize(
    ("told", "message"),
    [
        (
            {"updates": 5, "epochs": 2, "batches": 3},
            "give `updates`, or .*how long the run is must",
        ),
        ({"batches": 3}, "`epochs` is missing"),
        (
            {"epochs": 1, "batches": 3, "examples": 9, "batch_size": 3},
            "give `batches`, or `examples` and `batch_size`, not both",
        ),
        (
            {"updates": 5, "batch_size": 2, "tokens_per_batch": 2, "tokens_per_example": 1},
            "give `tokens_per_example` or `tokens_per_batch`, not both",
        ),
        ({"updates": 5, "tokens_per_example": 1}, "`tokens_per_example` needs the examples"),
        ({"updates": 5, "examples": 9}, r"`batch_size` is missing\. Give it\."),
    ],
)
def test_forms_that_do_not_go_together(told: dict[str, int], message: str) -> None:
    with pytest.raises(TypeError, match=f"Plan: {message}"):
        Plan(**told)


@pytest.mark.parametrize("name", ["tokens_per_batch", "updates_per_second"])
def test_amounts_are_positive(name: str) -> None:
    with pytest.raises(ValueError, match=f"Plan: `{name}` must be positive"):
        Plan(updates=5, **{name: 0})
    with pytest.raises(TypeError, match=f"Plan: `{name}` must be a number"):
        Plan(updates=5, **{name: "many"})


def test_it_prints_what_was_told() -> None:
    assert repr(RUN) == "Plan(epochs=10, examples=10000, batch_size=32)"
    assert repr(Plan(updates=5, accumulation=2)) == "Plan(accumulation=2, updates=5)"
    assert eval(repr(RUN)) == RUN


def test_batches_in_place_of_examples() -> None:
    plan = Plan(epochs=90, batches=5004, accumulation=2)
    assert (plan.updates, plan.updates_per_epoch, plan.batches_per_epoch) == (225_180, 2502, 5004)
    assert plan.epoch_at(2502) == 1
    with pytest.raises(ValueError, match="must make an update"):
        Plan(updates=5, batches=1, accumulation=2, remainder="drop")


def test_other_data_are_refused() -> None:
    with pytest.raises(
        TypeError, match=r"Plan\.of: `data` must be a tf\.data\.Dataset.*got a list"
    ):
        Plan.of([1, 2, 3], epochs=2)
