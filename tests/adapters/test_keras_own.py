"""A user's own functions and classes as learning rates, with the values that their author meant."""

import copy
import inspect
import math
import pickle
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import keras
import numpy as np
import pytest

from lrkit import read
from lrkit.keras import LearningRate, learning_rate, progress, scheduled
from tests.adapters.keras_training import BACKEND, Applied, fit, network, regression, visible
from tests.adapters.own_schedules import (
    FUNCTIONS,
    Base,
    FromTheDocs,
    N,
    Plain,
    Rsqrt,
    decorated,
    ramp,
)
from tests.adapters.test_keras_learning_rate import traced


@pytest.mark.parametrize("length", [12, N])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_kind_of_function_gives_its_values(name: str, length: int) -> None:
    if (name, BACKEND) == ("cond", "jax"):
        length = {12: 3, N: 33}[
            length
        ]  # JAX compiles a `cond` anew each time it is called outside of a graph
    function, meant = FUNCTIONS[name]
    rate = learning_rate(length=length)(function)
    assert isinstance(rate, LearningRate)
    expected = np.array([meant(k) for k in range(length)] + 3 * [meant(length - 1)])
    values = rate.schedule(np.arange(length + 3))
    in_32_bits = {"keras.ops", "tensors", "uncast", "infinite on the way", "if on tensors"}
    tolerance = 1e-6 * expected.max() if name in in_32_bits else 0.0
    np.testing.assert_allclose(values, expected, rtol=0, atol=tolerance)
    assert rate == LearningRate(function, length=length)
    assert read(repr(rate.schedule)) == rate.schedule


@pytest.mark.skipif(BACKEND != "tensorflow", reason="it alone makes a graph of Python's `if`")
def test_python_branches_on_tensors_are_asked_in_a_graph() -> None:
    """One call for each step would take 40 s for 100,000 of them."""
    asked: list[Any] = []

    def counted(step: Any) -> Any:
        asked.append(step)
        return ramp(step)

    rate = learning_rate(length=3000)(counted)
    assert len(asked) < 600
    expected = [0.25 * k if k < 5 else 0.25 + math.exp(5 - k) for k in range(3000)]
    np.testing.assert_allclose(rate.schedule.values(), expected, rtol=0, atol=2e-6)


def test_a_long_asking_says_how_far_it_is(monkeypatch: Any, capsys: Any) -> None:
    clock = iter(range(10_000))  # a second at each look
    monkeypatch.setattr(progress, "time", SimpleNamespace(monotonic=lambda: next(clock)))
    plain = learning_rate(length=640)(lambda step: [0.5, 0.25][step % 2])
    assert capsys.readouterr().err == ""  # not a terminal
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    assert learning_rate(length=640)(lambda step: [0.5, 0.25][step % 2]) == plain
    said = capsys.readouterr().err
    assert said.startswith(
        "\rlearning_rate: asking function for its rates, one by one: 128 of 640 (20%)\r"
    )
    assert said.endswith("640 of 640 (100%)\n")
    learning_rate(length=40)(lambda step: [0.5, 0.25][step % 2])
    assert capsys.readouterr().err == ""  # over before the patience is


@pytest.mark.parametrize("name", ["tensors", "if", "division"])
def test_the_rates_are_applied_in_a_compiled_training(name: str) -> None:
    function, meant = FUNCTIONS[name]
    applied = Applied()
    fit(visible(keras.optimizers.SGD(learning_rate(length=6)(function))), [applied])
    expected = [meant(min(k, 5)) for k in range(8)]
    np.testing.assert_allclose(applied.rates, expected, rtol=0, atol=1e-6 * max(expected))


# ---- classes ---------------------------------------------------------------------------------


def test_the_example_of_the_documentation_trains() -> None:
    made = decorated(FromTheDocs)(0.1, 5)
    applied = Applied()
    fit(visible(keras.optimizers.SGD(made)), [applied])
    expected = [0.1 / (min(k, 4) + 1) for k in range(8)]
    np.testing.assert_allclose(applied.rates, expected, rtol=0, atol=1e-8)
    assert made.schedule.length == 5


@pytest.mark.parametrize(("arguments", "length"), [((1,), 8), ((0.5, 3), 3)])
def test_a_class_with_get_config_and_old_super(arguments: Any, length: int) -> None:
    made = decorated(Rsqrt)(*arguments)
    assert made.schedule.length == length
    expected = arguments[0] / np.sqrt(np.arange(1, length + 1))
    inside = traced(made)(np.arange(length, dtype="int32"))
    np.testing.assert_allclose(inside, expected, rtol=0, atol=1e-6)


def test_a_decorated_class_stays_what_it_was() -> None:
    made = Plain(0.5, decay_steps=4)
    assert isinstance(made, LearningRate)
    assert isinstance(made, Base)
    assert not isinstance(made, Plain)
    assert isinstance(Plain, type)
    assert (Plain.__name__, Plain.__doc__) == ("Plain", "Halves every second step.")
    assert list(inspect.signature(Plain).parameters) == ["first", "decay_steps"]
    assert repr(made) == "LearningRate(\"table([[2, 0.5], [2, 0.25]], label='Plain')\")"
    assert Plain(first=0.5, decay_steps=4) == made


def test_derived_classes_make_rates_too() -> None:
    class Third(Plain):
        def __init__(self, decay_steps: int) -> None:
            super().__init__(0.3, decay_steps=decay_steps)

    @learning_rate(length=2)
    class Two(Third):
        def __init__(self) -> None:
            super().__init__(7)

    assert Third(4).schedule == read("table([[2, 0.3], [2, 0.15]], label='Third')")
    assert Two().schedule == read("table([[2, 0.3]], label='Two')")


def test_dataclasses_and_own_constructors() -> None:
    @learning_rate(length="steps")
    @dataclass(frozen=True)
    class Line:
        steps: int
        peak: float = 0.5

        def __call__(self, step: int) -> float:
            return self.peak * (1 - step / self.steps)

    class Kept:
        def __new__(cls, **options: Any) -> Any:
            made = super().__new__(cls)
            made.options = options
            return made

        def __call__(self, step: int) -> float:
            return float(self.options["rate"])

    assert Line(4).schedule.values().tolist() == [0.5, 0.375, 0.25, 0.125]
    assert learning_rate(length="n")(Kept)(rate=0.1, n=3).schedule.length == 3


def test_registered_with_keras_by_its_author() -> None:
    register = keras.saving.register_keras_serializable("mine")
    above = register(learning_rate(length="decay_steps")(type("Above", (Rsqrt,), {})))
    below = learning_rate(length="decay_steps")(register(type("Below", (Rsqrt,), {})))
    for cls in (above, below):
        old = {
            "class_name": cls.__name__,
            "config": {"initial_learning_rate": 0.1, "decay_steps": 4},
            "registered_name": f"mine>{cls.__name__}",
        }
        again = keras.saving.deserialize_keras_object(old)  # of a file from before it was decorated
        assert again == cls(0.1, 4)


def test_an_object_of_keras_itself() -> None:
    peer = keras.optimizers.schedules.PolynomialDecay(0.5, 10, 0.1)
    rate = learning_rate(length=12)(peer)
    expected = [0.5 - 0.04 * min(k, 10) for k in range(12)]
    np.testing.assert_allclose(rate.schedule.values(), expected, rtol=0, atol=1e-7)


# ---- saved and loaded, built and passed on -----------------------------------------------------

LOAD = """
import sys, keras, lrkit.keras
model = keras.saving.load_model(sys.argv[1])
print(repr(model.optimizer._learning_rate))
"""


def test_a_saved_model_loads_where_the_code_is_not(tmp_path: Path) -> None:
    made = decorated(FromTheDocs)(0.1, 5)
    model = network(keras.optimizers.Adam(made))
    model.fit(*regression(), batch_size=4, verbose=0)
    model.save(tmp_path / "model.keras")
    assert keras.saving.load_model(tmp_path / "model.keras").optimizer._learning_rate == made
    done = subprocess.run(
        [sys.executable, "-c", LOAD, str(tmp_path / "model.keras")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.splitlines() == [repr(made)], done.stderr


def test_in_a_scheduled_optimizer() -> None:
    rate = learning_rate(length=6)(lambda step: 0.1 / (step + 1))
    applied = Applied()
    fit(visible(scheduled(keras.optimizers.SGD, learning_rate=rate)), [applied])
    expected = [0.1 / (min(k, 5) + 1) for k in range(8)]
    np.testing.assert_allclose(applied.rates, expected, rtol=0, atol=1e-8)


def test_built_from_hyperparameters() -> None:
    keras_tuner = pytest.importorskip("keras_tuner")
    hp = keras_tuner.HyperParameters()
    hp.Fixed("first", 0.25)
    hp.Fixed("steps", 4)
    made = Plain(hp.Float("first", 0.1, 1.0), decay_steps=hp.Int("steps", 2, 8))
    assert made == Plain(0.25, decay_steps=4)


def test_accumulated_batches_are_counted_out() -> None:
    rate = learning_rate(length=4, gradient_accumulation_steps=3)(lambda step: 0.1 * (step + 1))
    assert rate.gradient_accumulation_steps == 3
    np.testing.assert_allclose(rate(np.arange(0, 12, 3)), [0.1, 0.2, 0.3, 0.4], atol=1e-7)
    made = learning_rate(length=4, gradient_accumulation_steps=3)(type("A", (Rsqrt,), {}))(0.1)
    assert made.gradient_accumulation_steps == 3


def test_name_and_docstring_without_the_function() -> None:
    @learning_rate(length=3)
    def my_rate(step: int) -> float:
        """Says what it is."""
        return 0.1

    assert (my_rate.__name__, my_rate.__doc__) == ("my_rate", "Says what it is.")
    assert "label='my_rate'" in repr(my_rate)
    for again in (pickle.loads(pickle.dumps(my_rate)), copy.deepcopy(my_rate)):
        assert again == my_rate


# ---- long ones -----------------------------------------------------------------------------------


def counted(function: Callable[[Any], Any]) -> tuple[Callable[[Any], Any], list[int]]:
    calls = [0]

    def counting(step: Any) -> Any:
        calls[0] += 1
        return function(step)

    return counting, calls


def test_tensors_are_asked_for_at_once() -> None:
    def jump(step: Any) -> Any:
        step = keras.ops.convert_to_tensor(step)
        return keras.ops.where(step < 123_457, 0.5, 0.5 * keras.ops.exp(-1e-5 * step))

    function, calls = counted(jump)
    schedule = learning_rate(length=500_000)(function).schedule
    assert calls[0] < 1000
    steps = np.array([0, 123_456, 123_457, 499_999, 500_000])
    expected = [0.5, 0.5, 0.5 * math.exp(-1.23457), *2 * [0.5 * math.exp(-4.99999)]]
    np.testing.assert_allclose(schedule(steps), expected, rtol=0, atol=1e-6)


def test_python_is_asked_step_by_step_and_exactly() -> None:
    function, calls = counted(lambda step: 0.1 * 0.999 ** (step // 10) if step > 99 else step / 1e3)
    schedule = learning_rate(length=50_000)(function).schedule
    assert 50_000 <= calls[0] < 51_000
    assert [schedule(k) for k in (99, 100, 49_999)] == [0.099, 0.1 * 0.999**10, 0.1 * 0.999**4999]


@pytest.mark.parametrize(
    "function",
    [
        lambda step: 0.5 + 0 * step if np.ndim(step) else 0.1,
        lambda step: np.where(step > 500, 0.1, 0.5) if np.ndim(step) else 0.5 - 0.4 * (step >= 500),
        lambda step: np.sort(step)[::-1] / 1e4 if np.ndim(step) else step / 1e4,
    ],
    ids=["other values", "one step later", "other order"],
)
def test_one_call_for_all_steps_is_not_trusted_blindly(function: Callable[[Any], Any]) -> None:
    schedule = learning_rate(length=1000)(function).schedule
    assert schedule.values().tolist() == [float(function(k)) for k in range(1000)]
