"""What a scheduler costs at each update, beside PyTorch's own.

    python benchmarks/torch_step.py [--rounds 15] [--steps 3000]

Every contender has an SGD of its own, takes its steps in turn, and is timed twice: `step()` alone,
between real updates, and the update together with `step()`, less the bare update, since a scheduler
also listens to the optimizer. Medians of the rounds, less what no scheduler takes in each. Bar:
`step()` takes at most half the time of `CosineAnnealingLR` and of `SequentialLR`.

With a GPU also a compiled step of Adam whose rate changes at each update, as a number and as a
tensor, beside the same step with a constant rate.
"""

import argparse
import statistics
import sys
import time
import warnings
from collections.abc import Callable
from typing import Any

import torch
from torch.optim import lr_scheduler

from lrkit import cosine, exponential_decay, one_cycle, step_decay, warmup
from lrkit.torch import Scheduler

TOTAL = 10**7
BAR = 0.5

Made = Callable[[Any], Any]


def sequence(optimizer: Any) -> Any:
    first = lr_scheduler.LinearLR(optimizer, 1e-3, total_iters=500)
    return lr_scheduler.SequentialLR(
        optimizer, [first, lr_scheduler.CosineAnnealingLR(optimizer, TOTAL)], [500]
    )


THEIRS: dict[str, Made] = {
    "CosineAnnealingLR": lambda o: lr_scheduler.CosineAnnealingLR(o, TOTAL),
    "SequentialLR": sequence,
    "StepLR": lambda o: lr_scheduler.StepLR(o, 30),
    "OneCycleLR": lambda o: lr_scheduler.OneCycleLR(o, 0.1, TOTAL),
    "LambdaLR": lambda o: lr_scheduler.LambdaLR(o, lambda k: 0.95 ** (k // 1000)),
}
OURS: dict[str, Made] = {
    "CosineAnnealingLR": lambda o: Scheduler(o, 0.1 * cosine(TOTAL)),
    "SequentialLR": lambda o: Scheduler(o, 0.1 * (warmup(500) >> cosine(TOTAL))),
    "StepLR": lambda o: Scheduler(o, step_decay(0.1, 0.1, 30)),
    "OneCycleLR": lambda o: Scheduler(o, 0.1 * one_cycle(TOTAL)),
    "LambdaLR": lambda o: Scheduler(o, exponential_decay(0.1, 0.95, 1000)),
}


def sgd(groups: int) -> Any:
    """Parameters without gradients: the update itself is as short as it can be."""
    parameters = [torch.nn.Parameter(torch.zeros(1)) for _ in range(groups)]
    return torch.optim.SGD([{"params": [p]} for p in parameters], lr=0.1)


def alone(optimizer: Any, step: Callable[[], Any], steps: int) -> float:
    """Seconds of one call of `step`, each after an update that is not timed."""
    clock, total = time.perf_counter, 0.0
    for _ in range(steps):
        optimizer.step()
        begin = clock()
        step()
        total += clock() - begin
    return total / steps


def together(optimizer: Any, step: Callable[[], Any], steps: int) -> float:
    """Seconds of an update and a call."""
    begin = time.perf_counter()
    for _ in range(steps):
        optimizer.step()
        step()
    return (time.perf_counter() - begin) / steps


def nothing() -> None:
    pass


def race(groups: int, rounds: int, steps: int) -> dict[str, tuple[float, ...]]:
    """By contender, microseconds of `step()` alone, and of what it adds to an update."""
    works: dict[str, tuple[Any, Callable[[], Any]]] = {"nothing": (sgd(groups), nothing)}
    for whose, all_of_them in (("torch", THEIRS), ("lrkit", OURS)):
        for name, make in all_of_them.items():
            optimizer = sgd(groups)
            works[f"{whose} {name}"] = optimizer, make(optimizer).step
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in works}
    order = list(works)
    for turn in range(-1, rounds):  # the first round warms up
        for name in order[turn % len(order) :] + order[: turn % len(order)]:
            found = alone(*works[name], steps), together(*works[name], steps)
            if turn >= 0:
                times[name].append(found)
    bare = times.pop("nothing")
    return {
        name: tuple(
            1e6 * statistics.median(a[k] - b[k] for a, b in zip(found, bare, strict=True))
            for k in (0, 1)
        )
        for name, found in times.items()
    }


def table(groups: int, rounds: int, steps: int) -> bool:
    """Print the times and the ratios; whether the bar holds."""
    found = race(groups, rounds, steps)
    print(f"\n{groups} group{'s' if groups > 1 else ''}, µs", end="")
    print(f"{'torch':>22}{'lrkit':>9}{'ratio':>9}{'torch +':>12}{'lrkit +':>9}{'ratio':>9}")
    held = True
    for name in THEIRS:
        (a, added_a), (b, added_b) = found[f"torch {name}"], found[f"lrkit {name}"]
        barred = name in ("CosineAnnealingLR", "SequentialLR")
        held &= not barred or b <= BAR * a
        verdict = "" if not barred else f"  bar {BAR}: {'pass' if b <= BAR * a else 'MISS'}"
        print(f"  {name:<22}{a:9.2f}{b:9.2f}{b / a:9.3f}", end="")
        print(f"{added_a:12.2f}{added_b:9.2f}{added_b / added_a:9.3f}{verdict}")
    return held


def compiled(kind: str, rounds: int, steps: int) -> None:
    """A compiled step of Adam on a GPU: the rate a number or a tensor, changed or constant."""
    parameters = [torch.nn.Parameter(torch.zeros(1024, 1024, device="cuda")) for _ in range(24)]
    for parameter in parameters:
        parameter.grad = torch.ones_like(parameter)
    times: dict[str, list[float]] = {"constant": [], "scheduled": []}
    works: dict[str, tuple[Any, Callable[[], Any]]] = {}
    for name in times:
        rate = torch.tensor(1e-3, device="cuda") if kind == "tensor" else 1e-3
        adam = torch.optim.Adam(parameters, lr=rate, capturable=True)
        step = nothing if name == "constant" else Scheduler(adam, 1e-3 * cosine(TOTAL)).step
        run = torch.compile(adam.step)
        works[name] = run, step
    for turn in range(-1, rounds):
        for name, (run, step) in works.items():
            torch.cuda.synchronize()
            begin = time.perf_counter()
            for _ in range(steps):
                run()
                step()
            torch.cuda.synchronize()
            if turn >= 0:
                times[name].append((time.perf_counter() - begin) / steps)
    constant, scheduled = (statistics.median(times[name]) for name in ("constant", "scheduled"))
    device = torch.cuda.get_device_name()
    print(f"{device}: compiled Adam, the rate a {kind}: {1e6 * constant:.1f} µs constant, ", end="")
    print(f"{1e6 * scheduled:.1f} µs scheduled, ratio {scheduled / constant:.3f}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--steps", type=int, default=3000)
    asked = parser.parse_args()
    warnings.simplefilter("ignore")
    held = [table(groups, asked.rounds, asked.steps) for groups in (1, 4)]
    if torch.cuda.is_available():
        for kind in ("number", "tensor"):
            compiled(kind, asked.rounds, min(asked.steps, 300))
    else:
        print("\nno GPU: the compiled steps were left out")
    print("all bars held" if all(held) else f"{held.count(False)} bars were missed")
    return int(not all(held))


if __name__ == "__main__":
    sys.exit(main())
