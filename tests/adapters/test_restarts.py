"""Restarts begin where they should: the peak, not the floor, at every boundary."""

import importlib
import math
from fractions import Fraction

import keras
import numpy as np
import pytest

from lrkit import cosine_restarts

FIRST = range(1, 201)
STRETCHES = [1, 1.1, 1.5, 2, 3]
CYCLES = 30


def boundaries(first, stretch, below):
    """The steps at which the first 30 cycles begin: exact sums, rounded half up."""
    growth = Fraction(str(stretch))
    total, begins = Fraction(0), []
    for i in range(CYCLES):
        begins.append(math.floor(total + Fraction(1, 2)))
        total += first * growth**i
    return [step for step in begins if step < below]


@pytest.mark.parametrize("stretch", STRETCHES)
def test_on_the_host(stretch):
    for first in FIRST:
        s = cosine_restarts(first, stretch=stretch)
        lower = cosine_restarts(first, stretch=stretch, height=0.9)
        begins = boundaries(first, stretch, below=2**53)
        for i, step in enumerate(begins):
            assert s(step) == 1.0, (s, step)
            assert lower(step) == pytest.approx(0.9**i, rel=1e-14), (lower, step)
            # The update before is the last of a cycle, down to a half or less, or its only one.
            assert step == 0 or step - 1 == begins[i - 1] or s(step - 1) <= 0.5, (s, step)


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
