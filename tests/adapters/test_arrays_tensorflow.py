"""Schedules in TensorFlow: eager and in a graph, on int32 and int64 counters."""

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given

from lrkit import cosine, warmup
from tests.adapters.arrays import COMPOSED, LONG, assert_close, composed, steps_of
from tests.strategies import expressions

DTYPES = ["int32", "int64"]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("s", COMPOSED + LONG, ids=str)
def test_eager(s, dtype):
    steps = steps_of(s)
    got = s(tf.constant(steps, dtype))
    assert got.dtype == tf.float32
    assert_close(got.numpy(), s, steps)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("s", COMPOSED + LONG, ids=str)
def test_in_a_graph(s, dtype):
    """One traced scalar counter, as an optimizer has."""
    graph = tf.function(s, input_signature=[tf.TensorSpec([], dtype)])
    steps = steps_of(s)[::3]
    assert_close(np.array([graph(tf.constant(step, dtype)).numpy() for step in steps]), s, steps)


def test_compiled_by_xla():
    s = COMPOSED[0]
    steps = steps_of(s)
    assert_close(tf.function(s, jit_compile=True)(tf.constant(steps)).numpy(), s, steps)


@given(expressions())
def test_any_composed_schedule(text):
    s, steps, height = composed(text)
    assert_close(s(tf.constant(steps, tf.int64)).numpy(), s, steps, height)


@pytest.mark.parametrize("dtype", ["uint8", "int16", "uint64"])
def test_other_counters(dtype):
    got = (warmup(3) >> cosine(50))(tf.constant([0, 1, 30, 99], dtype))
    assert_close(got.numpy(), warmup(3) >> cosine(50), [0, 1, 30, 99])


def test_shapes_variables_and_floats():
    s = warmup(3) >> cosine(50)
    assert s(tf.zeros([2, 0, 3], tf.int64)).shape == (2, 0, 3)
    assert s(tf.Variable(3, dtype=tf.int64)).numpy() == 1.0
    assert s(tf.constant([3.0, 1.5])).numpy().tolist() == [1.0, 0.5]
    assert s(tf.constant(3.0, tf.float64)).dtype == tf.float64
    assert s(tf.constant([3], tf.bfloat16)).dtype == tf.float32
    assert s.at([0, 3], tf).numpy().tolist() == [0.0, 1.0]


def test_a_graph_has_no_control_flow():
    s = COMPOSED[2]
    graph = tf.function(s).get_concrete_function(tf.TensorSpec([], tf.int64)).graph
    kinds = {operation.type for operation in graph.get_operations()}
    assert not {kind for kind in kinds if "If" in kind or "While" in kind or "Case" in kind}


def test_the_gradient_is_the_slope():
    s = 2.0 * cosine(100)
    step = tf.Variable(50.0)
    with tf.GradientTape() as tape:
        rate = s(step)
    assert tape.gradient(rate, step).numpy() == pytest.approx(-np.pi / 100, rel=1e-5)


def test_what_holds_no_number_is_refused():
    with pytest.raises(TypeError, match="array of numbers"):
        cosine(10)(tf.constant(["a"]))
