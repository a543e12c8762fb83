"""Random calls of torch's schedulers, and the same calls made to torch and to lrkit."""

import math
from dataclasses import dataclass

import numpy as np
import torch

from lrkit import like

KEPT = 400
"""Steps that are kept of a replay, or of a function."""

FUNCTIONS = {
    "halves": lambda t: 0.5 ** (t // 7),
    "wave": lambda t: 1.0 + 0.3 * math.sin(t),
    "zeroes": lambda t: 0.0 if t == 11 else 1.01,
    "line": lambda t: max(0, 30 - t) / 30,
    "constant": lambda t: 0.97,
    "late": lambda t: 1.0 / t if t < 30 else 1.0 + 1.0 / t,  # fails at 0
}


@dataclass(frozen=True)
class Call:
    """The name and the arguments of a scheduler; functions by name, parts as calls."""

    name: str
    arguments: dict

    def inside(self):
        """This call and those of all parts."""
        yield self
        for part in self.arguments.get("schedulers", ()):
            yield from part.inside()

    def plain(self):
        known = {"lr_lambda", "scale_fn"}
        return {
            key: FUNCTIONS[v] if key in known and v is not None else v
            for key, v in self.arguments.items()
        }

    def of_torch(self, optimizer):
        arguments = self.plain()
        if "schedulers" in arguments:
            arguments["schedulers"] = [part.of_torch(optimizer) for part in arguments["schedulers"]]
        scheduler = getattr(torch.optim.lr_scheduler, self.name)
        if self.name == "ChainedScheduler":
            return scheduler(**arguments, optimizer=optimizer)
        return scheduler(optimizer, **arguments)

    def of_lrkit(self, base_lr, length=KEPT):
        arguments = self.plain()
        if "schedulers" in arguments:
            arguments["schedulers"] = [p.of_lrkit(base_lr, length) for p in arguments["schedulers"]]
            return getattr(like.torch, self.name)(**arguments, length=length)
        if self.name in ("LambdaLR", "MultiplicativeLR", "CyclicLR"):
            arguments["length"] = length
        if self.name not in ("CyclicLR", "OneCycleLR"):
            arguments["base_lr"] = base_lr
        return getattr(like.torch, self.name)(**arguments)


def chain(*schedulers):
    return Call("ChainedScheduler", {"schedulers": list(schedulers)})


def sequence(milestones, *schedulers):
    return Call("SequentialLR", {"schedulers": list(schedulers), "milestones": milestones})


def one_cycle(**arguments):
    return Call("OneCycleLR", {"max_lr": 1.0, "total_steps": 10, **arguments})


def sawtooth(**arguments):
    return Call("CyclicLR", {"base_lr": 0.0, "max_lr": 1.0, "step_size_down": 0, **arguments})


STEPS = Call("StepLR", {"step_size": 3})
WAVE = Call("LambdaLR", {"lr_lambda": "wave"})


def rates_of(call, base_lr, n, resume=None):
    """torch's rates for the steps 0…n-1, fewer where torch raises; and what it raised.

    `resume` is what the parameter group holds when a scheduler is built that goes on.
    """
    optimizer = torch.optim.SGD([torch.zeros(1)], lr=base_lr, momentum=0.9)
    group = optimizer.param_groups[0]
    group.update(resume or {})
    rates = []
    try:
        scheduler = call.of_torch(optimizer)
        optimizer.step()
        rates.append(group["lr"])
        while len(rates) < n:
            scheduler.step()
            rates.append(group["lr"])
    except (ValueError, ArithmeticError, NotImplementedError) as error:
        return rates, error
    return rates, None


def _gamma(draw):
    return draw.choice([0.1, 0.5, 0.9, 0.99, 1.0, 1.02, 0.0, -0.5, -0.97, draw.uniform(0.2, 1.05)])


def _steps(draw):
    return draw.choice([1, 2, 3, 5, 7, 10, 30, draw.randint(1, 60)])


def _count(draw):
    """Numbers of steps, and what torch takes for one."""
    return draw.choice([_steps(draw), _steps(draw), _steps(draw), 0, -3, 2.5, 0.5, 12.0])


def _lambda(draw):
    return {"lr_lambda": draw.choice(["halves", "wave", "zeroes", "line", "constant"])}


def _multiplicative(draw):
    return {"lr_lambda": draw.choice(["wave", "zeroes", "constant", "late"])}


def _step(draw):
    return {"step_size": draw.choice([_steps(draw), _steps(draw), 2.5, -4]), "gamma": _gamma(draw)}


def _multi_step(draw):
    milestones = [draw.randint(0, 40) for _ in range(draw.randint(0, 6))]
    odd = draw.choice([[], [], [], [-2], [3.5], [0], [4.0]])
    return {"milestones": milestones + odd, "gamma": _gamma(draw)}


def _constant(draw):
    return {"factor": draw.choice([0.1, 1 / 3, 1.0, draw.random()]), "total_iters": _count(draw)}


def _linear(draw):
    return {
        "start_factor": draw.choice([1.0, 1 / 3, 1e-6, 1.0 - draw.random()]),
        "end_factor": draw.choice([0.0, 1.0, draw.random()]),
        "total_iters": _count(draw),
    }


def _exponential(draw):
    return {"gamma": _gamma(draw)}


def _polynomial(draw):
    return {
        "total_iters": _count(draw),
        "power": draw.choice([0, 0.5, 1.0, 2, 3.7, draw.uniform(0.1, 5)]),
    }


def _cosine(draw):
    t_max = draw.choice([_steps(draw), _steps(draw), _steps(draw), 2.5, 12.0, 7.75, -6])
    return {"T_max": t_max, "eta_min": draw.choice([0.0, 1e-3, 0.02, 0.7])}


def _restarts(draw):
    return {
        "T_0": _steps(draw),
        "T_mult": draw.choice([1, 1, 2, 3]),
        "eta_min": draw.choice([0, 1e-3, 0.7]),
    }


_SCALES = [
    *3 * [{}],
    *({"scale_fn": f, "scale_mode": "cycle"} for f in ("halves", "wave", "late")),
    *({"scale_fn": f, "scale_mode": "iterations"} for f in ("halves", "wave")),
]


def _cyclic(draw):
    return {
        "base_lr": draw.choice([0.0, 0.01, [0.1]]),
        "max_lr": draw.choice([0.5, 0.005, [0.1]]),
        "step_size_up": draw.choice([_steps(draw), 2.5, 4.0]),
        "step_size_down": draw.choice([None, None, 0, _steps(draw)]),
        "mode": draw.choice(["triangular", "triangular2", "exp_range"]),
        "gamma": draw.choice([0.9, 0.99, 1.0, 0.0, -0.9]),
        **draw.choice(_SCALES),
    }


def _one_cycle(draw, least=1):
    total = draw.choice([least, least + 1, least + 2, least + 9, draw.randint(2, 150) + least])
    arguments = {
        "max_lr": draw.choice([1.0, 0.003, [0.1]]),
        "pct_start": draw.choice([0.3, 0.0, 0.5, 0.9, 1.0, 0.01, draw.random()]),
        "anneal_strategy": draw.choice(["cos", "linear"]),
        "div_factor": draw.choice([25.0, 1, 3.7]),
        "final_div_factor": draw.choice([1e4, 1, 20]),
        "three_phase": draw.random() < 0.5,
        "cycle_momentum": draw.random() < 0.5,
    }
    if draw.random() < 0.2:
        return {**arguments, "epochs": total, "steps_per_epoch": 2}
    return {**arguments, "total_steps": total}


DRAWN = {
    "LambdaLR": _lambda,
    "MultiplicativeLR": _multiplicative,
    "StepLR": _step,
    "MultiStepLR": _multi_step,
    "ConstantLR": _constant,
    "LinearLR": _linear,
    "ExponentialLR": _exponential,
    "PolynomialLR": _polynomial,
    "CosineAnnealingLR": _cosine,
    "CosineAnnealingWarmRestarts": _restarts,
    "CyclicLR": _cyclic,
    "OneCycleLR": _one_cycle,
}


def drawn(draw, name):
    """A random call of a scheduler."""
    if name == "ChainedScheduler":
        return drawn_chain(draw)
    if name == "SequentialLR":
        return drawn_sequence(draw)
    return Call(name, DRAWN[name](draw))


MULTIPLY = [
    *("MultiplicativeLR", "StepLR", "MultiStepLR", "ConstantLR", "LinearLR", "ExponentialLR"),
    *("PolynomialLR", "CosineAnnealingLR"),
]
"""Schedulers that only multiply the rate; the cosine until its minimum."""


def drawn_among(draw, names):
    """A random scheduler that is fit to be one of several."""
    name = draw.choice(names)
    if name == "OneCycleLR":  # it does not come to its end while torch is watched
        return Call(name, _one_cycle(draw, least=KEPT))
    call = drawn(draw, name)
    return drawn_among(draw, names) if "late" in call.arguments.values() else call


def drawn_part(draw, depth):
    if depth and draw.random() < 0.2:
        return draw.choice([drawn_chain, drawn_sequence])(draw, depth - 1)
    return drawn_among(draw, list(DRAWN))


def drawn_chain(draw, depth=2):
    """A random chain, of chains and sequences too; every other one of those that multiply."""
    n = draw.randint(1, 4)
    if draw.random() < 0.5:
        return chain(*(drawn_among(draw, MULTIPLY) for _ in range(n)))
    return chain(*(drawn_part(draw, depth) for _ in range(n)))


def drawn_sequence(draw, depth=2):
    """A random sequence, of chains and sequences too."""
    parts = [drawn_part(draw, depth) for _ in range(draw.randint(1, 4))]
    milestones = [draw.randint(0, 40) for _ in parts[1:]]
    if draw.random() < 0.8:
        milestones.sort()
    return sequence(milestones, *parts)


def assert_same(s, wanted):
    got = np.array([s(t) for t in range(len(wanted))])
    np.testing.assert_allclose(got, wanted, rtol=0, atol=1e-9 * np.abs(wanted).max(initial=0.0))
