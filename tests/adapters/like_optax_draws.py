"""Calls of optax's schedules, drawn at random: usual ones, and the corners that it accepts."""

import random


def rate(rng):
    return rng.choice([rng.uniform(1e-4, 2.0), rng.uniform(1e-4, 2.0), 1.0, 3e-4, -0.2, 0.0])


def some(rng, least=1, most=50):
    """A number of steps: mostly whole, at times between two."""
    return rng.choice([*(rng.randint(least, most) for _ in range(5)), 2.5, 7.75, 3.3])


def none_or_some(rng):
    return rng.choice([some(rng), some(rng), some(rng), 0, -3])


def begin(rng):
    return rng.choice([0, 0, rng.randint(1, 20), 2.5, -4])


def constant(rng):
    return {"value": rate(rng)}


def polynomial(rng):
    return {**linear(rng), "power": rng.choice([1, 2, 2.5, 0.5, 3, 0])}


def linear(rng):
    ends = {"init_value": rate(rng), "end_value": rate(rng)}
    return {**ends, "transition_steps": none_or_some(rng), "transition_begin": begin(rng)}


def decay(rng):
    staircase = rng.random() < 0.5
    factors = [0.5, 0.9, 0.96, 1.0, 1.05, 0.0, rng.uniform(0.05, 1.0)]
    return {
        "transition_steps": none_or_some(rng),
        "decay_rate": rng.choice([*factors, -0.5] if staircase else factors),
        "transition_begin": begin(rng),
        "staircase": staircase,
        "end_value": rng.choice([None, None, 0.0, 0.1, rate(rng)]),
    }


def exponential(rng):
    return {"init_value": rate(rng), **decay(rng)}


def cosine(rng):
    return {
        "init_value": rate(rng),
        "decay_steps": some(rng),
        "alpha": rng.choice([0.0, 0.1, 1.0, 1.5, -0.1]),
        "exponent": rng.choice([1.0, 1, 2, 0.5, 1.7, 0]),
    }


def boundaries(rng, between):
    """{step: factor}: a few whole steps, at times one between steps, at 0 or below it."""
    odd = [0, -6, *((0.4, 7.5, 7.9) if between else ())]
    steps = {rng.choice([rng.randint(1, 60), rng.randint(1, 60), rng.choice(odd)]) for _ in "12345"}
    count = rng.choice([0, 1, 3, 5])
    steps = rng.sample(sorted(steps), min(count, len(steps)))
    return {step: rng.choice([0.5, 0.1, 2.0, 0.0, 1, rng.uniform(0, 2)]) for step in steps} or None


def piecewise_constant(rng):
    return {"init_value": rate(rng), "boundaries_and_scales": boundaries(rng, True)}


def piecewise_interpolate(rng):
    kind = rng.choice(["linear", "cosine"])
    return {"interpolate_type": kind, **piecewise_constant(rng)}


def cosine_onecycle(rng):
    return {
        "transition_steps": rng.choice([1, 2, 3, rng.randint(4, 80), rng.randint(4, 80), 20.5]),
        "peak_value": rate(rng),
        "pct_start": rng.choice([0.3, 0.3, 0.1, 0.0, 1.0, rng.random()]),
        "div_factor": rng.choice([25.0, 10, 1.0, 0.5]),
        "final_div_factor": rng.choice([1e4, 100, 1.0]),
    }


def linear_onecycle(rng):
    return {**cosine_onecycle(rng), "pct_final": rng.choice([0.85, 0.85, 0.5, rng.random(), 1.2])}


def warmup_constant(rng):
    steps = none_or_some(rng)
    return {"init_value": rate(rng), "peak_value": rate(rng), "warmup_steps": steps}


def warmup_cosine(rng):
    call = warmup_constant(rng)
    call["decay_steps"] = max(call["warmup_steps"], 0) + rng.randint(1, 50)
    end = {"end_value": rate(rng), "exponent": rng.choice([1.0, 1, 2, 0.5])}
    return {**call, **end} if rng.random() < 0.7 else call


def warmup_exponential(rng):
    return {**warmup_constant(rng), **decay(rng)}


def sgdr(rng):
    return {"cosine_kwargs": [warmup_cosine(rng) for _ in range(rng.randint(1, 4))]}


def harmonic(step):
    """A plain function, which both can call."""
    return 0.5 / (1.0 + step)


PARTS = {
    "constant_schedule": constant,
    "linear_schedule": linear,
    "polynomial_schedule": polynomial,
    "exponential_decay": exponential,
    "cosine_decay_schedule": cosine,
    "piecewise_constant_schedule": piecewise_constant,
    "piecewise_interpolate_schedule": piecewise_interpolate,
    "cosine_onecycle_schedule": cosine_onecycle,
    "warmup_cosine_decay_schedule": warmup_cosine,
    "sgdr_schedule": sgdr,
}


def part(rng, levels):
    """A schedule to join: a (name, arguments), a function, or joined ones."""
    if levels and rng.random() < 0.2:
        return "join_schedules", join(rng, levels - 1)
    if rng.random() < 0.1:
        return harmonic
    name = rng.choice(list(PARTS))
    arguments = PARTS[name](rng)
    if arguments.get("staircase"):  # where no rounding decides when a stair begins
        arguments["transition_steps"] = rng.choice([1, 2, 4, 8, 16, 32])
    return name, arguments


def join(rng, levels=2):
    count = rng.randint(1, 4)
    steps = [rng.choice([rng.randint(1, 60), rng.randint(1, 60), 0, -3]) for _ in range(count - 1)]
    if rng.random() < 0.7:
        steps.sort()
    steps += rng.choice([[], [], [90]])  # one too many is left out
    return {"schedules": [part(rng, levels) for _ in range(count)], "boundaries": steps}


DRAWS = {
    **PARTS,
    "linear_onecycle_schedule": linear_onecycle,
    "warmup_constant_schedule": warmup_constant,
    "warmup_exponential_decay_schedule": warmup_exponential,
    "join_schedules": join,
}


def calls(name, count=200):
    """The arguments of `count` calls, the same ones every time."""
    rng = random.Random(name)
    for _ in range(count):
        yield DRAWS[name](rng)


def built(module, name, arguments):
    """The call in a module, optax or ours, with the schedules inside it."""
    if name == "join_schedules":
        parts = [p if callable(p) else built(module, *p) for p in arguments["schedules"]]
        arguments = {**arguments, "schedules": parts}
        if module.__name__ != "optax":
            arguments["length"] = 200  # of the functions, that is more than is looked at
    return getattr(module, name)(**arguments)
