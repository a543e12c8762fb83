"""What the last update applied is found in whatever state holds it."""

import equinox as eqx
import jax
import jax.numpy as jnp
import optax
import pytest
from flax import nnx
from flax.training.train_state import TrainState

from lrkit import linear
from lrkit.optax import ScheduledState, hyperparameters, scheduled, updates

LR = linear(8)
SGD = scheduled(optax.sgd, learning_rate=LR, momentum=0.5)
TREE = {"a": jnp.ones(2), "b": jnp.ones(1)}

NESTS = {
    "alone": SGD,
    "chain": optax.chain(optax.clip(1.0), SGD, optax.scale(1.0)),
    "named_chain": optax.named_chain(("clip", optax.clip(1.0)), ("sgd", SGD)),
    "masked": optax.masked(SGD, {"a": True, "b": False}),
    "partition": optax.partition({"x": SGD, "y": optax.adam(0.1)}, {"a": "x", "b": "y"}),
    "multi_steps": optax.MultiSteps(SGD, 1),
    "apply_if_finite": optax.apply_if_finite(SGD, 3),
    "flatten": optax.flatten(SGD),
    "inject_hyperparams": optax.inject_hyperparams(lambda x: optax.chain(SGD, optax.scale(x)))(1.0),
    "within_another": optax.chain(optax.chain(optax.masked(optax.MultiSteps(SGD, 1), True))),
}  # fmt: skip


@pytest.mark.parametrize("nest", NESTS)
def test_in_a_nest(nest):
    made = NESTS[nest]
    state = made.init(TREE)
    assert int(updates(state)) == 0
    assert hyperparameters(state) == {"learning_rate": 1.0, "momentum": 0.5}
    for k in range(2):
        _, state = made.update(TREE, state, TREE)
        assert int(updates(state)) == k + 1
        assert hyperparameters(state) == {"learning_rate": LR(k), "momentum": 0.5}


def test_inside_a_compiled_function():
    @jax.jit
    def update(grads, state):
        changes, state = SGD.update(grads, state)
        return changes, state, hyperparameters(state)["learning_rate"], updates(state)

    _, _, rate, count = update(TREE, SGD.init(TREE))
    assert (float(rate), int(count)) == (1.0, 1)


@pytest.mark.parametrize("wrapped", [False, True])
def test_in_an_optimizer_of_flax(wrapped):
    model = nnx.Linear(2, 1, rngs=nnx.Rngs(0))
    made = optax.chain(optax.clip(1.0), SGD) if wrapped else SGD
    optimizer = nnx.Optimizer(model, made, wrt=nnx.Param)
    assert int(updates(optimizer)) == 0
    for k in range(2):
        optimizer.update(model, nnx.grad(lambda m: m(jnp.ones((1, 2))).sum())(model))
        for state in (optimizer, optimizer.opt_state):
            assert hyperparameters(state) == {"learning_rate": LR(k), "momentum": 0.5}
            assert int(updates(state)) == k + 1 == int(optimizer.step[...])
            assert isinstance(hyperparameters(state)["momentum"], jax.Array)


def test_in_a_train_state():
    state = TrainState.create(apply_fn=None, params=TREE, tx=SGD)
    state = state.apply_gradients(grads=TREE)
    assert hyperparameters(state)["learning_rate"] == 1.0
    assert int(updates(state)) == int(state.step) == 1


def test_in_a_module_of_equinox():
    class Training(eqx.Module):
        model: eqx.nn.Linear
        optimizer: ScheduledState

    model = eqx.nn.Linear(2, 1, key=jax.random.key(0))
    training = Training(model, SGD.init(eqx.filter(model, eqx.is_array)))
    assert hyperparameters(training)["learning_rate"] == 1.0


def test_of_several_members_there_are_several_values():
    state = jax.vmap(SGD.init)(jnp.ones((3, 2)))
    assert hyperparameters(state)["learning_rate"].tolist() == [1.0] * 3


@pytest.mark.parametrize("read", [hyperparameters, updates])
def test_none_and_several_are_refused(read):
    who = read.__name__
    none = rf"{who}: `state` must hold the state of .*, got a tuple without one\. Pass what its `i"
    with pytest.raises(ValueError, match=none):
        read(optax.adam(0.1).init(TREE))
    two = optax.chain(SGD, optax.scale(1.0), SGD).init(TREE)
    several = (
        rf"{who}: `state` must hold one .*, got 2 of them\. Pass one: state\[0\], state\[2\]\."
    )
    with pytest.raises(ValueError, match=several):
        read(two)
    assert int(updates(two[2])) == 0
