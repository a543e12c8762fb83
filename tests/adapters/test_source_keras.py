"""The code for Keras: an optimizer of every backend runs at the rates of the schedule."""

import keras
import numpy as np
import pytest
from hypothesis import given, settings

from lrkit import to_source
from lrkit.like import keras as like
from tests.adapters.keras_schedules_peer import decided_by_rounding, rates, span
from tests.adapters.keras_training import Applied, fit, slope_one, visible
from tests.adapters.like_keras_draws import DRAWS, calls
from tests.adapters.source_cases import CASES, is_refused, names_of, peak_of, steps_to_compare
from tests.strategies import build, expressions

CLOSE = 1e-6
BY_CONSTRUCTOR = [s for s in CASES if "class " not in to_source(s, "keras")]
BY_FUNCTION = [s for s in CASES if "class " in to_source(s, "keras")]


def schedule_of(s):
    return names_of(s, "keras")["learning_rate"]


def at(schedule, steps):
    """The values at some steps, one by one where Keras's own asks `if` of the step."""
    compiled = compiled_for(schedule)
    if type(schedule).__module__.startswith("keras"):
        return np.array([float(compiled(np.int32(t))) for t in steps])
    found = compiled(keras.ops.convert_to_tensor(steps, "int32"))
    assert keras.backend.standardize_dtype(found.dtype) == "float32"
    return np.broadcast_to(keras.ops.convert_to_numpy(found).astype("float64"), np.shape(steps))


def compiled_for(schedule):
    """As in a graph: eager JAX would compile a branch of a warmup anew at each call."""
    match keras.backend.backend():
        case "jax":
            import jax

            return jax.jit(schedule)
        case "tensorflow":
            import tensorflow as tf

            return tf.function(schedule, reduce_retracing=True)
    return schedule


def test_both_ways_are_taken():
    assert len(BY_CONSTRUCTOR) >= 10
    assert len(BY_FUNCTION) >= 10


@pytest.mark.parametrize("s", CASES, ids=repr)
def test_every_step(s):
    steps = steps_to_compare(s)
    found = at(schedule_of(s), steps)
    peak = np.abs(s(steps)).max()
    assert found == pytest.approx(s(steps), rel=0, abs=CLOSE * peak), to_source(s, "keras")


@settings(max_examples=12, derandomize=True)
@given(expressions())
def test_any_schedule(text):
    s = build(text)
    if is_refused(s, "keras"):
        return
    schedule = schedule_of(s)
    steps = steps_to_compare(s)
    found = at(schedule, steps)
    assert found == pytest.approx(s(steps), rel=0, abs=CLOSE * peak_of(text)), to_source(s, "keras")


@pytest.mark.parametrize("name", DRAWS)
def test_calls_of_like_become_that_call(name):
    for arguments in calls(name, 4):
        s = getattr(like, name)(**arguments)
        assert f"schedules.{name}(" in to_source(s, "keras")
        n = span(name, arguments)
        wanted = rates(name, arguments, n)  # the installed Keras, called with the same arguments
        found = at(schedule_of(s), np.arange(n))
        for t, documented in decided_by_rounding(name, arguments, n, "float32").items():
            found[t] = wanted[t] = documented
        assert found == pytest.approx(wanted, rel=0, abs=1e-6 * np.abs(wanted).max())


def test_integers_do_not_truncate_the_rates():
    s = like.CosineDecay(1, 10)
    assert "initial_learning_rate=1.0" in to_source(s, "keras")
    assert at(schedule_of(s), [5]) == pytest.approx([0.5], abs=1e-6)


@pytest.mark.parametrize("s", [CASES[0], CASES[19], CASES[31]], ids=repr)
def test_trained_saved_and_loaded(s, tmp_path):
    applied = Applied()
    model = visible(keras.optimizers.SGD(schedule_of(s)))
    fit(model, [applied], batches=16)
    peak = np.abs(s.values(32)).max()
    assert applied.rates == pytest.approx(s.values(32), rel=0, abs=CLOSE * peak)
    model.save(tmp_path / "model.keras")
    again = keras.models.load_model(
        tmp_path / "model.keras", custom_objects={"slope_one": slope_one}
    )
    later = Applied()
    fit(again, [later], batches=16, epochs=1)
    assert later.rates == pytest.approx(s.values(48)[32:], rel=0, abs=CLOSE * peak)


def test_two_schedules_never_take_each_others_name():
    first, second = (type(schedule_of(s)) for s in (CASES[0], CASES[19]))
    names = {keras.saving.get_registered_name(kind) for kind in (first, second)}
    assert len(names) == 2
    again = type(schedule_of(CASES[0]))
    assert keras.saving.get_registered_name(again) in names
