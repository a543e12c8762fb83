"""Schedules in epochs, per cent, batches, examples and tokens become schedules in updates."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrkit import Plan, cosine, hold, inverse_sqrt, warmup
from tests.plan.test_plan import simulated

RUN = Plan(epochs=10, examples=10_000, batch_size=32)
LONG = Plan(updates=1000, tokens_per_batch=16_384, accumulation=32)


@pytest.mark.parametrize(
    ("count", "unit", "updates"),
    [
        (3, "epochs", 939),
        (0.5, "epochs", 156.5),
        (5, "percent", 156.5),
        (100, "percent", 3130),
        (313, "batches", 313),
        (10_000, "examples", 313),
        (7, "updates", 7),
        (0, "epochs", 0),
    ],
)
def test_units(count: float, unit: str, updates: float) -> None:
    assert RUN.updates_in(count, unit) == updates


def test_tokens() -> None:
    assert LONG.updates_in(16_384 * 32, "tokens") == 1
    by_example = Plan(updates=1000, batch_size=8, tokens_per_example=2048, replicas=4)
    assert by_example.updates_in(8 * 4 * 2048 * 10, "tokens") == 10


def test_lay() -> None:
    assert repr(RUN.lay("warmup(1) >> cosine(9)", "epochs")) == "warmup(313) >> cosine(2817)"
    assert RUN.lay(warmup(1) >> cosine(9), "epochs") == warmup(313) >> cosine(2817)
    assert RUN.lay("cosine(100000)", "examples") == cosine(3130)
    assert RUN.lay("cosine(100)", "percent") == cosine(3130)
    assert LONG.lay("cosine(524288000)", "tokens") == cosine(1000)
    assert RUN.lay("cosine(3130)", "updates") == cosine(3130)


def test_in_any_unit_it_becomes_as_long_as_the_run() -> None:
    assert RUN.lay("warmup(5) >> hold(75) >> cosine(20)").length == 3130
    assert RUN.lay("cosine(1)") == cosine(3130)


def test_what_has_no_end_is_stretched() -> None:
    assert RUN.lay(inverse_sqrt(2), "epochs")(313 * 8) == pytest.approx(inverse_sqrt(2)(8))
    assert RUN.lay(hold(), "updates") == hold()


def test_an_end_between_two_updates_is_rounded_down_as_that_of_the_run() -> None:
    carried = Plan(epochs=7, examples=1001, batch_size=8, accumulation=4)
    assert carried.updates_per_epoch == 31.5
    assert carried.lay("cosine(7)", "epochs").length == carried.updates == 220


def test_names_in_texts() -> None:
    assert RUN.names == {
        **{"updates": 3130, "batch": 1, "epoch": 313, "percent": 31.3},
        "example": pytest.approx(0.0313),
    }
    assert Plan(updates=100).names == {"updates": 100, "percent": 1, "batch": 1}
    assert LONG.names["token"] == pytest.approx(1 / (16_384 * 32))
    assert RUN.read("cosine(9*epoch)") == cosine(2817)
    assert RUN.read("cosine(updates)") == cosine(3130)


@pytest.mark.parametrize(
    ("plan", "unit", "give"),
    [
        (Plan(updates=5), "epochs", "Give `batches`, or `examples` and `batch_size`"),
        (Plan(updates=5), "examples", "Give `batch_size`"),
        (RUN, "tokens", "Give `tokens_per_batch`, or `batch_size` and `tokens_per_example`"),
    ],
)
def test_units_that_the_plan_does_not_know(plan: Plan, unit: str, give: str) -> None:
    with pytest.raises(ValueError, match=rf"updates_in: the plan must say .*{unit}.*{give}"):
        plan.updates_in(1, unit)
    with pytest.raises(ValueError, match=rf"lay: the plan must say what its {unit} are"):
        plan.lay("cosine(1)", unit)


def test_refused() -> None:
    with pytest.raises(ValueError, match=r"updates_in: `unit` must be one of .*'epochs'.*'days'"):
        RUN.updates_in(1, "days")
    with pytest.raises(ValueError, match="updates_in: `count` must be finite"):
        RUN.updates_in(float("nan"), "epochs")
    with pytest.raises(ValueError, match=r'lay: .*Say its unit: unit="epochs"'):
        RUN.lay(hold())
    with pytest.raises(ValueError, match="lay: `schedule` must be at least an update long in"):
        RUN.lay("cosine(1)", "examples")
    with pytest.raises(TypeError, match="lay: `schedule` must be"):
        RUN.lay(3, "epochs")  # type: ignore[arg-type]


@given(
    *[st.integers(1, 6), st.integers(1, 500), st.integers(1, 40), st.integers(1, 9)],
    *[st.integers(1, 4), st.sampled_from(["carry", "flush", "drop"])],
)
def test_all_epochs_and_all_per_cent_are_the_run(
    epochs: int, examples: int, batch: int, accumulation: int, replicas: int, remainder: str
) -> None:
    updates = simulated(epochs, examples, batch, accumulation, replicas, False, remainder)
    if not updates:
        return
    plan = Plan(
        **{"epochs": epochs, "examples": examples, "batch_size": batch},  # type: ignore[arg-type]
        **{"accumulation": accumulation, "replicas": replicas, "remainder": remainder},  # type: ignore[arg-type]
    )
    assert plan.updates_in(100, "percent") == updates
    assert int(Fraction(plan.updates_in(epochs, "epochs")) + Fraction(1, 10**9)) == updates
    assert plan.lay("cosine(1)").length == updates
    if plan.remainder != "drop" or plan.updates_per_epoch:
        assert plan.lay(cosine(epochs), "epochs").length == updates
