"""The record: schedule, table, JSON."""

import json
import math

import pytest

from lrkit import cosine, hold, warmup
from lrkit.finder import Found, Trial, confirm, suggest
from lrkit.finder.report import SWEEP_ERROR
from tests.finder.synthetic import sweep


def confirmed():
    def train(peak, updates):
        return math.nan if peak > 0.1 else (math.log10(peak) + 1.6) ** 2 + 10 / updates

    return confirm(train, suggest(sweep()), updates=800)


def test_schedule_of_the_found_height():
    found = Found(suggestion=0.01)
    shape = warmup(50) >> cosine(950)
    assert found.schedule(shape) == 0.01 * shape
    assert found.schedule("warmup(50) >> cosine(950)") == 0.01 * shape
    with pytest.raises(ValueError, match=r"`shape` must have the peak 1, got shape=0.001 \* cosin"):
        found.schedule(0.001 * cosine(10))
    with pytest.raises(ValueError, match=r"with the peak 2. Leave its height out"):
        found.schedule(hold(3, value=2.0))
    with pytest.raises(TypeError, match="`shape` must be a schedule or its text"):
        found.schedule(0.1)
    with pytest.raises(ValueError, match=r"must be a suggestion, got none. Raise lr_max."):
        Found(reason="Raise lr_max.").schedule("cosine(10)")


def test_table_of_a_sweep():
    found = suggest(sweep())
    text = str(found)
    rows = dict((line[:13].strip(), line[15:]) for line in text.splitlines() if line[:1] != " ")
    assert rows["learning rate"] == f"{found.rate:.3g}"
    assert rows["range"] == f"{found.low:.3g} to {found.high:.3g}"
    assert rows["spread"].startswith(f"{found.spread:.2f} decades")
    assert rows["effort"] == f"sweep: {found.cost} updates"
    assert text.splitlines()[-1].startswith(
        f"A sweep alone had a median error of about {SWEEP_ERROR} decades"
    )
    assert all(name in text for name in found.rules)
    assert max(map(len, text.splitlines())) <= 88
    assert text.isascii()


def test_table_of_repeats_and_of_a_confirmation():
    assert "3 sweeps, " in str(suggest([sweep(seed) for seed in range(3)]))
    found = confirmed()
    assert f"confirm: {len(found.trials)} trainings, {found.cost:,} updates in all" in str(found)
    assert "median error" not in str(found)


@pytest.mark.parametrize(
    "found",
    [
        Found(),
        suggest(sweep()),
        suggest([sweep(seed) for seed in range(2)]),
        suggest(sweep(noise=0.0)),
        confirmed(),
    ],
    ids=["nothing", "sweep", "repeats", "noiseless", "confirm"],
)
def test_json_round_trip(found):
    document = found.to_dict()
    assert json.loads(json.dumps(document, allow_nan=False)) == document
    assert document["suggestion"] == found.suggestion
    assert document["rates"] == found.rates.tolist()
    assert document["losses"] == found.losses.tolist()
    assert len(document["trials"]) == len(found.trials)
    assert len(document["repeats"]) == len(found.repeats)
    for written, trial in zip(document["trials"], found.trials, strict=True):
        loss = written.pop("loss")
        assert Trial(loss=math.nan if loss is None else loss, **written).peak == trial.peak


def test_repr():
    assert repr(suggest(sweep())).startswith("<Found: 0.0")
    assert repr(confirmed()).endswith("confirm>")
    assert repr(sweep()) == "<Curve: 254 records from 1e-06 to 2.11, diverged>"
