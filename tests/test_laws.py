"""The laws of schedules, each on any composed schedule."""

import copy
import math
import pickle
import random
from fractions import Fraction
from itertools import accumulate

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

import lrkit
from lrkit import hold, jump, linear, read, then
from tests.interpreter import interpret
from tests.strategies import (
    FUNCTIONS,
    LEVELS,
    build,
    enough,
    expressions,
    first_knots,
    pieces,
    schedules,
)

EXACT = 1e-12
"""How far float64 values may be apart, as a share of the height."""


def reference(text):
    return interpret(text, **FUNCTIONS)


def steps_of(s, most=12):
    """Steps at and around the knots, outside, and some anywhere."""
    knots = [math.ceil(t) for t in first_knots(s, most)]
    around = {step + d for step in knots for d in (-1, 0, 1)}
    anywhere = random.Random(repr(s))
    last = int(min(s.length, 10_000))
    return sorted({-5, last + 1_000, *around, *(anywhere.randint(0, last + 1) for _ in range(8))})


def meant_by(step):
    """The exact time that a knot's float stands for.

    Floats are fine enough below a million to tell fractions of six digits apart; beyond, what is
    meant is the one with the shortest denominator, to a digit, whose float it is.
    """
    nearest = Fraction(step).limit_denominator(10**6)
    if step < 2**20:
        return nearest
    near = (Fraction(step).limit_denominator(10**digits) for digits in range(7))
    return next((f for f in near if float(f) == step), nearest)


def whole(s):
    """Whether the schedule ends on a whole step."""
    return isinstance(s.length, int)


def assert_equal_everywhere(a, b, height, steps):
    got, wanted = [a(t) for t in steps], [b(t) for t in steps]
    assert got == pytest.approx(wanted, rel=0, abs=EXACT * height), (a, b)


# ---- all laws at once: the same expression, evaluated independently -----------------------------


@given(expressions(depth=3))
@example("repeat(table([0.0, 1.0, 0.3, 0.1, 0.5, 0.5]).over(5), 2, stretch=1.5)")
@example("repeat(warmup(10/3), 5, height=0) | repeat(warmup(10/3), 5)")
@example("step_decay(0.3, 0.5, 33.333333333333336).staircase(1.5)")
@example("geometric(1000000, stop=1.0) >> linear(100/7, start=1.0, stop=0.1)")
def test_values_are_those_of_the_independent_reference(text):
    s, r = build(text), reference(text)
    assert s.length == (r.length if r.length == math.inf else float(r.length))
    for step in steps_of(s):
        assert s(step) == pytest.approx(r.at(Fraction(step)), rel=0, abs=EXACT * r.peak), step


@given(expressions())
@example("cosine(33.333333333333336).stretch(313) | polynomial(1, power=0.5)")
@example("hold(31300/3) | one_minus_sqrt(1)")
@example("repeat(warmup(100/3), 3000).take(90000)")
@example("repeat(hold(3) | 0.1*hold(1), 3, stretch=3.0).over(1000)")
def test_knots_have_the_values_of_both_sides(text):
    s, r = build(text), reference(text)
    knots = s.knots()
    assert [t for t, _, _ in knots] == sorted({t for t, _, _ in knots})
    assert knots[0][0] == 0
    assert knots[-1][0] == s.length or s.length == math.inf or len(knots) >= 10_000
    for step, before, after in knots[:20] + knots[-20:]:
        if step > 2**33:  # the float of a fractional knot no longer tells which fraction it was
            continue
        # A fractional knot is told as the nearest float: what it means is the exact one.
        time = meant_by(step)
        assert before == pytest.approx(r.at(time, left=True), rel=0, abs=EXACT * r.peak), step
        assert after == pytest.approx(r.at(time), rel=0, abs=EXACT * r.peak), step


# ---- law 1 and 2: pure, and constant outside ----------------------------------------------------


@given(schedules(), st.integers(0, 5_000))
def test_the_same_step_has_the_same_value(s, step):
    first = s(step)
    s.values(3), s.knots(), s(step + 1)
    assert s(step) == first
    assert read(repr(s))(step) == first
    assert type(first) is float


@given(schedules(), st.integers(1, 2**53), st.floats(0.001, 1e15))
def test_constant_outside(s, far, fraction):
    assert s(-far) == s(-fraction) == s(0)
    if s.length < math.inf:
        end = s(s.length)
        assert s(math.ceil(s.length) + far) == s(s.length + 1 + fraction) == end


# ---- law 3 and 4: joins -------------------------------------------------------------------------


@given(schedules(bounded=True).filter(whole), schedules())
def test_pieces_are_half_open(a, b):
    joined = a | b
    assert joined.length == pytest.approx(a.length + b.length, rel=1e-15)
    for step in steps_of(a):
        if step < a.length:
            assert joined(step) == a(step)
    for step in steps_of(b):
        if step >= 0:
            assert joined(a.length + step) == pytest.approx(b(step), rel=1e-12, abs=EXACT)


@given(schedules(bounded=True), schedules(bounded=True), schedules())
def test_joins_are_associative_and_flattened(a, b, c):
    assert (a | b) | c == a | (b | c) == jump(a, b, c)
    stops = [hold(3, value=a(a.length)), hold(4, value=a(a.length)), hold(value=a(a.length))]
    flat = a >> stops[0] >> stops[1] >> stops[2]
    assert flat == a >> (stops[0] >> (stops[1] >> stops[2])) == then(a, *stops)


@given(schedules(bounded=True), LEVELS.map(float), st.floats(1.1e-9, 1.0), st.floats(0, 0.9e-9))
def test_a_flow_needs_ends_that_meet(a, stop, gap, little):
    end = a(a.length)
    assume(abs(end) > 1e-300)
    flowing = a >> linear(3, start=end * (1 - little), stop=stop)
    assert flowing.length == pytest.approx(a.length + 3, rel=1e-15)
    with pytest.raises(ValueError, match=r"must start where the one before stops.*`\|`"):
        a >> linear(3, start=end * (1 + gap + 1e-9), stop=stop)
    assert (a | linear(3, start=end * (1 + gap + 1e-9), stop=stop)).length == flowing.length


# ---- law 5: heights, products, lengths ----------------------------------------------------------


@given(expressions(), st.sampled_from([3e-4, -2.0, 1e3, 0.1]))
def test_height(text, k):
    s, peak = build(text), reference(text).peak
    assert k * s == s * k == np.float64(k) * s
    assert (k * s).length == s.length
    for step in steps_of(s):
        assert (k * s)(step) == pytest.approx(k * s(step), rel=0, abs=EXACT * abs(k) * peak)
    assert 2.0 * (k * s) == (2.0 * k) * s
    assert repr(7.0 * (3.0 * s)).count("7.0 *") == repr(s).count("7.0 *")


@given(expressions(), expressions())
def test_product(first, second):
    a, b = build(first), build(second)
    height = reference(first).peak * reference(second).peak
    assert (a * b).length == max(a.length, b.length)
    for step in steps_of(a) + steps_of(b):
        assert (a * b)(step) == pytest.approx(a(step) * b(step), rel=0, abs=EXACT * height)
    assert (a * b) * a == a * (b * a)
    assert (2 * a) * (4 * b) == 8 * (a * b)


@given(st.lists(pieces(), min_size=1, max_size=5).map(" | ".join), st.integers(0, 10**6))
def test_over_is_exact(text, more):
    s, r = build(text), reference(text)
    lengths = [part.length for part in getattr(r, "parts", [r])]
    least = math.ceil(r.length / min(lengths))
    whole = s.over(least + more)
    assert whole.length == least + more
    ends = [(b, a) for t, b, a in s.knots()]
    assert len(whole.knots()) <= len(ends)
    assert (whole(0), whole(whole.length)) == (s(0), s(s.length))
    share = whole.length / Fraction(r.length)
    exact = [share * t for t in accumulate(lengths)]
    assert boundaries(whole) == [math.floor(t + Fraction(1, 2)) for t in exact]
    assert all(isinstance(t, int) for t in boundaries(whole))
    assert whole.over(least + more) == whole


def boundaries(s):
    """The times at which joined pieces meet."""
    total, times = 0, []
    for part in getattr(s, "parts", [s]):
        total += part.length
        times.append(total)
    return times


@given(schedules(bounded=True), schedules(bounded=True), LEVELS.map(float), st.integers(1, 99))
def test_flowing_joins_still_flow(a, b, level, more):
    bridge = linear(5, start=a(a.length), stop=b(0))
    s = a >> bridge >> b
    n = enough(s, math.ceil(s.length) + more)
    whole = s.over(n)
    assert whole.length == n
    assert repr(whole).count("|") == repr(s).count("|")
    assert read(repr(whole)) == whole


@given(schedules(bounded=True), schedules(bounded=True))
def test_too_few_steps_are_refused_with_the_number_that_is_enough(a, b):
    s = a | b
    n = enough(s, 1)
    assert n > 1
    assert s.over(n).length == n
    assert s.over(n + 1).length == n + 1
    with pytest.raises(ValueError, match="Use at least"):
        s.over(1)


@given(schedules(), st.sampled_from([2, 3, 10, 313]))
def test_stretch(s, k):
    longer = s.stretch(k)
    assert longer.length == pytest.approx(s.length * k, rel=1e-12)
    for step in steps_of(s):
        assert longer(k * step) == pytest.approx(s(step), rel=1e-9, abs=1e-9)


# ---- take, skip, staircase ----------------------------------------------------------------------


@given(schedules(bounded=True).filter(whole), schedules())
def test_take_and_skip_undo_a_join(a, b):
    first, rest = (a | b).take(a.length), (a | b).skip(a.length)
    height = max(map(abs, (*a.values(min(50, a.length)), *b.values(50), a(a.length)))) + 1
    assert_equal_everywhere(first, a, height, [t for t in steps_of(a) if t < a.length])
    assert_equal_everywhere(rest, b, height, [t for t in steps_of(b) if t >= 0])
    assert (first.length, rest.length) == (a.length, b.length)


@given(expressions(), st.sampled_from([1, 7, 100, 2.5, 10 / 3, 1 / 3]))
def test_staircase_holds_the_value_of_the_last_multiple(text, n):
    s, r = build(text), reference(text)
    stairs = s.staircase(n)
    exact = Fraction(n).limit_denominator(100)
    if s.length < math.inf:
        assert stairs.length == pytest.approx(float(math.ceil(r.length / exact) * exact), rel=1e-15)
    for step in steps_of(s):
        foot = exact * (Fraction(step) // exact)
        assert stairs(step) == pytest.approx(r.at(foot), rel=0, abs=EXACT * r.peak)


# ---- law 6: one text ----------------------------------------------------------------------------


@given(schedules())
def test_the_text_builds_the_schedule(s):
    again = read(repr(s))
    assert repr(again) == repr(s)
    assert again == s
    assert hash(again) == hash(s)
    assert type(again) is type(s)
    steps = steps_of(s)
    assert [again(t) for t in steps] == [s(t) for t in steps]
    assert again.length == s.length
    near = min(s.length, 100)  # an endless schedule with a knot at every step has ten thousand
    assert again.take(near).knots()[:50] == s.take(near).knots()[:50]


@given(expressions().filter(lambda text: "custom" not in text))
def test_what_python_builds_the_text_builds(text):
    assert read(text) == build(text)


@given(schedules())
def test_copies_are_equal(s):
    assert pickle.loads(pickle.dumps(s)) == s
    assert copy.copy(s) == s == copy.deepcopy(s)
    assert {s: 1}[read(repr(s))] == 1


@given(schedules(), schedules())
def test_equal_means_the_same_text(a, b):
    assert (a == b) == (repr(a) == repr(b))
    assert a != repr(a)


def test_schedules_are_frozen():
    s = lrkit.warmup(3) >> lrkit.cosine(5)
    with pytest.raises(AttributeError):
        s.parts = ()
