"""Schedules inside optax, for JAX, Flax and Equinox.

A schedule is an optax schedule as it is: `optax.adam(1e-3 * cosine(1000))`. `scheduled` makes an
optimizer whose every number may be a schedule, with a rate for each group of parameters, and whose
state says what the last update applied: `hyperparameters` and `updates` read it. `find_lr` finds a
rate to train with.
"""

from lrkit.optax.framework import optax as _optax  # first: without it, it says what to install
from lrkit.optax.lr_finder import find_lr
from lrkit.optax.reading import hyperparameters, updates
from lrkit.optax.scheduled import scheduled
from lrkit.optax.state import ScheduledState

__all__ = ["ScheduledState", "find_lr", "hyperparameters", "scheduled", "updates"]

del _optax
