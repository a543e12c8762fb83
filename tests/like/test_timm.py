"""like.timm gives the rates of timm's schedulers at every step."""

import math
import pickle
from fractions import Fraction

import numpy as np
import pytest

import lrkit
from lrkit.like import timm as like
from tests.like import timm_reference
from tests.like.timm_draws import DRAWS, bent, calls, lifted, span


def reference(name, base_lr, call, steps):
    rate = getattr(timm_reference, name)
    return np.array([rate(t, base_lr, **call) for t in range(steps)])


def test_every_scheduler_is_compared():
    assert sorted(DRAWS) == sorted(like.__all__)


@pytest.mark.parametrize("name", DRAWS)
def test_every_step_is_timms(name):
    for base_lr, call in calls(name, 200):
        s = getattr(like, name)(**call, base_lr=base_lr)
        n = span(call)
        expected = reference(name, base_lr, call, n)
        peak = max(base_lr, np.abs(expected).max())
        assert s(np.arange(n)) == pytest.approx(expected, rel=0, abs=1e-9 * peak), s
        assert [s(t) for t in range(n)] == pytest.approx(expected, rel=0, abs=1e-9 * peak), s


@pytest.mark.parametrize("name", DRAWS)
def test_every_call_can_be_read_and_pickled(name):
    for base_lr, call in calls(name, 200):
        s = getattr(like, name)(**call, base_lr=base_lr)
        assert lrkit.read(repr(s)) == s
        assert pickle.loads(pickle.dumps(s)) == s
        assert lrkit.read(repr(s.expression)) == s.expression


# ---- the numbers that timm gave when it was run --------------------------------------------------

RUNS = {
    "the warmup stands in the place of the first steps": (
        like.CosineLRScheduler(10, warmup_t=3),
        [0, 0.3333333, 0.6666667, 0.7938926, 0.6545085, 0.5],
    ),
    "with a prefix the curve begins behind it": (
        like.CosineLRScheduler(10, warmup_t=3, warmup_prefix=True),
        [0, 0.3333333, 0.6666667, 1, 0.9755283],
    ),
    "a milestone acts one step early": (
        like.MultiStepLRScheduler([3], decay_rate=0.1),
        [1, 1, 0.1, 0.1],
    ),
    "a period does not": (
        like.StepLRScheduler(3, decay_rate=0.1),
        [1, 1, 1, 0.1, 0.1, 0.1, 0.01],
    ),
    "a tangent begins below the peak": (
        like.TanhLRScheduler(4, lb=-2.0, ub=2.0),
        [0.9820138, 0.8807971, 0.5, 0.1192029, 0],
    ),
    "a tangent's warmup leads to where the curve is by then": (
        like.TanhLRScheduler(4, lb=-2.0, ub=2.0, warmup_t=2),
        [0, 0.25, 0.5, 0.1192029, 0],
    ),
    "the power of a polynomial is a half": (
        like.PolyLRScheduler(4),
        [1, 0.8660254, 0.7071068, 0.5, 0],
    ),
    "a stable phase is behind the warmup whatever happens": (
        like.WSDLRScheduler(4, 2, warmup_t=2),
        [0, 0.5, 1, 1, 1, 0.2928932, 0],
    ),
}


@pytest.mark.parametrize("title", RUNS)
def test_what_timm_gave_when_it_was_run(title):
    s, rates = RUNS[title]
    assert s.values(len(rates)) == pytest.approx(rates, abs=5e-8)


def test_milestones_out_of_order_are_found_by_halves():
    s = like.MultiStepLRScheduler([9, 3, 6], decay_rate=0.5)
    assert s.values(7) == pytest.approx([1, 1, 0.25, 0.25, 0.25, 0.125, 0.125])


# ---- where it is different on purpose ------------------------------------------------------------

# The scheduler and its arguments, the step, what timm has there (by its formula, in floats, or what
# it raises: found by running it) and what is here (likewise).
DEVIATIONS = {
    "rounding makes the peer miss a restart": (
        *("CosineLRScheduler", {"t_initial": 3, "cycle_mul": 3, "cycle_limit": 9}),
        *(363, 0.0, 1.0),
    ),
    "the same with a power": (
        *("PolyLRScheduler", {"t_initial": 5, "cycle_mul": 3, "cycle_limit": 9}),
        *(605, 0.0, 1.0),
    ),
    "the peer has no logarithm where shrinking cycles are over": (
        *("CosineLRScheduler", {"t_initial": 4, "cycle_mul": 0.5, "cycle_limit": 3, "lr_min": 0.1}),
        *(8, ValueError, 0.1),
    ),
    "rounding puts the peer far behind shrinking cycles that are over": (
        *("PolyLRScheduler", {"t_initial": 2, "cycle_mul": 0.9, "cycle_limit": 999, "lr_min": 0.1}),
        *(20, 1.0, 0.1),
    ),
    "rounding makes the peer end a broken period late": (
        *("StepLRScheduler", {"decay_t": 0.1, "decay_rate": 0.5}),
        *(1, 0.5**9, 0.5**10),
    ),
    "the peer's negative period grows": (
        *("StepLRScheduler", {"decay_t": -2, "decay_rate": 0.5}),
        *(3, 4.0, ValueError),
    ),
}
PEER = {
    "CosineLRScheduler": timm_reference.rounded_cosine,
    "PolyLRScheduler": timm_reference.rounded_poly,
    "StepLRScheduler": timm_reference.rounded_step,
}


def result(function, *args, **kwargs):
    try:
        return pytest.approx(function(*args, **kwargs), abs=1e-6)
    except (ValueError, ZeroDivisionError) as error:
        return type(error)


@pytest.mark.parametrize("title", DEVIATIONS)
def test_deviations(title):
    name, call, t, peers, ours = DEVIATIONS[title]
    assert result(PEER[name], t, **call) == peers
    assert result(lambda: getattr(like, name)(**call)(t)) == ours


# Accepted by timm, and refused here: what it does with them is no learning rate.
REFUSED_HERE = {
    "a negative power grows at the end of a cycle": (
        *("PolyLRScheduler", {"t_initial": 5, "power": -1.0}),
        *(ValueError, "`power` must be 0 or more"),
    ),
    "a negative decay makes every other peak a rate below 0": (
        *("CosineLRScheduler", {"t_initial": 5, "cycle_decay": -0.5}),
        *(ValueError, "`cycle_decay` must be 0 or more"),
    ),
    "a tangent is flat to the last digit": (
        *("TanhLRScheduler", {"t_initial": 5, "lb": -400.0}),
        *(ValueError, "`lower` must be at least -300"),
    ),
    "noise without room is drawn for ever": (
        *("StepLRScheduler", {"decay_t": 2, "noise_range_t": 0, "noise_pct": 0.0}),
        *(ValueError, "`noise_pct` must be positive"),
    ),
    "any other decay is the exponential one": (
        *("WSDLRScheduler", {"t_initial": 2, "decay_t": 2, "decay_fn": None}),
        *(ValueError, "`decay_fn` must be one of 'linear', '1-sqrt'"),
    ),
    "endless cycles have no text": (
        *("CosineLRScheduler", {"t_initial": 5, "cycle_limit": math.inf}),
        *(ValueError, "`cycle_limit` must be finite"),
    ),
}
# Refused by timm too, some of it only when the first rate is asked for.
REFUSED = {
    f"{name} with {argument}={value}": (
        name,
        {**first, argument: value},
        kind,
        f"`{argument}` must",
    )
    for name, first, argument, value, kind in [
        ("CosineLRScheduler", {}, "t_initial", 0, AssertionError),
        ("CosineLRScheduler", {"t_initial": 5}, "lr_min", -0.1, AssertionError),
        ("CosineLRScheduler", {"t_initial": 5}, "cycle_mul", 0, ValueError),
        ("CosineLRScheduler", {"t_initial": 5}, "k_decay", -1, ZeroDivisionError),
        ("CosineLRScheduler", {"t_initial": 5}, "base_lr", -1, ValueError),
        ("CosineLRScheduler", {"t_initial": 5}, "t_initial", "5", TypeError),
        ("CosineLRScheduler", {"t_initial": 5}, "noise_range_t", [5], IndexError),
        ("TanhLRScheduler", {"t_initial": 5}, "lb", 3.0, AssertionError),
        ("TanhLRScheduler", {"t_initial": 5}, "cycle_limit", -1, AssertionError),
        ("TanhLRScheduler", {"t_initial": 5}, "warmup_t", -1, AssertionError),
        ("TanhLRScheduler", {"t_initial": 5}, "warmup_lr_init", -1, AssertionError),
        ("PolyLRScheduler", {}, "t_initial", -3, AssertionError),
        ("StepLRScheduler", {}, "decay_t", 0, ZeroDivisionError),
        ("MultiStepLRScheduler", {}, "decay_t", 5, TypeError),
        ("MultiStepLRScheduler", {}, "decay_t", ["a"], TypeError),
        ("WSDLRScheduler", {"decay_t": 1}, "t_initial", 0, ValueError),
        ("WSDLRScheduler", {"t_initial": 5}, "decay_t", 6, ValueError),
        ("WSDLRScheduler", {"t_initial": 5}, "decay_t", 0, ValueError),
        ("WSDLRScheduler", {"t_initial": 5, "decay_t": 2}, "lr_min", -1, ValueError),
        ("WSDLRScheduler", {"t_initial": 5, "decay_t": 2}, "stable_fn", "flat", ValueError),
        ("WSDLRScheduler", {"t_initial": 5, "decay_t": 2}, "stable_power", 0, ValueError),
        ("WSDLRScheduler", {"t_initial": 5, "decay_t": 2}, "decay_fn", "sqrt", ValueError),
        ("WSDLRScheduler", {"t_initial": 5, "decay_t": 2}, "decay_power", 0, ValueError),
        ("WSDLRScheduler", {"t_initial": 5, "decay_t": 2}, "decay_ratio", 1.0, ValueError),
    ]
} | {
    "an argument is missing": (
        *("WSDLRScheduler", {"t_initial": 5, "decay_fn": bent}),
        *(TypeError, "missing a required argument: 'decay_t'"),
    ),
    "a fading stable phase without a timescale": (
        *("WSDLRScheduler", {"t_initial": 5, "decay_t": 2, "stable_fn": "rsqrt"}),
        *(ValueError, "`stable_timescale` must be positive"),
    ),
}


@pytest.mark.parametrize("title", [*REFUSED, *REFUSED_HERE])
def test_it_refuses(title):
    name, call, kind, match = {**REFUSED, **REFUSED_HERE}[title]
    with pytest.raises(kind, match=match):
        getattr(like, name)(**call)


# ---- restarts, exactly ---------------------------------------------------------------------------


@pytest.mark.parametrize("mul", [1.1, 1.5, 2, 3, 7])
def test_every_restart_is_at_the_peak(mul):
    met = 0
    for first in range(1, 61):
        s = like.CosineLRScheduler(first, lr_min=0.01, cycle_mul=mul, cycle_limit=30)
        begin, length = Fraction(0), Fraction(first)
        for _ in range(20):
            begin, length = begin + length, length * Fraction(str(mul))
            if begin.denominator == 1 and begin < 2**53:
                assert s(int(begin)) == s(np.array([int(begin)]))[0] == 1.0, (first, begin)
                met += 1
    assert met > 60


# ---- a decay of one's own ------------------------------------------------------------------------


def test_a_function_becomes_the_factors_at_the_steps():
    s = like.WSDLRScheduler(10, 4, decay_fn=lifted, warmup_t=2)
    assert "decay_fn=table([1.0, " in repr(s)
    assert s(12) == pytest.approx(0.2)
    assert s(8) == 1.0  # the function would say 0.9: it is not asked at the beginning
    assert s(9) == pytest.approx(0.9 - 0.7 / 4)


def test_the_function_may_come_by_place():
    by_name = like.WSDLRScheduler(t_initial=10, decay_t=4, decay_fn=bent)
    assert like.WSDLRScheduler(10, 4, 0.0, "constant", None, 0.5, bent) == by_name


def test_a_schedule_is_a_decay_too():
    s = like.WSDLRScheduler(10, 4, decay_fn=lrkit.one_minus_sqrt(4), base_lr=0.1)
    assert s.values(12) == pytest.approx(like.WSDLRScheduler(10, 4, base_lr=0.1).values(12))


# ---- words ---------------------------------------------------------------------------------------


def test_the_words_are_timms_and_the_expression_is_lrkits():
    s = like.StepLRScheduler(decay_t=30, decay_rate=0.1, warmup_t=5, t_in_epochs=False, base_lr=0.1)
    call = "decay_t=30, decay_rate=0.1, warmup_t=5, t_in_epochs=False, base_lr=0.1"
    assert repr(s) == f"like.timm.StepLRScheduler({call})"
    clean = "warmup(5, stop=0.1) >> 0.1 * exponential(rate=0.1, every=30).staircase(30)"
    assert s.expression == lrkit.read(clean)


def test_a_mistake_in_a_text_is_one_line():
    with pytest.raises(ValueError, match="`t_initial` must be positive"):
        lrkit.read("like.timm.CosineLRScheduler(t_initial=0)")
