"""What the installed Keras gives, and what its documentation says where rounding decides."""

import math
from fractions import Fraction

import keras
import numpy as np

BACKEND = keras.backend.backend()
LONGEST = 130


def peer(name, arguments, floats="float32"):
    """Keras's own object; its arithmetic is done in the type of the first rate."""
    schedule = getattr(keras.optimizers.schedules, name)
    if floats == "float32":
        return schedule(**arguments)
    return schedule(**{key: wide(given) for key, given in arguments.items()})


def wide(given):
    """Numbers as float64, which Keras would read as float32 otherwise."""
    if isinstance(given, list):
        return [wide(v) for v in given]
    number = isinstance(given, (int, float)) and not isinstance(given, bool)
    return np.array(given, np.float64) if number else given


def rates(name, arguments, steps, floats="float32"):
    """Keras's rates at the steps 0…steps-1."""
    s = peer(name, arguments, floats)
    found = _on_jax(s, steps) if BACKEND == "jax" else _of_keras(s, steps)
    assert found.dtype == floats
    return found.astype(np.float64)


def _of_keras(s, steps):
    try:
        return keras.ops.convert_to_numpy(s(keras.ops.arange(steps, dtype="int32")))
    except (RuntimeError, ValueError):  # some ask `if` of the step, or add to it in place
        return np.stack([keras.ops.convert_to_numpy(s(t)) for t in range(steps)])


def _on_jax(s, steps):
    import jax

    # Always as many, so that everything is compiled once.
    return np.asarray(jax.vmap(s)(jax.numpy.arange(LONGEST)))[:steps]


def span(name, arguments):
    """1.3 times the length, or some cycles, in whole steps."""
    if name == "PiecewiseConstantDecay":
        return math.ceil(1.3 * max(0, *arguments["boundaries"])) + 3
    length = arguments.get("decay_steps") or 8 * arguments["first_decay_steps"]
    length *= 4 if arguments.get("cycle") or "decay_rate" in arguments else 1
    warmup = arguments["warmup_steps"] if arguments.get("warmup_target") is not None else 0
    return min(LONGEST, math.ceil(1.3 * (length + max(0, warmup))) + 3)


def fraction(number):
    """The number that was written."""
    return Fraction(str(number))


def ends(arguments, steps):
    """Where the cycles of restarts end, exactly."""
    length, total = fraction(arguments["first_decay_steps"]), Fraction(0)
    found = []
    while total < steps:
        total += length
        length *= fraction(arguments["t_mul"])
        found.append(total)
    return found


def decided_by_rounding(name, arguments, steps, floats):
    """{step: documented rate} where a period ends so near the step that rounding decides.

    A period of 3.3 steps ends at step 33; 33 / 3.3 in float32 may be just below 10. XLA, which
    multiplies by the reciprocal instead, has 41 / 41 below 1; a root, steep at its end, then does
    not reach it.
    """
    close = {"float32": 1e-5, "float64": 1e-13}[floats]
    if name == "CosineDecayRestarts":
        limits = [b for b in ends(arguments, steps) if b < steps]
    elif BACKEND == "jax" and 0 < arguments.get("power", 1) < 1 and not arguments["cycle"]:
        end = math.ceil(arguments["decay_steps"])
        return dict.fromkeys(range(end, steps), arguments["end_learning_rate"])
    elif arguments.get("staircase") or arguments.get("cycle"):
        size = fraction(arguments["decay_steps"])
        if BACKEND != "jax" and size.denominator & (size.denominator - 1) == 0:
            return {}  # binary, and so exact
        limits = [size * i for i in range(1, int(steps / size) + 1)]
    else:
        return {}
    hit = {round(b) for b in limits if abs(round(b) - b) <= close * b}
    return {t: documented(name, arguments, t) for t in sorted(hit) if t < steps}


def documented(name, arguments, t):
    """The rate of a schedule with periods at step t, from the formula in Keras's documentation."""
    initial = arguments["initial_learning_rate"]
    if name == "CosineDecayRestarts":
        lasts = ends(arguments, t + 1)
        i = sum(b <= t for b in lasts)
        begin, end = [0, *lasts][i : i + 2]
        wave = arguments["m_mul"] ** i * (1 + math.cos(math.pi * (t - begin) / (end - begin))) / 2
        return initial * (arguments["alpha"] + (1 - arguments["alpha"]) * wave)
    periods = t / fraction(arguments["decay_steps"])
    if name == "PolynomialDecay":
        end = arguments["end_learning_rate"]
        left = float(1 - periods / max(1, math.ceil(periods)))
        return end + (initial - end) * left ** arguments["power"]
    rate = arguments["decay_rate"]
    if name == "ExponentialDecay":
        return initial * rate ** math.floor(periods)
    return initial / (1 + rate * math.floor(periods))
