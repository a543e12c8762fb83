"""When there is no suggestion: each reason, with its way out."""

import math

import numpy as np
import pytest

from lrkit.finder import Curve, Found, Sweep, rules, suggest
from lrkit.finder.refusal import LEAST_DROP, refusal
from tests.finder.synthetic import clean, sweep

RATES = Sweep().rates


def noise(count, seed=0):
    return np.random.default_rng(seed).standard_normal(count)


REFUSED = {
    "trained": (sweep(fall=0.02, noise=0.1, wall=2), "there is no descent to read. A trained"),
    "rises": (Curve(RATES, 1 + np.geomspace(1e-3, 1, 281)), "there is no descent to read."),
    "still falls": (
        Curve(RATES, clean(RATES, centre=0.5, wall=9)),
        "The loss still falls at the highest rate, 10. Raise lr_max until it diverges.",
    ),
    "falls at once": (sweep(centre=-5.6, noise=0.01), "where it begins is not seen. Lower lr_min."),
    "few": (sweep(per_decade=3), "records with a finite loss, and a suggestion needs 30. Raise"),
    "few, then diverged": (
        Curve(RATES, np.where(np.arange(281) < 12, 1.0, math.nan)),
        "There are 12 records with a finite loss, and a suggestion needs 30. Raise per_decade, or "
        "lower lr_min.",
    ),
    "equal": (Curve(RATES, np.full(281, 0.7)), "All losses are equal: nothing was trained. Look"),
    "equal in float32": (
        Curve(RATES, 2.3026 + 1e-7 * noise(281)),
        "All losses are equal: nothing was trained.",
    ),
    "first is nan": (Curve(RATES, np.full(281, math.nan)), "The first loss is not finite: the"),
    "first is inf": (Curve(RATES, [math.inf, *[1.0] * 280]), "The first loss is not finite: the"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_reason(case):
    curve, words = REFUSED[case]
    found = suggest(curve)
    assert words in found.reason
    assert found.reason.endswith(".")
    assert not found
    assert (found.suggestion, found.low, found.high, found.spread) == (None,) * 4
    assert found.cost == len(curve.given[0])
    with pytest.raises(ValueError, match=r"^Found.rate: there must be a suggestion, got none\. "):
        _ = found.rate
    assert str(found).startswith("learning rate  none\n")
    assert str(found).endswith(found.reason)
    assert repr(found) == "<Found: nothing, sweep>"


def test_pure_noise_of_the_first_seeds_is_refused():
    assert not any(suggest(Curve(RATES, 2 + 0.2 * noise(281, seed))) for seed in range(30))


NOISES = {
    "normal": lambda random, n: random.standard_normal(n),
    "heavy tails": lambda random, n: random.standard_t(3, n),
    "spikes": lambda random, n: random.laplace(size=n),
}


@pytest.mark.parametrize("per_decade", [20, 40])
@pytest.mark.parametrize("kind", NOISES)
def test_pure_noise_is_refused(kind, per_decade):
    """99 times of 100: its smooth curve wanders, and so does the median of its first tenth."""
    rates = Sweep(per_decade=per_decade).rates
    draw = NOISES[kind]
    curves = [
        Curve(rates, 2 + 0.2 * draw(np.random.default_rng(seed), len(rates)))
        for seed in range(1000)
    ]
    assert sum(refusal(curve) is None for curve in curves) <= 10
    assert sum(curve.drop_ratio > LEAST_DROP for curve in curves) <= 20


@pytest.mark.parametrize(("per_decade", "noise"), [(20, 0.3), (40, 0.5), (80, 0.7)])
def test_a_clear_fall_is_not_refused(per_decade, noise):
    """A fall of 1.5 in noise of a fifth of it to a half."""
    for seed in range(100):
        curve = sweep(seed, noise, per_decade=per_decade)
        assert curve.drop_ratio > LEAST_DROP
        assert refusal(curve) is None


@pytest.mark.parametrize("seed", range(5))
def test_the_fall_that_is_refused_ends_at_five_deviations(seed):
    ratios = []
    for fall in np.linspace(0, 0.6, 61):
        curve = sweep(seed, noise=0.3, fall=fall)
        why = refusal(curve)
        assert (why is not None and "no descent to read" in why) is (curve.drop_ratio <= 5)
        ratios.append(curve.drop_ratio)
    assert min(ratios) < 5 < max(ratios)


def test_the_last_record_may_be_the_lowest_before_divergence():
    losses = clean(RATES, centre=-1, wall=9)
    losses[240:] = math.nan
    found = suggest(Curve(RATES, losses))
    assert found
    assert found.diverged
    assert found.high == RATES[239]
    assert found.limit is None


def test_a_rule_without_an_answer_is_a_reason():
    rates = np.geomspace(1e-4, 1, 31)
    x = np.log10(rates)
    curve = Curve(rates, 2 - np.clip(x + 3, 0, 1.8) + np.where(x > -2, 1e5 * (x + 2), 0))
    assert rules["fastai_slide"](curve) is None
    assert suggest(curve)
    assert suggest(curve, rule="fastai_slide").reason == (
        "The rule 'fastai_slide' finds no rate on this curve. Use rule='basin'."
    )


def test_of_repeats_the_most_decide():
    good, bad = sweep(), REFUSED["trained"][0]
    found = suggest([good, bad, good])
    assert found.rate == pytest.approx(suggest(good).rate)
    assert len(found.repeats) == 2
    refused = suggest([good, bad, bad])
    assert refused.reason.startswith("2 of 3 repeats have no answer. The loss falls by ")
    assert not refused
    with_nothing = suggest([REFUSED["first is nan"][0]] * 2)
    assert with_nothing.reason.startswith("2 of 2 repeats have no answer. The first loss is not")


def test_found_without_anything():
    assert not Found()
    assert Found(suggestion=0.1)


def test_a_sweep_that_was_stopped_has_diverged():
    """Whatever its own, shorter beginning says of the noise."""
    curve = Curve(np.geomspace(1e-4, 1, 40), np.ones(40), stopped=True)
    assert curve.diverged
    assert not Curve(np.geomspace(1e-4, 1, 40), np.ones(40)).diverged
