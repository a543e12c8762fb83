"""What the tests of the trainings share: how long a run is, and when two runs are the same."""

import os
import signal

import keras
import numpy as np

from lrkit.tasks import files
from lrkit.tasks.mnist import train
from lrkit.tasks.show import Show

EPOCHS, BATCHES = 3, 5
NAMES = {files.RUN, files.HISTORY, files.RATES, files.MODEL, files.CURVES}


def weights(folder):
    return keras.models.load_model(folder / files.MODEL).get_weights()


def same(one, other):
    """Rates and history to the byte, weights to the bit."""
    for name in (files.RATES, files.HISTORY):
        assert (one / name).read_bytes() == (other / name).read_bytes(), name
    for a, b in zip(weights(one), weights(other), strict=True):
        np.testing.assert_array_equal(a, b)


class Kill(Show):
    """Kills its own process after the third batch of the second epoch, as a power cut would."""

    counts_batches = True
    number = 0

    def epoch_begin(self, number, of, batches):
        self.number = number

    def batch(self, done):
        if (self.number, done) == (2, 3):
            os.kill(os.getpid(), signal.SIGKILL)


def killed(job, folder):
    train(job, folder, show=Kill())
