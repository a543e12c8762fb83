"""The points drawn: nothing that the schedule does may be lost in them."""

import math
from bisect import bisect_right

import numpy as np
import pytest
from hypothesis import given, settings

from lrkit import cosine, custom, exponential, hold, linear, repeat, table, warmup
from lrkit.draw.series import LIMIT, all_series, series
from lrkit.draw.span import default_span
from tests.draw.composed import schedules


def drawn(one, step):
    """The value of the drawn line at a step, after the jump if there is one there."""
    steps = [x for x, _ in one.points]
    right = bisect_right(steps, step)
    if right == len(steps):
        return one.points[-1][1]
    (x0, y0), (x1, y1) = one.points[right - 1], one.points[right]
    return y0 + (y1 - y0) * (step - x0) / (x1 - x0)


@given(schedules())
@settings(max_examples=80, deadline=None)
def test_no_join_no_jump_and_no_extreme_is_lost(schedule):
    one = series(schedule)
    values = schedule.values()
    height = np.abs(values).max()
    steps = [x for x, _ in one.points]

    assert len(one.points) <= LIMIT
    assert steps == sorted(steps)
    assert (steps[0], steps[-1]) == (0, schedule.length)
    if len(schedule.knots()) <= 100:
        for step, before, after in schedule.knots():
            assert (step, after) in one.points
            assert step == 0 or (step, before) in one.points
    assert one.high >= values.max() - 1e-12 * height
    assert one.low <= values.min() + 1e-12 * height
    assert one.highest.value == pytest.approx(values.max(), abs=1e-12 * height)
    assert schedule(one.highest.step) == one.highest.value
    assert one.first == (0, schedule(0))
    assert one.last == (len(values) - 1, schedule(len(values) - 1))
    assert one.after == schedule(schedule.length)


@given(schedules())
@settings(max_examples=60, deadline=None)
def test_every_point_is_on_the_schedule(schedule):
    one = series(schedule)
    height = max(abs(one.high), abs(one.low))
    befores = {(knot.step, knot.before) for knot in one.knots}
    for here in one.points:
        step, value = here
        just_before = schedule(step - 1e-7 * max(1.0, step))
        assert (
            here in befores
            or value == schedule(step)
            or value == pytest.approx(just_before, abs=1e-4 * height)
        )


@pytest.mark.parametrize("length", [10, 437, 1000, 5000, 10**6, 10**9])
def test_a_smooth_curve_is_followed_closely(length):
    one = series(warmup(length) >> cosine(3 * length))
    worst = max(
        abs(drawn(one, step) - schedule_value)
        for step in range(0, 4 * length, max(4 * length // 997, 1))
        for schedule_value in [(warmup(length) >> cosine(3 * length))(step)]
    )
    assert worst < (1e-4 if length > 100 else 1e-12)


def test_a_short_warmup_of_a_long_run_stays_visible():
    one = series(warmup(500) >> cosine(9_999_500))
    inside = [x for x, _ in one.points if 0 < x < 500]
    assert len(inside) >= 5
    assert one.highest == (500, 1.0)


def test_a_jump_is_a_vertical_line_and_half_open():
    one = series(hold(10) | 0.1 * hold(10))
    place = one.points.index((10, 1.0))
    assert one.points[place + 1] == (10, 0.1)
    assert one.highest == (0, 1.0)


def test_the_highest_is_a_rate_that_is_applied():
    # The ramp's 2.0 belongs to step 10, where the next piece has already begun.
    one = series(linear(10, start=1.0, stop=2.0) | hold(10))
    assert one.highest == (9, pytest.approx(1.9))
    assert one.high == 2.0


def test_a_smooth_extreme_between_two_looks_is_found():
    schedule = warmup(3_000_000) * (linear(3_000_000, start=1.0, stop=0.1))
    values = schedule.values()
    one = series(schedule)
    assert one.highest.value == pytest.approx(values.max(), rel=1e-12)
    assert one.highest.step == int(values.argmax())
    assert one.high == pytest.approx(values.max(), rel=1e-12)


def test_spikes_of_a_long_table_are_found():
    values = [0.5] * 150_000
    values[77_777], values[140_001] = 1.0, 0.0
    one = series(table(values))
    assert (one.low, one.high) == (0.0, 1.0)
    assert one.highest == (77_777, 1.0)
    assert len(one.points) <= LIMIT


def test_noise_of_a_long_table_keeps_its_outline():
    rates = np.random.default_rng(0).uniform(0.2, 1.0, 100_000)
    one = series(table(rates.tolist()))
    assert len(one.points) <= LIMIT
    assert (one.low, one.high) == (rates.min(), rates.max())
    # Everywhere, not only where the extremes are.
    for begin in range(0, 100_000, 10_000):
        part = [y for x, y in one.points if begin <= x < begin + 10_000]
        assert max(part) > 0.95
        assert min(part) < 0.25


def test_thousands_of_cycles_keep_their_outline():
    one = series(repeat(cosine(100), 5000))
    assert len(one.points) <= LIMIT
    assert one.high == 1.0
    assert one.low == pytest.approx(0.0, abs=1e-3)


def test_a_custom_function_is_drawn_with_its_jumps():
    one = series(custom(lambda step: 0.001 if step < 300 else 0.0005, 900))
    assert (300, 0.001) in one.points
    assert (300, 0.0005) in one.points


def test_several_schedules_share_the_longest_span():
    short, long = all_series([cosine(10), linear(20)])
    assert (short.span, long.span) == (20, 20)
    assert short.points[-1] == (20, 0.0)
    assert (10, 0.0) in short.points


def test_a_span_cuts_and_reaches_past_the_end():
    schedule = linear(100)
    assert series(schedule, 50).points[-1] == (50, 0.5)
    assert series(schedule, 50).last == (49, 0.51)
    assert series(schedule, 200).points[-1] == (200, 0.0)
    assert series(schedule, 200).knots == series(schedule).knots


def test_a_cut_at_a_join_ends_before_the_jump():
    for schedule in (exponential(rate=0.5, every=10).staircase(10), table([1, 0.5, 0.25, 0.125])):
        one = series(schedule.stretch(3), 9 if schedule.length == 4 else 90)
        assert one.points[-1][1] == one.points[-2][1] > schedule.stretch(3)(one.span)
        assert one.last.value == one.points[-1][1]
        assert one.knots[-1].step < one.span


@pytest.mark.parametrize(
    ("schedule", "span"),
    [
        (hold(), 1000),
        (warmup(500) >> hold(), 2000),
        (exponential(rate=0.5, every=1000), 2000),
        (exponential(rate=0.9, every=1875), 50_000),
        (exponential(rate=0.5, every=1e9), 2e9),
        (exponential(rate=0.5, every=100).staircase(100), 500),
        (exponential(rate=1.001), 1000),
        (exponential(rate=1e200), 1),
        (repeat(cosine(1000)), 5_000),
        (warmup(10) >> cosine(90), 100),
    ],
    ids=repr,
)
def test_default_span(schedule, span):
    assert default_span(schedule) == span
    one = series(schedule)
    assert one.span == span
    assert (one.after is None) == math.isinf(schedule.length)


def test_bad_input():
    with pytest.raises(TypeError, match=r"`schedule` must be a schedule, got schedule='hold\(\)'"):
        series("hold()")
    with pytest.raises(TypeError, match="`schedule` must be a schedule, got schedule=3"):
        all_series([hold(3), 3])
    with pytest.raises(ValueError, match="`schedules` must hold at least one schedule, got none"):
        all_series([])
    for span in (0, -1, math.inf, math.nan):
        with pytest.raises(ValueError, match="`span` must be positive and finite, got span="):
            series(hold(3), span)
    with pytest.raises(ValueError, match="`limit` must be at least 100, got limit=10"):
        series(hold(3), limit=10)
    with pytest.raises(
        ValueError, match=r"the rates must be within ±1e\+300 .* got 1e\+308 at step 0"
    ):
        series(1e308 * hold(3))
