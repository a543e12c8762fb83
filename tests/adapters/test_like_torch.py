"""Every call of like.torch has the values of the installed torch at every step."""

import contextlib
import math
import pickle
import random

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch

from lrkit import like, read
from tests.adapters.arrays import SHARE
from tests.adapters.torch_schedulers import (
    DRAWN,
    KEPT,
    STEPS,
    WAVE,
    Call,
    assert_same,
    chain,
    drawn,
    one_cycle,
    rates_of,
    sequence,
)

CALLS = 200
NAMES = [*DRAWN, "ChainedScheduler", "SequentialLR"]
BASES = [1.0, 0.1, 0.02, 3e-4]

# Chains and sequences of chains and sequences step some of their parts while they are built.
pytestmark = pytest.mark.filterwarnings("ignore:Detected call of `lr_scheduler.step")


def calls(name):
    """Random calls without end, the same ones every time: (call, rate of the optimizer)."""
    draw = random.Random(name)
    while True:
        yield drawn(draw, name), draw.choice(BASES)


def steps_to_watch(s):
    """Every step to 1.3 times the length, but no more than are kept of a replay."""
    return 150 if s.length >= KEPT else max(150, math.ceil(1.3 * s.length) + 2)


@pytest.mark.parametrize("name", NAMES)
def test_every_step(name):
    accepted, source = 0, calls(name)
    while accepted < CALLS:
        call, base_lr = next(source)
        try:
            s = call.of_lrkit(base_lr)
        except (ValueError, ArithmeticError) as error:
            assert_torch_fails(call, base_lr, error)
            continue
        wanted, failure = rates_of(call, base_lr, steps_to_watch(s))
        if name == "OneCycleLR":  # torch raises after the end, most often one step late
            total = total_of(call)
            assert total <= len(wanted) <= total + 1, f"torch ends {call}: {failure}"
            assert s(total + 50) == s(total - 1)
            wanted = wanted[:total]
        else:
            assert failure is None, f"torch refuses {call}"
        assert_same(s, wanted)
        again = read(repr(s))
        assert again == s
        assert again.expression == s.expression
        accepted += 1


def total_of(call):
    """The steps of a one-cycle."""
    return call.arguments.get("total_steps") or 2 * call.arguments["epochs"]


def assert_torch_fails(call, base_lr, error):
    """torch fails with the same exception too, if only some steps later, or in one of the parts."""
    failures = [rates_of(inner, base_lr, 150)[1] for inner in call.inside()]
    assert any(isinstance(error, type(f)) for f in failures if f is not None), (call, failures)


@pytest.mark.parametrize("name", NAMES)
def test_pickles(name):
    source, copies = calls(name), []
    while len(copies) < 10:
        call, base_lr = next(source)
        with contextlib.suppress(ValueError, ArithmeticError):
            s = call.of_lrkit(base_lr)
            copies.append((s, pickle.loads(pickle.dumps(s))))
    for s, copy in copies:
        assert (copy, copy.name) == (s, s.name)
        assert [copy(t) for t in range(60)] == [s(t) for t in range(60)]


def group_of(call, base_lr, s, behind):
    """The parameter group at a scheduler that goes on after `behind`.

    Most leave the rate as they find it, which is the one that comes next. Those that change it at
    given steps do so here too, and want the one before.
    """
    before = call.name in ("StepLR", "MultiStepLR", "ConstantLR")
    group = {"initial_lr": base_lr, "lr": s(behind if before else behind + 1)}
    if call.name == "CyclicLR":
        group["initial_lr"] = s(0)
    if call.name == "OneCycleLR":
        (peak,) = np.atleast_1d(call.arguments["max_lr"])
        group |= {"max_lr": peak, "initial_lr": peak / call.arguments["div_factor"]}
        group["min_lr"] = group["initial_lr"] / call.arguments["final_div_factor"]
        call.arguments["cycle_momentum"] = False
    return group


@pytest.mark.parametrize("name", list(DRAWN))
def test_last_epoch(name):
    resumed, source, draw = 0, calls(name), random.Random(name)
    while resumed < CALLS:
        call, base_lr = next(source)
        try:
            s = call.of_lrkit(base_lr)
        except (ValueError, ArithmeticError):
            continue
        most = 40
        if name == "OneCycleLR":
            most = total_of(call) - 2
        if call.arguments.get("T_mult", 1) > 1:
            most = call.arguments["T_0"] - 1  # a longer one is in the next test
        if most < 0:
            continue
        call.arguments["last_epoch"] = behind = draw.randint(0, most)
        group = group_of(call, base_lr, s, behind)
        watched = most - behind + 1 if name == "OneCycleLR" else 60
        wanted, _ = rates_of(call, base_lr, watched, group)
        assert len(wanted) == watched
        later = call.of_lrkit(base_lr)
        assert_same(later, wanted)
        assert [later(t) for t in range(9)] == pytest.approx([s(behind + 1 + t) for t in range(9)])
        resumed += 1


LINE = Call("LinearLR", {"start_factor": 0.1})
IN_GRAPHS = [
    sequence([5], LINE, Call("CosineAnnealingLR", {"T_max": 30})),
    sequence([5, 20], STEPS, WAVE, Call("MultiplicativeLR", {"lr_lambda": "constant"})),
    chain(LINE, Call("ExponentialLR", {"gamma": 0.9})),
    chain(Call("ExponentialLR", {"gamma": -0.9}), WAVE),
    one_cycle(total_steps=47, three_phase=True),
    Call("CosineAnnealingWarmRestarts", {"T_0": 5, "T_mult": 2}),
    Call(
        "CyclicLR",
        {"base_lr": 0.1, "max_lr": 0.5, "step_size_up": 7, "mode": "exp_range", "gamma": 0.9},
    ),
    Call("CyclicLR", {"base_lr": 0.1, "max_lr": 0.5, "step_size_up": 3, "scale_fn": "halves"}),
]


@pytest.mark.parametrize("call", IN_GRAPHS, ids=str)
def test_in_graphs(call):
    s = call.of_lrkit(0.1)
    steps = np.arange(90)
    wanted = np.array([s(int(t)) for t in steps])
    atol = SHARE * np.abs(wanted).max()
    got = s(torch.arange(90, dtype=torch.int32))
    assert got.dtype == torch.float32
    np.testing.assert_allclose(got.numpy(), wanted, rtol=0, atol=atol)
    np.testing.assert_allclose(jax.jit(s)(jnp.arange(90)), wanted, rtol=0, atol=atol)
    np.testing.assert_allclose(s(steps), wanted, rtol=0, atol=1e-12 * np.abs(wanted).max())


def test_numbers_of_torch_are_arguments():
    s = like.torch.StepLR(torch.tensor(30), gamma=np.float32(0.5), base_lr=torch.tensor(0.25))
    assert repr(s) == "like.torch.StepLR(step_size=30, gamma=0.5, base_lr=0.25)"


def test_an_optimizer_is_left_out():
    optimizer = torch.optim.SGD([torch.zeros(1)], lr=0.1)
    with pytest.raises(TypeError, match=r"Leave it out.*base_lr"):
        like.torch.StepLR(optimizer, 30)
