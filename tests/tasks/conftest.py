"""A small part of MNIST in a file of its own, so that an epoch takes a moment."""

import os
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest

from lrkit.tasks.images import load
from lrkit.tasks.job import Job
from lrkit.tasks.mnist import train
from tests.tasks.runs import EPOCHS

TRAIN, TEST = 150, 60
CACHE = {
    "jax_compilation_cache_dir": "",
    "jax_persistent_cache_min_compile_time_secs": 0,
    "jax_persistent_cache_min_entry_size_bytes": -1,
}


@pytest.fixture(scope="session", autouse=True)
def _compile_once(tmp_path_factory: pytest.TempPathFactory) -> None:
    """JAX compiles the same training for each new model: here, and in other processes, once."""
    if keras.config.backend() != "jax":
        return
    import jax

    cache = CACHE | {"jax_compilation_cache_dir": str(tmp_path_factory.mktemp("jax"))}
    for name, value in cache.items():
        jax.config.update(name, value)
        os.environ[name.upper()] = str(value)


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """150 training and 60 test images: with batches of 32 the last one of an epoch has 22."""
    images = load()
    path = tmp_path_factory.mktemp("data") / "small.npz"
    np.savez(
        path,
        x_train=images.x_train[:TRAIN],
        y_train=images.y_train[:TRAIN],
        x_test=images.x_test[:TEST],
        y_test=images.y_test[:TEST],
    )
    return path


@pytest.fixture(scope="session")
def job(small):
    return Job(epochs=EPOCHS, data=str(small), backend=keras.config.backend())


@pytest.fixture(scope="session")
def whole(job, tmp_path_factory):
    """The folder and the report of a run without an interruption."""
    folder = tmp_path_factory.mktemp("whole") / "run"
    return folder, train(job, folder)


@pytest.fixture(scope="session")
def several(job, tmp_path_factory):
    """Two spellings of one curve and one other."""
    folder = tmp_path_factory.mktemp("several") / "run"
    texts = ("cosine", "peak * cosine(updates)", "constant")
    return folder, train(replace(job, schedules=texts, epochs=2), folder)
