"""Every update has the numbers of its schedules, whatever the optimizer and the dtype."""

import inspect

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from lrkit import cosine, hold, linear, repeat, warmup
from lrkit.optax import hyperparameters, scheduled
from tests.adapters.optax_training import assert_equal, assert_near, grads_at, last, params, train

LR = 0.1 * (warmup(3) >> hold(4) | cosine(5, start=0.5, stop=0.1))
DECAY = 0.2 * cosine(12)
B1 = linear(12, start=0.95, stop=0.5)


def test_the_parameters_move_by_the_rate_of_each_update():
    before = params()
    for k, (after, _) in enumerate(train(scheduled(optax.sgd, learning_rate=LR), 14)):
        moved = np.float32(LR(k)) * grads_at(k, before)["kernel"]
        assert_near(after, {"kernel": before["kernel"] - moved})
        before = after


def test_the_state_has_what_each_update_applied():
    adamw = scheduled(optax.adamw, learning_rate=LR, weight_decay=DECAY, b1=repr(B1), b2=0.99)
    start = adamw.init(params())
    assert start.count == 0
    assert hyperparameters(start)["b1"] == np.float32(0.95)
    for k, (_, state) in enumerate(train(adamw, 14)):
        assert int(state.count) == k + 1
        assert state.count.dtype == jnp.int32
        applied = {"learning_rate": LR(k), "weight_decay": DECAY(k), "b1": B1(k), "b2": 0.99}
        assert state.hyperparameters == pytest.approx(applied, rel=1e-6, abs=1e-9)
        assert {value.dtype for value in state.hyperparameters.values()} == {jnp.dtype("float32")}


def test_adamw_is_the_adamw_of_its_formulas():
    eps, b2 = 1e-8, 0.999
    got = train(scheduled(optax.adamw, learning_rate=LR, weight_decay=DECAY, b1=B1), 14)
    p = np.array([0.3, -0.2])
    m, v = np.zeros(2), np.zeros(2)
    for k, (tree, _) in enumerate(got):
        g = np.asarray(grads_at(k, tree)["kernel"], np.float64)
        m = B1(k) * m + (1 - B1(k)) * g
        v = b2 * v + (1 - b2) * g * g
        direction = (m / (1 - B1(k) ** (k + 1))) / (np.sqrt(v / (1 - b2 ** (k + 1))) + eps)
        p = p - LR(k) * (direction + DECAY(k) * p)
        np.testing.assert_allclose(tree["kernel"], p, atol=2e-5 * 0.1)


NUMBERS = [
    (optax.adamw, "float32", {"learning_rate": 1e-3, "weight_decay": 0.1, "b1": 0.8}),
    (optax.adamw, "bfloat16", {"learning_rate": 1e-3, "weight_decay": 0.1, "b1": 0.8}),
    (optax.sgd, "bfloat16", {"learning_rate": 0.1, "momentum": 0.9, "nesterov": True}),
    (optax.rmsprop, "float32", {"learning_rate": 0.01, "momentum": 0.5, "centered": True}),
]


@pytest.mark.parametrize(("factory", "dtype", "numbers"), NUMBERS)
def test_numbers_are_those_of_plain_optax_to_the_last_bit(factory, dtype, numbers):
    ours = train(scheduled(factory, **numbers), 5, params(dtype))
    plain = train(factory(**numbers), 5, params(dtype))
    assert_equal([(p, state.inner) for p, state in ours], plain)


def test_gradients_of_another_dtype_are_left_to_optax_where_nothing_is_scheduled():
    grads = jax.tree.map(lambda x: x.astype("bfloat16"), grads_at(0, params()))
    ours, plain = scheduled(optax.adamw, learning_rate=0.1), optax.adamw(0.1)
    got, state = jax.jit(ours.update)(grads, ours.init(params()), params())
    wanted = jax.jit(plain.update)(grads, plain.init(params()), params())
    assert_equal((got, state.inner), wanted)


def floats_of(factory):
    """The names and defaults of an optimizer's numbers that may be schedules."""
    found = {"learning_rate": 0.01}
    for name, parameter in inspect.signature(factory).parameters.items():
        if isinstance(parameter.default, float):
            found[name] = parameter.default
    return found


EVERY = ["adabelief", "adadelta", "adafactor", "adagrad", "adam", "adamax", "adamaxw", "adamw"]
EVERY += ["adan", "amsgrad", "fromage", "lamb", "lars", "lbfgs", "lion", "novograd", "radam"]
EVERY += ["optimistic_adam_v2", "rmsprop", "rprop", "sgd", "sign_sgd", "signum", "sm3", "yogi"]


def all_scheduled(factory):
    return scheduled(
        factory, **{name: value * hold() for name, value in floats_of(factory).items()}
    )


@pytest.mark.parametrize("name", [name for name in EVERY if hasattr(optax, name)])
def test_every_optimizer_of_optax_takes_schedules_for_all_its_numbers(name):
    """It traces an update with them."""
    assert "learning_rate" in all_scheduled(getattr(optax, name)).init(params()).hyperparameters


@pytest.mark.parametrize("factory", [optax.adafactor, optax.lion, optax.yogi])
def test_and_does_what_it_does_with_the_numbers(factory):
    grads, tree = grads_at(0, params()), params()
    made, plain = all_scheduled(factory), factory(**floats_of(factory))
    got, _ = jax.jit(made.update)(grads, made.init(tree), tree)
    wanted, _ = jax.jit(plain.update)(grads, plain.init(tree), tree)
    assert_near(got, wanted, rtol=1e-4)  # of 1 - b2, which is 0.001, float32 keeps four digits


@pytest.mark.parametrize("dtype", ["bfloat16", "float16"])
def test_low_precision_rounds_the_update_and_not_the_rate(dtype):
    """The rate 0.1001 is no bfloat16; the slots and the updates are as optax has them."""
    rate = 0.1001 * hold(10)
    ours, plain = scheduled(optax.sgd, learning_rate=rate, momentum=0.9), optax.sgd(0.1, 0.9)
    tree = params(dtype)
    start = ours.init(tree)
    ones = jax.tree.map(lambda x: jnp.full_like(x, 3), tree)
    updates, state = ours.update(ones, start, tree)
    assert {u.dtype for u in jax.tree.leaves(updates)} == {jnp.dtype(dtype)}
    wanted = jnp.asarray(-np.float32(0.1001) * np.float32(3), dtype)
    assert {
        float(u) for u in np.concatenate(jax.tree.leaves(jax.tree.map(jnp.ravel, updates)))
    } == {float(wanted)}
    assert state.hyperparameters["learning_rate"] == np.float32(0.1001)
    dtypes = [jax.tree.map(jnp.result_type, s) for s in (start.inner, state.inner)]
    assert dtypes[0] == dtypes[1] == jax.tree.map(jnp.result_type, plain.init(tree))


@pytest.mark.parametrize("dtype", ["bfloat16"])
def test_slots_keep_their_dtypes_where_every_number_is_scheduled(dtype):
    made = scheduled(optax.adamw, learning_rate=LR, b1=B1, b2=0.99 * hold(), weight_decay=DECAY)
    plain = optax.adamw(0.1).init(params(dtype))
    for tree, state in train(made, 3, params(dtype)):
        assert {p.dtype for p in jax.tree.leaves(tree)} == {jnp.dtype(dtype)}
        got, wanted = (jax.tree.map(jnp.result_type, s) for s in (state.inner, plain))
        assert got == wanted


def test_with_64_bits_the_parameters_keep_theirs():
    with jax.enable_x64(True):
        tree = params("float64")
        after, state = train(scheduled(optax.sgd, learning_rate=0.5 * hold()), 1, tree)[0]
        assert {p.dtype for p in jax.tree.leaves(after)} == {jnp.dtype("float64")}
        assert (state.count.dtype, state.hyperparameters["learning_rate"].dtype) == ("int32", "f4")


TOP = 2**31 - 1
LATE = [
    0.1 * (hold(TOP - 4) | linear(4, start=1.0, stop=0.5)),
    0.1 * (hold(TOP - 10) >> linear(9)),
    0.1 * (hold(TOP - 1) | hold(1, value=0.3) | hold(value=0.2)),
    0.1 * repeat(linear(2**30 - 1, stop=0.25)),
    0.1 * (warmup(TOP - 3) >> cosine(3)),
    0.1 * linear(TOP - 1),
    0.1 * (hold(TOP) | hold(value=0.5)),
    0.1 * (hold(TOP + 1) | hold(value=0.5)),
]


@pytest.mark.parametrize("schedule", LATE, ids=str)
def test_the_last_counts_are_exact(schedule):
    """A float32 cannot tell 2**31 - 1 from 2**31 - 60; then the counter stays where it is."""
    sgd = scheduled(optax.sgd, learning_rate=schedule)
    update = jax.jit(sgd.update)
    state = sgd.init(jnp.zeros(1))._replace(count=jnp.int32(TOP - 6))
    for k in [*range(TOP - 6, TOP), TOP, TOP, TOP]:
        changes, state = update(jnp.ones(1), state)
        assert float(-changes[0]) == pytest.approx(schedule(k), abs=1e-7)
        assert float(state.hyperparameters["learning_rate"]) == pytest.approx(schedule(k), abs=1e-7)
        assert int(state.count) == min(k + 1, TOP)


def test_functions_of_the_count_are_taken_as_optax_takes_them():
    theirs = optax.linear_schedule(0.1, 0.0, 10)
    wanted = [0.1 * (1 - k / 10) for k in range(3)]
    seen = train(
        scheduled(optax.adamw, learning_rate=theirs, b1=lambda count: 0.5 + 0.1 * count), 3
    )
    for k, (_, state) in enumerate(seen):
        assert state.hyperparameters["learning_rate"] == pytest.approx(wanted[k])
        assert state.hyperparameters["b1"] == pytest.approx(0.5 + 0.1 * k)
    assert_near(seen[0][0], last(optax.adamw(0.1, b1=0.5), 1))


def own(learning_rate, strength=1.0, mode="plain"):
    assert mode in ("plain", "double")
    factor = 2.0 if mode == "double" else 1.0
    return optax.chain(optax.clip(strength), optax.scale(-factor * learning_rate))


def test_an_optimizer_of_ones_own():
    made = scheduled(own, learning_rate="0.1*linear(4)", strength=linear(4), mode="double")
    update = jax.jit(made.update)
    state = made.init(jnp.zeros(1))
    for k in range(5):
        changes, state = update(jnp.full(1, 9.0), state)
        assert float(changes[0]) == pytest.approx(-0.2 * (1 - k / 4) ** 2)


def test_texts_that_are_no_schedules_go_to_the_optimizer():
    made = scheduled(optax.adamw, learning_rate="0.1*cosine(9)", mu_dtype="bfloat16", mask=None)
    state = made.init(params())
    assert {m.dtype for m in jax.tree.leaves(state.inner[0].mu)} == {jnp.dtype("bfloat16")}
    momentum = scheduled(optax.sgd, learning_rate=0.1, momentum="linear(10, start=0.9, stop=0.5)")
    assert float(momentum.init(params()).hyperparameters["momentum"]) == np.float32(0.9)


def test_a_constant_may_become_a_schedule_between_two_runs():
    """The state has the same structure, so a checkpoint of one fits the other."""
    one = scheduled(optax.adamw, learning_rate=0.1, weight_decay=0.1).init(params())
    other = scheduled(optax.adamw, learning_rate=LR, weight_decay=DECAY).init(params())
    assert jax.tree.structure(one) == jax.tree.structure(other)
