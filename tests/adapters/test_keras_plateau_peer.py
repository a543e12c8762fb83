"""Plateau beside Keras's own ReduceLROnPlateau, epoch by epoch, on real optimizers."""

import math
from typing import Any

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lrkit.keras import Plateau, scheduled
from tests.adapters.keras_training import visible

PLAIN = visible(keras.optimizers.SGD(1.0))
SCHEDULED = visible(scheduled(keras.optimizers.SGD, 1.0))


def rate(model: keras.Model) -> float:
    return float(keras.ops.convert_to_numpy(model.optimizer.learning_rate))


def rates(model: keras.Model, callback: Any, sequence: list[float]) -> list[float]:
    """The rate after each epoch whose metric is one of the sequence."""
    callback.set_model(model)
    callback.on_train_begin()
    found = []
    for epoch, value in enumerate(sequence):
        callback.on_epoch_begin(epoch)
        callback.on_epoch_end(epoch, {"val_loss": value})
        found.append(rate(model))
    return found


def theirs(sequence: list[float], min_lr: float = 0.0, **arguments: Any) -> list[float]:
    PLAIN.optimizer.learning_rate = 1.0
    peer = keras.callbacks.ReduceLROnPlateau(factor=0.5, min_lr=min_lr, **arguments)
    return rates(PLAIN, peer, sequence)


def ours(sequence: list[float], **arguments: Any) -> list[float]:
    SCHEDULED.optimizer.notes.clear()
    SCHEDULED.optimizer.set_factor(1.0)
    return rates(SCHEDULED, Plateau(factor=0.5, **arguments), sequence)


@settings(max_examples=40)
@given(
    st.lists(st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0, math.nan]), max_size=16),
    st.integers(0, 4),
    st.integers(0, 4),
    st.sampled_from([0.0, 0.25, 0.5]),
    st.sampled_from(["min", "max", "auto"]),
    st.sampled_from([0.0, 0.25, 0.3]),
)
def test_the_same_cuts(
    sequence: list[float], patience: int, cooldown: int, threshold: float, mode: str, floor: float
) -> None:
    """The first value is a number; the values are exact in float32, in which Keras compares."""
    sequence = [0.5, *sequence]
    same: dict[str, Any] = {"patience": patience, "cooldown": cooldown, "mode": mode}
    expected = theirs(sequence, min_lr=floor, min_delta=threshold, **same)
    np.testing.assert_array_equal(
        ours(sequence, min_factor=floor, threshold=threshold, **same), expected
    )


def test_a_metric_that_begins_as_nan() -> None:
    """Keras takes the NaN for the best value, and nothing is ever better."""
    sequence = [math.nan, 1.0, 0.5, 0.25]
    assert theirs(sequence, patience=2) == [1.0, 1.0, 0.5, 0.5]
    assert ours(sequence, patience=2) == [1.0, 1.0, 1.0, 1.0]


def test_a_difference_below_float32() -> None:
    """Keras compares in float32, where 1e-9 less than 1 is 1."""
    sequence = [1.0, 1.0 - 1e-9, 1.0 - 2e-9]
    assert theirs(sequence, patience=1, min_delta=0.0) == [1.0, 0.5, 0.25]
    assert ours(sequence, patience=1, threshold=0.0) == [1.0, 1.0, 1.0]


def test_theirs_cannot_cut_a_schedule() -> None:
    peer = keras.callbacks.ReduceLROnPlateau(patience=1)
    SCHEDULED.optimizer.set_factor(1.0)
    with pytest.raises(TypeError, match=r"must stay a schedule.* lrkit\.keras\.Plateau"):
        rates(SCHEDULED, peer, [1.0, 1.0])
