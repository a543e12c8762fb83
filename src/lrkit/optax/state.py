"""What an optimizer made by `scheduled` keeps between two updates."""

from typing import Any, NamedTuple


class ScheduledState(NamedTuple):
    """The state of an optimizer made by `scheduled`.

    Attributes:
        count: The number of updates made, an int32 that stays at 2**31 - 1.
        hyperparameters: What the last update applied, by name, as float32: all schedules, and the
            numbers that were given. Before the first update: what it will apply.
        inner: The state of the optimizer itself.

    >>> import jax.numpy as jnp, optax
    >>> from lrkit import cosine
    >>> from lrkit.optax import scheduled
    >>> state = scheduled(optax.sgd, learning_rate=0.1 * cosine(100)).init(jnp.ones(3))
    >>> int(state.count), list(state.hyperparameters)
    (0, ['learning_rate'])
    """

    count: Any
    hyperparameters: dict[str, Any]
    inner: Any
