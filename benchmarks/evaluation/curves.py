"""The same curves in lrkit, in NumPy by hand, and as other libraries have them."""

import os
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import lrsched
import numpy as np
import optax
import torch

from lrkit import Schedule, cosine, hold, linear, repeat, step_decay, warmup

RATE = 3e-4
torch_schedules = torch.optim.lr_scheduler
keras_schedules = keras.optimizers.schedules

ByHand = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Curve:
    """One curve over n steps, in every library that has it.

    torch is given as a function from the optimizer to the scheduler. `bare` may fill slices, its
    steps being 0…n-1; where it does, another formula takes them in any order.
    """

    name: str
    lrkit: Schedule
    bare: ByHand
    lrsched: Callable[[int], float]
    torch: Callable[[torch.optim.Optimizer], Any]
    optax: Callable[[Any], Any]
    keras: Callable[[Any], Any] | None = None
    bare_in_any_order: ByHand | None = None


def stepper(make: Callable[[torch.optim.Optimizer], Any]) -> Any:
    """A torch scheduler, on an optimizer that has made its step."""
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=RATE)
    with warnings.catch_warnings():  # SequentialLR uses what torch itself deprecates
        warnings.simplefilter("ignore")
        scheduler = make(optimizer)
    optimizer.step()
    return scheduler


def half_cosine(x: np.ndarray) -> np.ndarray:
    return RATE / 2 * (1 + np.cos(np.pi * x))


def cosine_curve(n: int) -> Curve:
    return Curve(
        "cosine",
        RATE * cosine(n),
        lambda t: half_cosine(t / n),
        lrsched.cosine(base_lr=RATE, min_lr=0.0, total_steps=n),
        lambda o: torch_schedules.CosineAnnealingLR(o, T_max=n),
        optax.cosine_decay_schedule(RATE, n),
        keras_schedules.CosineDecay(RATE, n),
    )


def warmup_cosine(n: int) -> Curve:
    up = n // 20

    def bare(t: np.ndarray) -> np.ndarray:
        out = np.empty(t.shape)
        out[:up] = RATE / up * t[:up]
        out[up:] = half_cosine((t[up:] - up) / (n - up))
        return out

    def bare_in_any_order(t: np.ndarray) -> np.ndarray:
        out = np.empty(t.shape)
        rising = t < up
        out[rising] = RATE / up * t[rising]
        out[~rising] = half_cosine((t[~rising] - up) / (n - up))
        return out

    def chain(o: torch.optim.Optimizer) -> Any:
        rise = torch_schedules.LinearLR(o, start_factor=1e-9, total_iters=up)
        fall = torch_schedules.CosineAnnealingLR(o, T_max=n - up)
        return torch_schedules.SequentialLR(o, [rise, fall], milestones=[up])

    fall = lrsched.cosine(base_lr=RATE, min_lr=0.0, total_steps=n - up)
    return Curve(
        "warmup + cosine",
        RATE * (warmup(up) >> cosine(n - up)),
        bare,
        lrsched.with_warmup(fall, warmup_steps=up, start_lr=0.0),
        chain,
        optax.warmup_cosine_decay_schedule(0.0, RATE, up, n),
        keras_schedules.CosineDecay(0.0, n - up, warmup_target=RATE, warmup_steps=up),
        bare_in_any_order,
    )


def stable_by_hand(up: int, down: int, n: int) -> tuple[ByHand, ByHand]:
    """Three pieces in NumPy: for the steps 0…n-1 in order, and in any order."""

    def in_order(t: np.ndarray) -> np.ndarray:
        out = np.empty(t.shape)
        out[:up] = RATE / up * t[:up]
        out[up : n - down] = RATE
        out[n - down :] = RATE / down * (n - t[n - down :])
        return out

    def in_any_order(t: np.ndarray) -> np.ndarray:
        out = np.empty(t.shape)
        rising, falling = t < up, t >= n - down
        out[rising] = RATE / up * t[rising]
        out[falling] = RATE / down * (n - t[falling])
        out[~(rising | falling)] = RATE
        return out

    return in_order, in_any_order


def stable(n: int) -> Curve:
    up, down = n // 20, n // 5
    flat = n - up - down
    bare, bare_in_any_order = stable_by_hand(up, down, n)

    def chain(o: torch.optim.Optimizer) -> Any:
        rise = torch_schedules.LinearLR(o, start_factor=1e-9, total_iters=up)
        level = torch_schedules.ConstantLR(o, factor=1.0, total_iters=1)
        fall = torch_schedules.LinearLR(o, 1.0, 0.0, total_iters=down)
        return torch_schedules.SequentialLR(o, [rise, level, fall], milestones=[up, up + flat])

    pieces = (
        optax.linear_schedule(0.0, RATE, up),
        optax.constant_schedule(RATE),
        optax.linear_schedule(RATE, 0.0, down),
    )
    return Curve(
        "warmup, hold, linear",
        RATE * (warmup(up) >> hold(flat) >> linear(down)),
        bare,
        lrsched.warmup_stable_decay(
            base_lr=RATE,
            warmup_steps=up,
            decay_steps=down,
            total_steps=n,
            final_lr=0.0,
            warmup_start=0.0,
            decay_shape="linear",
        ),
        chain,
        optax.join_schedules(pieces, [up, up + flat]),
        bare_in_any_order=bare_in_any_order,
    )


def step(n: int) -> Curve:
    every = n // 10
    return Curve(
        "step",
        step_decay(RATE, 0.5, every),
        lambda t: RATE * 0.5 ** (t // every),
        lrsched.step_decay(base_lr=RATE, drop=0.5, step_size=every),
        lambda o: torch_schedules.StepLR(o, every, gamma=0.5),
        optax.exponential_decay(RATE, every, 0.5, staircase=True),
        keras_schedules.ExponentialDecay(RATE, every, 0.5, staircase=True),
    )


def equal_restarts(n: int) -> Curve:
    first = n // 10
    return Curve(
        "restarts, equal",
        RATE * repeat(cosine(first)),
        lambda t: half_cosine(t % first / first),
        lrsched.cosine_restarts(base_lr=RATE, min_lr=0.0, period=first, t_mult=1),
        lambda o: torch_schedules.CosineAnnealingWarmRestarts(o, first),
        optax.sgdr_schedule([_cycle(first)] * 10),
        keras_schedules.CosineDecayRestarts(RATE, first, t_mul=1.0),
    )


def growing_restarts(n: int) -> Curve:
    first = n // 100

    def bare(t: np.ndarray) -> np.ndarray:
        turn = np.floor(np.log2(t / first + 1))
        return half_cosine((t / first + 1) / 2**turn - 1)

    return Curve(
        "restarts, doubling",
        RATE * repeat(cosine(first), stretch=2),
        bare,
        lrsched.cosine_restarts(base_lr=RATE, min_lr=0.0, period=first, t_mult=2),
        lambda o: torch_schedules.CosineAnnealingWarmRestarts(o, first, T_mult=2),
        optax.sgdr_schedule([_cycle(first * 2**i) for i in range(7)]),
        keras_schedules.CosineDecayRestarts(RATE, first, t_mul=2.0),
    )


def _cycle(steps: int) -> dict[str, float]:
    """One cycle as optax wants it, without the warmup that it always has room for."""
    return {
        "init_value": RATE,
        "peak_value": RATE,
        "warmup_steps": 0,
        "decay_steps": steps,
        "end_value": 0.0,
    }


CURVES = (cosine_curve, warmup_cosine, stable, step, equal_restarts, growing_restarts)
