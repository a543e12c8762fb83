"""What a scheduled optimizer costs, per update, beside Keras's own with a constant rate.

    python benchmarks/keras_overhead.py [--rounds 25] [--updates 100] [--backend NAME ...]

One process for each backend; in it the same network on the same data with AdamW. The contenders
train in turn, a short block each, in an order that rotates; each round gives a ratio of times per
update, and the median over the rounds is compared with its bar. "plain again" is the noise.
"""

import argparse
import os
import subprocess
import sys
from typing import Any

BACKENDS = ("tensorflow", "jax", "torch")
BARS = {"tensorflow": 1.02, "jax": 1.02, "torch": 1.10}
TOTAL = 1_000_000


def contenders(build: Any, data: Any) -> list[Any]:
    import keras
    from evaluation.blocks import Contender

    from lrkit import cosine, warmup
    from lrkit.keras import LearningRate, scheduled

    adamw = keras.optimizers.AdamW
    rate = 1e-3 * (warmup(500) >> cosine(TOTAL - 500))
    decay = 0.01 * cosine(TOTAL)
    optimizers = {
        "plain": adamw(1e-3),
        "plain again": adamw(1e-3),
        "LearningRate": adamw(LearningRate(rate)),
        "scheduled": scheduled(adamw, rate),
        "rate and decay scheduled": scheduled(adamw, rate, weight_decay=decay),
        "and a rate for each layer": scheduled(
            adamw, rate, weight_decay=decay, layerwise_decay=0.75
        ),
    }
    made = []
    for name, optimizer in optimizers.items():
        model = build()
        model.compile(optimizer=optimizer, loss="sparse_categorical_crossentropy")
        made.append(Contender(name, model, data))
    return made


def measure(rounds: int, updates: int) -> bool:
    """The ratios on the backend of this process; whether the bars hold."""
    import keras
    from evaluation.blocks import race, ratio, report, show, tiny

    from lrkit.tasks.feed import feed
    from lrkit.tasks.images import load
    from lrkit.tasks.network import network
    from lrkit.tasks.training import Arrays

    backend = keras.backend.backend()
    arrays = Arrays.of(load())
    data = feed(arrays.x, arrays.y, batch_size=32, seed=0, epochs=100_000)
    rows = []
    for title, build in {"network": lambda: network(0), "tiny network": tiny}.items():
        times = race(contenders(build, data), rounds, updates)
        show(f"{backend}, {title}", times)
        names = [name for name in times if name != "plain"]
        for name in names if title == "network" else ():
            if name != "plain again":
                rows.append(
                    (f"{backend}: {name} / plain", ratio(times, name, "plain"), "<=", BARS[backend])
                )
        noise = ", ".join(f"{name} {ratio(times, name, 'plain'):.3f}" for name in names)
        print(f"beside plain: {noise}")
    return bool(report(rows))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=25)
    parser.add_argument("--updates", type=int, default=100)
    parser.add_argument("--backend", choices=BACKENDS, action="append")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.here:
        sys.exit(0 if measure(arguments.rounds, arguments.updates) else 1)
    sizes = [f"--rounds={arguments.rounds}", f"--updates={arguments.updates}"]
    missed = 0
    for backend in arguments.backend or BACKENDS:
        env = dict(os.environ, KERAS_BACKEND=backend, TF_CPP_MIN_LOG_LEVEL="2")
        command = [sys.executable, __file__, "--here", *sizes]
        missed += subprocess.run(command, env=env, check=False).returncode != 0
    sys.exit(min(missed, 1))


if __name__ == "__main__":
    main()
