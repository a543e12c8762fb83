"""A small training with optax, for the tests of the adapter."""

import jax
import jax.numpy as jnp
import numpy as np
import optax

SMALL = {"kernel": np.array([0.3, -0.2], "f4")}
LAYERS = {
    "encoder": {"bias": np.array([0.3, -0.2], "f4"), "kernel": np.array([[0.1, 0.4]], "f4")},
    "head": {"bias": np.array([0.5], "f4"), "kernel": np.array([[1.0], [-1.0]], "f4")},
}


def params(dtype="float32", tree=SMALL):
    return jax.tree.map(lambda x: jnp.asarray(x, dtype), tree)


def layers(dtype="float32"):
    return params(dtype, LAYERS)


def grads_at(update, tree):
    """Gradients that differ from update to update and from leaf to leaf."""
    leaves, structure = jax.tree.flatten(tree)
    made = [
        jnp.asarray(np.random.default_rng([update, i]).normal(size=leaf.shape), leaf.dtype)
        for i, leaf in enumerate(leaves)
    ]
    return jax.tree.unflatten(structure, made)


def train(optimizer, updates, tree=None, **extra):
    """Parameters and states after each update, compiled as often as optax alone would be: once.

    Where other tests have left devices or meshes behind, JAX may trace anything a second time.
    """
    tree = params() if tree is None else tree
    seen, traced = run(optimizer, updates, tree, **extra)
    assert traced == 1 or traced <= run(optax.sgd(0.1), updates, tree)[1], "compiled once"
    return seen


def run(optimizer, updates, tree, **extra):
    """Parameters and states after each update, and how often the update was traced."""
    state = optimizer.init(tree)
    traced = []

    @jax.jit
    def update(tree, state, grads):
        traced.append(None)
        changes, state = optax.with_extra_args_support(optimizer).update(
            grads, state, tree, **extra
        )
        return optax.apply_updates(tree, changes), state

    seen = []
    for k in range(updates):
        tree, state = update(tree, state, grads_at(k, tree))
        seen.append((tree, state))
    return seen, len(traced)


def last(optimizer, updates, tree=None):
    """The parameters after some updates."""
    return train(optimizer, updates, tree)[-1][0]


def assert_equal(one, other):
    """The same tree, to the last bit."""
    jax.tree.map(np.testing.assert_array_equal, one, other)
    assert jax.tree.structure(one) == jax.tree.structure(other)


def assert_near(one, other, rtol=1e-6):
    jax.tree.map(lambda a, b: np.testing.assert_allclose(a, b, rtol=rtol, atol=1e-7), one, other)
