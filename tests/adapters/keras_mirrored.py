"""A training on two logical processors, a job for a process of its own.

They must be made before TensorFlow has begun anything.
"""

from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from lrkit.keras import Plateau, Recorder
from tests.adapters.keras_with import model, train, weights


class Judge(keras.callbacks.Callback):
    """Says that no epoch was better than the first."""

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        logs["val_loss"] = 1.0


def mirrored(path: Path) -> None:
    cpu = tf.config.list_physical_devices("CPU")[0]
    two = [tf.config.LogicalDeviceConfiguration()] * 2
    tf.config.set_logical_device_configuration(cpu, two)
    strategy = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
    recorder = Recorder()
    with strategy.scope():
        network = model()
    train(network, recorder, Judge(), Plateau(patience=1, factor=0.5), stop=2)
    cut = list(network.optimizer.factor_changes)
    factor = network.optimizer.factor.value
    train(network, recorder, first=2)
    np.savez(
        path,
        replicas=strategy.num_replicas_in_sync,
        steps=recorder.steps,
        rates=recorder.learning_rates,
        cut=np.array(cut),
        copies=np.array([float(copy) for copy in strategy.experimental_local_results(factor)]),
        **weights(network),
    )
