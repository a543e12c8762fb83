"""Whatever JAX and optax do with an optimizer, each update has the numbers of its schedules."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from jax.sharding import Mesh, PartitionSpec

from lrkit import cosine, hold, linear, warmup
from lrkit.optax import hyperparameters, scheduled, updates
from tests.adapters.optax_training import (
    assert_equal,
    assert_near,
    grads_at,
    last,
    layers,
    params,
    train,
)

LR = 0.1 * (warmup(3) >> cosine(9))
ADAM = scheduled(optax.adam, learning_rate=LR, b1=linear(12, start=0.9, stop=0.5))
SGD = scheduled(optax.sgd, learning_rate=LR)
ONE = jnp.ones(1)


def rates(changes):
    """The rates of updates of `ONE` by gradients of 1."""
    return [-float(change[0]) for change in changes]


def planned(*numbers):
    return pytest.approx([LR(k) for k in numbers], abs=1e-8)


def test_eager_and_compiled_are_the_same():
    state, changes = SGD.init(ONE), []
    for _ in range(4):
        change, state = SGD.update(ONE, state)
        changes.append(change)
    assert rates(changes) == planned(0, 1, 2, 3)


def test_scan():
    def step(carry, grads):
        tree, state = carry
        changes, state = ADAM.update(grads, state, tree)
        return (optax.apply_updates(tree, changes), state), hyperparameters(state)

    several = [grads_at(k, params()) for k in range(5)]
    stacked = jax.tree.map(lambda *leaves: jnp.stack(leaves), *several)
    (tree, state), seen = jax.lax.scan(step, (params(), ADAM.init(params())), stacked)
    assert_near(tree, last(ADAM, 5))
    assert int(updates(state)) == 5
    np.testing.assert_allclose(seen["learning_rate"], [LR(k) for k in range(5)], rtol=1e-6)


def test_scan_with_low_precision():
    """The carry keeps its dtypes, or `scan` would refuse it."""
    tree = params("bfloat16")
    made = scheduled(optax.adamw, learning_rate=LR, b1=0.9 * hold(), weight_decay=0.1 * hold())

    def step(state, _):
        changes, state = made.update(tree, state, tree)
        return state, changes

    state, changes = jax.lax.scan(step, made.init(tree), length=3)
    assert int(updates(state)) == 3
    assert {c.dtype for c in jax.tree.leaves(changes)} == {jnp.dtype("bfloat16")}


def test_vmap():
    """Two members of an ensemble, at different counts."""
    state = jax.vmap(SGD.init)(jnp.ones((2, 1)))
    state = state._replace(count=jnp.array([2, 7], jnp.int32))
    changes, state = jax.jit(jax.vmap(SGD.update))(jnp.ones((2, 1)), state)
    assert rates(changes) == planned(2, 7)
    assert updates(state).tolist() == [3, 8]


def test_vmap_over_a_number():
    """A number may be traced itself: here one training for each momentum."""

    def change(momentum):
        made = scheduled(optax.sgd, learning_rate=LR, momentum=momentum)
        state = made.init(ONE)
        for _ in range(3):
            changes, state = made.update(ONE, state)
        return changes

    got = jax.vmap(change)(jnp.array([0.0, 0.5]))
    assert rates(got) == pytest.approx([LR(2), 1.75 * LR(2)], rel=1e-6)


def test_grad_through_updates():
    """As in meta-learning: here of the weight after two updates, by the weight before."""

    def after(weight):
        state = SGD.init(weight)._replace(count=jnp.int32(1))
        for _ in range(2):
            changes, state = SGD.update(jax.grad(lambda w: w**2)(weight), state)
            weight = optax.apply_updates(weight, changes)
        return weight

    expected = (1 - 2 * LR(1)) * (1 - 2 * LR(2))
    assert float(jax.jit(jax.grad(after))(3.0)) == pytest.approx(expected, rel=1e-6)


two = pytest.mark.skipif(jax.device_count() < 2, reason="the runner gives JAX two devices")


@two
def test_pmap():
    @partial(jax.pmap, axis_name="batch")
    def update(grads, state):
        return SGD.update(jax.lax.pmean(grads, "batch"), state)

    state = jax.tree.map(lambda x: jnp.stack([x, x]), SGD.init(ONE))
    changes = []
    for _ in range(3):
        change, state = update(jnp.array([[0.5], [1.5]]), state)
        changes.append(change[1])
    assert rates(changes) == planned(0, 1, 2)
    assert updates(state).tolist() == [3, 3]


@two
def test_shard_map():
    mesh = Mesh(np.array(jax.devices()[:2]), ("batch",))
    everywhere, split = PartitionSpec(), PartitionSpec("batch")
    shard_map = partial(jax.shard_map, mesh=mesh, out_specs=everywhere)

    @jax.jit
    @partial(shard_map, in_specs=(everywhere, everywhere, split))
    def step(tree, state, batch):
        loss = lambda w: jax.lax.pmean(jnp.mean(w * batch), "batch")  # noqa: E731
        changes, state = SGD.update(jax.grad(loss)(tree), state, tree)
        return optax.apply_updates(tree, changes), state

    tree, state, seen = ONE, SGD.init(ONE), []
    for _ in range(3):
        before = tree
        tree, state = step(tree, state, jnp.array([0.5, 1.5]))
        seen.append(tree - before)
    assert rates(seen) == pytest.approx([LR(0), LR(1), LR(2)], abs=1e-6)
    assert int(updates(state)) == 3


def test_multi_steps_counts_updates():
    every = optax.MultiSteps(SGD, every_k_schedule=4)
    state = every.init(ONE)
    update = jax.jit(every.update)
    changes = []
    for batch in range(12):
        assert int(updates(state)) == batch // 4
        change, state = update(ONE, state, ONE)
        changes.append(change)
    assert rates(changes[3::4]) == planned(0, 1, 2)
    assert rates(changes[:3]) == [0.0] * 3
    assert float(hyperparameters(state)["learning_rate"]) == pytest.approx(LR(2))


def test_multi_steps_with_low_precision():
    """A slot that widens to float32 would not fit the one before: optax#377."""
    made = scheduled(optax.adafactor, learning_rate=LR, decay_rate=0.8 * hold())
    state = train(optax.MultiSteps(made, 2), 4, params("bfloat16"))[-1][1]
    assert int(updates(state)) == 2


def test_apply_if_finite_does_not_advance_on_what_it_skips():
    safe = optax.apply_if_finite(SGD, max_consecutive_errors=5)
    state, changes = safe.init(ONE), []
    update = jax.jit(safe.update)
    for bad in (False, False, True, True, False, False):
        change, state = update(jnp.full(1, jnp.nan) if bad else ONE, state)
        changes.append(change)
    assert rates(changes) == pytest.approx([LR(0), LR(1), 0, 0, LR(2), LR(3)], abs=1e-8)
    assert int(updates(state)) == 4


def test_in_a_chain():
    made = optax.chain(optax.clip_by_global_norm(1.0), SGD, optax.scale(2.0))
    changes = jax.jit(made.update)(jnp.full(1, 5.0), made.init(ONE))
    state = changes[1]
    for k in range(1, 4):
        change, state = jax.jit(made.update)(jnp.full(1, 5.0), state)
        assert rates([change]) == pytest.approx([2 * LR(k)])
    assert int(updates(state)) == 4


def test_in_masked_and_in_partition():
    heads = {"encoder": False, "head": True}
    bodies = {"encoder": True, "head": False}
    masked = optax.chain(optax.masked(SGD, heads), optax.masked(optax.set_to_zero(), bodies))
    partition = optax.partition(
        {"slow": optax.set_to_zero(), "fast": SGD}, {"encoder": "slow", "head": "fast"}
    )
    for made in (masked, partition):
        tree, state = train(made, 3, layers())[-1]
        assert_equal(tree["encoder"], layers()["encoder"])
        assert_near(tree["head"], last(SGD, 3, layers())["head"])
        assert int(updates(state)) == 3


def test_more_arguments_go_through():
    plateau = partial(optax.contrib.reduce_on_plateau, patience=2, factor=0.1)

    def own(learning_rate):
        return optax.chain(optax.sgd(learning_rate), plateau())

    made = scheduled(own, learning_rate=LR)
    update = jax.jit(made.update)
    state, changes = made.init(ONE), []
    for _ in range(4):
        change, state = update(ONE, state, ONE, value=jnp.float32(1.0))
        changes.append(change)
    assert rates(changes)[1:4] == pytest.approx([LR(1), 0.1 * LR(2), 0.1 * LR(3)], rel=1e-6)


def test_specs_for_slots_are_made_as_for_any_optimizer():
    """`optax.tree_map_params` puts a stand-in in place of the parameters."""
    state = ADAM.init(params())
    specs = optax.tree_map_params(
        ADAM, lambda _: "like its parameter", state, transform_non_params=lambda _: "everywhere"
    )
    assert specs.count == specs.hyperparameters["b1"] == "everywhere"
    assert set(jax.tree.leaves(specs.inner[0].mu)) == {"like its parameter"}


def test_the_state_can_be_donated():
    state = ADAM.init(params())
    update = jax.jit(ADAM.update, donate_argnums=1)
    for k in range(3):
        _, state = update(grads_at(k, params()), state, params())
    assert int(updates(state)) == 3
