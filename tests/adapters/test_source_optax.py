"""The code for optax: the rates of the schedule in a jitted update, one by one and all at once."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from hypothesis import given, settings

from lrkit import hold, like, linear, to_source
from tests.adapters.like_optax_draws import DRAWS, built, calls
from tests.adapters.optax_peer import decided_by_rounding, highest
from tests.adapters.source_cases import CASES, is_refused, names_of, peak_of, steps_to_compare
from tests.strategies import build, expressions

CLOSE = 1e-6


def rates(s, steps):
    schedule = names_of(s, "optax")["learning_rate"]
    return np.array(jax.jit(jax.vmap(schedule))(jnp.array(steps, jnp.int32)), np.float64)


def assert_same(s, steps, peak, close=CLOSE):
    found = rates(s, steps)
    assert found == pytest.approx(s(steps), rel=0, abs=close * peak), to_source(s, "optax")


@pytest.mark.parametrize("s", CASES, ids=repr)
def test_every_step(s):
    steps = steps_to_compare(s)
    assert_same(s, steps, np.abs(s(steps)).max())


@settings(max_examples=20, derandomize=True)
@given(expressions())
def test_any_schedule(text):
    s = build(text)
    if is_refused(s, "optax"):
        return
    assert_same(s, steps_to_compare(s), peak_of(text))


@pytest.mark.parametrize("s", [CASES[0], CASES[13], CASES[25]], ids=repr)
def test_an_optimizer_takes_it_in_jit(s):
    optimizer = optax.sgd(names_of(s, "optax")["learning_rate"])
    state, params = optimizer.init(jnp.ones(2)), jnp.ones(2)
    update = jax.jit(optimizer.update)
    peak = np.abs(s.values(100)).max()
    for step in range(60):
        change, state = update(jnp.ones(2), state, params)
        assert change == pytest.approx(-s(step), abs=CLOSE * peak)


@pytest.mark.parametrize("name", DRAWS)
def test_calls_of_like_become_that_call(name):
    for arguments in calls(name, 6):
        s = built(like.optax, name, arguments)
        assert f"optax.{name}(" in to_source(s, "optax")
        steps = np.arange(60)
        found, wanted = rates(s, steps), s(steps)
        for step in decided_by_rounding(name, arguments):
            if step < 60:
                found[step] = wanted[step]
        peak = max(np.abs(wanted).max(), highest(arguments))
        assert found == pytest.approx(wanted, rel=0, abs=4e-6 * peak), to_source(s, "optax")


def test_other_schedules_inside_a_call():
    s = like.optax.join_schedules(
        [0.1 * linear(5).staircase(2.5), 0.1 * hold(), like.optax.linear_schedule(0.1, 0.0, 9)],
        [6, 9],
    )
    assert_same(s, np.arange(30), 0.1)
