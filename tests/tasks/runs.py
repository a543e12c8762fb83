"""What the tests of the trainings share: how long a run is, and when two runs are the same."""

import keras
import numpy as np

from lrkit.tasks import files

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
