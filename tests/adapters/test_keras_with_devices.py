"""A scheduled optimizer on several devices, of which each has half of every batch."""

from pathlib import Path

import keras
import numpy as np
import pytest

from lrkit.keras import Recorder
from tests.adapters.keras_reference import BRANCHES, start
from tests.adapters.keras_training import BACKEND
from tests.adapters.keras_with import (
    BATCHES,
    PEAK,
    RATE,
    UPDATES,
    assert_as_planned,
    model,
    planned,
    train,
)
from tests.processes import run


@pytest.mark.skipif(BACKEND != "jax", reason="keras.distribution.DataParallel is JAX's")
def test_data_parallel() -> None:
    devices = keras.distribution.list_devices()
    if len(devices) < 2:
        pytest.skip("XLA_FLAGS=--xla_force_host_platform_device_count=2 gives two devices")
    keras.distribution.set_distribution(keras.distribution.DataParallel(devices=devices[:2]))
    try:
        network, recorder = model(), Recorder()
        train(network, recorder)
        kernel = network.get_layer("whole").kernel.value
        assert len(kernel.sharding.device_set) == 2
        assert_as_planned(network, recorder)
    finally:
        keras.distribution.set_distribution(None)


@pytest.mark.skipif(BACKEND != "tensorflow", reason="MirroredStrategy is TensorFlow's")
def test_mirrored_strategy_with_two_processors(tmp_path: Path) -> None:
    """Rates, decay, multipliers and the factor that Plateau cut are the same on both."""
    path = tmp_path / "mirrored.npz"
    from tests.adapters.keras_mirrored import mirrored  # imports TensorFlow

    run(tmp_path, mirrored, path)
    said = np.load(path)
    assert said["replicas"] == 2
    assert said["steps"].tolist() == list(range(UPDATES))
    cut = 2 * BATCHES  # at the end of the second epoch
    assert said["cut"].tolist() == [[cut, 0.5]]
    assert said["copies"].tolist() == [0.5, 0.5]
    # Half the rate from there on: as a schedule that is half as high.
    steps = np.arange(UPDATES)
    rates = RATE(steps) * np.where(steps < cut, 1.0, 0.5)
    np.testing.assert_allclose(said["rates"], rates, rtol=0, atol=1e-6 * PEAK)
    expected = planned(rate=RATE.take(cut) | 0.5 * RATE.skip(cut))
    for name in BRANCHES:
        np.testing.assert_allclose(said[name], expected[name][-1], rtol=0, atol=2e-6)
    np.testing.assert_array_equal(said["frozen"], start())
