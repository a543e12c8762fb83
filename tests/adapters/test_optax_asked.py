"""What users of optax ask for, each under the number it has in the census of the peers.

39: optax#206, #312, flax#4320. 40: optax#415. 41: optax#1036. 42: optax#835. 43: optax#1426, #20.
44: optax#1532, #583. 45: optax PR#1781. Then what the census says of optax itself.
"""

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

import lrkit
from lrkit import cosine, hold, linear, one_cycle, warmup
from lrkit.optax import hyperparameters, scheduled, updates
from tests.adapters.optax_training import assert_equal, assert_near, grads_at, last, params, train

LR = 0.1 * (warmup(3) >> cosine(9))


def test_39_read_the_current_rate():
    """Out of the state, whatever the optimizer is and where it stands; for a number as well."""
    for rate in (LR, 0.25):
        made = optax.chain(optax.clip(1.0), scheduled(optax.adamw, learning_rate=rate))
        for k, (_, state) in enumerate(train(made, 4)):
            applied = rate if rate == 0.25 else rate(k)
            assert float(hyperparameters(state)["learning_rate"]) == pytest.approx(applied)
    assert "learning_rate" not in repr(optax.adamw(LR).init(params())), "optax has it nowhere"


def test_40_the_first_update_has_the_first_value():
    """And what is read is what was applied: not the value before, and not the next one."""
    made = scheduled(optax.scale, step_size=linear(8, start=8.0))
    state = made.init(jnp.ones(1))
    for k in range(4):
        changes, state = made.update(jnp.ones(1), state)
        assert float(changes[0]) == float(hyperparameters(state)["step_size"]) == 8.0 - k


def test_41_recover_the_step():
    """One count, however many schedules there are."""
    made = scheduled(optax.adamw, learning_rate=LR, weight_decay=LR, b1=linear(9, stop=0.5))
    _, state = train(optax.MultiSteps(made, 2), 6)[-1]
    assert int(updates(state)) == 3
    counts = optax.tree_utils.tree_get_all_with_path(
        optax.adamw(LR, weight_decay=LR).init(params()), "count"
    )
    assert len(counts) > 1, "in optax each has its own"  # fmt: skip


def test_42_one_word_for_one_thing():
    """Every piece takes its length first; optax has `decay_steps`, with and without the warmup."""
    for piece in (hold, linear, warmup, cosine, lrkit.one_minus_sqrt):
        assert piece(7).length == 7
    assert (warmup(3) >> cosine(7)).length == 10
    assert optax.cosine_decay_schedule(1.0, decay_steps=7)(7) == 0.0
    assert optax.warmup_cosine_decay_schedule(0.0, 1.0, 3, decay_steps=7)(7) == 0.0


@pytest.mark.parametrize(
    ("factory", "name", "schedule"),
    [
        (optax.adamw, "b1", linear(9, start=0.9, stop=0.5)),
        (optax.adamw, "eps", 1e-3 * cosine(9)),
        (optax.adamw, "weight_decay", 0.1 * cosine(9)),
        (optax.sgd, "momentum", linear(9, start=0.9, stop=0.5)),
        (optax.rmsprop, "decay", linear(9, start=0.9, stop=0.5)),
    ],
)
def test_43_schedule_other_hyperparameters(factory, name, schedule):
    seen = train(scheduled(factory, learning_rate=LR, **{name: schedule}), 4)
    for k, (_, state) in enumerate(seen):
        applied = {"learning_rate": LR(k), name: schedule(k)}
        assert hyperparameters(state) == pytest.approx(applied, rel=1e-6)


@pytest.mark.parametrize("rate", [0.01, LR], ids=["number", "schedule"])
def test_44_numerics_are_those_of_plain_optax(rate):
    """To the last bit, with a schedule of the rate and without; optax's own way changes them."""
    plain = last(optax.adam(rate), 8)
    assert_equal(last(scheduled(optax.adam, learning_rate=rate), 8), plain)
    theirs = last(optax.inject_hyperparams(optax.adam)(learning_rate=rate), 8)
    assert_near(theirs, plain, rtol=1e-3)
    with pytest.raises(AssertionError, match="not equal"):
        assert_equal(theirs, plain)


def test_45_the_documentation_says_what_is_done():
    """Update k is that of `optimizer(name=schedule(k), ...)`, made anew with plain numbers."""
    b1, decay = linear(9, start=0.9, stop=0.5), 0.1 * cosine(9)
    seen = train(scheduled(optax.adamw, learning_rate=LR, b1=b1, weight_decay=decay), 4)
    tree, state = params(), optax.adamw(LR(0)).init(params())
    for k, (after, _) in enumerate(seen):
        now = optax.adamw(LR(k), b1=b1(k), weight_decay=decay(k))
        changes, state = now.update(grads_at(k, tree), state, tree)  # not compiled
        tree = optax.apply_updates(tree, changes)
        assert_near(after, tree)


def test_45_a_cycle_ends_where_it_says():
    """optax's ends 25 times lower than its documentation says."""
    peak, final = 0.5, 100.0
    assert (peak * one_cycle(100, stop=1 / final))(100) == pytest.approx(peak / final)
    theirs = optax.linear_onecycle_schedule(100, peak, final_div_factor=final)
    assert float(jax.jit(theirs)(100)) == pytest.approx(peak / final / 25)


def test_the_first_update_of_optax_itself_has_count_0():
    assert_equal(last(optax.sgd(LR), 1), last(scheduled(optax.sgd, learning_rate=LR), 1))
    assert_equal(last(optax.sgd(LR), 1), params())  # a warmup from 0


def test_hyperparameters_are_not_cast_to_the_dtype_of_the_parameters():
    """As a bfloat16, 0.999 is 1: an average that never moves."""
    tree = params("bfloat16")
    numbers = {"learning_rate": 0.1001 * hold(), "b2": 0.999 * hold()}
    ours = scheduled(optax.adam, **numbers)
    assert ours.init(tree).hyperparameters == {k: np.float32(v(0)) for k, v in numbers.items()}
    theirs = optax.inject_hyperparams(optax.adam)(0.1001).init(tree).hyperparams
    assert {k: float(theirs[k]) for k in numbers} == {"learning_rate": 0.10009765625, "b2": 1.0}


def test_low_precision_goes_through_a_scan():
    """With `hyperparam_dtype=float32` optax keeps the digits, and its slots change their dtypes."""
    tree = params("bfloat16")

    def three(made):
        step = lambda state, _: (made.update(tree, state, tree)[1], None)  # noqa: E731
        return jax.lax.scan(step, made.init(tree), length=3)[0]

    assert int(updates(three(scheduled(optax.adam, learning_rate=LR, b1=0.9 * hold())))) == 3
    theirs = optax.inject_hyperparams(optax.adam, hyperparam_dtype=jnp.float32)(LR, b1=0.9)
    with pytest.raises(TypeError, match="carry"):
        three(theirs)


def test_steps_that_float32_cannot_tell_apart():
    step = jnp.int32(2**24 + 1)
    ours = hold(2**24 + 1) | hold(value=0.5)
    theirs = optax.linear_schedule(1.0, 0.0, 2**25)
    assert float(ours(step)) == 0.5
    assert float(ours(step - 1)) == 1.0
    assert float(theirs(step)) == float(theirs(step - 1))


def test_no_warmup_is_no_warmup():
    """optax's `warmup_constant_schedule` of no steps is 0 for ever; here it cannot be written."""
    assert optax.warmup_constant_schedule(0.0, 1.0, 0)(100) == 0.0
    with pytest.raises(ValueError, match="warmup: `length` must be positive"):
        warmup(0)


def test_before_the_start_there_is_the_start():
    assert float(optax.cosine_decay_schedule(1.0, 10)(-5)) == pytest.approx(0.5)
    assert cosine(10)(-5) == float(cosine(10)(jnp.int32(-5))) == 1.0
