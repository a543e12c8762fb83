"""The schedules of optax, `optax.schedules`, under their own names.

Each gives optax's values at every step from 0 on; below 0, where some of optax's go on along their
formula, a schedule holds its first value. optax computes in float32 unless JAX is told otherwise,
and when compiled has 41 / 41 below 1, so that with `transition_steps=41` a staircase changes a step
too late; here steps are exact.
"""

from lrkit.like.optax.basic import (
    constant_schedule,
    cosine_decay_schedule,
    exponential_decay,
    linear_schedule,
    polynomial_schedule,
)
from lrkit.like.optax.cycles import (
    cosine_onecycle_schedule,
    join_schedules,
    linear_onecycle_schedule,
    sgdr_schedule,
)
from lrkit.like.optax.piecewise import piecewise_constant_schedule, piecewise_interpolate_schedule
from lrkit.like.optax.warmups import (
    warmup_constant_schedule,
    warmup_cosine_decay_schedule,
    warmup_exponential_decay_schedule,
)

__all__ = [
    "constant_schedule",
    "cosine_decay_schedule",
    "cosine_onecycle_schedule",
    "exponential_decay",
    "join_schedules",
    "linear_onecycle_schedule",
    "linear_schedule",
    "piecewise_constant_schedule",
    "piecewise_interpolate_schedule",
    "polynomial_schedule",
    "sgdr_schedule",
    "warmup_constant_schedule",
    "warmup_cosine_decay_schedule",
    "warmup_exponential_decay_schedule",
]
