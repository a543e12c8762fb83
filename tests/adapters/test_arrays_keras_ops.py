"""Schedules through `keras.ops`: float32, whatever the backend and the dtype policy."""

import keras
import numpy as np
import pytest
from hypothesis import given

from lrkit import cosine, warmup
from tests.adapters.arrays import COMPOSED, LONG, assert_close, composed, steps_of
from tests.strategies import expressions


def values(s, steps, dtype):
    got = s.at(keras.ops.convert_to_tensor(np.array(steps, dtype)), keras.ops)
    assert keras.backend.standardize_dtype(got.dtype) == "float32"
    return keras.ops.convert_to_numpy(got)


@pytest.mark.parametrize("dtype", ["int32", "int64"])
@pytest.mark.parametrize("s", COMPOSED + LONG, ids=str)
def test_counters(s, dtype):
    steps = steps_of(s)
    assert_close(values(s, steps, dtype), s, steps)


@given(expressions())
def test_any_composed_schedule(text):
    s, steps, height = composed(text)
    assert_close(values(s, steps, "int32"), s, steps, height)


@pytest.mark.parametrize("floats", ["float16", "bfloat16", "float64"])
def test_the_dtype_policy_does_not_matter(floats):
    before = keras.config.floatx()
    keras.config.set_floatx(floats)
    try:
        for s in COMPOSED:
            steps = steps_of(s)
            assert_close(values(s, steps, "int32"), s, steps)
    finally:
        keras.config.set_floatx(before)


def test_a_keras_variable_is_a_step():
    s = warmup(3) >> cosine(50)
    counter = keras.Variable(3, dtype="int32", trainable=False)
    assert float(s(counter)) == float(s.at(counter, keras.ops)) == 1.0


def test_lists_and_numbers():
    s = warmup(3) >> cosine(50)
    assert keras.ops.convert_to_numpy(s.at([0, 3], keras.ops)).tolist() == [0.0, 1.0]
    assert float(s.at(3, keras.ops)) == 1.0
