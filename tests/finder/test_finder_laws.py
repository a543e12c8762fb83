"""What holds for every curve: units of the rate and of the loss change nothing."""

import math
import statistics

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lrkit.finder import Curve, Stop, Sweep, rules, smooth, suggest
from tests.finder.synthetic import sweep

SEEDS = st.integers(0, 10_000)
SHAPES = st.fixed_dictionaries(
    {
        "noise": st.sampled_from([0.0, 0.02, 0.1, 0.3, 1.0]),
        "centre": st.floats(-5, 0),
        "wall": st.floats(-2, 2),
        "fall": st.sampled_from([0.0, 0.3, 1.5, 2.2]),
    }
)
INVARIANT = ("basin", "geo", "descent90", "min10", "valley", "steepest")
# Without noise a smooth plateau has equal losses, whose order is a matter of rounding.
NOISY = SHAPES.filter(lambda shape: shape["noise"] > 0)


def answer(curve, names=INVARIANT):
    """Everything that is said about a curve."""
    found = suggest(curve)
    values = {name: rules[name](curve) for name in names}
    whole = {"suggestion": found.suggestion, "low": found.low, "high": found.high}
    why = found.reason and found.reason.partition(" ")[0]
    return values | whole, why, curve.diverged


@settings(max_examples=25)
@given(SEEDS, NOISY, st.sampled_from([2.0**-9, 0.1, 3.0, 1024.0]))
def test_rates_in_another_unit(seed, shape, times):
    curve = sweep(seed, **shape)
    scaled = Curve(curve.rates * times, curve.losses)
    names = [name for name in rules if name != "lightning" or math.log2(times).is_integer()]
    values, why, diverged = answer(curve, names)
    others, other_why, other_diverged = answer(scaled, names)
    assert (other_why, other_diverged) == (why, diverged)
    for name, value in values.items():
        if value is None:
            assert others[name] is None
        else:
            assert others[name] == pytest.approx(times * value, rel=1e-9)


@settings(max_examples=25)
@given(SEEDS, NOISY, st.sampled_from([0.01, 1.0, 250.0]), st.sampled_from([-900.0, -2.0, 0.0, 7.5]))
def test_losses_in_another_unit(seed, shape, times, plus):
    curve = sweep(seed, **shape)
    moved = Curve(curve.rates, times * (curve.losses + plus))
    values, why, diverged = answer(curve)
    others, other_why, other_diverged = answer(moved)
    assert (other_why, other_diverged) == (why, diverged)
    for name, value in values.items():
        assert others[name] == (None if value is None else pytest.approx(value, rel=1e-9))


# Multiples of 1/64 and powers of two: every number on the way is exact.
LOSSES = st.lists(st.integers(-64_000, 64_000).map(lambda n: n / 64), min_size=5, max_size=120)


@given(LOSSES, st.sampled_from([0.25, 1.0, 8.0]), st.integers(-1000, 1000))
def test_stop_knows_no_zero_and_no_unit(losses, times, plus):
    one, other = Stop(updates=60), Stop(updates=60)
    assert [one(loss) for loss in losses] == [other(times * (loss + plus)) for loss in losses]


@given(LOSSES)
def test_stop_is_the_rule_of_all_losses_so_far(losses):
    """The incremental form against the rule written over the whole list."""
    first = max(5, 60 // 10)
    above = 0
    stop = Stop(updates=60)
    stopped = False
    for n in range(1, len(losses) + 1):
        if n >= first:
            middle = statistics.median(losses[:first])
            sigma = 1.4826 * statistics.median(abs(v - middle) for v in losses[:first])
            medians = [statistics.median(losses[i - 5 : i]) for i in range(5, n + 1)]
            limit = max(2 * (middle - min(medians)), 6 * sigma, 2**-20 * abs(middle))
            above = above + 1 if medians[-1] - middle > limit else 0
        stopped = stopped or above >= 3
        assert stop(losses[n - 1]) is stopped


@given(LOSSES, st.sampled_from([math.nan, math.inf, -math.inf]))
def test_stop_at_what_is_not_finite_and_stay_so(losses, bad):
    stop = Stop()
    for loss in losses:
        stop(loss)
    assert stop(bad)
    assert stop(losses[0])


@given(st.floats(-1e6, 1e6), st.integers(1, 300))
def test_smoothing_keeps_constants(value, count):
    assert (smooth([value] * count) == value).all()


@given(st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=300), st.floats(-1e3, 1e3))
def test_smoothing_has_no_direction(losses, ceiling):
    there = smooth(losses, ceiling=ceiling)
    back = smooth(losses[::-1], ceiling=ceiling)[::-1]
    np.testing.assert_allclose(there, back, rtol=0, atol=1e-9)
    assert there.max() <= ceiling + 1e-9
    assert min(min(losses), ceiling) - 1e-9 <= there.min()


@given(st.integers(20, 300))
def test_smoothing_does_not_move_a_line(count):
    """Away from the ends a straight line is kept: no lag."""
    line = np.arange(count, dtype=float)
    side = math.ceil(4 * max(1.5, 0.03 * count)) + 2
    inside = slice(side, count - side)
    np.testing.assert_allclose(smooth(line)[inside], line[inside], atol=1e-9)


@given(st.floats(1e-9, 1e-2), st.floats(1.5, 1e8), st.floats(0.5, 100))
def test_sweep_is_even_and_hits_both_ends(low, times, per_decade):
    plan = Sweep(low, low * times, per_decade)
    rates = plan.rates
    assert len(rates) == plan.updates >= 2
    assert (rates[0], rates[-1]) == (low, low * times)
    distances = np.diff(np.log10(rates))
    np.testing.assert_allclose(distances, distances[0], rtol=1e-9)
    assert plan.updates - 1 == max(1, round(per_decade * math.log10(times)))
    assert [plan.schedule(k) for k in range(min(5, len(rates)))] == pytest.approx(rates[:5])
    assert plan.schedule(plan.updates + 7) == rates[-1]
