"""Where like.torch differs from the installed torch: every case, with what each of them does."""

import math

import pytest

from tests.adapters.torch_schedulers import (
    STEPS,
    Call,
    assert_same,
    chain,
    one_cycle,
    rates_of,
    sawtooth,
    sequence,
)

# Chains and sequences of chains and sequences step some of their parts while they are built.
pytestmark = pytest.mark.filterwarnings("ignore:Detected call of `lr_scheduler.step")

# (why, call, step, what torch gives or raises there, the value here); the optimizer's rate is 1.
DEVIATIONS = [
    ("one step too many: a cosine rises", one_cycle(), 10, 0.04951936798652623, 4e-6),
    (
        *("one step too many: a line falls below 0", one_cycle(anneal_strategy="linear")),
        *(10, -0.14285257142857133, 4e-6),
    ),
    ("two steps too many", one_cycle(), 11, ValueError, 4e-6),
    ("a last phase of no steps", one_cycle(pct_start=1.0), 10, ZeroDivisionError, 1.0),
    (
        *("no division undoes 0", Call("ConstantLR", {"factor": 0.0, "total_iters": 3})),
        *(3, ZeroDivisionError, 1.0),
    ),
    (
        *(
            "a recursion after the bottom of a rounded T_max",
            Call("CosineAnnealingLR", {"T_max": 10 / 3}),
        ),
        *(11, ZeroDivisionError, (1 - math.cos(0.3 * math.pi)) / 2),
    ),
    ("the 30th edge of a rounded period comes late", sawtooth(step_size_up=1.1), 33, 1.0, 0.0),
]


@pytest.mark.parametrize(
    ("why", "call", "step", "torchs", "ours"),
    DEVIATIONS,
    ids=lambda v: v if isinstance(v, str) else "",
)
def test_where_it_differs(why, call, step, torchs, ours):
    s = call.of_lrkit(1.0)
    rates, failure = rates_of(call, 1.0, step + 1)
    if isinstance(torchs, type):
        assert isinstance(failure, torchs)
        assert len(rates) == step
    else:
        assert rates[step] == pytest.approx(torchs, rel=1e-9)
        assert abs(torchs - ours) > 1e-3
    assert s(step) == pytest.approx(ours, rel=1e-12)
    until = min(step, 10) if call.name == "OneCycleLR" else step
    assert_same(s, rates[:until])


NO_LINE = Call("LinearLR", {"total_iters": 0})


# (call, its exception, the step at which torch comes to raise it; None where it is built never)
REFUSED_AT_ONCE = [
    (Call("StepLR", {"step_size": 0}), ZeroDivisionError, 1),
    (Call("CosineAnnealingLR", {"T_max": 0}), ZeroDivisionError, 1),
    (Call("PolynomialLR", {"total_iters": 7, "power": -1}), ZeroDivisionError, 7),
    (sequence([4], STEPS, NO_LINE), ZeroDivisionError, 4),
    (sequence([4], STEPS, chain(STEPS, STEPS)), NotImplementedError, 4),
    (sequence([4], STEPS, sequence([2], STEPS, STEPS)), NotImplementedError, 4),
    (
        chain(STEPS, Call("LambdaLR", {"lr_lambda": "wave"}), Call("ConstantLR", {"factor": 0.0})),
        ZeroDivisionError,
        5,
    ),
    (one_cycle(pct_start=0.1), ZeroDivisionError, 0),
    (one_cycle(pct_start=1), ValueError, 0),
    (one_cycle(total_steps=10.0), ValueError, 0),
    (one_cycle(total_steps=0), ValueError, 0),
    (one_cycle(total_steps=None), ValueError, 0),
    (one_cycle(total_steps=None, epochs=3, steps_per_epoch=0), ValueError, 0),
    (one_cycle(anneal_strategy="cosine"), ValueError, 0),
    (one_cycle(max_lr=[1.0, 2.0]), ValueError, 0),
    (one_cycle(div_factor=0), ZeroDivisionError, 0),
    (one_cycle(base_momentum=[0.8, 0.9]), ValueError, 0),
    (sawtooth(step_size_up=0), ZeroDivisionError, 0),
    (sawtooth(mode="square"), ValueError, 0),
    (sawtooth(base_lr=[0.1, 0.2]), ValueError, 0),
    (Call("CosineAnnealingWarmRestarts", {"T_0": 0}), ValueError, 0),
    (Call("CosineAnnealingWarmRestarts", {"T_0": 3.0}), ValueError, 0),
    (Call("CosineAnnealingWarmRestarts", {"T_0": 3, "T_mult": 1.5}), ValueError, 0),
    (Call("ConstantLR", {"factor": 1.5}), ValueError, 0),
    (Call("LinearLR", {"start_factor": 0.0}), ValueError, 0),
    (Call("LinearLR", {"end_factor": -0.5}), ValueError, 0),
    (sequence([4, 5], STEPS, STEPS), ValueError, 0),
    (sequence([]), ValueError, 0),
    (chain(), ValueError, 0),
]


@pytest.mark.parametrize(("call", "exception", "step"), REFUSED_AT_ONCE, ids=str)
def test_what_torch_refuses_is_refused_at_once(call, exception, step):
    rates, failure = rates_of(call, 1.0, 20)
    assert isinstance(failure, exception)
    assert len(rates) == step
    with pytest.raises(exception, match=r"must|`pct_start`"):
        call.of_lrkit(1.0)


# (why, call): torch plays these, backwards in time or because it never comes to the broken part; or
# because to Python a truth value is a number, which as a number of steps is a slip.
REFUSED_HERE = [
    ("must be a number", Call("StepLR", {"step_size": True})),
    ("must be a number", Call("LinearLR", {"total_iters": True})),
    ("must be a number", Call("CosineAnnealingWarmRestarts", {"T_0": True})),
    ("must be positive", sawtooth(step_size_up=-2, step_size_down=1)),
    ("must be positive", sawtooth(step_size_up=-4, step_size_down=-4)),
    ("must be 0 or more", sawtooth(step_size_up=9, step_size_down=-4)),
    ("must be the first", sequence([3], sequence([7], STEPS, chain(STEPS)), STEPS)),
    ("divide by zero", sequence([3], sequence([7], STEPS, NO_LINE), STEPS)),
]


@pytest.mark.parametrize(("why", "call"), REFUSED_HERE, ids=str)
def test_what_only_torch_plays(why, call):
    rates, failure = rates_of(call, 1.0, 20)
    assert failure is None
    assert len(rates) == 20
    kinds = TypeError if why == "must be a number" else (ValueError, ZeroDivisionError)
    with pytest.raises(kinds, match=why):
        call.of_lrkit(1.0)


LATE = Call("MultiplicativeLR", {"lr_lambda": "late"})


# Functions without a value at 0, for which torch asks here: at once, or where a sequence begins it.
ASKED_AT_0 = [
    (sawtooth(step_size_up=4, scale_fn="late", scale_mode="iterations"), 0, "division"),
    (sequence([4], STEPS, LATE), 4, r"`lr_lambda` must have a value at 0, .* at step 4, got Zero"),
    (sequence([4, 9], STEPS, STEPS, LATE), 9, "at step 9, got ZeroDivisionError"),
]


@pytest.mark.parametrize(("call", "step", "match"), ASKED_AT_0, ids=str)
def test_a_function_that_has_no_value_at_0(call, step, match):
    rates, failure = rates_of(call, 1.0, 20)
    assert isinstance(failure, ZeroDivisionError)
    assert len(rates) == step
    with pytest.raises(ZeroDivisionError, match=match):
        call.of_lrkit(1.0)


# The same functions, where torch does not ask.
NOT_ASKED_AT_0 = [
    sawtooth(step_size_up=4, scale_fn="late", scale_mode="cycle"),
    LATE,
    sequence([6], LATE, STEPS),
    chain(STEPS, LATE),
]


@pytest.mark.parametrize("call", NOT_ASKED_AT_0, ids=str)
def test_a_function_that_needs_no_value_at_0(call):
    rates, failure = rates_of(call, 1.0, 20)
    assert failure is None
    assert_same(call.of_lrkit(1.0), rates)


# (why, call, torch's first rates, the rates here, which go on); the rate of the optimizer is 1.
RESUMED_OTHERWISE = [
    (
        "after two restarts it looks for the step in the second cycle only",
        Call("CosineAnnealingWarmRestarts", {"T_0": 4, "T_mult": 2, "last_epoch": 20}),
        [(1 + math.cos(math.pi * i / 8)) / 2 for i in (1, 2)],
        [(1 + math.cos(math.pi * i / 16)) / 2 for i in (9, 10)],
    ),
    (
        "the milestones come sooner, but the first scheduler begins again",
        Call(
            "SequentialLR",
            {
                "schedulers": [
                    Call("LinearLR", {"start_factor": 0.5, "total_iters": 4}),
                    Call("ExponentialLR", {"gamma": 0.5}),
                ],
                "milestones": [4],
                "last_epoch": 1,
            },
        ),
        [0.5, 0.625, 1.0, 0.5],
        [0.75, 0.875, 1.0, 0.5],
    ),
]


@pytest.mark.parametrize(("why", "call", "torchs", "ours"), RESUMED_OTHERWISE, ids=str)
def test_where_going_on_differs(why, call, torchs, ours):
    rates, failure = rates_of(call, 1.0, len(torchs), {"initial_lr": 1.0})
    assert failure is None
    assert rates == pytest.approx(torchs, rel=1e-12)
    s = call.of_lrkit(1.0)
    assert [s(t) for t in range(len(ours))] == pytest.approx(ours, rel=1e-12)


def test_the_one_difference_of_a_chain_that_ends():
    """A one-cycle that is over ends the chain: torch raises, the rate holds."""
    call = chain(Call("ExponentialLR", {"gamma": 0.9}), one_cycle(total_steps=4))
    rates, failure = rates_of(call, 1.0, 9)
    assert isinstance(failure, ValueError)
    s = call.of_lrkit(1.0)
    assert_same(s, rates[:4])
    assert s(400) == s(4) == pytest.approx(4e-6)
