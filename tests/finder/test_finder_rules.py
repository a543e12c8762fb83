"""Rules and readings on curves with known answers; the peers' against slow versions of theirs."""

import math

import numpy as np
import pytest

from lrkit.finder import Curve, Stop, Sweep, rules, smooth, suggest
from tests.finder.peers_reference import PEERS
from tests.finder.synthetic import clean, sweep


def test_readings_of_a_clean_curve():
    """A fall from 2 by 1 along a cosine between 1e-4 and 1e-2, then flat, then a wall."""
    rates = Sweep(1e-6, 1.0, 100).rates
    x = np.log10(rates)
    losses = 2 - 0.5 * (1 - np.cos(np.pi * np.clip((x + 4) / 2, 0, 1)))
    losses += np.where(x > -1, (x + 1) * 20, 0) + 1e-3 * np.abs(x + 1.5)
    curve = Curve(rates, losses)
    assert curve.plateau == pytest.approx(2, abs=0.01)
    assert curve.drop == pytest.approx(1, abs=0.02)
    # The Gaussian is 0.18 decades wide, and symmetric: the middle of the fall stays where it was.
    assert curve.crossing(0.5) == pytest.approx(1e-3, rel=0.05)
    assert math.log10(rules["steepest"](curve)) == pytest.approx(-3, abs=0.05)
    assert math.log10(rules["descent90"](curve)) == pytest.approx(-2.36, abs=0.1)
    assert -1.9 < math.log10(rates[curve.minimum]) < -1.0
    middle = (math.log10(curve.crossing(0.5)) + math.log10(rates[curve.minimum])) / 2
    assert math.log10(rules["geo"](curve)) == pytest.approx(middle)
    assert rules["min10"](curve) == rates[curve.minimum] / 10
    assert curve.diverged
    assert -1 < math.log10(curve.limit) < -0.8


def test_smoothing_by_its_formula():
    losses = np.random.default_rng(0).standard_normal(60)
    n, sd = 60, max(1.5, 0.03 * 60)
    medians = [np.median(losses[max(i - 2, 0) : i + 3]) for i in range(n)]
    weights = np.exp(-((np.arange(n)[:, None] - np.arange(n)) ** 2) / (2 * sd**2))
    expected = weights @ medians / weights.sum(axis=1)
    np.testing.assert_allclose(smooth(losses), expected, atol=2e-3)


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("name", PEERS)
def test_peers_by_slow_versions(name, seed):
    curve = sweep(seed, noise=(0.02, 0.1, 0.3)[seed % 3], centre=-3.5 + seed % 4, wall=seed % 2)
    rates, losses = (row.tolist() for row in curve.given)
    assert rules[name](curve) == pytest.approx(PEERS[name](rates, losses), rel=1e-12)


@pytest.mark.parametrize("name", PEERS)
def test_peers_with_a_loss_that_is_not_a_number(name):
    rates = Sweep().rates
    losses = clean(rates, wall=5)
    losses[200:] = math.nan
    found = rules[name](Curve(rates, losses))
    if name == "torch_lr_finder":  # its smallest slope is the first nan
        assert found == rates[199]
    else:
        assert found == pytest.approx(PEERS[name](rates.tolist(), losses.tolist()))


@pytest.mark.parametrize("name", [*rules])
def test_no_rule_fails_on_little(name):
    for count in (1, 2, 5, 12, 20):
        rates = np.geomspace(1e-3, 1, count) if count > 1 else [1e-3]
        for losses in (np.ones(count), -np.arange(count), np.arange(count), [math.nan] * count):
            curve = Curve(rates, losses)
            if len(curve) or name in PEERS:
                found = rules[name](curve)
                assert found is None or found > 0


def test_negative_losses_stop_where_positive_ones_do():
    curve = sweep()
    stop = Stop()
    ends = [stop(loss - 50) for loss in curve.losses]
    assert ends[-1]
    assert not any(ends[:-1])
    assert 1 < curve.rates[-1] < 3


def test_a_noisy_loss_does_not_stop_early():
    for seed in range(50):
        losses = np.random.default_rng(seed).standard_t(3, 281)
        stop = Stop()
        assert not any([stop(loss) for loss in losses])


def test_a_float32_flutter_does_not_stop():
    stop = Stop(updates=50)
    assert not any([stop(2.3026 + 2e-7 * (k > 10)) for k in range(50)])


@pytest.mark.parametrize("noise", [0.05, 0.15, 0.3, 0.5])
@pytest.mark.parametrize("rule", ["basin", "geo"])
def test_spread_is_that_of_real_repeats(rule, noise):
    """Within a factor of two, or the distance of two records: finer nothing is read."""
    curves = [sweep(seed, noise) for seed in range(60)]
    real = np.std([math.log10(rules[rule](curve)) for curve in curves], ddof=1)
    told = np.median([suggest(curve, rule=rule).spread for curve in curves[:8]])
    assert real / 2 < told < max(2 * real, real + 1 / 40)


def test_repeats_give_the_median_and_their_spread():
    curves = [sweep(seed, 0.2) for seed in range(5)]
    found = suggest(curves)
    alone = [suggest(curve).rate for curve in curves]
    assert found.rate == pytest.approx(sorted(alone)[2])
    assert found.spread == pytest.approx(np.std(np.log10(alone), ddof=1))
    assert found.cost == sum(len(curve.given[0]) for curve in curves)
    assert len(found.repeats) == 4
    assert rules["basin"](Curve(found.rates, found.losses)) == pytest.approx(found.rate)


def test_the_range_holds_the_suggestion():
    """In a flat basin noise may put the lowest loss below the middle of it."""
    for seed in range(30):
        found = suggest(sweep(seed, noise=0.3))
        lowest = found.rates[np.argmin(found.smooth)]
        assert found.low < found.rate <= found.high == max(lowest, found.rate)
        for rule in found.rules if seed < 3 else ():
            other = suggest(sweep(seed, noise=0.3), rule=rule)
            assert (other.low, other.high) == (
                min(found.low, other.rate),
                max(lowest, other.rate),
            )


def test_a_plateau_that_wanders_is_no_part_of_the_range():
    """A dip by a third of the fall long before it, which comes back."""
    curve = sweep(noise=0.01)
    dip = 0.5 * np.exp(-(((np.log10(curve.rates) + 4.5) / 0.3) ** 2))
    moved = Curve(curve.rates, curve.losses - dip)
    assert moved.crossing(0.2) < 1e-4
    assert suggest(moved).low == pytest.approx(suggest(curve).low, rel=0.1)
    assert suggest(curve).low == curve.crossing(0.2)


def test_same_seed_same_answer():
    assert suggest(sweep(), seed=3).spread == suggest(sweep(), seed=3).spread


def test_bad_input():
    with pytest.raises(ValueError, match=r"Sweep: `lr_max` must be above lr_min=1.0, got lr_max=1"):
        Sweep(1.0, 1)
    with pytest.raises(ValueError, match="`lr_min` must be positive, got lr_min=0"):
        Sweep(0)
    with pytest.raises(ValueError, match="`per_decade` must be positive"):
        Sweep(per_decade=0)
    with pytest.raises(ValueError, match="as many, at least one of each, got 2 rates and 1 losses"):
        Curve([1, 2], [1])
    with pytest.raises(ValueError, match="`rates` must be growing"):
        Curve([1, 1], [1, 2])
    with pytest.raises(ValueError, match="`rates` must be positive and finite"):
        Curve([0, 1], [1, 2])
    with pytest.raises(ValueError, match=r"one row of numbers, got an array of shape \(2, 2\)"):
        Curve([[1, 2], [1, 2]], [1, 2])
    with pytest.raises(ValueError, match="`losses` must be finite numbers in one row"):
        smooth([1.0, math.nan])
    with pytest.raises(ValueError, match="`part` must be above 0 and at most 1, got part=2"):
        sweep().crossing(2)
    with pytest.raises(ValueError, match=r"last_below: `part` must be above 0 and at most 1, got"):
        sweep().last_below(0)
    with pytest.raises(ValueError, match=r"`updates` must be a whole number of 1 or more"):
        Stop(updates=0)
    with pytest.raises(ValueError, match=r"`rule` must be one of .* The nearest is 'geo'"):
        suggest(sweep(), rule="goe")
    with pytest.raises(ValueError, match="at least one Curve, got none"):
        suggest([])
    with pytest.raises(TypeError, match="must be a Curve or several, got one of type int"):
        suggest([1])
