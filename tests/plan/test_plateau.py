"""The rule of a plateau, without a framework; tests/adapters run it beside its two peers."""

import json
import math
from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrkit.plan.plateau import PlateauRule, PlateauState

values = st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0, -0.5, -1.0, math.nan, math.inf])
rules = st.builds(
    PlateauRule,
    wait=st.integers(1, 4),
    rest=st.integers(0, 3),
    threshold=st.sampled_from([0.0, 0.25, 0.5]),
    threshold_mode=st.sampled_from(["absolute", "relative"]),
    mode=st.sampled_from(["min", "max"]),
)


def cuts(rule: PlateauRule, sequence: list[float], state: PlateauState | None = None) -> list[int]:
    """The places at which the rule cuts."""
    state, found = state or PlateauState(), []
    for i, value in enumerate(sequence):
        state, cut = rule.judge(state, value)
        found += [i] * cut
    return found


def cuts_by_definition(rule: PlateauRule, sequence: list[float]) -> list[int]:
    """The same from the words: the `wait`-th in a row, not counting `rest` after each cut."""
    bests: list[float] = []
    improved = []
    for value in sequence:
        bar = None
        if bests:
            margin = rule.threshold * (abs(bests[-1]) if rule.threshold_mode == "relative" else 1)
            bar = bests[-1] - margin if rule.mode == "min" else bests[-1] + margin
        better = bar is None or (value < bar if rule.mode == "min" else value > bar)
        improved.append(better and math.isfinite(value))
        bests += [value] * improved[-1]
    found: list[int] = []
    for i in range(len(sequence)):
        start = found[-1] + 1 + rule.rest if found else 0
        recent = improved[max(start, i + 1 - rule.wait) : i + 1]
        if len(recent) == rule.wait and not any(recent):
            found.append(i)
    return found


@given(rules, st.lists(values, max_size=25))
def test_it_does_what_it_says(rule: PlateauRule, sequence: list[float]) -> None:
    assert cuts(rule, sequence) == cuts_by_definition(rule, sequence)


@given(rules, st.lists(values, min_size=1, max_size=20), st.data())
def test_it_goes_on_from_a_file(
    rule: PlateauRule, sequence: list[float], data: st.DataObject
) -> None:
    stop = data.draw(st.integers(0, len(sequence)))
    state = PlateauState()
    for value in sequence[:stop]:
        state, _ = rule.judge(state, value)
    read = PlateauState(**json.loads(json.dumps(asdict(state), allow_nan=False)))
    later = [stop + i for i in cuts(rule, sequence[stop:], read)]
    assert cuts(rule, sequence[:stop]) + later == cuts(rule, sequence)


@pytest.mark.parametrize("patience", range(4))
@pytest.mark.parametrize("cooldown", range(4))
def test_what_the_two_libraries_mean(patience: int, cooldown: int) -> None:
    """On a metric that never moves: the first value, then cuts at equal distances."""
    still = [1.0] * 30
    keras = cuts(PlateauRule.as_keras(patience, cooldown), still)
    first = max(patience, 1)
    assert keras == list(range(first, 30, first + max(cooldown - 1, 0)))
    torch = cuts(PlateauRule.as_torch(patience, cooldown), still)
    assert torch == list(range(patience + 1, 30, patience + 1 + cooldown))


def test_defaults_are_those_of_the_libraries() -> None:
    assert PlateauRule.as_keras(10) == PlateauRule(10, 0, 1e-4, "absolute", "min")
    assert PlateauRule.as_torch(10) == PlateauRule(11, 0, 1e-4, "relative", "min")


@pytest.mark.parametrize(
    ("rule", "best", "equal"),
    [
        (PlateauRule(1, threshold=0.25), 1.0, 0.75),
        (PlateauRule(1, threshold=0.25), -1.0, -1.25),
        (PlateauRule(1, threshold=0.25, mode="max"), 1.0, 1.25),
        (PlateauRule(1, threshold=0.5, threshold_mode="relative"), 4.0, 2.0),
        (PlateauRule(1, threshold=0.5, threshold_mode="relative"), -4.0, -6.0),
        (PlateauRule(1, threshold=0.5, threshold_mode="relative", mode="max"), 4.0, 6.0),
        (PlateauRule(1, threshold=0.5, threshold_mode="relative", mode="max"), -4.0, -2.0),
        (PlateauRule(1, threshold=0.5, threshold_mode="relative"), 0.0, 0.0),
    ],
)
def test_an_improvement_is_beyond_the_threshold(
    rule: PlateauRule, best: float, equal: float
) -> None:
    better = math.inf if rule.mode == "max" else -math.inf
    assert not rule.improves(equal, best)
    assert rule.improves(math.nextafter(equal, better), best)
    assert not rule.improves(math.nan, best)
    assert not rule.improves(better, best)
    assert rule.improves(equal, None)
    assert not rule.improves(math.nan, None)


def test_an_improvement_while_resting_is_noted() -> None:
    rule = PlateauRule(wait=1, rest=2)
    state = PlateauState()
    for value in (1.0, 1.0, 0.5):
        state, _ = rule.judge(state, value)
    assert state == PlateauState(best=0.5, waited=0, resting=1)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"wait": 0}, ValueError, "PlateauRule: `wait` must be 1 or more, got wait=0"),
        ({"wait": 1.5}, ValueError, "`wait` must be a whole number of 0 or more, got wait=1.5"),
        ({"wait": "3"}, TypeError, "`wait` must be a number, got wait='3'"),
        ({"rest": -1}, ValueError, "`rest` must be a whole number of 0 or more, got rest=-1"),
        ({"threshold": -0.1}, ValueError, "`threshold` must be 0 or more, got threshold=-0.1"),
        ({"threshold": math.nan}, ValueError, "`threshold` must be finite"),
        (
            {"threshold": 1.0, "threshold_mode": "relative"},
            ValueError,
            "`threshold` must be below 1 where it is relative, got threshold=1.0",
        ),
        ({"threshold_mode": "rel"}, ValueError, 'must be "absolute" or "relative".* and "rel"'),
        ({"mode": "auto"}, ValueError, '`mode` must be "min" or "max", got mode=\'auto\''),
    ],
)
def test_wrong_arguments(arguments: dict, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        PlateauRule(**{"wait": 1, **arguments})


@pytest.mark.parametrize("make", [PlateauRule.as_keras, PlateauRule.as_torch])
@pytest.mark.parametrize("arguments", [{"patience": -1}, {"patience": 3, "cooldown": 0.5}])
def test_wrong_counts(make, arguments: dict) -> None:
    with pytest.raises(ValueError, match="must be a whole number of 0 or more"):
        make(**arguments)
