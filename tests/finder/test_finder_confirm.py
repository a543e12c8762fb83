"""The confirmation on a landscape that is known: a valley in log rate, noise, a cliff."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrkit.finder import Found, confirm, suggest
from lrkit.finder.halving import search
from tests.finder.synthetic import sweep


class Landscape:
    """loss = depth * (log10 peak - best)**2 + noise, and no number above the cliff."""

    def __init__(self, best=-2.0, cliff=math.inf, noise=0.0, seed=0):
        self.best, self.cliff, self.noise = best, cliff, noise
        self.random = np.random.default_rng(seed)
        self.calls = []

    def __call__(self, peak, updates):
        self.calls.append((peak, updates))
        place = math.log10(peak)
        if place > self.cliff:
            return math.nan
        return (place - self.best) ** 2 + 5 / updates + self.noise * self.random.standard_normal()

    @property
    def places(self):
        """log10 of the peaks of each length, in the order of the calls."""
        rounds = {}
        for peak, updates in self.calls:
            rounds.setdefault(updates, []).append(round(math.log10(peak), 9))
        return rounds


PLACES = st.floats(-5, 0)


@given(PLACES, st.floats(-1.1, 1.1))
def test_finds_the_bottom(best, off):
    """Of a parabola to the last digits: below it by the 0.03 that short trainings are too high."""
    landscape = Landscape(best)
    found = confirm(landscape, Found(suggestion=10 ** (best + off)), updates=1600)
    assert math.log10(found.rate) == pytest.approx(best - 0.03, abs=1e-9)
    assert found.effort == "confirm"
    assert found.spread == 0.3


@given(PLACES, st.floats(1.5, 2.0), st.sampled_from([-1, 1]))
def test_goes_on_beyond_its_edges(best, off, side):
    """The first round ends 1.5 decades from its centre, and the second goes on from there."""
    landscape = Landscape(best)
    found = confirm(landscape, Found(suggestion=10 ** (best + side * off)), updates=1600)
    edge = landscape.places[200][-1]
    assert len(landscape.places[200]) == 5
    assert abs(edge - landscape.places[200][0]) == 1.5
    assert math.log10(found.rate) == pytest.approx(0.25 * edge + 0.75 * best - 0.03, abs=1e-6)
    assert found.spread == pytest.approx(max(0.3, abs(edge - best)), abs=1e-6)


@pytest.mark.parametrize("side", [-1, 1])
def test_what_is_out_of_reach_is_come_nearer_to(side):
    found = confirm(Landscape(-3.0), Found(suggestion=10 ** (-3.0 + 4 * side)), updates=1600)
    # Four steps of 0.5 less one, then three of 0.375 less one: the ends are 1.5 and 0.75 farther.
    assert math.log10(found.rate) == pytest.approx(-3 + side * (4 - 1.5 - 0.75 * 0.75) - 0.03)
    # A better one may be anywhere beyond, and the table says so.
    assert found.spread is None
    assert f"The best training had the {'lowest' if side > 0 else 'highest'} peak" in str(found)


@pytest.mark.parametrize(
    ("best", "first", "second"),
    [
        (-2.0, [-2, -2.5, -1.5], [-2, -2.375, -1.625]),
        (-1.5, [-2, -2.5, -1.5, -1], [-1.5, -1.875, -1.125]),
        (-0.9, [-2, -2.5, -1.5, -1, -0.5], [-0.875, -1.25, -0.5]),
        (-3.2, [-2, -2.5, -1.5, -3, -3.5], [-3.25, -3.625, -2.875]),
        (-9.0, [-2, -2.5, -1.5, -3, -3.5], [-3.5, -3.875, -3.125, -4.25]),
        (9.0, [-2, -2.5, -1.5, -1, -0.5], [-0.5, -0.875, -0.125, 0.25]),
    ],
)
def test_order_and_number(best, first, second):
    """The middle, below, above, then beyond the best while it is an end; at most 5, and 4."""
    landscape = Landscape(best)
    found = confirm(landscape, Found(suggestion=0.01), updates=1600)
    assert landscape.places == {200: first, 400: second}
    assert [(t.peak, t.updates) for t in found.trials] == landscape.calls
    assert found.cost == 200 * len(first) + 400 * len(second)


@given(PLACES, PLACES)
def test_peaks_are_eighths_of_a_decade(best, start):
    landscape = Landscape(best)
    confirm(landscape, Found(suggestion=10**start), updates=1600)
    for places in landscape.places.values():
        assert all((8 * place).is_integer() for place in places)
        assert len(set(places)) == len(places) >= 3
    assert abs(landscape.places[200][0] - start) <= 1 / 16 + 1e-9


@pytest.mark.parametrize(("per_decade", "lower"), [(10, 0.15), (20, 0.15), (40, 0), (80, 0)])
def test_a_coarse_sweep_is_begun_below(per_decade, lower):
    start = suggest(sweep(per_decade=per_decade, noise=0.01))
    landscape = Landscape(-1)
    confirm(landscape, start, updates=1600)
    first = landscape.places[200][0]
    assert first == round(8 * (math.log10(start.rate) - lower)) / 8


def test_noise_moves_it_little():
    start = Found(suggestion=0.02)
    errors = [
        math.log10(confirm(Landscape(noise=0.02, seed=k), start, updates=1600).rate) + 2.03
        for k in range(200)
    ]
    assert abs(np.mean(errors)) < 0.01
    assert np.std(errors) < 0.05
    assert np.max(np.abs(errors)) < 0.15


@given(PLACES, st.floats(-1.5, 1.5), st.floats(0.05, 20), st.integers(1, 3000), st.floats(-1, 2))
def test_never_spends_more_than_the_budget(best, off, budget, updates, cliff):
    landscape = Landscape(best, cliff=best + cliff)
    start = Found(suggestion=10 ** (best + off), cost=281)
    short, long = (max(1, round(updates / parts)) for parts in (8, 4))
    if budget * updates < 3 * short:
        with pytest.raises(ValueError, match=f"`budget` must be worth at least {3 * short} upd"):
            confirm(landscape, start, updates=updates, budget=budget)
        assert landscape.calls == []
        return
    found = confirm(landscape, start, updates=updates, budget=budget)
    spent = sum(length for _, length in landscape.calls)
    assert spent <= budget * updates
    assert found.cost == 281 + spent
    assert [(t.peak, t.updates) for t in found.trials] == landscape.calls
    assert len(set(landscape.calls)) == len(landscape.calls)
    assert {length for _, length in landscape.calls} <= {short, long}
    counts = [len(places) for places in landscape.places.values()]
    assert 3 <= counts[0] <= 5
    assert all(count <= 4 for count in counts[1:])
    # What is left undone would not have been paid for.
    if short < long and len(counts) == 1:
        assert spent + long > budget * updates
    if found:
        assert math.log10(found.rate) <= best + cliff
        fine = [t.peak for t in found.trials if not t.diverged]
        assert min(fine) * 10**-0.281 <= found.rate <= max(fine)


def test_a_cliff_before_the_bottom():
    """The best peak is the last that holds; the answer is half a step below it."""
    landscape = Landscape(-1.0, cliff=-1.4)
    found = confirm(landscape, Found(suggestion=10**-1.5), updates=1600)
    assert landscape.places == {
        200: [-1.5, -2, -1],
        400: [
            -1.75,
            -2.125,
            -1.375,
        ],
    }
    assert [t.diverged for t in found.trials] == [False, False, True, False, False, True]
    wanted = 0.25 * (-1.5 - 0.5 / 2) + 0.75 * (-1.75 - 0.375 / 2) - 0.03
    assert math.log10(found.rate) == pytest.approx(wanted, abs=1e-6)


def test_all_diverge():
    landscape = Landscape(cliff=-9)
    found = confirm(landscape, Found(suggestion=0.1, low=0.01, high=1.0), updates=1600)
    assert landscape.places == {
        200: [-1, -1.5, -0.5, -2, -2.5],
        400: [-2.5, -2.875, -2.125, -3.25],
    }
    assert not found
    assert found.reason.startswith("All 9 trainings diverged, with peaks from 0.000562 to 0.316.")
    assert (found.effort, found.low, found.high, found.cost) == ("confirm", None, None, 2600)


def test_trainings_that_all_end_alike_say_nothing():
    """As a rate of errors on a few examples does."""
    calls = []

    def train(peak, updates):
        calls.append((peak, updates))
        return 0.0

    found = confirm(train, Found(suggestion=0.01, low=0.001, high=0.1), updates=800)
    assert not found
    assert found.reason.startswith("All trainings of 200 updates ended alike, at 0.")
    assert (found.low, found.high) == (None, None)
    assert len(calls) == 6  # no way to go was shown


def test_a_tie_of_two_is_no_tie_of_all():
    found = confirm(
        lambda p, n: max(abs(math.log10(p) + 2), 0.6), Found(suggestion=0.01), updates=800
    )
    assert found


@pytest.mark.parametrize("rate", [0.3, 1e-4])
def test_the_range_holds_the_rate(rate):
    start = Found(suggestion=rate, low=0.001, high=0.1)
    found = confirm(Landscape(math.log10(rate)), start, updates=1600)
    assert found.low <= found.rate <= found.high


def test_all_of_the_longer_diverge():
    """No peak is known to hold."""

    def train(peak, updates):
        return math.nan if updates == 400 else (math.log10(peak) + 2) ** 2

    found = confirm(train, Found(suggestion=0.01), updates=1600)
    assert not found
    assert found.reason.startswith(
        "All 4 trainings of 400 updates diverged, with peaks from 0.00178 to 0.0237."
    )


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_from_a_rate_far_too_high_it_comes_down(bad):
    """All of the first round are above the cliff: the second goes on below it."""

    def train(peak, updates):
        return bad if peak > 10**-2.6 else (math.log10(peak) + 3) ** 2

    found = confirm(train, Found(suggestion=0.1), updates=1600)
    assert [trial.diverged for trial in found.trials] == [True] * 6 + [False, True, False]
    assert math.log10(found.rate) == pytest.approx(-2.875 - 0.375 / 2 - 0.03, abs=1e-6)


def test_a_refused_start_is_returned_as_it_is():
    start = Found(reason="Raise lr_max.")
    landscape = Landscape()
    assert confirm(landscape, start, updates=100) is start
    assert landscape.calls == []


def test_the_rest_of_the_start_is_kept():
    start = Found(suggestion=0.02, low=0.001, high=0.1, rules={"geo": 0.02}, rates=np.ones(3))
    found = confirm(Landscape(), start, updates=1600)
    assert (found.low, found.high, found.rules) == (0.001, 0.1, {"geo": 0.02})
    assert found.rates is start.rates


def test_what_train_raises_is_passed_on():
    def train(peak, updates):
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        confirm(train, Found(suggestion=0.1), updates=100)


def test_a_large_budget_buys_no_more():
    assert search(Landscape(), 0.02, updates=1600, budget=20.0) == search(
        Landscape(), 0.02, updates=1600, budget=2.0
    )


@pytest.mark.parametrize("updates", [1, 2, 3, 5])
def test_where_the_second_round_would_be_no_longer_there_is_none(updates):
    landscape = Landscape(-1.1)
    found = confirm(landscape, Found(suggestion=0.1), updates=updates, budget=20)
    assert landscape.places == {1: [-1, -1.5, -0.5]}
    assert math.log10(found.rate) == pytest.approx(-1.13)


@given(st.integers(1, 5000))
def test_the_least_budget(updates):
    """What a sweep leaves holds to the update, and the budget that a refusal names is enough."""
    least = 3 * max(1, round(updates / 8))
    left = 2.0 - (2 * updates - least) / updates
    trials = search(Landscape(), 0.01, updates=updates, budget=left)
    assert sum(trial.updates for trial in trials) == least
    with pytest.raises(ValueError, match="With updates=") as error:
        search(Landscape(), 0.01, updates=updates, budget=left * (1 - 1e-3) - 1e-3)
    named = float(str(error.value).rpartition("budget=")[2].rstrip("."))
    assert len(search(Landscape(), 0.01, updates=updates, budget=named)) >= 3


def test_bad_input():
    with pytest.raises(TypeError, match="`start` must be a Found, got one of type float"):
        confirm(Landscape(), 0.1, updates=10)
    with pytest.raises(ValueError, match="`updates` must be a whole number"):
        confirm(Landscape(), Found(suggestion=0.1), updates=0)
    with pytest.raises(ValueError, match="`budget` must be positive"):
        confirm(Landscape(), Found(suggestion=0.1), updates=10, budget=0)
    with pytest.raises(ValueError, match=r"With updates=4 that is budget=0\.75"):
        confirm(Landscape(), Found(suggestion=0.1), updates=4, budget=0.5)
