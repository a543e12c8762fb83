"""How many updates a run makes."""

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrkit import Plan, cosine

COUNTS = st.integers(1, 500)


def simulated(epochs, examples, batch_size, accumulation, replicas, drop_last, remainder):
    """The updates of a training loop, batch by batch."""
    updates = gathered = 0
    for _ in range(epochs):
        for begin in range(0, examples, batch_size * replicas):
            if drop_last and examples - begin < batch_size * replicas:
                continue
            gathered += 1
            if gathered == accumulation:
                updates, gathered = updates + 1, 0
        if gathered and remainder == "flush":
            updates, gathered = updates + 1, 0
        if remainder == "drop":
            gathered = 0
    return updates


@given(
    st.integers(1, 6),
    COUNTS,
    st.integers(1, 40),
    st.integers(1, 9),
    st.integers(1, 4),
    st.booleans(),
    st.sampled_from(["carry", "flush", "drop"]),
)
def test_updates_are_those_of_a_training_loop(
    epochs, examples, batch_size, accumulation, replicas, drop_last, remainder
):
    expected = simulated(epochs, examples, batch_size, accumulation, replicas, drop_last, remainder)
    given = {
        **{"epochs": epochs, "examples": examples, "batch_size": batch_size},
        **{"accumulation": accumulation, "replicas": replicas},
        **{"drop_last": drop_last, "remainder": remainder},
    }
    if not expected:
        with pytest.raises(ValueError, match=r"Plan: .*(fill a batch|make an update)"):
            Plan(**given)
        return
    plan = Plan(**given)
    assert plan.updates == expected
    assert type(plan.updates) is int
    exact = Fraction(plan.batches_per_epoch, accumulation)
    rounded = {"carry": exact, "flush": math.ceil(exact), "drop": math.floor(exact)}[remainder]
    assert plan.updates_per_epoch == float(rounded)
    assert cosine(epochs).stretch(plan.updates_per_epoch).length == pytest.approx(epochs * rounded)


def test_the_run_of_the_article():
    plan = Plan(epochs=10, examples=10_000, batch_size=32)
    assert (plan.batches_per_epoch, plan.updates_per_epoch, plan.updates) == (313, 313, 3130)


def test_thirds_of_an_update_are_exact():
    plan = Plan(epochs=3, examples=937 * 32, batch_size=32, accumulation=3)
    assert plan.updates_per_epoch == pytest.approx(937 / 3)
    assert cosine(3).stretch(plan.updates_per_epoch).length == 937


def test_a_plan_of_updates():
    plan = Plan(updates=1000)
    assert (plan.updates, plan.updates_per_epoch, plan.batches_per_epoch) == (1000, None, None)
    assert plan == Plan(updates=1000.0)
    assert hash(plan) == hash(Plan(updates=1000))
    with pytest.raises(AttributeError):
        plan.updates = 3


COMPLETE = {"epochs": 2, "examples": 100, "batch_size": 10}


@pytest.mark.parametrize("name", ["epochs", "examples", "batch_size", "accumulation", "replicas"])
@pytest.mark.parametrize("count", [0, -1, 2.5, math.nan, math.inf])
def test_counts_out_of_range(name, count):
    with pytest.raises(ValueError, match=rf"Plan: `{name}` must be (a whole number|finite)"):
        Plan(**{**COMPLETE, name: count})


@pytest.mark.parametrize("name", ["epochs", "examples", "batch_size", "accumulation"])
@pytest.mark.parametrize("count", ["3", True, [1]])
def test_counts_that_are_no_numbers(name, count):
    with pytest.raises(TypeError, match=rf"Plan: `{name}` must be a number"):
        Plan(**{**COMPLETE, name: count})


@pytest.mark.parametrize("name", COMPLETE)
def test_missing_counts(name):
    with pytest.raises(TypeError, match=rf"Plan: `{name}` is missing.*`updates`"):
        Plan(**{key: count for key, count in COMPLETE.items() if key != name})


def test_other_mistakes():
    with pytest.raises(TypeError, match="not both"):
        Plan(**COMPLETE, updates=5)
    with pytest.raises(ValueError, match="`remainder` must be one of 'carry', 'flush', 'drop'"):
        Plan(**COMPLETE, remainder="keep")
    with pytest.raises(TypeError, match="`drop_last` must be True or False"):
        Plan(**COMPLETE, drop_last=1)
    with pytest.raises(ValueError, match="with drop_last an epoch must fill a batch"):
        Plan(epochs=1, examples=31, batch_size=32, drop_last=True)
    with pytest.raises(ValueError, match="must make an update"):
        Plan(epochs=1, examples=32, batch_size=32, accumulation=5)
    with pytest.raises(TypeError):
        Plan(3, 100, 10)
