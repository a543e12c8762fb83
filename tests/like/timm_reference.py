"""The rates of timm's schedulers at whole steps, from its documentation and its source's facts.

Written on their own: cycles are found by adding up exact fractions, not by logarithms, so that
every restart is where it belongs.
"""

import math
from bisect import bisect_right
from fractions import Fraction
from functools import lru_cache


@lru_cache
def exact(x):
    """The number that its decimals say."""
    return Fraction(str(x))


@lru_cache
def begins(t_initial, mul, limit):
    """Where each cycle begins that a test can reach, and where the last ends."""
    times, length = [Fraction(0)], exact(t_initial)
    while len(times) - 1 < limit and length > Fraction(1, 10**9) and times[-1] < 1000:
        times.append(times[-1] + length)
        length *= exact(mul)
    return times


def cycle(t, t_initial, mul, limit):
    """(cycle, share of it that is over) at time t; None after the last."""
    times = begins(t_initial, mul, limit)
    i = bisect_right(times, t) - 1
    return None if i == len(times) - 1 else (i, (t - times[i]) / (times[i + 1] - times[i]))


def warm(t, base_lr, warmup_t, warmup_lr_init, target=None):
    """The rate during the warmup; None after it."""
    if t >= warmup_t:
        return None
    target = base_lr if target is None else target
    return warmup_lr_init + t * (target - warmup_lr_init) / warmup_t


def own_time(t, warmup_t, prefix):
    return t - exact(warmup_t) if prefix else Fraction(t)


def cyclic(fade, t, base_lr, call):
    """What all three cyclic schedulers do, whatever the curve of a cycle is."""
    mul, limit = call.get("cycle_mul", 1.0), call.get("cycle_limit", 1)
    low = call.get("lr_min", 0.0)
    place = cycle(t, call["t_initial"], mul, limit)
    if place is None:
        return low
    i, share = place
    return low + (base_lr * call.get("cycle_decay", 1.0) ** i - low) * fade(float(share))


def with_warmup(fade, t, base_lr, call):
    started = warm(t, base_lr, call.get("warmup_t", 0), call.get("warmup_lr_init", 0.0))
    if started is not None:
        return started
    own = own_time(t, call.get("warmup_t", 0), call.get("warmup_prefix", False))
    return cyclic(fade, own, base_lr, call)


def CosineLRScheduler(t, base_lr, **call):
    k = call.get("k_decay", 1.0)
    return with_warmup(lambda x: (1 + math.cos(math.pi * x**k)) / 2, t, base_lr, call)


def PolyLRScheduler(t, base_lr, **call):
    k, power = call.get("k_decay", 1.0), call.get("power", 0.5)
    return with_warmup(lambda x: (1 - x**k) ** power, t, base_lr, call)


def TanhLRScheduler(t, base_lr, **call):
    low, high = call.get("lb", -7.0), call.get("ub", 3.0)

    def fade(x):
        return (1 - math.tanh(low * (1 - x) + high * x)) / 2

    warmup_t, prefix = call.get("warmup_t", 0), call.get("warmup_prefix", False)
    target = base_lr if prefix else cyclic(fade, exact(warmup_t), base_lr, call)
    started = warm(t, base_lr, warmup_t, call.get("warmup_lr_init", 0.0), target)
    if started is not None:
        return started
    return cyclic(fade, own_time(t, warmup_t, prefix), base_lr, call)


def StepLRScheduler(t, base_lr, **call):
    started = warm(t, base_lr, call.get("warmup_t", 0), call.get("warmup_lr_init", 0.0))
    if started is not None:
        return started
    own = own_time(t, call.get("warmup_t", 0), call.get("warmup_prefix", True))
    return base_lr * call.get("decay_rate", 1.0) ** math.floor(own / exact(call["decay_t"]))


def MultiStepLRScheduler(t, base_lr, **call):
    started = warm(t, base_lr, call.get("warmup_t", 0), call.get("warmup_lr_init", 0.0))
    if started is not None:
        return started
    own = own_time(t, call.get("warmup_t", 0), call.get("warmup_prefix", True))
    return base_lr * call.get("decay_rate", 1.0) ** reached(call["decay_t"], own + 1)


def reached(milestones, t):
    """How many a search by halves finds at or before t: all of them if they are in order."""
    low, high = 0, len(milestones)
    while low < high:
        middle = (low + high) // 2
        if t < milestones[middle]:
            high = middle
        else:
            low = middle + 1
    return low


def WSDLRScheduler(t, base_lr, **call):
    warmup_t, low = call.get("warmup_t", 0), call.get("lr_min", 0.0)
    started = warm(t, base_lr, warmup_t, call.get("warmup_lr_init", 0.0))
    if started is not None:
        return started
    since, decay = t - exact(warmup_t), exact(call["decay_t"])
    kind = call.get("stable_fn", "constant")
    power = {"constant": 0, "rsqrt": 0.5, "power": call.get("stable_power", 0.5)}[kind]
    scale = call.get("stable_timescale") or warmup_t or 1
    level = max(base_lr / (1 + float(since) / scale) ** power, low)
    over = since - (exact(call["t_initial"]) - decay)
    if over <= 0:
        return level
    share = float(min(over / decay, 1))
    function, ratio = call.get("decay_fn", "1-sqrt"), call.get("decay_ratio", 0.1)
    factors = {
        "linear": 1 - share,
        "1-sqrt": 1 - math.sqrt(share),
        "cosine": (1 + math.cos(math.pi * share)) / 2,
        "power": 1 - share ** call.get("decay_power", 0.5),
        "exp": (ratio**share - ratio) / (1 - ratio),
    }
    factor = function(share) if callable(function) else factors[function]
    return low + (level - low) * factor


def create_scheduler_v2(t, base_lr, **call):
    """The class that a name of the factory stands for, and what it gets of the arguments."""
    unit = 1 if call.get("step_on_epochs", True) else call["updates_per_epoch"]
    sched, epochs = call["sched"], call["num_epochs"]
    prefix, warmup_t = call.get("warmup_prefix", False), call.get("warmup_epochs", 0) * unit
    low = call.get("min_lr", 0.0)
    warmup = {"warmup_t": warmup_t, "warmup_lr_init": call.get("warmup_lr", 1e-5)}
    own = {**warmup, "warmup_prefix": prefix}
    rate, k = call.get("decay_rate", 0.1), {"k_decay": call.get("k_decay", 1.0)}
    cycled = {
        "t_initial": epochs * unit,
        "lr_min": low,
        "cycle_decay": call.get("cycle_decay", 0.1),
    }
    cycled |= {key: call[key] for key in ("cycle_mul", "cycle_limit") if key in call}
    decay, room = call.get("decay_epochs"), epochs * unit - (0 if prefix else warmup_t)
    if sched in ("wsd", "rsqrt"):
        decay = 0.2 if decay is None else decay
        stable = {"stable_fn": "rsqrt" if sched == "rsqrt" else "constant", "lr_min": low}
        stable |= {"t_initial": room, "stable_timescale": call.get("stable_timescale", 0) * unit}
        stable["decay_t"] = round(decay * room if decay < 1 else decay * unit)
        stable["decay_fn"] = call.get("decay_fn", "linear" if sched == "rsqrt" else "1-sqrt")
        return WSDLRScheduler(t, base_lr, **stable, **warmup)
    milestones = [m * unit for m in call.get("decay_milestones", [90, 180, 270])]
    every = (90 if decay is None else decay) * unit
    return {
        "cosine": lambda: CosineLRScheduler(t, base_lr, **cycled, **own, **k),
        "tanh": lambda: TanhLRScheduler(t, base_lr, **cycled, **own),
        "poly": lambda: PolyLRScheduler(t, base_lr, power=rate, **cycled, **own, **k),
        "step": lambda: StepLRScheduler(t, base_lr, decay_t=every, decay_rate=rate, **own),
        "constant": lambda: StepLRScheduler(t, base_lr, decay_t=1, decay_rate=1.0, **own),
        "multistep": lambda: MultiStepLRScheduler(
            t, base_lr, decay_t=milestones, decay_rate=rate, **own
        ),
        "none": lambda: base_lr,
    }[sched]()


# ---- as floats have it, to show where that differs -----------------------------------------------


def by_logarithm(t, t_initial, mul):
    """(cycle, share of it that is over), found with a logarithm as timm finds it."""
    i = math.floor(math.log(1 - t / t_initial * (1 - mul), mul))
    return i, (t - (1 - mul**i) / (1 - mul) * t_initial) / (mul**i * t_initial)


def rounded_cosine(t, t_initial, cycle_mul, cycle_limit, lr_min=0.0):
    i, share = by_logarithm(t, t_initial, cycle_mul)
    return (
        lr_min + (1 - lr_min) * (1 + math.cos(math.pi * share)) / 2 if i < cycle_limit else lr_min
    )


def rounded_poly(t, t_initial, cycle_mul, cycle_limit, lr_min=0.0, power=0.5):
    i, share = by_logarithm(t, t_initial, cycle_mul)
    return lr_min + (1 - lr_min) * (1 - share) ** power if i < cycle_limit else lr_min


def rounded_step(t, decay_t, decay_rate):
    return decay_rate ** (t // decay_t)
