"""Calls of timm's schedulers, drawn at random: usual ones, and the corners that it accepts."""

import math
import random


def warmup(rng, negative=True):
    """Often none; the flag is left out at times, so that its default counts."""
    call = {"warmup_t": rng.choice([0, 0, 1, 3, rng.randint(1, 40), 2.5, -3 if negative else 7])}
    call["warmup_lr_init"] = rng.choice([0.0, 1e-5, 0.01, 0.5])
    return call | rng.choice([{}, {"warmup_prefix": True}, {"warmup_prefix": False}])


def cycles(rng):
    total = rng.choice([1, 2, 3, 5, rng.randint(1, 60), rng.randint(1, 60), 7.5])
    call = {"t_initial": total, "lr_min": rng.choice([0.0, 0.0, 1e-6, 0.02, 0.9])}
    if rng.random() < 0.7:
        call["cycle_mul"] = rng.choice([1.0, 1, 2, 3, 1.5, 1.1, 0.5, 0.9])
        call["cycle_decay"] = rng.choice([1.0, 0.5, 0.1, 0.0, 1.3])
        call["cycle_limit"] = rng.choice([0, 1, 2, 3, 1.5, 5, 40, 1_000_000])
    return call


def cosine(rng):
    call = {**cycles(rng), **warmup(rng)}
    return call | rng.choice([{}, {"k_decay": rng.choice([0.5, 1.5, 2, 3, 0])}])


def tanh(rng):
    bounds = rng.choice(
        [{}, {}, {"lb": -6.0, "ub": 3}, {"lb": 0.5, "ub": 1.0}, {"lb": -2, "ub": 9}]
    )
    return {**cycles(rng), **warmup(rng, negative=False), **bounds}


def poly(rng):
    power = rng.choice([{}, {"power": rng.choice([1, 2, 0.9, 0.1, 3, 0])}])
    k = rng.choice([{}, {"k_decay": rng.choice([0.5, 1.5, 2, 0])}])
    return {**cycles(rng), **warmup(rng), **power, **k}


def step(rng):
    call = {"decay_t": rng.choice([1, 2, 2.5, rng.randint(1, 30), rng.randint(1, 30)])}
    call["decay_rate"] = rng.choice([1.0, 0.1, 0.5, 0.9, 0.0, 1.2, -0.5])
    return {**call, **warmup(rng)}


def multistep(rng):
    milestones = [rng.randint(-2, 70) for _ in range(rng.randint(0, 5))]
    milestones += rng.choice([[], [], [12.5], milestones[:1]])
    if rng.random() < 0.8:
        milestones.sort()
    return {"decay_t": milestones, "decay_rate": rng.choice([0.1, 0.5, 0.0, 2, -1]), **warmup(rng)}


def wsd(rng):
    total = rng.choice([1, 2, rng.randint(2, 60), rng.randint(2, 60), 20.5])
    call = {"t_initial": total, "decay_t": rng.choice([total, min(1, total), total / 2, total / 4])}
    call |= {key: v for key, v in warmup(rng).items() if key != "warmup_prefix"}
    call["lr_min"] = rng.choice([0.0, 0.0, 1e-6, 0.02, 0.9])
    call["stable_fn"] = rng.choice(["constant", "rsqrt", "power"])
    if call["warmup_t"] <= 0 or rng.random() < 0.5:
        call["stable_timescale"] = rng.choice([1, 10, 7.5])
    call["stable_power"] = rng.choice([0.5, 0.3, 2])
    call["decay_fn"] = rng.choice(["1-sqrt", "linear", "cosine", "power", "exp", bent, lifted])
    call |= {"decay_power": rng.choice([0.5, 1, 2]), "decay_ratio": rng.choice([0.1, 0.5])}
    return call


def factory(rng):
    """What the training script says: epochs, by name."""
    kinds = ["cosine", "tanh", "step", "constant", "multistep", "poly", "wsd", "rsqrt", "none"]
    call = {"sched": rng.choice(kinds), "num_epochs": rng.randint(8, 60)}
    call |= rng.choice([{}, {"warmup_epochs": rng.choice([0, 1, 3, 5]), "warmup_lr": 0.01}])
    if call["sched"] == "rsqrt":
        call["stable_timescale"] = rng.choice([2, 10])
    call |= rng.choice([{}, {"warmup_prefix": True}])
    call |= rng.choice([{}, {"min_lr": 0.02}, {"decay_rate": 0.5}])
    call |= rng.choice([{}, {"cycle_limit": 3, "cycle_mul": rng.choice([1.0, 2])}])
    call |= rng.choice([{}, {"decay_epochs": rng.choice([0.3, 1, 3]), "k_decay": 1.5}])
    call |= rng.choice([{}, {"decay_milestones": [3, 9, 12], "cycle_decay": 0.7}])
    if rng.random() < 0.3:
        call |= {"step_on_epochs": False, "updates_per_epoch": rng.randint(1, 4)}
    if call["sched"] == "wsd" and rng.random() < 0.5:
        call["decay_fn"] = rng.choice(["linear", "cosine", "exp"])
    return call


def bent(share):
    """A decay function of one's own."""
    return 1.0 - share**1.7


def lifted(share):
    """One that neither begins at 1 nor ends at 0."""
    return 0.9 - 0.7 * share


DRAWS = {
    "CosineLRScheduler": cosine,
    "TanhLRScheduler": tanh,
    "PolyLRScheduler": poly,
    "StepLRScheduler": step,
    "MultiStepLRScheduler": multistep,
    "WSDLRScheduler": wsd,
    "create_scheduler_v2": factory,
}


def calls(name, count=200):
    """(rate of the optimizer, arguments), the same ones every time."""
    rng = random.Random(name)
    for _ in range(count):
        yield rng.choice([1.0, 0.3, 0.05, 2]), DRAWS[name](rng)


def span(call):
    """1.3 times the length of the run, in whole steps, but for runs that never end."""
    if "sched" in call:
        return 3 * (call["num_epochs"] + 5) * call.get("updates_per_epoch", 1)
    length = call.get("t_initial") or 50
    for i in range(1, min(math.ceil(call.get("cycle_limit", 1)), 60)):
        length += call["t_initial"] * call.get("cycle_mul", 1.0) ** i
    return int(1.3 * min(length + max(0, call["warmup_t"]), 300)) + 2
