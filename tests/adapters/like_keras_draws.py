"""Calls of Keras's schedules, drawn at random: usual ones, and the corners that it accepts."""

import random
from fractions import Fraction


def rate(rng):
    return rng.choice([rng.uniform(1e-4, 2.0), rng.uniform(1e-4, 2.0), 1.0, 3e-4, -0.2])


def period(rng):
    """The steps of a period: mostly whole, at times between steps."""
    return rng.choice([*(rng.randint(1, 50) for _ in range(5)), 1, 2.5, 0.5, 3.3, 0.1])


def exponential(rng):
    staircase = rng.random() < 0.5
    factors = [0.5, 0.9, 0.96, 1.0, 1.02, 0.0, rng.uniform(0.05, 1.0)]
    factor = rng.choice([*factors, -0.5] if staircase else factors)
    return {"decay_steps": period(rng), "decay_rate": factor, "staircase": staircase}


def inverse_time(rng):
    call = {"decay_steps": period(rng), "staircase": rng.random() < 0.5}
    call["decay_rate"] = rng.choice([0.5, 1, 0.1, 0, rng.uniform(0.01, 9.0), -0.3, -1.7])
    return call if call["decay_rate"] >= 0 or away_from_the_pole(call) else inverse_time(rng)


def away_from_the_pole(call):
    """Whether 1 + rate * t / steps is never so near 0 that float32 has nothing left of it."""
    slope = Fraction(str(call["decay_rate"]))
    if not call["staircase"]:
        slope /= Fraction(str(call["decay_steps"]))
    k = round(-1 / slope)
    return all(abs(1 + slope * t) > 0.05 for t in (k - 1, k, k + 1))


def polynomial(rng):
    return {
        "decay_steps": period(rng),
        "end_learning_rate": rng.choice([0.0001, 0.0, 0.1, 3.0, -0.5]),
        "power": rng.choice([1.0, 2.0, 0.5, 0.9, 3, 0]),
        "cycle": rng.random() < 0.5,
    }


def cosine(rng):
    call = {"decay_steps": period(rng), "alpha": rng.choice([0.0, 0.1, 0.5, 1.0, 1.5, -0.1])}
    call["warmup_steps"] = rng.choice([0, 1, 2.5, -3, -100, rng.randint(1, 30), rng.randint(1, 30)])
    call["warmup_target"] = rng.choice([None, rate(rng), rate(rng), 0.0])
    return call


def restarts(rng):
    usual = period(rng), rng.choice([1.0, 1, 2.0, 2, 3, 1.5, 1.25, 1.1])
    missed = 10, 1.1  # Keras gives the floor where a restart is due, in DEVIATIONS
    steps, factor = missed if rng.random() < 0.2 else usual
    return {
        "first_decay_steps": steps,
        "t_mul": factor,
        "m_mul": rng.choice([1.0, 0.9, 0.5, 1.2, 0.0, -0.8]),
        "alpha": rng.choice([0.0, 0.0, 0.1, 1.0, -0.2]),
    }


def piecewise(rng):
    count = rng.randint(1, 6)
    steps = [rng.choice([rng.randint(0, 60), rng.randint(0, 60), 7.5, -4]) for _ in range(count)]
    steps = sorted(steps) if rng.random() < 0.7 else steps
    return {"boundaries": steps, "values": [rate(rng) for _ in range(count + 1)]}


DRAWS = {
    "ExponentialDecay": exponential,
    "InverseTimeDecay": inverse_time,
    "PolynomialDecay": polynomial,
    "CosineDecay": cosine,
    "CosineDecayRestarts": restarts,
    "PiecewiseConstantDecay": piecewise,
}


def calls(name, count=200):
    """The arguments of `count` calls, the same ones every time."""
    rng = random.Random(name)
    for _ in range(count):
        call = DRAWS[name](rng)
        if name != "PiecewiseConstantDecay":
            call = {"initial_learning_rate": rng.choice([rate(rng), rate(rng), 0.0]), **call}
        yield call
