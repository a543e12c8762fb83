"""What a sweep of `lrkit.keras.find_lr` costs, per update, beside a plain `train_on_batch` loop.

    python benchmarks/finder_cost.py [--rounds 15] [--updates 100] [--backend NAME ...]

One process for each backend; in it two equal networks on the same data with Adam, both compiled
before anything is timed. A block of plain steps and a block of a sweep, which begins by putting the
model back, take turns; each round gives the ratio of their times, and the median over the rounds is
compared with the bar.
"""

import argparse
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

BACKENDS = ("tensorflow", "jax", "torch")
BAR = 1.10
BATCH = 32


def timed(block: Callable[[], Any]) -> float:
    begin = time.perf_counter()
    block()
    return time.perf_counter() - begin


def build(rate: Any) -> Any:
    import keras

    keras.utils.set_random_seed(0)
    layers = keras.layers
    stack = [
        *(layers.Input((28, 28, 1)), layers.Conv2D(16, 3, 2, activation="relu")),
        *(layers.BatchNormalization(), layers.Conv2D(32, 3, 2, activation="relu")),
        *(layers.Flatten(), layers.Dropout(0.25), layers.Dense(10)),
    ]
    model = keras.Sequential(stack)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(rate), loss=loss, metrics=["accuracy"])
    return model


def blocks(updates: int, rate: Callable[[], Any], end: ExitStack) -> dict[str, Callable[[], Any]]:
    """As many plain updates and updates of a sweep."""
    import numpy as np

    from lrkit.finder import Sweep
    from lrkit.keras.finding.probe import KerasProbe
    from lrkit.keras.finding.source import batches_of

    random = np.random.default_rng(0)
    x = random.normal(size=(4096, 28, 28, 1)).astype("float32")
    y = random.integers(0, 10, size=4096)
    rates = Sweep(per_decade=(updates - 1) / 7).rates
    plain, model = build(rate()), build(rate())
    probe = end.enter_context(KerasProbe(model, batches_of(x, y, batch_size=BATCH)))

    def plainly() -> None:
        for first in range(0, updates * BATCH, BATCH):
            place = slice(first % len(x), first % len(x) + BATCH)
            plain.train_on_batch(x[place], y[place])

    return {"plain": plainly, "sweep": lambda: list(probe.losses(rates, 0))}


def measure(rounds: int, updates: int, name: str, rate: Callable[[], Any]) -> bool:
    """The ratio on the backend of this process; whether the bar holds."""
    import keras

    ratios, times = [], []
    with ExitStack() as end:
        both = blocks(updates, rate, end)
        for turn in range(rounds + 1):  # the first one compiles
            order = sorted(both, reverse=bool(turn % 2))
            spent = {kind: timed(both[kind]) for kind in order}
            if turn:
                ratios.append(spent["sweep"] / spent["plain"])
                times.append(1e3 * spent["plain"] / updates)
    ratio = statistics.median(ratios)
    low, high = sorted(ratios)[len(ratios) // 4], sorted(ratios)[-1 - len(ratios) // 4]
    print(
        f"{keras.backend.backend():<12}{name:<10}{statistics.median(times):7.2f} ms per plain "
        f"update, sweep {ratio:.3f} times that (quartiles {low:.3f}, {high:.3f}), "
        f"bar {BAR}: {'holds' if ratio <= BAR else 'MISSED'}",
        flush=True,
    )
    return ratio <= BAR


def rates() -> dict[str, Callable[[], Any]]:
    from lrkit.keras import LearningRate

    return {"number": lambda: 1e-3, "schedule": lambda: LearningRate("1e-3 * cosine(100000)")}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--updates", type=int, default=100)
    parser.add_argument("--backend", nargs="*", default=list(BACKENDS), choices=BACKENDS)
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.here:
        held = [measure(given.rounds, given.updates, *kind) for kind in rates().items()]
        return 0 if all(held) else 1
    failed = 0
    for backend in given.backend:
        command = [sys.executable, __file__, "--here"]
        command += ["--rounds", str(given.rounds), "--updates", str(given.updates)]
        environment = {**os.environ, "KERAS_BACKEND": backend, "TF_CPP_MIN_LOG_LEVEL": "3"}
        failed |= subprocess.run(command, env=environment, check=False).returncode
    return failed


if __name__ == "__main__":
    sys.exit(main())
