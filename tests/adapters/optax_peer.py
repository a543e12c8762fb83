"""What the installed optax gives, and what it documents where rounding decides."""

import math
from fractions import Fraction

import jax
import numpy as np
import optax

from tests.adapters.like_optax_draws import built

STEPS = 131
RATES = ("value", "init_value", "peak_value", "end_value")


def rates(name, arguments, x64):
    """optax's rates at the steps 0…130, computed as in a jitted update."""
    with jax.enable_x64(x64):
        schedule = built(optax, name, arguments)
        return np.array(jax.vmap(schedule)(jax.numpy.arange(STEPS)), np.float64)


def highest(arguments):
    """The largest rate among the arguments, of the schedules inside it too."""
    inner = [a for key in ("cosine_kwargs", "schedules") for a in arguments.get(key, [])]
    inner = [a[1] if isinstance(a, tuple) else a for a in inner if not callable(a)]
    own = [abs(arguments.get(key) or 0.0) for key in RATES]
    return max([*own, *map(highest, inner)])


def decided_by_rounding(name, arguments):
    """{step: documented rate} where XLA's product with a reciprocal is not the quotient.

    41 * (1 / 41) is below 1 in float32. A stair then begins a step too late, and a root, steep at
    its end, does not reach it.
    """
    begin = max(0, fraction(arguments.get("transition_begin", 0)))
    begin += max(0, fraction(arguments.get("warmup_steps", 0)))
    size = fraction(arguments.get("transition_steps", 0))
    if size <= 0:
        return {}
    if 0 < arguments.get("power", 1) < 1:
        end = math.ceil(begin + size)
        return dict.fromkeys(range(end, STEPS), arguments["end_value"])
    if not arguments.get("staircase") or not arguments["decay_rate"]:
        return {}
    limits = [begin + i * size for i in range(1, int((STEPS - begin) / size) + 1)]
    return {int(t): stair(arguments, (t - begin) / size) for t in limits if t == int(t) < STEPS}


def stair(arguments, periods):
    """The documented rate after so many whole periods."""
    initial = arguments["peak_value" if "peak_value" in arguments else "init_value"]
    value = initial * arguments["decay_rate"] ** int(periods)
    if arguments["end_value"] is None:
        return value
    limit = max if arguments["decay_rate"] < 1 else min
    return limit(value, arguments["end_value"])


def fraction(number):
    """The number that was written."""
    return Fraction(str(number))
