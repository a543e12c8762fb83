"""`find` with probes in NumPy: what it asks of them, what it says, and what it spends."""

import math

import numpy as np
import pytest

from lrkit import hold, read, warmup
from lrkit.finder import Curve, Stop, Sweep, suggest
from lrkit.finder.probe import find
from tests.finder.probes import Linear, Told
from tests.finder.synthetic import clean, noise


def recorded(rates, seed, **given):
    """What a sweep of a fresh model records, up to the divergence."""
    probe, stop, losses = Linear(**given), Stop(updates=len(rates)), []
    with probe:
        for loss in probe.losses(rates, seed):
            losses.append(loss)
            if stop(loss):
                break
    return Curve(rates[: len(losses)], losses)


def test_a_sweep_alone():
    probe, told = Linear(), []
    found = find(probe, seed=3, progress=lambda *row: told.append(row))
    rates = Sweep().rates
    ((given, seed),) = probe.calls
    np.testing.assert_array_equal(given, rates)
    wanted = suggest(recorded(rates, 3))
    assert (seed, found.rate, found.effort, found.trials) == (3, wanted.rate, "sweep", ())
    np.testing.assert_array_equal(found.losses, wanted.losses)
    # No update after the divergence is asked for.
    assert found.diverged
    assert found.cost == probe.updates == len(told) < 281
    assert told == [("sweep", k, 281) for k in range(1, found.cost + 1)]
    assert (probe.entered, probe.left) == (1, [None])
    assert not probe.weights.any()


def test_the_sweep_that_is_asked_for():
    probe = Linear()
    found = find(probe, lr_min=1e-4, lr_max=100.0, per_decade=25, rule="steepest", updates=7)
    np.testing.assert_array_equal(probe.calls[0][0], Sweep(1e-4, 100.0, 25).rates)
    assert found.rule == "steepest"
    assert found.rate == found.rules["steepest"]


def test_repeats_have_other_batches():
    probe = Linear()
    found = find(probe, repeats=3, seed=5)
    assert probe.seeds == [5, 6, 7]
    wanted = suggest([recorded(Sweep().rates, seed) for seed in (5, 6, 7)])
    assert (found.rate, found.spread, found.cost) == (wanted.rate, wanted.spread, wanted.cost)
    assert len(found.repeats) == 2


@pytest.mark.parametrize("seed", [0, 4])
@pytest.mark.parametrize("schedule", ["warmup(5) >> cosine(95)", warmup(30) >> hold(10)])
def test_confirm(schedule, seed):
    probe, told = Linear(), []
    found = find(
        probe,
        effort="confirm",
        updates=1600,
        schedule=schedule,
        seed=seed,
        progress=lambda *row: told.append(row),
    )
    assert found
    assert found.effort == "confirm"
    np.testing.assert_array_equal(probe.calls[0][0], Sweep(per_decade=20).rates)
    assert set(probe.seeds) == {seed}
    # Each training has the whole shape, squeezed to its length, with its own peak as the height.
    shape = read(schedule) if isinstance(schedule, str) else schedule
    trainings = [rates for rates, _ in probe.calls[1:]]
    for rates, trial in zip(trainings, found.trials, strict=True):
        assert len(rates) == trial.updates in (200, 400)
        wanted = [trial.peak * shape.over(trial.updates)(k) for k in range(trial.updates)]
        np.testing.assert_allclose(rates, wanted, rtol=1e-12, atol=0)
    assert 3 <= probe.lengths.count(200) <= 5
    assert 3 <= probe.lengths.count(400) <= 4
    # The first is at what the sweep suggests, and lower by what a coarse one is too high.
    swept = suggest(recorded(Sweep(per_decade=20).rates, seed))
    place = math.log10(found.trials[0].peak)
    assert place == pytest.approx(round(8 * (math.log10(swept.rate) - 0.15)) / 8)
    assert found.low == min(swept.low, found.rate)
    assert (found.high, found.rules) == (max(swept.high, found.rate), swept.rules)
    # Progress is told after each update.
    assert found.cost == swept.cost + sum(trial.updates for trial in found.trials)
    assert [row[1:] for row in told if row[0] == "sweep"] == [
        (k, 141) for k in range(1, swept.cost + 1)
    ]
    rows = iter(row for row in told if row[0] == "training")
    for trial in found.trials:
        for k in range(1, trial.updates + 1):
            assert trial.diverged or next(rows) == ("training", k, trial.updates)
    assert not probe.weights.any()


def test_confirm_finds_the_best_peak():
    """Against full trainings of a grid of peaks, four in a decade, by their held-out loss."""
    shape, updates = read("warmup(5) >> cosine(95)"), 600
    factors = np.asarray(shape.over(updates)(np.arange(updates)))
    places = np.arange(-2.5, 0.76, 0.25)
    ends = []
    for place in places:
        probe = Linear(held=True)
        scores = []
        for seed in (11, 12, 13):
            with probe:
                for _ in probe.losses(10**place * factors, seed):
                    pass
                scores.append(probe.score())
        ends.append(min(np.mean(scores), 1e9))
    good = places[np.array(ends) <= 1.02 * min(ends)]
    assert good[-1] - good[0] < 1.3
    for seed in range(6):
        found = find(Linear(), effort="confirm", updates=updates, seed=seed)
        assert good[0] - 0.125 <= math.log10(found.rate) <= good[-1] + 0.125


def test_the_loss_of_a_training_is_the_mean_of_its_last_tenth():
    def losses(rates, seed):
        if len(rates) == 141:
            return clean(rates)
        return np.linspace(3, 1, len(rates)) + (math.log10(rates.max()) + 2) ** 2

    found = find(Told(losses), effort="confirm", updates=1600)
    for trial in found.trials:
        last = np.linspace(3, 1, trial.updates)[-trial.updates // 10 :].mean()
        wanted = last + (math.log10(trial.peak) + 2) ** 2
        assert trial.loss == pytest.approx(wanted, abs=0.01)  # a step away from the peak itself


def test_a_score_is_used_where_there_is_one():
    seen = []

    def score(rates):
        seen.append((math.log10(rates.max()) + 2.5) ** 2)
        return seen[-1]

    found = find(Told(at_first_nothing(-1), score), effort="confirm", updates=1600)
    assert [trial.loss for trial in found.trials] == seen
    assert math.log10(found.rate) == pytest.approx(-2.53, abs=0.01)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_a_training_ends_where_its_loss_is_no_number(bad):
    def losses(rates, seed):
        if len(rates) == 141:
            return clean(rates)
        rows = (math.log10(rates.max()) + 2) ** 2 * np.ones(len(rates))
        if rates.max() > 0.03:
            rows[10:] = bad
        return rows

    probe = Told(losses, score=lambda rates: (math.log10(rates.max()) + 2) ** 2)
    found = find(probe, effort="confirm", updates=1600)
    assert found.rate < 0.03
    assert [trial.diverged for trial in found.trials] == [t.peak > 0.03 for t in found.trials]
    assert any(trial.diverged for trial in found.trials)
    for count, trial in zip(probe.given[1:], found.trials, strict=True):
        assert count == (11 if trial.diverged else trial.updates)


def at_first_nothing(first):
    """Noise for the seeds up to `first`, then a descent; a valley for trainings."""

    def losses(rates, seed):
        if rates[-1] != 10:
            return np.full(len(rates), (math.log10(rates.max()) + 1.5) ** 2)
        return noise(rates, seed) if seed <= first else clean(rates)

    return losses


@pytest.mark.parametrize("repeats", [1, 2])
def test_a_second_sweep_where_the_first_shows_nothing(repeats):
    first = 5 + repeats - 1
    probe = Told(at_first_nothing(first))
    found = find(probe, effort="confirm", updates=2000, repeats=repeats, seed=5)
    assert found
    assert probe.lengths[: 2 * repeats] == [141] * repeats + [281] * repeats
    assert probe.seeds[: 2 * repeats] == [*range(5, 5 + 2 * repeats)]
    assert set(probe.seeds[2 * repeats :]) == {5}
    assert found.cost == sum(probe.given)
    # A fine sweep is not too high.
    fine = suggest(Curve(Sweep().rates, clean(Sweep().rates)))
    start = math.log10(found.trials[0].peak)
    assert start == pytest.approx(round(8 * math.log10(fine.rate)) / 8)
    assert math.log10(found.rate) == pytest.approx(-1.53, abs=0.01)


@pytest.mark.parametrize(
    ("given", "lengths"),
    [
        ({"effort": "confirm", "updates": 422}, [141, 281]),
        ({"effort": "confirm", "updates": 421}, [141]),  # half of the budget is for the trainings
        ({"effort": "confirm", "updates": 4000, "per_decade": 20}, [141]),
        ({"effort": "confirm", "updates": 4000, "per_decade": 40}, [281]),
        ({"effort": "sweep", "updates": 4000}, [281]),
        ({"effort": "confirm", "updates": 4000, "repeats": 2}, [141, 141, 281, 281]),
    ],
)
def test_what_shows_nothing_is_not_trained(given, lengths):
    probe = Told(noise)
    found = find(probe, **given)
    assert not found
    assert "there is no descent to read" in found.reason
    assert probe.lengths == lengths
    assert (found.effort, found.trials, found.cost) == ("sweep", (), sum(lengths))
    assert probe.left == [None]


REFUSED = {
    "equal": (lambda rates, seed: np.ones(len(rates)), "All losses are equal"),
    "no number": (lambda rates, seed: [math.nan], "The first loss is not finite"),
    "still falls": (lambda rates, seed: clean(rates, centre=0.5, wall=9), "Raise lr_max until"),
}


@pytest.mark.parametrize("effort", ["sweep", "confirm"])
@pytest.mark.parametrize("case", REFUSED)
def test_refusals_are_passed_through(case, effort):
    losses, words = REFUSED[case]
    found = find(Told(losses), effort=effort, updates=1000)
    assert not found
    assert words in found.reason


def test_all_trainings_diverge():
    def losses(rates, seed):
        return clean(rates) if rates[-1] == 10 else [1.0, math.nan]

    found = find(Told(losses), effort="confirm", updates=1000)
    assert found.reason.startswith("All 9 trainings diverged, with peaks from ")


@pytest.mark.parametrize("updates", [141, 142, 150, 200, 300, 1000, 10_000])
@pytest.mark.parametrize("kind", ["model", "second sweep", "all diverge", "goes down"])
def test_never_more_than_two_trainings(kind, updates):
    def losses(rates, seed):
        if rates[-1] == 10:
            rows = clean(rates, wall=9)
            rows[-1] += 5  # the whole sweep is paid for
            return noise(rates, seed) if kind == "second sweep" and seed == 0 else rows
        return np.full(len(rates), math.nan if kind == "all diverge" else math.log(rates.max()))

    probe = Linear() if kind == "model" else Told(losses)
    found = find(probe, effort="confirm", updates=updates)
    spent = probe.updates if kind == "model" else sum(probe.given)
    assert spent <= found.cost <= 2 * updates
    if found:
        assert len(found.trials) >= 3
