"""The code for PyTorch: a real optimizer and its scheduler give the rates of the schedule."""

import random

import numpy as np
import pytest
import torch
from hypothesis import given, settings

from lrkit import like, to_source
from tests.adapters.source_cases import CASES, is_refused, names_of, peak_of, steps_to_compare
from tests.adapters.torch_schedulers import DRAWN, drawn
from tests.strategies import build, expressions

CLOSE = 1e-9
pytestmark = pytest.mark.filterwarnings("ignore:Detected call of `lr_scheduler.step")


def rates(s, n):
    """The rates that an optimizer runs at with the code."""
    names = names_of(s, "torch")
    optimizer = torch.optim.SGD([torch.zeros(1)], lr=names["BASE_LR"], momentum=0.9)
    scheduler = names["scheduler"](optimizer)
    found = []
    for _ in range(n):
        found.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return found


def assert_same(s, found, peak):
    wanted = [s(t) for t in range(len(found))]
    assert found == pytest.approx(wanted, rel=0, abs=CLOSE * peak), to_source(s, "torch")


@pytest.mark.parametrize("s", CASES, ids=repr)
def test_every_step(s):
    n = len(steps_to_compare(s))
    assert_same(s, rates(s, n), max(abs(s(t)) for t in range(n)))


@settings(max_examples=25, derandomize=True)
@given(expressions())
def test_any_schedule(text):
    s = build(text)
    if is_refused(s, "torch"):
        return
    assert_same(s, rates(s, min(len(steps_to_compare(s)), 120)), peak_of(text))


@pytest.mark.parametrize("name", DRAWN)
def test_calls_of_like_become_that_call(name):
    draw, said = random.Random(name), 0
    while said < 12:
        call, base = drawn(draw, name), draw.choice([1.0, 0.1])
        try:
            s = call.of_lrkit(base, length=150)
        except (ValueError, ArithmeticError):
            continue
        if name == "OneCycleLR":
            n = call.arguments.get("total_steps") or 2 * call.arguments["epochs"]
        else:
            n = 100
        code = to_source(s, "torch")
        assert f"return {name}(" in code
        assert "Exactly these calls" in code
        found = rates(s, n - 1)  # the loop steps once more than it looks
        assert_same(s, found, np.abs(found).max(initial=1e-300))
        said += 1


def test_a_scaled_call_is_the_call_with_another_rate():
    s = 3e-4 * like.torch.StepLR(30)
    assert "StepLR(optimizer, step_size=30)" in to_source(s, "torch")
    assert "BASE_LR = 0.0003 " in to_source(s, "torch")
    floored = 3e-4 * like.torch.CosineAnnealingLR(30, eta_min=0.1)  # of which half would be kept
    assert_same(floored, rates(floored, 80), 3e-4)


def test_a_resumed_call_is_written_as_a_function():
    s = like.torch.StepLR(3, last_epoch=4, base_lr=0.1)
    assert "StepLR" not in to_source(s, "torch").partition("import")[2]
    assert_same(s, rates(s, 40), 0.1)


def test_a_scheduler_is_saved_and_goes_on():
    s = CASES[0]
    names = names_of(s, "torch")
    optimizer = torch.optim.SGD([torch.zeros(1)], lr=names["BASE_LR"])
    scheduler = names["scheduler"](optimizer)
    for _ in range(60):
        optimizer.step()
        scheduler.step()
    kept, kept_rates = scheduler.state_dict(), optimizer.state_dict()
    again = torch.optim.SGD([torch.zeros(1)], lr=names["BASE_LR"])
    resumed = names["scheduler"](again)
    again.load_state_dict(kept_rates)
    resumed.load_state_dict(kept)
    again.step()
    resumed.step()
    assert again.param_groups[0]["lr"] == pytest.approx(s(61), rel=1e-12)
