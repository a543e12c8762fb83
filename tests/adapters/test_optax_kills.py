"""Trainings that are killed at any moment go on in a fresh process, to the last bit."""

import jax
import numpy as np
import optax
import pytest

from lrkit.optax import scheduled
from tests.adapters.killed import KINDS
from tests.adapters.optax_soak import draw
from tests.adapters.optax_soak_run import EXTENDED_AT, LONGER, RATE
from tests.adapters.soaking import check_sample

FIRST, COUNT = 0, 3  # the seeds of the sample; the soak has more


def test_the_sample_has_kills_of_several_kinds():
    drawn = [draw(seed) for seed in range(FIRST, FIRST + COUNT)]
    assert len({moment.kind for moments in drawn for moment in moments}) >= 3
    assert max(map(len, drawn)) > 1
    many = {moment.kind for seed in range(50) for moment in draw(seed)}
    assert many == set(KINDS)


def test_killed_at_random_moments_the_results_are_the_same():
    """Weights, slots, counters and what was applied; also where the schedule is extended."""
    check_sample("tests.adapters.optax_soak", FIRST, COUNT)


def test_the_extension_is_another_schedule_with_the_same_past():
    assert RATE != LONGER
    assert LONGER.length > RATE.length
    assert [LONGER(k) for k in range(EXTENDED_AT)] == [RATE(k) for k in range(EXTENDED_AT)]


def test_a_state_that_is_loaded_brings_no_schedule_along():
    """Unlike in PyTorch, where loading overwrites what the resumed run was given."""
    old = scheduled(optax.sgd, learning_rate=RATE)
    state = old.init(np.zeros(1, "f4"))
    for _ in range(12):
        _, state = old.update(np.ones(1, "f4"), state)
    leaves = [np.array(leaf) for leaf in jax.tree.leaves(state)]
    new = scheduled(optax.sgd, learning_rate=LONGER)
    loaded = jax.tree.unflatten(jax.tree.structure(new.init(np.zeros(1, "f4"))), leaves)
    changes, _ = new.update(np.ones(1, "f4"), loaded)
    assert float(-changes[0]) == pytest.approx(LONGER(12))
    assert LONGER(12) > 1.1 * RATE(12)
