"""Restarts begin where they should in float32 too: the peak, not the floor, at every boundary."""

import importlib

import keras
import numpy as np
import pytest

from lrkit import cosine_restarts
from tests.restarts import CYCLES, FIRST, STRETCHES, boundaries


def counters(steps):
    """The steps as an int32 tensor, always as long, so that a backend compiles each op once."""
    padded = np.array(steps + [0] * (CYCLES - len(steps)), "int32")
    return keras.ops.convert_to_tensor(padded)


def compiled(s):
    """`s` in a graph of the backend; torch runs the same operations one by one."""
    at = lambda steps: s.at(steps, keras.ops)  # noqa: E731
    match keras.backend.backend():
        case "tensorflow":
            return importlib.import_module("tensorflow").function(at)
        case "jax":
            return importlib.import_module("jax").jit(at)
    return at


def assert_peaks(function, s, steps):
    got = keras.ops.convert_to_numpy(function(counters(steps)))
    assert got.dtype == np.float32
    peaks = [0.9**i for i in range(len(steps))]
    np.testing.assert_allclose(got[: len(steps)], peaks, rtol=1e-6, err_msg=str(s))


@pytest.mark.parametrize("stretch", STRETCHES)
def test_in_float32_with_an_int32_counter(stretch):
    for first in FIRST:
        s = cosine_restarts(first, times=CYCLES, stretch=stretch, height=0.9)
        steps = boundaries(first, stretch, below=2**31 - 1)
        assert_peaks(lambda steps, s=s: s.at(steps, keras.ops), s, steps)


@pytest.mark.parametrize("stretch", STRETCHES)
@pytest.mark.parametrize("first", [1, 10, 100])
def test_in_a_compiled_graph(first, stretch):
    """Among them those where peers in float32 give the floor: 10 steps with 1.1 or 2."""
    s = cosine_restarts(first, stretch=stretch, height=0.9)
    assert_peaks(compiled(s), s, boundaries(first, stretch, below=2**31 - 1))
