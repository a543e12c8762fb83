"""A schedule is an optax schedule as it is."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from lrkit import cosine, hold, warmup

LR = 0.1 * (warmup(5) >> hold(5) | cosine(10, start=0.5, stop=0.1))


def train(optimizer, updates):
    """Parameters after each update of a small least-squares problem."""
    params = {"w": jnp.ones(3)}
    state = optimizer.init(params)

    @jax.jit
    def update(params, state):
        grads = jax.grad(lambda p: jnp.sum((p["w"] - jnp.arange(3.0)) ** 2))(params)
        changes, state = optimizer.update(grads, state, params)
        return optax.apply_updates(params, changes), state

    seen = []
    for _ in range(updates):
        params, state = update(params, state)
        seen.append(params["w"])
    return np.array(seen)


def test_sgd_moves_by_the_rate_of_each_update():
    params = np.ones(3)
    for step, got in enumerate(train(optax.sgd(LR), 25)):
        params = params - LR(step) * 2 * (params - np.arange(3.0))
        np.testing.assert_allclose(got, params, rtol=1e-5, atol=1e-6)


def test_adam_takes_it_like_a_schedule_of_its_own():
    own = optax.join_schedules(
        [
            optax.linear_schedule(0.0, 0.1, 5),
            lambda _: 0.1,
            optax.cosine_decay_schedule(0.05, 10, 0.2),
        ],
        [5, 10],
    )
    np.testing.assert_allclose(train(optax.adam(LR), 25), train(optax.adam(own), 25), rtol=1e-5)


def test_injected_and_scaled():
    optimizer = optax.inject_hyperparams(optax.adamw)(learning_rate=LR, weight_decay=0.01 * LR)
    state = optimizer.init(jnp.ones(3))
    for step in range(12):
        _, state = optimizer.update(jnp.ones(3), state, jnp.ones(3))
        assert state.hyperparams["learning_rate"] == pytest.approx(LR(step), abs=1e-7)
        assert state.hyperparams["weight_decay"] == pytest.approx(0.01 * LR(step), abs=1e-9)
    train(optax.chain(optax.scale_by_adam(), optax.scale_by_learning_rate(LR)), 2)
