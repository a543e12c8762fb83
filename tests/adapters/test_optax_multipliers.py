"""Each group trains as with its own multiple of the rate: against `optax.partition` by hand."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from flax import nnx

from lrkit import cosine, hold, linear
from lrkit.optax import hyperparameters, scheduled, updates
from tests.adapters import optax_training
from tests.adapters.optax_training import assert_equal, assert_near, grads_at, layers

LR = 0.1 * cosine(12)


def train(optimizer, updates, tree=None):
    return optax_training.train(optimizer, updates, layers() if tree is None else tree)


def last(optimizer, updates, tree=None):
    return train(optimizer, updates, tree)[-1][0]


LABELS = {
    "encoder": {"bias": "slow", "kernel": "slow"},
    "head": {"bias": "fast", "kernel": "rest"},
}


def decayed(learning_rate, weight_decay=0.2):
    """As AdamW does it: the decay is a multiple of the rate. It compiles sooner."""
    return optax.chain(
        optax.trace(0.9),
        optax.add_decayed_weights(weight_decay),
        optax.scale_by_learning_rate(learning_rate),
    )


def by_hand(labels, factory=decayed, **rates):
    """One optimizer for each label."""
    made = {label: factory(rate, weight_decay=0.2) for label, rate in rates.items()}
    return optax.partition(made, labels)


def ours(multipliers, labels=None, rate=LR, factory=decayed, **more):
    more.setdefault("weight_decay", 0.2)
    return scheduled(factory, learning_rate=rate, multipliers=multipliers, labels=labels, **more)


def test_labels():
    got = last(ours({"slow": 0.5, "fast": "linear(4)"}, LABELS, factory=optax.adamw), 6)
    rates = {"slow": 0.5 * LR, "fast": linear(4) * LR, "rest": LR}
    assert_near(got, last(by_hand(LABELS, optax.adamw, **rates), 6))


def test_numbers_are_those_of_partition_to_the_last_bit():
    got = last(ours({"slow": 0.5, "fast": 3}, LABELS, rate=0.1), 4)
    assert_equal(got, last(by_hand(LABELS, slow=0.5 * 0.1, fast=3 * 0.1, rest=0.1), 4))


def test_a_function_of_labels_and_a_tree_of_their_beginnings():
    wanted = last(ours({"head": 0.5}, {"encoder": "encoder", "head": "head"}), 3)
    names = {"encoder": ["encoder"] * 2, "head": ["head"] * 2}

    def function(tree):
        return {name: dict(zip(tree[name], names[name], strict=True)) for name in tree}

    assert_equal(last(ours({"head": 0.5}, function), 3), wanted)


def test_patterns():
    """What several match gets the product, and what none matches the rate itself."""
    made = ours({"bias": 2, "^head/": 0.5, "encoder/ker": "linear(4)"})
    labels = {"encoder": {"bias": "b", "kernel": "e"}, "head": {"bias": "both", "kernel": "h"}}
    rates = {"b": 2 * LR, "e": linear(4) * LR, "both": 2 * 0.5 * LR, "h": 0.5 * LR}
    assert_near(last(made, 6), last(by_hand(labels, **rates), 6))
    assert set(made.init(layers()).inner) == {"bias", "encoder/ker", "bias & ^head/", "^head/"}


def test_the_number_0_freezes():
    """Neither decay nor slots; a schedule that begins at 0 thaws."""
    made = ours({"encoder": 0, "head/b": linear(2, start=0.0, stop=1.0)})
    seen = train(made, 3)
    for tree, state in seen:
        assert_equal(tree["encoder"], layers()["encoder"])
        frozen = jax.tree.leaves(state.inner["encoder"])
        assert frozen == []
    assert_equal(seen[0][0]["head"]["bias"], layers()["head"]["bias"])
    assert not np.array_equal(seen[1][0]["head"]["bias"], layers()["head"]["bias"])


def test_0_stays_0_whatever_else_matches():
    tree = last(ours({"encoder": 0, "bias": "linear(9)"}), 2)
    assert_equal(tree["encoder"], layers()["encoder"])


def test_a_frozen_group_has_no_bad_gradients():
    made = ours({"encoder": 0})
    grads = grads_at(0, layers())
    grads["encoder"]["bias"] = jnp.full(2, jnp.nan)
    changes, _ = made.update(grads, made.init(layers()), layers())
    assert changes["encoder"]["bias"].tolist() == [0.0, 0.0]


def test_what_the_state_says_is_the_rate_before_the_multipliers():
    _, state = train(ours({"head": 0.5}, weight_decay=0.1 * hold()), 3)[-1]
    assert float(hyperparameters(state)["learning_rate"]) == pytest.approx(LR(2))
    assert int(updates(state)) == 3


def test_a_clipping_by_the_norm_is_one_of_the_group():
    """As in `optax.partition`, and as the documentation says."""

    def clipping(learning_rate):
        return optax.chain(optax.clip_by_global_norm(1.0), optax.sgd(learning_rate))

    made = scheduled(clipping, learning_rate=1.0, multipliers={"a": 1, "b": 1})
    tree = {"a": jnp.zeros(1), "b": jnp.zeros(1)}
    changes, _ = made.update({"a": jnp.full(1, 3.0), "b": jnp.full(1, 4.0)}, made.init(tree), tree)
    assert [float(changes[name][0]) for name in "ab"] == pytest.approx([-1, -1])
    whole = optax.chain(
        optax.clip_by_global_norm(1.0),
        scheduled(optax.sgd, learning_rate=1.0, multipliers={"a": 1, "b": 1}),
    )
    changes, _ = whole.update(
        {"a": jnp.full(1, 3.0), "b": jnp.full(1, 4.0)}, whole.init(tree), tree
    )
    assert [float(changes[name][0]) for name in "ab"] == pytest.approx([-0.6, -0.8])


def test_a_function_as_rate():
    got = last(ours({"head": 0.5}, rate=lambda count: 0.1 * 0.5**count), 3)
    labels = {"encoder": "one", "head": "half"}
    rates = {"one": lambda count: 0.1 * 0.5**count, "half": lambda count: 0.05 * 0.5**count}
    assert_near(got, last(by_hand(labels, **rates), 3))


def test_multipliers_keep_low_precision():
    tree = layers("bfloat16")
    seen = train(ours({"head": linear(4), "bias": 0.5}), 2, tree)
    assert {p.dtype for p in jax.tree.leaves(seen[-1][0])} == {jnp.dtype("bfloat16")}


def test_modules_of_equinox_are_trees_though_they_can_be_called():
    model = eqx.nn.MLP(2, 1, 3, 1, key=jax.random.key(0))
    tree = eqx.filter(model, eqx.is_inexact_array)
    labels = jax.tree.map(lambda leaf: "bias" if leaf.ndim == 1 else "rest", tree)
    assert callable(labels)
    by_pattern = last(ours({"layers/0/": 0.5, "bias": 2}), 2, tree)
    with_labels = last(ours({"bias": 0}, labels), 2, tree)
    assert_equal(with_labels.layers[0].bias, model.layers[0].bias)
    assert not np.array_equal(with_labels.layers[0].weight, model.layers[0].weight)
    assert not np.array_equal(by_pattern.layers[1].bias, model.layers[1].bias)


def test_variables_of_flax():
    model = nnx.Linear(2, 1, rngs=nnx.Rngs(0))
    before = np.array(model.kernel[...])
    optimizer = nnx.Optimizer(model, ours({"^kernel$": 0, "^bias$": 0.5}), wrt=nnx.Param)

    @nnx.jit
    def step(model, optimizer):
        optimizer.update(model, nnx.grad(lambda m: (m(jnp.ones((1, 2))) ** 2).sum())(model))

    for _ in range(3):
        step(model, optimizer)
    assert_equal(model.kernel[...], before)
    assert float(model.bias[0]) != 0.0
    assert int(updates(optimizer)) == 3
    assert float(hyperparameters(optimizer)["learning_rate"]) == pytest.approx(LR(2))


def test_specs_for_slots_of_labelled_groups():
    made = ours({"slow": 0.5}, LABELS)
    specs = optax.tree_map_params(
        made,
        lambda _: "spec",
        made.init(layers()),
        is_leaf=lambda node: isinstance(node, optax.MaskedNode),
    )
    assert set(jax.tree.leaves(specs.inner["slow"].inner_state[0].trace)) == {"spec"}


def test_a_function_of_labels_is_asked_of_the_parameters():
    """Gradients have their structure, and may have another dtype."""
    params = {"a": jnp.zeros(1, jnp.bfloat16), "b": jnp.zeros(1)}
    kinds = {jnp.dtype("bfloat16"): "low", jnp.dtype("float32"): "full"}

    def labels(tree):
        return jax.tree.map(lambda leaf: kinds[leaf.dtype], tree)

    sgd = scheduled(optax.sgd, learning_rate=0.5, labels=labels, multipliers={"full": 2.0})
    changes, _ = sgd.update({"a": jnp.ones(1), "b": jnp.ones(1)}, sgd.init(params), params)
    assert [float(change[0]) for change in changes.values()] == [-0.5, -1.0]


def test_an_array_that_was_given_outlives_a_donated_state():
    rate = jnp.asarray(0.5)
    sgd = scheduled(optax.sgd, learning_rate=rate, momentum=linear(10, start=0.9, stop=0.8))
    update = jax.jit(lambda state, grads: sgd.update(grads, state)[1], donate_argnums=0)
    update(sgd.init(jnp.zeros(1)), jnp.ones(1))
    assert float(rate) == 0.5
    sgd.init(jnp.zeros(1))
