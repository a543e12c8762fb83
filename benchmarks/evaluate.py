"""How fast values come: one number, many at once, and in how little memory.

Side by side in one process, median of several rounds. Bars: a call of a three-piece schedule takes
at most a third of `CosineAnnealingLR.step()`; `values(10**6)` at most 1.5 times the bare NumPy
formula of the same curve; a call on an array of that size in any order at most 2.5 times;
`values(10**8)` at most 32 MB beside its result.
"""

import statistics
import subprocess
import sys
import time
from collections.abc import Callable

import numpy as np
import torch

from lrkit import Schedule, cosine, hold, warmup

N = 10**6
ROUNDS = 15
CALLS = 20_000
THREE = 3e-4 * (warmup(50_000) >> hold(750_000) >> cosine(200_000))
ONE = 3e-4 * cosine(N)


def bare_cosine(t: np.ndarray) -> np.ndarray:
    """What one writes by hand."""
    return 1.5e-4 * (1 + np.cos(np.pi * t / N))


def bare_three(t: np.ndarray) -> np.ndarray:
    """Three pieces by hand, each computed only where it holds."""
    out = np.empty(t.shape)
    rising, falling = t < 50_000, t >= 800_000
    out[rising] = 3e-4 * (t[rising] / 50_000)
    out[falling] = 1.5e-4 * (1 + np.cos(np.pi * (t[falling] - 800_000) / 200_000))
    out[~(rising | falling)] = 3e-4
    return out


def bare_three_in_order(t: np.ndarray) -> np.ndarray:
    """Three pieces by hand for the steps 0…n-1: each fills its own slice."""
    out = np.empty(t.shape)
    out[:50_000] = 3e-4 * (t[:50_000] / 50_000)
    out[50_000:800_000] = 3e-4
    out[800_000:] = 1.5e-4 * (1 + np.cos(np.pi * (t[800_000:] - 800_000) / 200_000))
    return out


def seconds(function: Callable[[], object]) -> float:
    begin = time.perf_counter()
    function()
    return time.perf_counter() - begin


def compare(ours: Callable[[], object], theirs: Callable[[], object]) -> tuple[float, float]:
    """Median seconds of both, taken in turn; after one round to warm up."""
    ours(), theirs()
    pairs = [(seconds(ours), seconds(theirs)) for _ in range(ROUNDS)]
    return statistics.median(a for a, _ in pairs), statistics.median(b for _, b in pairs)


def report(what: str, pair: tuple[float, float], bar: float, per: int = 1) -> bool:
    """Print both times for each of `per` calls, and their ratio."""
    ours, theirs = (x / per * 1e6 for x in pair)
    passed = ours <= bar * theirs
    print(
        f"{what:<46} {ours:>12,.2f} µs {theirs:>12,.2f} µs   "
        f"ratio {ours / theirs:.3f} (bar {bar:.3f}) {'pass' if passed else 'MISS'}"
    )
    return passed


def one_number() -> bool:
    """A call of a three-piece schedule against a step of a stateful scheduler."""
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=3e-4)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=10**6)
    optimizer.step()
    steps = [(k * 7919) % N for k in range(CALLS)]

    def ours() -> None:
        for step in steps:
            THREE(step)

    def theirs() -> None:
        for _ in steps:
            scheduler.step()

    return report("one number; CosineAnnealingLR.step()", compare(ours, theirs), 1 / 3, CALLS)


def many(name: str, s: Schedule, bare: Callable, bare_in_order: Callable) -> list[bool]:
    """`values` and a call on a shuffled array against the bare formula."""
    shuffled = np.random.default_rng(0).permutation(N)
    np.testing.assert_allclose(s.values(N), bare(np.arange(N)), rtol=0, atol=1e-15)
    np.testing.assert_allclose(s(shuffled), bare(shuffled), rtol=0, atol=1e-15)
    in_order = compare(lambda: s.values(N), lambda: bare_in_order(np.arange(N)))
    any_order = compare(lambda: s(shuffled), lambda: bare(shuffled))
    return [
        report(f"values(10**6), {name}; bare NumPy", in_order, 1.5),
        report(f"10**6 in random order, {name}; bare NumPy", any_order, 2.5),
    ]


MEMORY = """
import tracemalloc
from lrkit import cosine, hold, warmup
s = 3e-4 * (warmup(5) >> hold(75) >> cosine(20)).over(10**8)
s.values(10)
tracemalloc.start()
v = s.values()
print(tracemalloc.get_traced_memory()[1] - v.nbytes)
"""


def memory() -> bool:
    """The peak of `values(10**8)` beside its result, as NumPy and Python allocate it."""
    run = subprocess.run([sys.executable, "-c", MEMORY], capture_output=True, text=True, check=True)
    beside = int(run.stdout) / 2**20
    passed = beside <= 32
    print(
        f"{'values(10**8), beside the result of 763 MB':<46} {beside:>12,.2f} MB"
        f"{'':>34} (bar 32 MB) {'pass' if passed else 'MISS'}"
    )
    return passed


def main() -> int:
    print(f"{'':<46} {'lrkit':>15} {'other':>15}")
    passed = [
        one_number(),
        *many("cosine", ONE, bare_cosine, bare_cosine),
        *many("three pieces", THREE, bare_three, bare_three_in_order),
        memory(),
    ]
    print("all bars held" if all(passed) else "a bar was missed")
    return int(not all(passed))


if __name__ == "__main__":
    sys.exit(main())
