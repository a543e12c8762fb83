"""like.tfa gives what TensorFlow Addons gave: its formulas, written here from its documentation."""

import math
import pickle
import random
from fractions import Fraction

import numpy as np
import pytest

import lrkit
from lrkit.like import tfa as like

STEPS = 131

# Each schedule's scale, of x and its arguments: x is the cycle, counted from 1, or the step.
SCALES = {
    "CyclicalLearningRate": lambda x, call: call["scale_fn"](x),
    "TriangularCyclicalLearningRate": lambda x, call: 1.0,
    "Triangular2CyclicalLearningRate": lambda x, call: 1 / 2.0 ** (x - 1),
    "ExponentialCyclicalLearningRate": lambda x, call: call.get("gamma", 1.0) ** x,
}
DEFAULT_MODES = {name: "cycle" for name in SCALES} | {
    "ExponentialCyclicalLearningRate": "iterations"
}


def reference(name, call, t):
    """The documented rate at step t, with the cycle found exactly."""
    low, high = call["initial_learning_rate"], call["maximal_learning_rate"]
    size = Fraction(str(call["step_size"]))
    cycle = math.floor(1 + Fraction(t) / (2 * size))
    height = max(Fraction(0), 1 - abs(Fraction(t) / size - 2 * cycle + 1))
    x = cycle if call.get("scale_mode", DEFAULT_MODES[name]) == "cycle" else t
    return low + (high - low) * float(height) * SCALES[name](x, call)


def harmonic(x):
    return 1 / (1 + x)


def up_and_down(x):
    return math.cos(x) ** 2


def rate(rng):
    return rng.choice([rng.uniform(1e-4, 2.0), rng.uniform(1e-4, 2.0), 1, 3e-4, 0.0, -0.2])


def calls(name, count=200):
    rng = random.Random(name)
    for _ in range(count):
        call = {"initial_learning_rate": rate(rng), "maximal_learning_rate": rate(rng)}
        call["step_size"] = rng.choice([*(rng.randint(1, 40) for _ in range(4)), 2.5, 0.3, 10.0])
        if name == "CyclicalLearningRate":
            call["scale_fn"] = rng.choice([harmonic, up_and_down, lambda x: 0.9**x])
            call["length"] = 500  # more than is looked at: two cycles a step are 131 * 2 / 0.6
        if name == "ExponentialCyclicalLearningRate":
            call["gamma"] = rng.choice([1.0, 0.99, 0.9, 1.01, 0.0, -0.9])
        if rng.random() < 0.6:
            call["scale_mode"] = rng.choice(["cycle", "iterations", "anything"])
        yield call


def test_every_schedule_is_compared():
    assert sorted(like.__all__) == sorted(SCALES)


@pytest.mark.parametrize("name", SCALES)
def test_every_step_is_the_formulas(name):
    for call in calls(name):
        s = getattr(like, name)(**call)
        expected = [reference(name, call, t) for t in range(STEPS)]
        tolerance = 1e-12 * max(map(abs, expected))
        assert [s(t) for t in range(STEPS)] == pytest.approx(expected, rel=0, abs=tolerance), s
        assert s(np.arange(STEPS)) == pytest.approx(expected, rel=0, abs=tolerance), s
        assert s(-3) == call["initial_learning_rate"]


@pytest.mark.parametrize("name", SCALES)
def test_every_call_can_be_read_and_pickled(name):
    for call in calls(name):
        s = getattr(like, name)(**call)
        assert lrkit.read(repr(s)) == s
        assert pickle.loads(pickle.dumps(s)) == s
        assert lrkit.read(repr(s.expression)) == s.expression
        assert "like." not in repr(s.expression)


@pytest.mark.parametrize("name", SCALES)
def test_the_step_may_be_a_float(name):
    for call in calls(name, 20):
        s = getattr(like, name)(**call)
        expected = s(np.arange(60))
        assert s(np.arange(60.0)) == pytest.approx(expected, rel=0, abs=1e-12)
        assert s(7.0) == s(7)


def test_the_triangle_goes_on_between_steps():
    s = like.TriangularCyclicalLearningRate(0.0, 1.0, 4)
    assert [s(t) for t in (0.5, 3.5, 4.5, 8.5)] == [0.125, 0.875, 0.875, 0.125]


def test_a_function_may_have_no_value_for_cycle_0():
    s = like.CyclicalLearningRate(0.0, 1.0, 5, lambda cycle: 1 / cycle)
    assert [s(t) for t in (5, 15, 25, 10)] == pytest.approx([1.0, 1 / 2, 1 / 3, 0.0])


def test_a_schedule_scales_too():
    """It counts cycles as a function does, and is not called between two of them."""
    s = like.CyclicalLearningRate(0.0, 1.0, 4, lrkit.linear(5))
    assert s.values(40)[[2, 4, 6, 12, 36]] == pytest.approx([0.4, 0.8, 0.4, 0.6, 0.0])
    over_steps = like.CyclicalLearningRate(0.0, 1.0, 4, lrkit.linear(8), "iterations")
    assert over_steps.values(5) == pytest.approx(
        [0.0, 0.25 * 7 / 8, 0.5 * 6 / 8, 0.75 * 5 / 8, 0.5]
    )


def test_a_function_is_asked_for_so_many_cycles():
    s = like.CyclicalLearningRate(0.0, 1.0, 1, harmonic, length=4)
    assert [s(t) for t in (1, 3, 5, 7, 99)] == pytest.approx([1 / 2, 1 / 3, 1 / 4, 1 / 4, 1 / 4])


def test_the_names_and_defaults_are_tfas():
    s = like.ExponentialCyclicalLearningRate(1e-4, 1e-2, step_size=2000, gamma=0.96)
    assert s.arguments["scale_mode"] == "iterations"
    assert repr(s) == (
        "like.tfa.ExponentialCyclicalLearningRate(initial_learning_rate=0.0001, "
        "maximal_learning_rate=0.01, step_size=2000, gamma=0.96)"
    )
    assert like.TriangularCyclicalLearningRate(0.1, 1.0, 5, name="mine").expression == (
        like.TriangularCyclicalLearningRate(0.1, 1.0, 5).expression
    )


# TFA gives nan for a size of 0, and counts a negative one's cycles below 0, where no function of
# the cycle is meant to be asked: a deviation, listed here.
@pytest.mark.parametrize("name", SCALES)
@pytest.mark.parametrize("size", [0, -2.5])
def test_it_refuses_triangles_that_are_none(name, size):
    (call,) = calls(name, 1)
    with pytest.raises(ValueError, match=rf"like\.tfa\.{name}: `step_size` must be positive, got"):
        getattr(like, name)(**{**call, "step_size": size})


def test_it_refuses_a_scale_that_is_no_function():
    with pytest.raises(TypeError, match=r"`scale_fn` must be a function, got scale_fn=0\.5"):
        like.CyclicalLearningRate(0.1, 1.0, 5, 0.5)
    with pytest.raises(TypeError, match="missing a required argument: 'scale_fn'"):
        like.CyclicalLearningRate(0.1, 1.0, 5)
    with pytest.raises(ZeroDivisionError):
        like.CyclicalLearningRate(0.1, 1.0, 5, lambda x: 1 / 0)


def test_a_scale_that_has_no_value_at_0():
    """Cycles are counted from 1, steps from 0."""
    assert like.CyclicalLearningRate(0.0, 0.5, 10, lambda n: 1 / n)(10) == 0.5
    with pytest.raises(ZeroDivisionError):
        like.CyclicalLearningRate(0.0, 0.5, 10, lambda n: 1 / n, scale_mode="iterations")
