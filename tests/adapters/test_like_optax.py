"""like.optax gives what the installed optax gives, at every step."""

import pickle

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

import lrkit
from lrkit.like import optax as like
from tests.adapters.like_optax_draws import DRAWS, built, calls, harmonic
from tests.adapters.optax_peer import STEPS, decided_by_rounding, highest, rates

FLOAT32, FLOAT64 = 4e-6, 1e-9


def test_every_schedule_is_compared():
    own = {"inject_hyperparams", "inject_stateful_hyperparams"}  # no schedules, but take them
    offered = {name for name in vars(optax.schedules) if name[0].islower() and name[0] != "_"}
    assert offered - own == set(DRAWS) == set(like.__all__)


@pytest.mark.parametrize("x64", [False, True], ids=["float32", "float64"])
@pytest.mark.parametrize("name", DRAWS)
def test_every_step_is_the_peers(name, x64):
    for arguments in calls(name, 200 if x64 else 60):
        s = built(like, name, arguments)
        expected = rates(name, arguments, x64)
        for t, documented in decided_by_rounding(name, arguments).items():  # in DEVIATIONS
            expected[t] = documented
        tolerance = (FLOAT64 if x64 else FLOAT32) * max(np.abs(expected).max(), highest(arguments))
        assert s(np.arange(STEPS)) == pytest.approx(expected, rel=0, abs=tolerance), s
        assert [s(t) for t in range(STEPS)] == pytest.approx(expected, rel=0, abs=tolerance), s
        assert s(-3) == s(0)


@pytest.mark.parametrize("name", DRAWS)
def test_every_call_can_be_read_and_pickled(name):
    for arguments in calls(name):
        s = built(like, name, arguments)
        assert lrkit.read(repr(s)) == s
        assert pickle.loads(pickle.dumps(s)) == s
        assert lrkit.read(repr(s.expression)) == s.expression
        assert "like." not in repr(s.expression)


@pytest.mark.parametrize("name", DRAWS)
def test_jitted_with_a_counter_of_jax(name):
    counters = jnp.arange(STEPS, dtype=jnp.int32)
    for arguments in calls(name, 4):
        s = built(like, name, arguments)
        expected = s(np.arange(STEPS))
        found = jax.jit(jax.vmap(s))(counters)
        assert found == pytest.approx(expected, rel=0, abs=2e-6 * np.abs(expected).max()), s
        assert jax.jit(s)(counters[9]) == pytest.approx(found[9], rel=0, abs=1e-6 * highest_of(s))


def highest_of(s):
    return np.abs(s(np.arange(STEPS))).max()


def test_arguments_come_from_any_library():
    s = like.exponential_decay(jnp.float32(0.5), np.int64(10), np.float64(0.25), staircase=np.True_)
    assert s == like.exponential_decay(0.5, 10, 0.25, staircase=True)
    assert repr(s) == (
        "like.optax.exponential_decay(init_value=0.5, transition_steps=10, decay_rate=0.25, "
        "staircase=True)"
    )
    s = like.piecewise_constant_schedule(1.0, {np.int64(3): np.float32(0.5)})
    assert repr(s).endswith("(init_value=1.0, boundaries_and_scales={3: 0.5})")
    cycles = (
        {"init_value": 0.0, "peak_value": 1.0, "warmup_steps": 2, "decay_steps": n} for n in (8, 9)
    )
    assert like.sgdr_schedule(cycles).values(13)[[2, 8, 10]] == pytest.approx([1.0, 0.0, 1.0])


def test_lrkits_own_schedules_and_functions_are_joined():
    parts = [lrkit.linear(3), like.cosine_decay_schedule(0.5, 4), harmonic]
    s = like.join_schedules(parts, [5, 9], length=7)
    alone = [*parts[0].values(5), *parts[1].values(4), *map(harmonic, range(7)), harmonic(6)]
    assert s.values(17) == pytest.approx(alone, rel=1e-12)
    assert s.arguments["schedules"][0] is parts[0]
    assert lrkit.read(repr(s)) == s


def test_an_optimizer_takes_it():
    lr = like.warmup_cosine_decay_schedule(0.0, 0.1, 3, 9)
    optimizer = optax.sgd(lr)
    state, params = optimizer.init(jnp.ones(2)), jnp.ones(2)
    for step in range(12):
        change, state = jax.jit(optimizer.update)(jnp.ones(2), state, params)
        assert change == pytest.approx(-lr(step), abs=1e-8)
