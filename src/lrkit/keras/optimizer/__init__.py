"""Keras optimizers with schedules for their hyperparameters and rates for each layer."""

from lrkit.keras.optimizer.classes import scheduled
from lrkit.keras.optimizer.scheduled import Scheduled

__all__ = ["Scheduled", "scheduled"]
