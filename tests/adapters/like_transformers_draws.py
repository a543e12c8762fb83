"""Calls of transformers' schedules, drawn at random: usual ones, and the corners it accepts."""

import random


def steps(rng, total):
    """A warmup: mostly within the run, at times none, all of it, broken or before it."""
    usual = [rng.randint(1, 12), *(rng.randint(0, int(total)) for _ in range(2))]
    return rng.choice([*usual, 0, 1, 2, total, total + 3, 2.5, 0.5, -4])


def run(rng):
    total = rng.choice([rng.randint(1, 12), rng.randint(1, 90), rng.randint(1, 90), 30.5])
    return {"num_warmup_steps": steps(rng, total), "num_training_steps": total}


def waves(rng):
    return {"num_cycles": rng.choice([0.5, 0.5, 1, 1.5, 2.5, 0.3, 7, 0, -0.75])}


def minimum(rng):
    if rng.random() < 0.5:
        return {"min_lr": rng.choice([0.0, 1e-5, 0.1, 3.0, -0.2])}
    return {"min_lr_rate": rng.choice([0.0, 0.1, 0.5, 1.2, -0.3])}


def constant(rng):
    return {}


def constant_with_warmup(rng):
    return {"num_warmup_steps": steps(rng, 40)}


def linear(rng):
    return run(rng)


def cosine(rng):
    return {**run(rng), **waves(rng)}


def hard_restarts(rng):
    if rng.random() < 0.2:  # a restart every few steps, where the peer's rounding misses some
        cycles, warmup = rng.randint(2, 99), rng.randint(0, 9)
        total = warmup + cycles * rng.randint(1, 2)
        return {"num_warmup_steps": warmup, "num_training_steps": total, "num_cycles": cycles}
    cycles = rng.choice([1, 2, 3, rng.randint(1, 60), 2.5, 0.4, 0, -2])
    return {**run(rng), "num_cycles": cycles}


def polynomial(rng):
    call = run(rng)
    while call["num_warmup_steps"] == call["num_training_steps"]:  # a row of the deviations
        call = run(rng)
    call["power"] = rng.choice([1.0, 2.0, 0.5, 0.9, 3, 0])
    return {**call, "lr_end": rng.choice([1e-7, 0.0, 1e-5, -0.1])}


def inverse_sqrt(rng):
    warmup = steps(rng, 40)
    timescale = rng.choice([None, 1, 50, 7.5, 10_000])
    if timescale is None and warmup < 0:
        return {"num_warmup_steps": warmup, "timescale": 12}
    return {"num_warmup_steps": warmup, "timescale": timescale}


def min_lr(rng):
    return {**run(rng), **waves(rng), **minimum(rng)}


def lr_rate(rng):
    return {**min_lr(rng), "warmup_lr_rate": rng.choice([None, 0.0, 0.1, 0.9, 1.5])}


def wsd(rng):
    call = {**run(rng), **waves(rng)}
    call["num_decay_steps"] = rng.choice([0, 1, 2.5, *(rng.randint(1, 40) for _ in range(4))])
    if rng.random() < 0.3:
        del call["num_training_steps"]
        call["num_stable_steps"] = rng.choice([0, 5, -3, 0.5, rng.randint(0, 40)])
    kinds = ["linear", "cosine", "1-sqrt"]
    call |= {"warmup_type": rng.choice(kinds), "decay_type": rng.choice(kinds)}
    return {**call, "min_lr_ratio": rng.choice([0, 0.1, 0.5, 1.5, -0.2])}


DRAWS = {
    "get_constant_schedule": constant,
    "get_constant_schedule_with_warmup": constant_with_warmup,
    "get_linear_schedule_with_warmup": linear,
    "get_cosine_schedule_with_warmup": cosine,
    "get_cosine_with_hard_restarts_schedule_with_warmup": hard_restarts,
    "get_polynomial_decay_schedule_with_warmup": polynomial,
    "get_inverse_sqrt_schedule": inverse_sqrt,
    "get_cosine_with_min_lr_schedule_with_warmup": min_lr,
    "get_cosine_with_min_lr_schedule_with_warmup_lr_rate": lr_rate,
    "get_wsd_schedule": wsd,
}
BY_NAME = {
    "constant": "get_constant_schedule",
    "constant_with_warmup": "get_constant_schedule_with_warmup",
    "linear": "get_linear_schedule_with_warmup",
    "cosine": "get_cosine_schedule_with_warmup",
    "cosine_with_restarts": "get_cosine_with_hard_restarts_schedule_with_warmup",
    "polynomial": "get_polynomial_decay_schedule_with_warmup",
    "inverse_sqrt": "get_inverse_sqrt_schedule",
    "cosine_with_min_lr": "get_cosine_with_min_lr_schedule_with_warmup",
    "cosine_warmup_with_min_lr": "get_cosine_with_min_lr_schedule_with_warmup_lr_rate",
    "warmup_stable_decay": "get_wsd_schedule",
}


def by_name(rng):
    """A call of `get_scheduler`: the steps by themselves, the rest in a dict."""
    name = rng.choice(list(BY_NAME))
    call = DRAWS[BY_NAME[name]](rng)
    steps = {
        key: call.pop(key) for key in ("num_warmup_steps", "num_training_steps") if key in call
    }
    specific = call or rng.choice([None, {}])
    return {"name": name, **steps, "scheduler_specific_kwargs": specific}


DRAWS["get_scheduler"] = by_name


def calls(name, count=200):
    """(rate of the optimizer, arguments), the same ones every time."""
    rng = random.Random(name)
    for _ in range(count):
        yield rng.choice([1.0, 0.3, 3e-4, 2]), DRAWS[name](rng)
