"""A user's own functions and classes that no training should meet: refused when they are made."""

import functools
import math
import random
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest

from lrkit import Schedule, cosine
from lrkit.keras import LearningRate, learning_rate
from tests.adapters.own_schedules import Base, FromTheDocs, N, Plain, Rsqrt, branches


class Counter:
    """Decays by one more call, not by the step."""

    def __init__(self) -> None:
        self.rate = 0.5

    def __call__(self, step: Any) -> float:
        self.rate *= 0.99
        return self.rate


def fails_late(step: Any) -> float:
    if step == 7:
        raise KeyError("seven")
    return 0.1


BAD: list[tuple[Any, type[Exception], str]] = [
    (fails_late, ValueError, r"`fails_late\(step\)` must be one number, got KeyError for .*\(7\)"),
    (lambda step: 1 / (5 - step), ValueError, r"ZeroDivisionError for function\(5\): division"),
    (lambda step: math.log(-step), ValueError, r"for function\(0\)|must be finite"),
    (lambda step: math.nan if step == 3 else 0.1, ValueError, r"finite, got function\(3\)=nan\."),
    (lambda step: 10 ** (100 * step), ValueError, r"must be finite, got function\(4\)=inf"),
    (lambda step: 5 // (5 - step), ValueError, r"ZeroDivisionError for .*|finite, got .*\(5\)"),
    (lambda step: keras.ops.log(1.0 * step), ValueError, r"finite, got function\(0\)=-inf\. Mend"),
    (
        lambda step: None if step > 3 else 0.1,
        TypeError,
        r"function\(4\)=None\. Does it end",
    ),
    (lambda step: "0.1", TypeError, r"must be one number, got function\(0\)='0\.1'\."),
    (lambda step: step > 3, TypeError, r"function\(0\)=False"),
    (lambda step: 0.1j, TypeError, r"function\(0\)=0\.1j"),
    (lambda step: [0.1], TypeError, r"function\(0\)=an array of shape \(1,\)"),
    (lambda step: keras.ops.ones((2, 3)), TypeError, r"=an array of shape \(2, 3\)\. Mend"),
    (
        lambda step: 0.1 * (1 - step / 30),
        ValueError,
        r"0 or more, got function\(31\)=-0\.0.*max",
    ),
    (lambda step: 1.0 - keras.ops.exp(0.1 * step), ValueError, r"0 or more, got function\(1\)=-0"),
    (lambda step: random.random(), ValueError, r"must be the same whenever it is asked, got fu"),
    (
        Counter(),
        ValueError,
        r"`Counter.__call__\(step\)` must be the same .*Work the rate",
    ),
    (Base(), ValueError, r"must be one number, got NotImplementedError"),
    (0.1, TypeError, "`function` must be a function of the step, got 0.1"),
    (cosine(9), TypeError, "must be your own function or class, got function=cosine"),
    (LearningRate("cosine(9)"), TypeError, "got function=LearningRate.*takes a LearningRate as"),
]


@pytest.mark.parametrize(("function", "error", "message"), BAD)
def test_bad_functions(function: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        learning_rate(length=N)(function)


@pytest.mark.parametrize("length", [4, N, 300])
def test_state_is_noticed_at_every_length(length: int) -> None:
    with pytest.raises(ValueError, match="must be the same whenever"):
        learning_rate(length=length)(Counter())
    remembering = functools.cache(branches)  # a state, but one that nobody can tell
    assert learning_rate(length=length)(remembering).schedule.length == length


def test_the_cause_is_kept() -> None:
    with pytest.raises(ValueError, match=r"fails_late\(7\): 'seven'") as caught:
        learning_rate(length=9)(fails_late)
    assert isinstance(caught.value.__cause__, KeyError)


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("ExponentialDecay", (1, 10, 0.5), r"`initial_learning_rate` must be a float, .*=1, with"),
        ("CosineDecay", (1, 10), r"rounds its rates .*Write 1\.0\."),
        ("InverseTimeDecay", (1, 10, 0.5), r"1\.0 at step \d+, not 0\.\d+"),
    ],
)
def test_a_rate_that_keras_rounds(name: str, arguments: Any, message: str) -> None:
    peer = getattr(keras.optimizers.schedules, name)
    own = learning_rate(length=N)(type("Own", (peer,), {}))
    with pytest.raises(ValueError, match=message):
        own(*arguments)
    expected = peer(float(arguments[0]), *arguments[1:])(keras.ops.arange(N))
    made = own(float(arguments[0]), *arguments[1:])
    np.testing.assert_allclose(
        made.schedule.values(), keras.ops.convert_to_numpy(expected), rtol=0, atol=1e-6
    )


def function(step: int) -> float:
    return 0.1


class NoCall:
    def __init__(self, steps: int) -> None:
        self.steps = steps


DECORATIONS: list[tuple[Callable[[], Any], type[Exception], str]] = [
    (lambda: learning_rate(function), TypeError, r"got only function\. Write @lrkit\.keras\.lea"),  # type: ignore[arg-type]
    (lambda: learning_rate(), TypeError, r"`length` must be given, got only length=None\. Write @"),
    (lambda: learning_rate(length=0), ValueError, "whole number of 1 or more, got length=0"),
    (lambda: learning_rate(length=2.5), ValueError, r"got length=2\.5"),  # type: ignore[arg-type]
    (lambda: learning_rate(length=10**8), ValueError, "at most 10,000,000"),
    (lambda: learning_rate(length=None), TypeError, "got only length=None"),  # type: ignore[arg-type]
    (lambda: learning_rate(length=5, gradient_accumulation_steps=0), ValueError, "at least 1"),
    (lambda: learning_rate(length="n")(function), TypeError, "whole number for a function, .*'n'"),
    (lambda: learning_rate(length=5)(NoCall), TypeError, "a method __call__.*got class=NoCall"),
    (lambda: learning_rate(length=5)(type("A", (Base,), {})), TypeError, "a method __call__"),
    (
        lambda: learning_rate(length="n")(FromTheDocs),
        ValueError,
        "one of initial_learning_rate",
    ),
    (lambda: learning_rate(length="decay_step")(Rsqrt), ValueError, "Did you mean 'decay_steps'"),
    (
        lambda: learning_rate(length=5)(keras.optimizers.schedules.CosineDecay),
        TypeError,
        "your own",
    ),
    (lambda: learning_rate(length=5)(Schedule), TypeError, r"class=Schedule of lrkit"),
    (lambda: Plain(0.1, decay_steps=0), ValueError, "`decay_steps` must be a whole number.*=0"),
    (lambda: Plain(0.1, decay_steps="9"), TypeError, "`decay_steps` must be a number"),
    (lambda: Plain(0.1), TypeError, "decay_steps"),
    (
        lambda: LearningRate(FromTheDocs(0.1), length=5),
        TypeError,
        r"lrkit\.keras\.learning_rate\(length=\.\.\.\)\(FromTheDocs\(\.\.\.\)\)",
    ),
    (lambda: LearningRate(FromTheDocs), TypeError, r"\(length=\.\.\.\)\(FromTheDocs\("),  # type: ignore[arg-type]
    (
        lambda: LearningRate(keras.optimizers.schedules.CosineDecay(0.1, 9)),
        TypeError,
        "Give a schedule of Keras to the optimizer as it is",
    ),
]


@pytest.mark.parametrize(("made", "error", "message"), DECORATIONS)
def test_bad_decorations(made: Callable[[], Any], error: Any, message: str) -> None:
    with pytest.raises(error, match=message):
        made()
    assert type(FromTheDocs(0.1)) is FromTheDocs  # what was refused is as it was
