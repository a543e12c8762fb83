"""The lowest point of a round of trainings, and the peak that two rounds speak for."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrkit.finder import Trial
from lrkit.finder.choice import choose
from lrkit.finder.halving import vertex


def trials(places, losses, updates=9):
    return [Trial.of(10.0**x, updates, y) for x, y in zip(places, losses, strict=True)]


NAN = math.nan


def parabola(random):
    """Three places at uneven distances with the least loss in the middle, and its lowest point."""
    x = np.sort(random.uniform(-4, 0, 3))
    y = random.uniform(-3, 3) + np.array([1.0, 0.0, 1.0]) * random.uniform(0.01, 2, 3)
    square, slope, _ = np.polyfit(x - x[1], y, 2)
    return x, y, x[1] - slope / (2 * square)


@pytest.mark.parametrize("seed", range(50))
def test_vertex_is_that_of_numpys_parabola(seed):
    random = np.random.default_rng(seed)
    x, y, lowest = parabola(random)
    order = random.permutation(3)
    assert vertex(trials(x[order], y[order])) == pytest.approx(lowest, abs=1e-6)
    # What is farther away is not looked at.
    more_x, more_y = [x[0] - 1, *x, x[2] + 1], [y[0] + 5, *y, NAN]
    assert vertex(trials(more_x, more_y)) == pytest.approx(lowest, abs=1e-6)


@given(
    st.lists(st.sampled_from([0.0, 0.25, 1.0, 3.5, 7.0, NAN]), min_size=1, max_size=6),
    st.sampled_from([1e-9, 2.0, 3e9, 1e250]),
    st.integers(-8, 8),
)
def test_vertex_knows_no_unit_no_zero_and_no_side(losses, times, move):
    """Losses of a billion too, such as squared errors of prices: what diverged is never best."""
    x = np.arange(len(losses)) / 2 - 2
    found = vertex(trials(x, losses))
    assert vertex(trials(x, [times * y for y in losses])) == pytest.approx(found, abs=1e-9)
    assert vertex(trials(x, [y + 16 for y in losses])) == pytest.approx(found, abs=1e-9)
    assert vertex(trials(x + move / 8, losses)) == pytest.approx(found + move / 8, abs=1e-9)
    if losses.count(min(losses, key=lambda y: math.inf if y != y else y)) == 1:
        assert vertex(trials(-x, losses)) == pytest.approx(-found, abs=1e-9)


def test_a_neighbour_that_diverged_moves_it_half_a_step():
    for step in (0.375, 0.5):
        x = np.array([-step, 0, step])
        for scale in (1.0, 1e-6, 1e12):
            for other in (1.1, 2.0, 50.0):
                low = vertex(trials(x, [scale * other, scale, NAN]))
                high = vertex(trials(x, [NAN, scale, scale * other]))
                assert (low, high) == pytest.approx((-step / 2, step / 2), abs=1e-6)
        # Of equals the lowest rate is the best, and here at an end.
        assert vertex(trials(x, [1.0, 1.0, NAN])) == -step
        assert vertex(trials(x, [NAN, 1.0, 1.0])) == pytest.approx(step / 2, abs=1e-6)
        assert vertex(trials(x, [NAN, 1.0, NAN])) == 0
    assert vertex(trials([-2, -1.5, -0.5], [NAN, 1.0, NAN])) == pytest.approx(-1.25)


def test_vertex_at_an_end_and_on_a_flat():
    assert vertex(trials([0, 1, 2], [0.0, 1.0, 2.0])) == 0
    assert vertex(trials([0, 1, 2], [2.0, 1.0, 0.0])) == 2
    assert vertex(trials([0, 1], [2.0, 1.0])) == 1
    assert vertex(trials([0], [2.0])) == 0
    assert vertex(trials([0, 1, 2], [1.0, 1.0, 1.0])) == 0
    assert vertex(trials([2, 0, 1], [NAN, NAN, NAN])) == 0
    assert vertex(trials([0, 1, 2], [1e308, -1e308, 1e308])) == 1


@pytest.mark.parametrize("seed", range(20))
def test_a_quarter_of_the_shorter_and_three_of_the_longer(seed):
    random = np.random.default_rng(seed)
    x8, y8, short = parabola(random)
    x4, y4, long = parabola(random)
    rounds = [*trials(x8, y8, 100), *trials(x4, y4, 200)]
    for given_ in (rounds, [rounds[i] for i in random.permutation(6)]):
        peak, off = choose(given_)
        assert math.log10(peak) == pytest.approx(short / 4 + 3 * long / 4 - 0.03, abs=1e-6)
        assert off == pytest.approx(max(0.3, abs(short - long)), abs=1e-6)


def test_where_a_round_says_nothing():
    fine, gone = [1.0, 0.0, 1.0], [NAN] * 3
    short, long = [-2.0, -1.5, -1.0], [-1.4, -1.2, -1.0]
    alone = (pytest.approx(10**-1.53), 0.3)
    assert choose(trials(short, fine, 100)) == alone
    below = [*trials(short, gone, 100), *trials(long, fine, 200)]
    assert choose(below) == (pytest.approx(10**-1.23), 0.3)
    assert choose([*trials(short, fine, 100), *trials(long, gone, 200)]) is None
    assert choose(trials(short, gone, 100)) is None
