"""The rule `basin` and what it is refused by, against the formulas written out once more."""

import math
import statistics
from itertools import pairwise

import numpy as np
import pytest

from lrkit.finder import Curve, Sweep, rules
from tests.finder.synthetic import sweep


class Slow:
    """A curve record by record, in plain Python, from its finite losses."""

    def __init__(self, rates, losses):
        n = len(losses)
        plateau = losses[: max(5, n // 10)]
        self.start = statistics.median(plateau)
        of_start = 1.4826 * statistics.median(abs(loss - self.start) for loss in plateau)
        lowest = min(self.medians(losses))
        roof = self.start + max(2 * (self.start - lowest), 6 * of_start, 2.0**-20 * abs(self.start))
        self.width = max(1.5, 0.03 * n)
        self.smooth = self.gaussian(self.medians([min(loss, roof) for loss in losses]))
        least = self.smooth.index(min(self.smooth))
        self.drop = self.start - min(self.smooth)
        steps = [after - before for before, after in pairwise(losses)]
        reach = round(2 * self.width)
        # A step i is from record i to the next.
        around = steps[max(least - reach, 0) : least + reach]
        middle = statistics.median(around)
        between = statistics.median([abs(step) for step in steps[:least]] or [0.0])
        beside = statistics.median(abs(step - middle) for step in around)
        self.sigma = max(of_start, *(1.4826 * s / math.sqrt(2) for s in (between, beside)))
        inside = [
            rate
            for rate, loss in zip(rates, self.smooth, strict=True)
            if loss <= self.start - 0.8 * self.drop
        ]
        self.basin = math.sqrt(inside[0] * inside[-1]) if self.drop > 0 else None

    @staticmethod
    def medians(losses):
        return [statistics.median(losses[max(i - 2, 0) : i + 3]) for i in range(len(losses))]

    def gaussian(self, values):
        reach, found = math.ceil(4 * self.width), []
        for i in range(len(values)):
            near = range(max(i - reach, 0), min(i + reach + 1, len(values)))
            weights = [math.exp(-0.5 * ((i - j) / self.width) ** 2) for j in near]
            products = [w * values[j] for w, j in zip(weights, near, strict=True)]
            found.append(math.fsum(products) / math.fsum(weights))
        return found


CASES = [
    (seed, (0.02, 0.1, 0.3, 1.0)[seed % 4], (20, 40, 13.5)[seed % 3], -4 + seed % 4, seed % 2)
    for seed in range(24)
]


@pytest.mark.parametrize(("seed", "noise", "per_decade", "centre", "wall"), CASES)
@pytest.mark.parametrize("plus", [0.0, -2.5])
def test_by_a_slow_version(seed, noise, per_decade, centre, wall, plus):
    given = sweep(seed, noise, per_decade=per_decade, centre=centre, wall=wall)
    curve = Curve(given.rates, given.losses + plus)
    slow = Slow(curve.rates.tolist(), curve.losses.tolist())
    np.testing.assert_allclose(curve.smooth, slow.smooth, rtol=0, atol=1e-9)
    assert curve.sigma == pytest.approx(slow.sigma)
    assert rules["basin"](curve) == pytest.approx(slow.basin, rel=1e-12)
    deviation = slow.sigma / math.sqrt(2 * math.sqrt(math.pi) * slow.width)
    assert curve.drop_ratio == pytest.approx(max(slow.drop, 0) / deviation)


def test_of_a_trough_it_is_the_middle():
    """Walls at 1e-4 and 1e-1, however slanted its floor is: both are read, the lowest is not."""
    rates = Sweep(1e-6, 10.0, 40).rates
    x = np.log10(rates)
    for tilt in (-0.05, 0.0, 0.05):
        losses = 2 - np.where((x > -4) & (x < -1), 1.5 + tilt * (x + 2.5), 0)
        curve = Curve(rates, losses)
        assert math.log10(rules["basin"](curve)) == pytest.approx(-2.5, abs=0.03)
        walls = [math.log10(rate) for rate in (curve.crossing(0.5), curve.last_below(0.5))]
        assert walls == pytest.approx([-4, -1], abs=0.051)  # two records


def test_the_width_of_a_clean_trough():
    """S = L0 - cos of the log rate: within 0.8 of the fall as far as acos(0.8) of the middle."""
    rates = Sweep(1e-6, 1e2, 200).rates
    x = np.log10(rates)
    losses = 1 - np.cos(np.clip((x + 2) * 0.7, -np.pi / 2, np.pi / 2))
    curve = Curve(rates, losses)
    # A Gaussian of sd s takes exp(-(0.7 s)**2 / 2) of a cosine, at every place alike.
    half = math.acos(0.8) / 0.7
    first, last = (math.log10(r) for r in (curve.crossing(0.8), curve.last_below(0.8)))
    assert (first, last) == (pytest.approx(-2 - half, abs=0.02), pytest.approx(-2 + half, abs=0.02))


@pytest.mark.parametrize("seed", range(10))
def test_what_is_below_holds_the_minimum(seed):
    curve = sweep(seed, noise=0.3)
    lowest = curve.rates[curve.minimum]
    before = (0.0, math.inf)
    for part in (0.2, 0.5, 0.8, 0.95, 1):
        first, last = curve.crossing(part), curve.last_below(part)
        assert before[0] <= first <= lowest <= last <= before[1]
        before = (first, last)
    assert first == lowest == last
    flat = Curve(Sweep().rates, np.ones(281))
    assert (flat.crossing(0.8), flat.last_below(0.8), rules["basin"](flat)) == (None,) * 3


def test_noise_that_comes_with_the_rate_counts():
    """A model that gives the same for all inputs has no noise in the plateau."""
    rates = Sweep().rates
    noise = np.random.default_rng(0).standard_normal(len(rates))
    for level in (0.05, 0.2):
        losses = 2.3 + level * noise * (np.arange(len(rates)) > 60)
        curve = Curve(rates, losses)
        assert curve.sigma == pytest.approx(level, rel=0.4)
        assert curve.drop_ratio < 5


def test_noise_is_that_of_a_single_loss():
    told = [sweep(seed, noise=0.3).sigma for seed in range(100)]
    assert np.median(told) == pytest.approx(0.3, rel=0.1)
    assert min(told) > 0.2
    assert max(told) < 0.5
