"""Schedules inside Keras 3, on its TensorFlow, JAX and torch backends.

`LearningRate` gives a schedule to an optimizer, and `learning_rate` makes one of your own function
or class. `scheduled` makes an optimizer whose every number may be a schedule, with a rate for each
layer; `Plateau` cuts its rate when a metric gets no better. `Recorder` keeps what each update had.
`find_lr` finds the rate to begin with. `schedule_of` tells the schedule of a model that was loaded.
Importing this module registers them with Keras, so that saved models load again.
"""

from lrkit.keras.framework import keras as _keras  # first: without Keras it says what to install

# isort: split
from lrkit.keras.finder import find_lr
from lrkit.keras.optimizer import scheduled
from lrkit.keras.own import learning_rate
from lrkit.keras.plateau import Plateau
from lrkit.keras.rate import LearningRate
from lrkit.keras.recorder import Recorder
from lrkit.keras.schedule_of import schedule_of

__all__ = [
    "LearningRate",
    "Plateau",
    "Recorder",
    "find_lr",
    "learning_rate",
    "schedule_of",
    "scheduled",
]

del _keras
