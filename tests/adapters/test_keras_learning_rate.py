"""A schedule as Keras sees it: its values, its dtype, its messages."""

import json
import math
from collections.abc import Callable, Iterator
from typing import Any

import keras
import numpy as np
import pytest

from lrkit import cosine, hold, read, warmup
from lrkit.keras import LearningRate
from tests.adapters.keras_training import BACKEND

TEXTS = [
    "0.001 * cosine(3130)",
    "0.0003 * (warmup(50) >> hold(200) >> one_minus_sqrt(100))",
    "warmup(10) >> hold(5) >> linear(20, stop=0.2) | 0.1 * cosine(30) | hold(value=0.02)",
    "0.5 * repeat(cosine(7), 4, stretch=2, height=0.5)",
    "0.1 * inverse_sqrt(40)",
    "2 * points({0: 1, 30: 0.1, 60: 0.5})",
    "0.1 * exponential(rate=0.9, every=7).staircase(7)",
    "geometric(40, start=1.0, stop=0.001) * warmup(15)",
    "0.01 * polynomial(80, power=2.0, stop=0.1)",
]


def traced(rate: Any) -> Callable[[Any], np.ndarray]:
    """What the schedule is inside a compiled graph of this backend."""
    if BACKEND == "tensorflow":
        import tensorflow as tf

        graph = tf.function(rate)
    elif BACKEND == "jax":
        import jax

        graph = jax.jit(rate)
    else:
        import torch

        torch._dynamo.reset()  # its limit of recompilations counts every schedule of this file
        # Captured by Dynamo and dispatched as compiled code is, without generating C++.
        graph = torch.compile(rate, backend="aot_eager", fullgraph=True)
    return lambda step: keras.ops.convert_to_numpy(graph(keras.ops.convert_to_tensor(step)))


@pytest.fixture
def low_floatx(request: pytest.FixtureRequest) -> Iterator[str]:
    before = keras.config.floatx()
    keras.config.set_floatx(request.param)
    yield request.param
    keras.config.set_floatx(before)


@pytest.mark.parametrize("text", TEXTS)
def test_graph_and_host_are_the_schedule(text: str) -> None:
    schedule = read(text)
    steps = np.arange(-3, 200)
    expected = schedule(steps)
    height = np.abs(expected).max()
    rate = LearningRate(text)
    integer = "int32" if BACKEND == "jax" else "int64"
    inside = traced(rate)(steps.astype(integer))
    assert inside.dtype == np.float32
    np.testing.assert_allclose(inside, expected, rtol=0, atol=1e-6 * height)
    host = rate(steps)
    assert isinstance(host, np.ndarray)
    assert host.dtype == np.float32
    np.testing.assert_allclose(host, expected, rtol=0, atol=1e-7 * height)
    one = [float(rate(int(step))) for step in steps]
    np.testing.assert_array_equal(np.float32(one), host)


@pytest.mark.parametrize("integer", ["int32", "int64"])
@pytest.mark.parametrize("start", [0, 2**24 - 3, 2**30])
def test_counters_are_exact_at_boundaries(integer: str, start: int) -> None:
    if integer == "int64" and BACKEND == "jax":
        pytest.skip("JAX has no int64 counters unless x64 is on")
    # A jump, then a slope whose whole change is in seven steps: a counter rounded to float32 fails.
    schedule = hold(start + 5) | 0.5 * hold(2) | 0.25 * (warmup(7) >> hold(3))
    steps = np.arange(max(start - 2, 0), start + 20)
    inside = traced(LearningRate(schedule))(steps.astype(integer))
    np.testing.assert_allclose(inside, schedule(steps), rtol=0, atol=1e-6)


@pytest.mark.parametrize("start", [0, 2**24 + 1])
def test_accumulation_divides_the_counter_as_a_whole_number(start: int) -> None:
    schedule = hold(start + 2) | 0.5 * hold(2) | 0.25 * hold()
    rate = LearningRate(schedule, gradient_accumulation_steps=3)
    counters = np.arange(3 * start, 3 * start + 21)
    expected = schedule(counters // 3).astype("float32")
    np.testing.assert_array_equal(rate(counters), expected)
    np.testing.assert_array_equal(traced(rate)(counters.astype("int32")), expected)
    assert [float(rate(int(counter))) for counter in counters] == expected.tolist()


def test_argument_is_named_step() -> None:
    assert float(LearningRate("0.5 * cosine(4)")(step=2)) == 0.25


def test_takes_the_variable_that_keras_gives() -> None:
    counter = keras.Variable(2, dtype="int", trainable=False)
    rate = LearningRate("0.5 * cosine(4)")(counter)
    assert float(rate) == 0.25
    assert isinstance(rate, float) if BACKEND == "torch" else keras.ops.is_tensor(rate)


def test_takes_an_array_of_the_backend() -> None:
    rates = LearningRate("0.5 * cosine(4)")(keras.ops.arange(5))
    assert keras.ops.is_tensor(rates)
    assert keras.backend.standardize_dtype(rates.dtype) == "float32"
    expected = (0.5 * cosine(4))(np.arange(5))
    np.testing.assert_allclose(keras.ops.convert_to_numpy(rates), expected, rtol=0, atol=5e-7)


def test_takes_a_list_and_a_step_between_two() -> None:
    rate = LearningRate("linear(4)")
    np.testing.assert_array_equal(rate([0, 1, 4]), np.float32([1, 0.75, 0]))
    assert float(rate(0.5)) == 0.875


@pytest.mark.parametrize("low_floatx", ["float16", "bfloat16"], indirect=True)
def test_float32_whatever_floatx_is(low_floatx: str) -> None:
    rate = LearningRate("0.001 * cosine(100000)")
    expected = float((1e-3 * cosine(100_000))(70_001))
    inside = traced(rate)(np.int32(70_001))
    assert inside.dtype == np.float32
    assert float(inside) == pytest.approx(expected, abs=1e-9)
    assert float(rate(70_001)) == float(np.float32(expected))
    if BACKEND != "torch":
        assert keras.backend.standardize_dtype(rate(70_001).dtype) == "float32"


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16", "float16"])
def test_float32_under_every_policy(policy: str) -> None:
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(policy)
    try:
        optimizer = keras.optimizers.SGD(LearningRate("0.001 * cosine(100000)"))
        inside = traced(optimizer._learning_rate)(np.int32(70_001))
        assert inside.dtype == np.float32
        outside = np.asarray(keras.ops.convert_to_numpy(optimizer.learning_rate))
        assert np.float32(outside) == np.float32(0.001)
    finally:
        keras.config.set_dtype_policy(before)


@pytest.mark.skipif(BACKEND != "jax", reason="only JAX compiles operations outside of a graph")
def test_asking_outside_a_graph_compiles_nothing() -> None:
    import jax

    rate = LearningRate("0.001 * (warmup(10) >> cosine(90))")
    counter = keras.Variable(0, dtype="int", trainable=False)
    float(rate(counter))
    compiled: list[str] = []
    jax.monitoring.register_event_duration_secs_listener(
        lambda event, seconds, **more: compiled.append(event) if "compile" in event else None
    )
    try:
        for step in (1, 7, 50):
            counter.assign(step)
            compiled.clear()
            float(rate(counter))
            assert compiled == []
        jax.jit(lambda x: x * 3.0)(1.0)
        assert compiled  # the listener does hear a compilation
    finally:
        jax.monitoring.clear_event_listeners()


# ---- what is given ---------------------------------------------------------------------------


def python_rate(step: int) -> float:
    table = {0: 0.5, 1: 0.25}
    if step in table:
        return table[step]
    return 0.1 * (1 + math.cos(math.pi * (step // 2) / 6))


def test_plain_function_trains_in_every_graph() -> None:
    rate = LearningRate(python_rate, length=12)
    expected = np.array([python_rate(step) for step in range(12)])
    np.testing.assert_allclose(rate(np.arange(12)), expected, rtol=0, atol=5e-8)
    inside = traced(rate)(np.arange(12, dtype="int32"))
    np.testing.assert_allclose(inside, expected, rtol=0, atol=5e-7)


def test_plain_function_is_saved_as_it_was() -> None:
    rate = LearningRate(python_rate, length=12)
    again = LearningRate.from_config(json.loads(json.dumps(rate.get_config())))
    assert again == rate
    np.testing.assert_array_equal(again(np.arange(15)), rate(np.arange(15)))


@pytest.mark.parametrize(
    ("given", "options", "error", "message"),
    [
        (0.001, {}, TypeError, r"got schedule=0.001. For a constant.*LearningRate\(0.001 \* hold"),
        (1, {}, TypeError, r"got schedule=1\. For a constant rate write .* to the optimizer"),
        (None, {}, TypeError, r"must be a Schedule, a text or a plain function, got schedule=None"),
        (
            keras.optimizers.schedules.CosineDecay(1.0, 10),
            {},
            TypeError,
            "got schedule=<.*CosineDecay.*to the optimizer as it is",
        ),
        (python_rate, {}, TypeError, r"`length` must be given with a plain function, got length="),
        ("cosine(9)", {"length": 9}, TypeError, "`length` must be left out .* got length=9"),
        (hold(), {"length": 9}, TypeError, r"Write schedule\.over\(9\)"),
        ("cosin(9)", {}, ValueError, "cosine"),
        ("cosine(9)", {"gradient_accumulation_steps": 0}, ValueError, "at least 1, got grad.*=0"),
        ("cosine(9)", {"gradient_accumulation_steps": 2.0}, TypeError, "whole number, got .*=2.0"),
        ("cosine(9)", {"gradient_accumulation_steps": True}, TypeError, "whole number.*=True"),
        ("cosine(9)", {"gradient_accumulation_steps": None}, TypeError, "whole number.*=None"),
    ],
)
def test_bad_input_is_refused(given: Any, options: Any, error: Any, message: str) -> None:
    with pytest.raises(error, match=message):
        LearningRate(given, **options)


def test_one_inside_another_is_refused() -> None:
    with pytest.raises(TypeError, match=r"It is one already: give it to the optimizer"):
        LearningRate(LearningRate("cosine(9)"))  # type: ignore[arg-type]
