"""Numbers and NumPy arrays agree: any dtype, any order, any shape, to 1e-12 of the height."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lrkit import (
    Schedule,
    cosine,
    exponential,
    hold,
    inverse_sqrt,
    linear,
    points,
    polynomial,
    repeat,
    table,
    warmup,
)
from tests.interpreter import interpret
from tests.strategies import FUNCTIONS, build, expressions, schedules

INTEGERS = ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"]
LONG = [
    (warmup(1e7) >> hold(7e7) >> cosine(2e7)),
    3e-4 * (warmup(5) >> hold(75) >> cosine(20)).over(2 * 10**9),
    repeat(cosine(313), 3 * 10**6).staircase(937.5),
    repeat(linear(1000), stretch=2, height=0.5),
    points({0: 0.0, 2**31: 1.0, 2**40 + 1: 0.3}),
    exponential(rate=0.999, every=10**7).staircase(10**6 / 3),
    hold(2**50) | linear(2**50) | hold(1, value=0.5),
]


def height(text):
    return interpret(text, **FUNCTIONS).peak


def numbers(s, steps):
    return np.array([s(step) for step in np.ravel(steps).tolist()]).reshape(np.shape(steps))


def assert_same(s, steps, height=1.0):
    got = s(steps)
    assert got.shape == steps.shape
    np.testing.assert_allclose(got, numbers(s, steps), rtol=0, atol=1e-12 * height)


@given(expressions(), st.permutations([*range(-3, 45), 99, 100, 101, 250, 999, 1_000_001]))
@example("polynomial(1, power=0.5).staircase(5)", [0, 7, 1, 5])
def test_integers_in_any_order(text, steps):
    s = build(text)
    assert s(np.array(steps)).dtype == np.float64
    assert_same(s, np.array(steps), height(text))
    assert_same(s, np.sort(np.array(steps)).reshape(2, -1), height(text))


@given(expressions())
def test_values_are_the_first_steps(text):
    s = build(text)
    values = s.values(150)
    assert values.dtype == np.float64
    expected = numbers(s, np.arange(150))
    np.testing.assert_allclose(values, expected, rtol=0, atol=1e-12 * height(text))
    if s.length < 1_000:
        assert len(s.values()) == math.ceil(s.length)


@given(schedules(), st.sampled_from(INTEGERS))
def test_every_integer_dtype(s, dtype):
    few = np.array([0, 1, 2, 3, 50, 99, 127], dtype)
    assert s(few).dtype == np.float64
    assert s(few).tolist() == s(few.astype(np.int64)).tolist()
    assert isinstance(s(few[3]), float)
    assert s(few[3]) == s(3)


# A piece of length 1/3 in an array of floats may begin one rounding sooner or later than in a
# number, where the value jumps: fractional times are compared where no knot is near.
@given(expressions(), st.lists(st.floats(-5, 500), min_size=1, max_size=20))
def test_fractional_times(text, times):
    s = build(text)
    knots = np.array([t for t, _, _ in s.knots()[:1_500]])
    kept = [t for t in times if t == round(t) or np.abs(knots - t).min() > 1e-9]
    assert_same(s, np.array(kept), height(text)) if kept else None


@given(schedules(), st.lists(st.integers(-3, 600), min_size=1, max_size=30))
def test_whole_floats_are_those_integers(s, steps):
    assert [s(float(step)) for step in steps] == [s(step) for step in steps]
    exact = s(np.array(steps))
    np.testing.assert_allclose(s(np.array(steps, float)), exact, rtol=1e-12, atol=1e-12)


@given(schedules())
def test_float32_steps_give_float32(s):
    steps = np.array([0, 1, 2.0, 33, 100], np.float32)
    assert s(steps).dtype == np.float32


@pytest.mark.parametrize("s", LONG, ids=str)
def test_exact_at_every_step_that_a_float_can_count(s: Schedule):
    knots = [math.ceil(t) for t, _, _ in s.knots()[:60] if t < 2**53]
    steps = [k + d for k in knots for d in (-1, 0, 1)]
    steps += [2**24 + 1, 2**31 - 1, 2**31, 2**32 + 1, 10**8 - 1, 2**52 + 1, 2**53 - 1]
    assert_same(s, np.array(steps))
    assert_same(s, np.array(steps[::-1]))
    assert [s(np.int64(step)) for step in steps] == [s(step) for step in steps]


@pytest.mark.parametrize("period", [10**9 / 3, 100 / 7, 1 / 3, 0.1, 1e6 + 0.125, math.pi])
def test_stairs_change_on_the_step_that_exact_arithmetic_says(period: float):
    exact = Fraction(period).limit_denominator(10**6)
    exact = exact if float(exact) == period else Fraction(period)
    s = linear(2**53).staircase(period)
    multiples = [1, 2, 3, 7, 10, 300, 333, 2_999_999, 3_000_000, 9 * 10**6]
    steps = [math.ceil(m * exact) + d for m in multiples for d in (-1, 0, 1)]
    steps = [step for step in steps if 0 < step < 2**53]
    feet = [float(exact * (step // exact)) for step in steps]
    expected = [1.0 - foot / 2**53 for foot in feet]
    # One stair is more than this for the shortest of these periods.
    np.testing.assert_allclose(numbers(s, np.array(steps)), expected, rtol=0, atol=1e-17 + 2**-53)
    jumps = repeat(hold(1) | hold(1, value=0.0)).stretch(period)
    on = [float((step // exact) % 2 == 0) for step in steps]
    assert numbers(jumps, np.array(steps)).tolist() == on
    assert jumps(np.array(steps)).tolist() == on


@pytest.mark.parametrize("shape", [(), (1,), (0,), (2, 3), (2, 0, 3), (3, 1, 2)])
def test_shapes_are_kept(shape: tuple[int, ...]):
    s = warmup(3) >> cosine(5)
    steps = np.arange(math.prod(shape)).reshape(shape)
    got = s(steps)
    assert np.shape(got) == shape
    np.testing.assert_array_equal(got, numbers(s, steps))
    assert s.at(steps, np).shape == shape


def test_strided_and_read_only_steps():
    s = warmup(30) >> cosine(500)
    steps = np.arange(1_000)[::-3]
    steps.flags.writeable = False
    before = steps.copy()
    assert_same(s, steps)
    assert_same(s, np.asfortranarray(np.arange(600).reshape(20, 30)))
    np.testing.assert_array_equal(steps, before)


@pytest.mark.parametrize("n", [0, 1, 2**15 - 1, 2**15, 2**15 + 1, 100_000])
def test_chunks_meet(n: int):
    s = 3e-4 * (warmup(2**15) >> points({0: 1.0, 7: 0.5, 30_000: 0.1}) | inverse_sqrt(99))
    np.testing.assert_array_equal(s.values(n), s(np.arange(n)))
    shuffled = np.random.default_rng(0).permutation(n)
    np.testing.assert_array_equal(s(shuffled), s.values(n)[shuffled])
    assert s.values(n)[-1:].tolist() == [s(n - 1)][:n]


@pytest.mark.parametrize("step", [True, "3", None, [1, 2], object(), 1j])
def test_what_is_no_step_is_refused(step: object):
    with pytest.raises(TypeError, match="step"):
        cosine(10)(step)


@pytest.mark.parametrize("step", [math.inf, -math.inf, math.nan, np.float64("nan")])
def test_a_step_that_is_not_finite_is_refused(step: float):
    with pytest.raises(ValueError, match="`step` must be finite"):
        cosine(10)(step)


@pytest.mark.parametrize("steps", [np.array([True]), np.array(["a"]), np.array([1j])])
def test_arrays_of_no_numbers_are_refused(steps: np.ndarray):
    with pytest.raises(TypeError, match="array of numbers"):
        cosine(10)(steps)


def test_keras_is_told_what_it_wants():
    with pytest.raises(TypeError, match=r"lrkit\.keras\.LearningRate"):
        cosine(10)()


def test_at_takes_namespaces_of_arrays():
    assert cosine(10).at([0, 10], np).tolist() == [1.0, 0.0]
    with pytest.raises(TypeError, match="`xp` must be numpy"):
        cosine(10).at([0], math)


def test_values_need_an_end():
    with pytest.raises(ValueError, match=r"`?values`?.*values\(n\)"):
        inverse_sqrt(3).values()
    for n in (-1, 2.5, math.nan):
        with pytest.raises(ValueError, match="`n` must be"):
            cosine(10).values(n)
    assert polynomial(10, power=2).values(0).shape == (0,)
    assert table([1, 2]).values(4).tolist() == [1, 2, 2, 2]
