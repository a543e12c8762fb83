"""`--jit`: the same run with each step compiled as a whole, and how it is remembered."""

import math
from dataclasses import replace

import keras
import numpy as np
import pytest

import lrkit
from lrkit.tasks import files
from lrkit.tasks.images import load
from lrkit.tasks.mnist import train
from lrkit.tasks.training import Training, start_model

BACKEND = keras.config.backend()


@pytest.mark.skipif(BACKEND == "torch", reason="torch.compile takes minutes for this network")
def test_a_compiled_run_is_the_same_run(whole, job, tmp_path):
    same_curve = replace(job, jit=True, epochs=1, schedules=("peak * cosine(15)",))
    train(same_curve, tmp_path)
    assert files.read_run(tmp_path)["settings"]["jit"] is True
    assert keras.models.load_model(tmp_path / files.MODEL).jit_compile is True
    (row,) = files.read_rows(tmp_path / files.HISTORY)
    first = files.read_rows(whole[0] / files.HISTORY)[0]
    assert math.isclose(row["loss"], first["loss"], rel_tol=1e-4)
    assert row["learning_rate"] == first["learning_rate"]
    rates = np.loadtxt(tmp_path / files.RATES, delimiter=",", skiprows=1)
    assert len(rates) == 5
    assert rates[-1, 2] < rates[0, 2]


@pytest.mark.parametrize("jit", [None, True, False])
def test_what_keras_is_told(job, small, jit):
    """Left out it is Keras's own choice: JAX compiles always, TensorFlow where there is a GPU."""
    alone = replace(job, jit=jit)
    plan = alone.plan(len(load(path=small).x_train))
    model = start_model(Training(alone, plan, 0.001 * lrkit.hold(), small.parent))
    if jit is not None:
        assert model.jit_compile is jit
    elif BACKEND == "tensorflow":
        import tensorflow as tf

        assert model.jit_compile is bool(tf.config.list_physical_devices("GPU"))
    else:
        assert model.jit_compile is (BACKEND == "jax")
