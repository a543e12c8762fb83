"""like.keras gives what the installed Keras gives, at every step."""

import keras
import numpy as np
import pytest

import lrkit
import lrkit.keras
from lrkit.like import keras as like
from tests.adapters.keras_schedules_peer import BACKEND, decided_by_rounding, rates, span
from tests.adapters.like_keras_draws import DRAWS, calls

# TensorFlow computes in float64 where the rate is; the others mix in float32 or are not asked to.
TOLERANCE = {"float32": 4e-6} | ({"float64": 1e-9} if BACKEND == "tensorflow" else {})
# JAX compiles the branches of every warmup anew; the formulas are the same on all backends.
COUNT = {"float32": {"jax": 40, "tensorflow": 60, "torch": 200}[BACKEND], "float64": 200}


def test_every_schedule_is_compared():
    offered = vars(keras.optimizers.schedules).values()
    kinds = {s.__name__ for s in offered if isinstance(s, type)} - {"LearningRateSchedule"}
    assert kinds == set(DRAWS) == set(like.__all__)


def highest(expected, arguments):
    """The largest rate in play, also where a curve between two rates stays at one of them."""
    ends = [arguments.get(f"{end}_learning_rate", 0.0) for end in ("initial", "end")]
    return max(np.abs(expected).max(), *map(abs, ends))


@pytest.mark.parametrize("floats", TOLERANCE)
@pytest.mark.parametrize("name", DRAWS)
def test_every_step_is_the_peers(name, floats):
    for arguments in calls(name, COUNT[floats]):
        s, n = getattr(like, name)(**arguments), span(name, arguments)
        expected = rates(name, arguments, n, floats)
        for t, documented in decided_by_rounding(name, arguments, n, floats).items():
            expected[t] = documented  # in DEVIATIONS
        tolerance = TOLERANCE[floats] * highest(expected, arguments)
        assert s(np.arange(n)) == pytest.approx(expected, rel=0, abs=tolerance), s
        assert [s(t) for t in range(n)] == pytest.approx(expected, rel=0, abs=tolerance), s
        assert s(-3) == s(0)


@pytest.mark.parametrize("name", DRAWS)
def test_in_a_graph_of_the_backend(name):
    steps = keras.ops.arange(64, dtype="int32")
    for arguments in calls(name, 4):
        s = getattr(like, name)(**arguments)
        expected = s(np.arange(64))
        found = keras.ops.convert_to_numpy(lrkit.keras.LearningRate(s)(steps))
        assert found == pytest.approx(expected, rel=0, abs=2e-6 * highest(expected, arguments)), s


def test_an_optimizer_steps_with_it():
    s = like.CosineDecay(0.0, 4, warmup_target=0.5, warmup_steps=2)
    weight = keras.Variable(np.zeros(1, "float32"))
    optimizer = keras.optimizers.SGD(lrkit.keras.LearningRate(s))
    optimizer.build([weight])
    for step in range(8):
        before = float(weight.numpy()[0])
        optimizer.apply([keras.ops.ones(1)])
        assert before - float(weight.numpy()[0]) == pytest.approx(s(step), abs=1e-6)


def test_arguments_come_from_arrays():
    s = like.PiecewiseConstantDecay(np.array([3, 5]), (np.float32(1.0), 0.5, 0))
    assert repr(s) == "like.keras.PiecewiseConstantDecay(boundaries=[3, 5], values=[1.0, 0.5, 0])"
    rate = keras.ops.convert_to_tensor(0.5)
    assert like.ExponentialDecay(rate, 10, 0.25)(5) == 0.25
