"""Every recipe in float32 on int32 counters: through `keras.ops`, and in a graph of the backend."""

import importlib
import os
from functools import partial
from itertools import islice

import keras
import numpy as np
import pytest

from tests.adapters.arrays import assert_close, recipes
from tests.recipe_texts import RECIPES

# A thousand each before a release; what a graph costs is its compilation.
LONG = os.environ.get("HYPOTHESIS_PROFILE") == "long"
EAGER, COMPILED = (1_000, 1_000) if LONG else (40, 10)
IN_ONE_GRAPH = 10


def counters(steps):
    return keras.ops.convert_to_tensor(np.array(steps, "int32"))


@pytest.mark.parametrize("name", sorted(RECIPES))
def test_as_numbers(name):
    for s, steps, height in recipes(name, EAGER):
        got = keras.ops.convert_to_numpy(s.at(counters(steps), keras.ops))
        assert got.dtype == np.float32
        assert_close(got, s, steps, height)


def each_at(schedules, steps):
    return [s(steps[i]) for i, s in enumerate(schedules)]


def in_a_graph(function, name):
    """The function traced or jitted by the backend; torch runs it as it is."""
    match keras.backend.backend():
        case "tensorflow":
            # AutoGraph would convert anew each of hundreds of cycles: of those it has
            # test_restarts.py.
            autograph = name != "cosine_restarts"
            return importlib.import_module("tensorflow").function(function, autograph=autograph)
        case "jax":
            return importlib.import_module("jax").jit(function)
    return function


@pytest.mark.parametrize("name", sorted(RECIPES))
def test_in_a_graph(name):
    """Called with the backend's own counters, many schedules to a graph."""
    drawn = recipes(name, COMPILED)
    while some := list(islice(drawn, IN_ONE_GRAPH)):
        schedules = [s for s, _, _ in some]
        graph = in_a_graph(partial(each_at, schedules), name)
        values = graph(counters([steps for _, steps, _ in some]))
        for got, (s, steps, height) in zip(values, some, strict=True):
            assert_close(keras.ops.convert_to_numpy(got), s, steps, height)
