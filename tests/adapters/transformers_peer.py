"""What the installed transformers gives: its own schedulers around a real optimizer."""

import math
from fractions import Fraction

import numpy as np
import torch
from transformers import optimization

HARD_RESTARTS = "get_cosine_with_hard_restarts_schedule_with_warmup"


def scheduler(name, base_lr, arguments, **group):
    """The peer's own object."""
    weight = {"params": [torch.nn.Parameter(torch.zeros(1))], **group}
    arguments = {**arguments, "optimizer": torch.optim.SGD([weight], lr=base_lr)}
    return getattr(optimization, name)(**arguments)


def rates(name, base_lr, arguments, steps):
    """The rates that the peer would set at the steps 0…steps-1."""
    (factor,) = scheduler(name, base_lr, arguments).lr_lambdas
    return np.array([base_lr * factor(t) for t in range(steps)])


def flat(arguments):
    """The arguments of the schedule itself, also of a call of `get_scheduler`."""
    return {**arguments, **(arguments.get("scheduler_specific_kwargs") or {})}


def span(arguments):
    """1.3 times the length of the run, in whole steps."""
    inner = flat(arguments)
    phases = [inner.get(f"num_{part}_steps") or 0 for part in ("warmup", "stable", "decay")]
    total = max(inner.get("num_training_steps") or 0, sum(phases), inner.get("timescale") or 40)
    return math.ceil(1.3 * min(total, 200)) + 1


def missed_restarts(name, arguments, steps):
    """Where a restart is due in exact arithmetic, and the peer's rounding is just before it."""
    if name != HARD_RESTARTS and arguments.get("name") != "cosine_with_restarts":
        return []
    inner = flat(arguments)
    warm, cycles = inner["num_warmup_steps"], inner.get("num_cycles", 1)
    length = max(1, inner["num_training_steps"] - warm)
    missed = []
    for t in range(max(0, math.ceil(warm)), steps):
        due = Fraction(str(cycles)) * Fraction(t - warm) / Fraction(length)
        phase = float(cycles) * (float(t - warm) / float(length)) % 1.0
        if t - warm < length and due.denominator == 1 and phase > 0.5:
            missed.append(t)
    return missed
