"""What cannot be is said when the optimizer is made, with the way out."""

import jax.numpy as jnp
import optax
import pytest

from lrkit import cosine, hold, linear
from lrkit.optax import scheduled
from tests.adapters.optax_training import layers

LR = 0.1 * cosine(10)


def asks(learning_rate, power=1.0):
    """An optimizer that wants to know its number before it is compiled."""
    if power == 0.0:
        raise ValueError("no power")
    return optax.sgd(learning_rate * power)


REFUSED = {
    "no function": (
        lambda: scheduled(optax.adamw(0.1)),
        TypeError,
        r"scheduled: `optimizer` must be a function that makes a transformation, got optimizer=Gr"
        r".* Write scheduled\(optax\.adamw, learning_rate=\.\.\.\)\.",
    ),
    "no transformation": (
        lambda: scheduled(optax.constant_schedule, value=0.1),
        TypeError,
        "scheduled: `optimizer` must return an optax transformation, got constant_schedule, which",
    ),
    "unknown name": (
        lambda: scheduled(optax.adamw, learning_rate=LR, weight_decy=0.1),
        TypeError,
        r"scheduled: each argument must be one of adamw, got `weight_decy`\. Did you mean "
        r"`weight_decay`\?",
    ),
    "name like no other": (
        lambda: scheduled(optax.sgd, learning_rate=LR, zzz=0.1),
        TypeError,
        r"must be one of sgd, got `zzz`\. Leave it out\.",
    ),
    "missing": (
        lambda: scheduled(optax.adamw, weight_decay=0.1),
        TypeError,
        "scheduled: `learning_rate` must be given, for which adamw has no default, got weight_dec",
    ),
    "nothing": (lambda: scheduled(optax.sgd), TypeError, r"got nothing\. Write learning_rate=\.\."),
    "a switch": (
        lambda: scheduled(optax.sgd, learning_rate=LR, nesterov=linear(10), momentum=0.9),
        TypeError,
        r"scheduled: `nesterov` must be no schedule, got nesterov=linear\(10\), for which sgd "
        r"takes no number that changes while it runs\. Give it a plain value\.",
    ),
    "a dtype": (
        lambda: scheduled(optax.adamw, learning_rate=LR, mu_dtype="linear(10)"),
        TypeError,
        r"`mu_dtype` must be no schedule, got mu_dtype=linear\(10\)",
    ),
    "a shape": (
        lambda: scheduled(optax.lbfgs, learning_rate=LR, memory_size=5 * hold()),
        TypeError,
        "`memory_size` must be no schedule",
    ),
    "a number that is asked for": (
        lambda: scheduled(asks, learning_rate=LR, power=linear(10)),
        TypeError,
        "`power` must be no schedule, got power=.*, for which asks takes",
    ),
    "a text": (
        lambda: scheduled(optax.adamw, learning_rate="0.1 * cosin(10)"),
        ValueError,
        r"scheduled: `learning_rate` must be a schedule or the text of one, got learning_rate='0\."
        r"1 \* cosin\(10\)'\. Unknown name `cosin`; the nearest known name is `cosine`\.",
    ),
    "a text of a number": (
        lambda: scheduled(optax.adamw, learning_rate="0.1"),
        ValueError,
        r"got learning_rate='0\.1'\. A schedule was expected, got 0\.1",
    ),
    "a text for a number": (
        lambda: scheduled(optax.adamw, learning_rate=LR, b1="high"),
        ValueError,
        r"`b1` must be a schedule or the text of one, got b1='high'\. Unknown name `high`",
    ),
    "a text that calls": (
        lambda: scheduled(optax.sgd, learning_rate=LR, momentum="lineer(10)"),
        ValueError,
        "`momentum` must be a schedule or the text of one",
    ),
    "below 0": (
        lambda: scheduled(optax.sgd, learning_rate=linear(10, stop=-0.5)),
        ValueError,
        r"scheduled: `learning_rate` must be 0 or more at every update, not -0\.5, got learning_rat"
        r"e=linear\(10, stop=-0\.5\)\. Negative rates climb the loss\.",
    ),
    "multipliers that are none": (
        lambda: scheduled(optax.sgd, learning_rate=LR, multipliers=[0.5]),
        TypeError,
        r"scheduled: `multipliers` must be a dict by pattern, got multipliers=\[0\.5\]\. Write",
    ),
    "a negative multiplier": (
        lambda: scheduled(optax.sgd, learning_rate=LR, multipliers={"bias": -1}),
        ValueError,
        r"scheduled: `multipliers\['bias'\]` must be 0 or more",
    ),
    "a multiplier that falls below 0": (
        lambda: scheduled(optax.sgd, learning_rate=LR, multipliers={"b": "linear(4, stop=-1)"}),
        ValueError,
        "must be 0 or more at every update, not -1",
    ),
    "a multiplier that is no text of one": (
        lambda: scheduled(optax.sgd, learning_rate=LR, multipliers={"b": "linar(4)"}),
        ValueError,
        r"scheduled: `multipliers\['b'\]` must be a schedule or the text of one, got .* `linear`",
    ),
    "a multiplier without a rate": (
        lambda: scheduled(optax.scale, step_size=LR, multipliers={"bias": 1}),
        TypeError,
        "scheduled: `multipliers` must be left out unless there is a `learning_rate` to multiply",
    ),
    "a pattern that is none": (
        lambda: scheduled(optax.sgd, learning_rate=LR, multipliers={"(": 1}),
        ValueError,
        "scheduled: `multipliers` must be a regular expression",
    ),
    "a pattern of another type": (
        lambda: scheduled(optax.sgd, learning_rate=LR, multipliers={1: 1}),
        TypeError,
        r"scheduled: `multipliers` must have patterns \(texts\) as keys, got 1 of type int",
    ),
    "labels alone": (
        lambda: scheduled(optax.sgd, learning_rate=LR, labels={"a": "x"}),
        TypeError,
        "scheduled: `labels` must be left out unless `multipliers` is given",
    ),
    "a label that is not there": (
        lambda: scheduled(optax.sgd, learning_rate=LR, labels={"a": "x"}, multipliers={"y": 1}),
        ValueError,
        r"scheduled: `multipliers` must have labels that parameters have, got 'y'\. These there are"
        r": 'x'\.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_refused_when_made(case):
    make, kind, message = REFUSED[case]
    with pytest.raises(kind, match=message) as refused:
        make()
    assert "\n" not in str(refused.value)


def test_an_error_of_the_optimizer_itself_comes_at_once():
    with pytest.raises(ValueError, match="no power"):
        scheduled(asks, learning_rate=LR, power=0.0)


def test_what_needs_the_parameters_comes_with_them():
    made = scheduled(optax.sgd, learning_rate=LR, multipliers={"decoder": 1})
    paths = "encoder/bias, encoder/kernel, head/bias, head/kernel"
    message = rf"`multipliers` must match .*'decoder', which none of these paths contains: {paths}"
    with pytest.raises(ValueError, match=message):
        made.init(layers())
    function = scheduled(optax.sgd, learning_rate=LR, labels=lambda _: "x", multipliers={"y": 1})
    with pytest.raises(ValueError, match="must have labels that parameters have, got 'y'"):
        function.init(layers())
    other = scheduled(optax.sgd, learning_rate=LR, labels={"a": "x"}, multipliers={"x": 1})
    with pytest.raises(ValueError, match="scheduled: `labels` must have the structure of the para"):
        other.init(layers())


def test_an_optimizer_that_wants_other_parameters_is_left_alone():
    """It is traced with two small ones, and fails there with plain numbers as well."""

    def picky(learning_rate):
        inner = optax.sgd(learning_rate)

        def update(grads, state, tree=None):
            return inner.update({"mine": grads["mine"]}, state, tree)

        return optax.GradientTransformation(inner.init, update)

    made = scheduled(picky, learning_rate=LR)
    changes, _ = made.update({"mine": jnp.ones(1)}, made.init({"mine": jnp.ones(1)}))
    assert float(changes["mine"][0]) == pytest.approx(-0.1)


def test_a_mask_of_ones_own_structure_is_left_alone():
    mask = {"encoder": True, "head": False}
    scheduled(optax.adamw, learning_rate=LR, weight_decay=0.1 * LR, mask=mask).init(layers())
