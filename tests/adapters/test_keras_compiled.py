"""A schedule that is replaced after compiling: what is recorded is what was applied."""

import keras
import numpy as np
import pytest

from lrkit import linear
from lrkit.keras import LearningRate, Recorder, scheduled
from tests.adapters.keras_training import BACKEND, Applied, fit, visible

OLD, NEW = 0.5 * linear(100), 0.25 * linear(100)
SGD = keras.optimizers.SGD
MAKE = {"plain": lambda: SGD(LearningRate(OLD)), "scheduled": lambda: scheduled(SGD, OLD)}

pytestmark = pytest.mark.skipif(BACKEND == "torch", reason="nothing is compiled there")


def test_a_new_recorder_records_the_old_schedule_and_says_it() -> None:
    model = visible(MAKE["plain"]())
    fit(model, [Applied()])
    model.optimizer.learning_rate = LearningRate(NEW)
    applied, recorder = Applied(), Recorder()
    with pytest.warns(UserWarning, match="Keras goes on with the one from before, which is rec"):
        fit(model, [applied, recorder])
    np.testing.assert_allclose(applied.updates, OLD(np.arange(8, 16)), rtol=1e-6)
    np.testing.assert_allclose(recorder.learning_rates, applied.updates, rtol=1e-6)


def test_a_scheduled_optimizer_says_it_at_once_and_the_record_is_true() -> None:
    model = visible(MAKE["scheduled"]())
    fit(model, [Applied()])
    with pytest.warns(UserWarning, match="`learning_rate` was set after the training function"):
        model.optimizer.learning_rate = NEW
    applied, recorder = Applied(), Recorder()
    fit(model, [applied, recorder])
    np.testing.assert_allclose(applied.updates, OLD(np.arange(8, 16)), rtol=1e-6)
    np.testing.assert_allclose(recorder.learning_rates, applied.updates, rtol=1e-6)


@pytest.mark.filterwarnings("ignore:ScheduledSGD")
@pytest.mark.parametrize("again", ["compile", "make_train_function"])
@pytest.mark.parametrize("kind", MAKE)
def test_compiled_again_it_is_the_new_one(kind: str, again: str) -> None:
    model = visible(MAKE[kind]())
    fit(model, [Applied()])
    model.optimizer.learning_rate = LearningRate(NEW)
    if again == "compile":
        model.compile(model.optimizer, loss=model.loss)
    else:
        model.make_train_function(force=True)
    applied, recorder = Applied(), Recorder()
    fit(model, [applied, recorder])
    np.testing.assert_allclose(applied.updates, NEW(np.arange(8, 16)), rtol=1e-6)
    np.testing.assert_allclose(recorder.learning_rates, applied.updates, rtol=1e-6)
