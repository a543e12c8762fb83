"""A small part of MNIST in a file of its own, so that an epoch takes a moment."""

from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest

from lrkit.tasks.images import load
from lrkit.tasks.job import Job
from lrkit.tasks.mnist import train
from tests.tasks.runs import EPOCHS

# What no framework takes part in is tested beside one.
if keras.config.backend() != "tensorflow":
    collect_ignore = ["test_idx.py", "test_images.py", "test_interrupt.py", "test_job.py"]

TRAIN, TEST = 150, 60


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
