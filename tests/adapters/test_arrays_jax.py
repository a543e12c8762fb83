"""Schedules in JAX: jitted, mapped, differentiated, with 32 and with 64 bits."""

from itertools import pairwise

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given

from lrkit import cosine, warmup
from tests.adapters.arrays import COMPOSED, LONG, assert_close, composed, steps_of
from tests.strategies import expressions


@pytest.mark.parametrize("s", COMPOSED + LONG, ids=str)
def test_eager(s):
    steps = steps_of(s)
    got = s(jnp.array(steps))
    assert got.dtype == jnp.float32
    assert_close(got, s, steps)


@pytest.mark.parametrize("s", COMPOSED + LONG, ids=str)
def test_jitted(s):
    """Once on one traced counter, as in a training step, and once on many."""
    steps = steps_of(s)
    one = jax.jit(s)
    assert one(jnp.int32(3)).shape == ()
    few = steps[::5]
    assert_close(np.array([one(jnp.int32(step)) for step in few]), s, few)
    assert_close(jax.jit(s)(jnp.array(steps)), s, steps)


@pytest.mark.parametrize("s", COMPOSED + LONG[:3], ids=str)
def test_mapped(s):
    steps = steps_of(s)
    assert_close(jax.vmap(s)(jnp.array(steps)), s, steps)


@given(expressions())
def test_any_composed_schedule(text):
    s, steps, height = composed(text)
    assert_close(s(jnp.array(steps)), s, steps, height)


@pytest.mark.parametrize("s", COMPOSED + LONG, ids=str)
def test_with_64_bits(s):
    steps = steps_of(s)
    with jax.enable_x64(True):
        got = s(jnp.array(steps, jnp.int64))
        assert got.dtype == jnp.float64
        wanted = np.array([s(step) for step in steps])
        peak = np.abs(wanted).max()
        np.testing.assert_allclose(np.asarray(got), wanted, rtol=0, atol=1e-12 * peak)


@pytest.mark.parametrize("dtype", ["uint8", "int16", "uint32"])
def test_other_counters(dtype):
    s = warmup(3) >> cosine(50)
    assert_close(s(jnp.array([0, 1, 30, 99], dtype)), s, [0, 1, 30, 99])


def test_shapes_and_floats():
    s = warmup(3) >> cosine(50)
    assert s(jnp.zeros((2, 0, 3), jnp.int32)).shape == (2, 0, 3)
    assert s(jnp.array([3.0, 1.5])).tolist() == [1.0, 0.5]
    assert s(jnp.array([3], jnp.bfloat16)).dtype == jnp.float32
    assert s.at([0, 3], jnp).tolist() == [0.0, 1.0]


@pytest.mark.parametrize("s", [s for s in COMPOSED if "sqrt(33" not in str(s)], ids=str)
def test_gradients_are_finite(s):
    """Between knots, and outside, where no piece has an infinite slope at an end."""
    knots = [t for t, _, _ in s.knots()[:40]]
    between = [(a + b) / 2 for a, b in pairwise(knots)]
    slopes = jax.vmap(jax.grad(s))(jnp.array([-5.0, *between, 1e6]))
    assert np.isfinite(slopes).all()
    assert slopes[0] == 0.0


def test_the_gradient_is_the_slope():
    assert jax.grad(2.0 * cosine(100))(50.0) == pytest.approx(-np.pi / 100, rel=1e-5)
