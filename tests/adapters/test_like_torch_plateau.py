"""The rule of a plateau beside PyTorch's own ReduceLROnPlateau, evaluation by evaluation."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from lrkit.plan.plateau import PlateauRule, PlateauState

THRESHOLD_MODES = {"absolute": "abs", "relative": "rel"}


def theirs(sequence: list[float], **arguments) -> list[float]:
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(
        optimizer, factor=0.5, eps=0.0, **arguments
    )
    rates = []
    for value in sequence:
        scheduler.step(value)
        rates.append(optimizer.param_groups[0]["lr"])
    return rates


def ours(rule: PlateauRule, sequence: list[float]) -> list[float]:
    rate, state, rates = 1.0, PlateauState(), []
    for value in sequence:
        state, cut = rule.judge(state, value)
        rate *= 0.5 if cut else 1.0
        rates.append(rate)
    return rates


@given(
    st.lists(st.sampled_from([1.0, 1.25, 1.5, 2.0, 3.0, math.nan, math.inf]), max_size=25),
    st.integers(0, 4),
    st.integers(0, 4),
    st.sampled_from([0.0, 1e-4, 0.25, 0.5]),
    st.sampled_from(["absolute", "relative"]),
    st.sampled_from(["min", "max"]),
)
def test_the_same_cuts(
    sequence: list[float], patience: int, cooldown: int, threshold: float, how: str, mode: str
) -> None:
    """Infinities only where they are worst: PyTorch takes one on the good side for the best."""
    sequence = [-value if mode == "max" and value == math.inf else value for value in sequence]
    rule = PlateauRule.as_torch(
        patience, cooldown, threshold=threshold, threshold_mode=how, mode=mode
    )
    expected = theirs(
        sequence,
        patience=patience,
        cooldown=cooldown,
        threshold=threshold,
        threshold_mode=THRESHOLD_MODES[how],
        mode=mode,
    )
    assert ours(rule, sequence) == expected


def test_a_relative_threshold_below_zero_is_a_threshold() -> None:
    """PyTorch's bar, best · (1 − threshold), is on the worse side there: worse counts as better."""
    sequence = [-1.0, -0.95, -0.91, -0.88]
    expected = theirs(sequence, patience=0, threshold=0.1, threshold_mode="rel")
    assert expected == [1.0, 1.0, 1.0, 1.0]
    rule = PlateauRule.as_torch(0, threshold=0.1)
    assert ours(rule, sequence) == [1.0, 0.5, 0.25, 0.125]


@pytest.mark.parametrize("best", [math.inf])
def test_an_infinite_best_is_none(best: float) -> None:
    sequence = [best, 1.0, 1.0]
    assert theirs(sequence, patience=1, mode="max") == [1.0, 1.0, 0.5]
    assert ours(PlateauRule.as_torch(1, mode="max"), sequence) == [1.0, 1.0, 1.0]
