"""`lrkit.optax.find_lr`: the losses of a plain loop, in one scan, of whatever has parameters."""

import itertools
import random
import sys
from types import SimpleNamespace

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
import torch
from flax import nnx

import lrkit.optax
from lrkit.finder import Sweep
from lrkit.optax import find_lr
from tests.cli.test_frame import run

RATES = Sweep(1e-4, 1.0, 3).rates
RANGE = {"lr_min": 1e-4, "lr_max": 1.0, "per_decade": 3}


def batches(count=5, size=8):
    keys = jax.random.split(jax.random.key(1), count)
    return [(x := jax.random.normal(key, (size, 4)), x @ jnp.arange(4.0)) for key in keys]


def params():
    return {"w": jnp.zeros(4), "b": jnp.zeros(())}


def loss(params, batch):
    x, y = batch
    return jnp.mean((x @ params["w"] + params["b"] - y) ** 2)


def plain(optimizer, rates, loss=loss, params=None, data=None):
    """The losses of a loop that makes one update after another."""

    @jax.jit
    def update(rate, params, state, batch):
        value, gradients = jax.value_and_grad(loss)(params, batch)
        changes, state = optimizer(rate).update(gradients, state, params)
        return value, optax.apply_updates(params, changes), state

    data = itertools.cycle(data or batches())
    params = params or globals()["params"]()
    state, losses = optimizer(float(rates[0])).init(params), []
    for rate, batch in zip(rates, data, strict=False):
        value, params, state = update(float(rate), params, state, batch)
        losses.append(float(value))
    return np.array(losses)


def chained(lr):
    return optax.chain(optax.clip_by_global_norm(0.5), optax.sgd(lr, momentum=0.9))


OPTIMIZERS = {
    "sgd": optax.sgd,
    "adamw": optax.adamw,
    "chain": chained,
    "multi_steps": lambda lr: optax.MultiSteps(optax.sgd(lr), 2).gradient_transformation(),
}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_the_losses_are_those_of_a_loop(name):
    found = find_lr(loss, params(), OPTIMIZERS[name], batches(), **RANGE)
    wanted = plain(OPTIMIZERS[name], RATES)[: len(found.losses)]
    assert len(wanted) >= 10
    assert np.allclose(found.losses, wanted, rtol=2e-5)


@pytest.mark.parametrize(
    "optimizer",
    [
        lambda lr: optax.inject_hyperparams(optax.adam)(learning_rate=lr),
        lambda lr: lrkit.optax.scheduled(optax.adam, learning_rate=lr),
    ],
    ids=["inject_hyperparams", "scheduled"],
)
def test_a_rate_that_is_kept_in_the_state_follows(optimizer):
    found = find_lr(loss, params(), optimizer, batches(), **RANGE)
    wanted = plain(optax.adam, RATES)[: len(found.losses)]
    assert np.allclose(found.losses, wanted, rtol=2e-5)


def test_double_precision():
    single = batches()
    with jax.enable_x64(True):
        start = jax.tree.map(lambda leaf: leaf.astype(jnp.float64), params())
        data = [jax.tree.map(lambda leaf: leaf.astype(jnp.float64), one) for one in single]
        found = find_lr(loss, start, optax.adam, data, **RANGE)
        wanted = plain(optax.adam, RATES, params=start, data=data)[: len(found.losses)]
        assert np.allclose(found.losses, wanted, rtol=1e-12)
        # Single parameters stay single.
        start = jax.tree.map(lambda leaf: leaf.astype(jnp.float32), start)
        found = find_lr(loss, start, optax.adam, single, **RANGE)
    wanted = plain(optax.adam, RATES)[: len(found.losses)]
    assert np.allclose(found.losses, wanted, rtol=2e-5)


def test_half_precision_stays():
    start = jax.tree.map(lambda leaf: leaf.astype(jnp.bfloat16), params())
    found = find_lr(loss, start, lambda lr: optax.sgd(lr, momentum=0.9), batches(), **RANGE)
    assert len(found.losses) >= 10


def test_a_training_is_compiled_once_for_each_length():
    traced = []

    def counted(params, batch):
        traced.append(1)
        return loss(params, batch)

    found = find_lr(counted, params(), optax.sgd, batches(), updates=800, effort="confirm")
    lengths = {281} | {trial.updates for trial in found.trials}
    assert len(found.trials) >= 6
    assert len(traced) == len(lengths) == 3


def test_nothing_given_changes():
    start, data = params(), batches()
    copies = jax.tree.map(np.array, (start, data))
    find_lr(loss, start, optax.adam, data, repeats=2, per_decade=5)
    assert all(
        np.array_equal(a, b)
        for a, b in zip(jax.tree.leaves(copies), jax.tree.leaves((start, data)), strict=True)
    )


class Shuffled:
    """Batches from a loader, in an order and with noise from everywhere."""

    def __init__(self):
        self.rng, self.passes = np.random.default_rng(0), 0
        self.loader = torch.utils.data.DataLoader(
            [tuple(map(np.asarray, one)) for one in batches(6)],
            shuffle=True,
            batch_size=None,
            collate_fn=lambda one: one,
        )

    def __iter__(self):
        self.passes += 1
        kept = list(self.loader)
        for place in self.rng.permutation(6):
            x, y = kept[place]
            yield x, y + np.float32(1e-3 * (np.random.rand() + random.random()))


def states(data):
    return [
        (data.rng.bit_generator.state, data.passes, random.getstate()),
        [np.asarray(part).tobytes() for part in np.random.get_state()[1:]],
        torch.get_rng_state().tolist(),
    ]


def test_random_states_are_as_before():
    data, seen = Shuffled(), []
    before = states(data)
    find_lr(loss, params(), optax.sgd, data, repeats=2, **RANGE)
    assert states(data) == before
    # A longer training draws more, from the same start.
    given = {"effort": "confirm", "updates": 800}
    find_lr(loss, params(), optax.sgd, data, progress=lambda *of: seen.append(of[0]), **given)
    assert "training" in seen
    assert states(data) == before

    def stopped(*_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        find_lr(loss, params(), optax.sgd, data, progress=stopped, **RANGE)
    assert states(data) == before


def test_confirmed_by_a_validation():
    x = jax.random.normal(jax.random.key(9), (50, 4))

    def validation(params):
        return loss(params, (x, x @ jnp.arange(4.0)))

    told = []
    found = find_lr(
        loss,
        params(),
        optax.sgd,
        batches(),
        validation=validation,
        effort="confirm",
        updates=800,
        progress=lambda *of: told.append(of),
    )
    assert found.effort == "confirm"
    assert 1e-2 < found.rate < 1.0
    assert told[0] == ("sweep", 1, 141)
    # The best trial is at its place: the validation is that of the trained parameters.
    best = min(found.trials, key=lambda trial: trial.loss)
    assert best.loss < 0.1 * float(validation(params()))


def test_stacked_batches_are_the_same():
    listed = find_lr(loss, params(), optax.adam, batches(), **RANGE)
    stack = jax.tree.map(lambda *leaves: jnp.stack(leaves), *batches())
    stacked = find_lr(loss, params(), optax.adam, stack, stacked=True, **RANGE)
    assert np.array_equal(listed.losses, stacked.losses)


def test_an_iterator_is_refused_or_kept():
    data = batches(30)
    with pytest.raises(TypeError, match=r"`batches` must be iterable more than once.*buffer=\[\]"):
        find_lr(loss, params(), optax.adam, iter(data), **RANGE)
    kept, stream = [], iter(data)
    find_lr(loss, params(), optax.adam, stream, buffer=kept, **RANGE)
    rest = list(itertools.chain(kept, stream))
    assert len(kept) == len(RATES) == 13
    assert all(a is b for a, b in zip(rest, data, strict=True))


def test_keys_and_seeds():
    def noisy(params, batch, key):
        return loss(params, batch) + 0.1 * jax.random.normal(key)

    given = (noisy, params(), optax.adam, batches())
    one, again = (find_lr(*given, key=jax.random.key(0), **RANGE).losses for _ in range(2))
    seeded = find_lr(*given, key=jax.random.key(0), seed=1, **RANGE).losses
    assert np.array_equal(one, again)
    assert len(np.unique(np.diff(one[:5]))) == 4
    assert one[0] != seeded[0]
    found = find_lr(loss, params(), optax.adam, batches(), repeats=3, **RANGE)
    assert len({found.losses[0], *(curve.losses[0] for curve in found.repeats)}) > 1


class Net(nnx.Module):
    def __init__(self, rngs):
        self.hidden = nnx.Linear(4, 8, rngs=rngs)
        self.norm = nnx.BatchNorm(8, rngs=rngs)
        self.out = nnx.Linear(8, 1, rngs=rngs)

    def __call__(self, x):
        return self.out(nnx.relu(self.norm(self.hidden(x))))[:, 0]


def test_flax_nnx():
    model = Net(nnx.Rngs(0))
    graph, start, rest = nnx.split(model, nnx.Param, ...)

    def of(params, batch):
        x, y = batch
        return jnp.mean((nnx.merge(graph, params, rest, copy=True)(x) - y) ** 2)

    before = jax.tree.map(np.array, nnx.state(model))
    found = find_lr(of, start, optax.adam, batches())
    assert found, found.reason
    assert 1e-3 < found.rate < 1
    after = nnx.state(model)
    same = jax.tree.map(lambda a, b: bool((a == b).all()), before, after)
    assert all(jax.tree.leaves(same))


def test_equinox():
    model = eqx.nn.MLP(4, "scalar", 16, 1, key=jax.random.key(0))
    start, static = eqx.partition(model, eqx.is_inexact_array)

    def of(params, batch):
        x, y = batch
        return jnp.mean((jax.vmap(eqx.combine(params, static))(x) - y) ** 2)

    found = find_lr(of, start, optax.adamw, batches())
    assert found, found.reason
    assert 1e-3 < found.rate < 1


def refusals():
    good = {"loss": loss, "params": params(), "optimizer": optax.adam, "batches": batches()}
    made = {**good, "optimizer": optax.adam(1e-3)}
    yield TypeError, "got an optimizer that has its rate. Write optax.adamw", made
    yield TypeError, "`optimizer` must be a function", {**good, "optimizer": 3}
    nothing = {**good, "optimizer": lambda lr: lr}
    yield TypeError, "`optimizer` must return an optax transformation", nothing
    yield TypeError, "`loss` must be a function, got loss=3", {**good, "loss": 3}
    yield TypeError, "`validation` must be a function", {**good, "validation": 3}
    rows = {**good, "loss": lambda params, batch: batch[0] @ params["w"]}
    yield TypeError, r"`loss` must return a scalar, got an array of shape \(8,\)", rows
    yield ValueError, "`batches` must have batches, got none", {**good, "batches": []}
    uneven = [*batches(2), *batches(1, size=3)]
    yield ValueError, r"same shapes .*\[3, 4\].* in batch 2", {**good, "batches": uneven}
    yield TypeError, "`batches` must be a list of batches", {**good, "batches": {"x": 1}}
    pair = {**good, "batches": (jnp.ones((3, 2)), jnp.ones(4)), "stacked": True}
    yield ValueError, r"first axis of one length, .*\(3, 2\), \(4,\)", pair
    yield ValueError, "first axis", {**good, "batches": (), "stacked": True}
    yield TypeError, "`updates` must say", {**good, "effort": "confirm"}


CASES = list(refusals())


@pytest.mark.parametrize(("error", "match", "given"), CASES, ids=[case[1] for case in CASES])
def test_refused(error, match, given):
    with pytest.raises(error, match=match):
        find_lr(**given)


def test_the_command(monkeypatch):
    given = {"loss": loss, "params": params(), "optimizer": optax.sgd, "batches": batches()}
    monkeypatch.setitem(sys.modules, "optax_train_it", SimpleNamespace(make=lambda: given))
    done = run("find", "optax_train_it:make", "--updates", "500")
    assert done.exit_code == 0, done.stderr
    schedule = lrkit.read(done.stdout.splitlines()[-1].removeprefix("train with  "))
    assert 1e-2 < schedule(25) < 1
