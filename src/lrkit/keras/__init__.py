"""Schedules inside Keras 3, on its TensorFlow, JAX and torch backends.

`LearningRate` gives a schedule to an optimizer; `Recorder` keeps the rate of every update.
Importing this module registers `LearningRate` with Keras, so that saved models load again.
"""

from lrkit.keras.framework import keras as _keras  # first: without Keras it says what to install
from lrkit.keras.learning_rate import LearningRate
from lrkit.keras.recorder import Recorder

__all__ = ["LearningRate", "Recorder"]

del _keras
