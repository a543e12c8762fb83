"""What a hand-written, eager-mode schedule class costs, and lrkit beside a constant rate.

    python benchmarks/eager_or_graph.py [--rounds 9] [--updates 60]

One process on TensorFlow, the same network, the same data. The contenders train in turn, a short
block each, in an order that rotates; each round gives a ratio of times per update, and the median
over the rounds is compared with its bar. "constant again" against "constant" is the noise.

The hand-written class is of a common kind: it counts on being called once per update, keeps what it
did in a list and prints. That needs Python at every update, so the whole model has to run eagerly.
"""

import argparse
import math
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import numpy as np
import tensorflow as tf
from evaluation.blocks import Contender, race, ratio, report, show, tiny

from lrkit import cosine_decay
from lrkit.keras import LearningRate, Recorder
from lrkit.tasks.feed import feed
from lrkit.tasks.images import load
from lrkit.tasks.network import network
from lrkit.tasks.training import Arrays

BATCH, TOTAL, EPOCHS = 32, 1_000_000, 100_000


class HandWritten(keras.optimizers.schedules.LearningRateSchedule):
    """Half a cosine, written down as it goes."""

    def __init__(self, initial: float, total: int, print_every: int) -> None:
        self.initial, self.total, self.print_every = initial, total, print_every
        self.current = initial
        self.seen: list[tuple[int, float]] = []

    def __call__(self, step: Any) -> float:
        count = int(step)  # a symbolic tensor has no number: this line is what needs eager mode
        share = min(count, self.total) / self.total
        self.current = 0.5 * self.initial * (1 + math.cos(math.pi * share))
        self.seen.append((count, self.current))
        if count % self.print_every == 0:
            print(f"update {count}: learning rate {self.current:.6f}")
        return self.current


def compiled(build: Callable[[], Any], rate: Any, *, eager: bool = False) -> Any:
    model = build()
    model.compile(
        optimizer=keras.optimizers.Adam(rate),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
        run_eagerly=eager,
    )
    return model


def as_often_written(x: np.ndarray, y: np.ndarray) -> Any:
    """Batches first, then a shuffle of batches; scaled again each time, nothing kept or ahead."""
    images = tf.data.Dataset.from_tensor_slices((x, y))
    scaled = images.map(lambda image, label: (tf.cast(image, tf.float32) / 127.5 - 1, label))
    return scaled.batch(BATCH).shuffle(1000).repeat()


def by_hand() -> HandWritten:
    return HandWritten(1e-3, TOTAL, print_every=100)


def by_lrkit() -> LearningRate:
    return LearningRate(cosine_decay(1e-3, TOTAL))


def mnist() -> Any:
    return network(0)


def race_by_hand(data: Any, usual: Any, rounds: int, updates: int) -> dict[str, list[float]]:
    """The network: by hand, with either pipeline, and with lrkit."""
    contenders = [
        Contender("by hand, eager, usual pipeline", compiled(mnist, by_hand(), eager=True), usual),
        Contender("by hand, eager", compiled(mnist, by_hand(), eager=True), data),
        Contender("lrkit", compiled(mnist, by_lrkit()), data),
    ]
    return race(contenders, rounds, updates)


def race_tiny(data: Any, rounds: int, updates: int) -> dict[str, list[float]]:
    contenders = [
        Contender("by hand, eager", compiled(tiny, by_hand(), eager=True), data),
        Contender("lrkit", compiled(tiny, by_lrkit()), data),
    ]
    return race(contenders, rounds, updates)


def race_constant(data: Any, rounds: int, updates: int) -> dict[str, list[float]]:
    """The network in the graph: a constant rate, twice, and lrkit without and with its Recorder."""
    with tempfile.TemporaryDirectory() as folder:
        recorder = Recorder(csv=Path(folder) / "rates.csv")
        contenders = [
            Contender("constant", compiled(mnist, 1e-3), data),
            Contender("constant again", compiled(mnist, 1e-3), data),
            Contender("lrkit", compiled(mnist, by_lrkit()), data),
            Contender("lrkit, Recorder", compiled(mnist, by_lrkit()), data, [recorder]),
        ]
        return race(contenders, rounds, updates)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--updates", type=int, default=60)
    arguments = parser.parse_args()
    rounds, updates = arguments.rounds, arguments.updates
    images = load()
    arrays = Arrays.of(images)
    data = feed(arrays.x, arrays.y, batch_size=BATCH, seed=0, epochs=EPOCHS)
    usual = as_often_written(images.x_train[..., None], arrays.y)

    eager = race_by_hand(data, usual, rounds, updates)
    show("network", eager)
    small = race_tiny(data, rounds, 4 * updates)
    show("tiny network", small)
    graph = race_constant(data, 4 * rounds, 2 * updates)  # small differences want many blocks
    show("network, in the graph", graph)
    print(f"noise: constant again / constant {ratio(graph, 'constant again', 'constant'):.3f}")
    usual_ratio = ratio(eager, "by hand, eager, usual pipeline", "lrkit")
    held = report(
        [
            ("by hand / lrkit, same pipeline", ratio(eager, "by hand, eager", "lrkit"), ">=", 3),
            ("by hand with the usual pipeline / lrkit", usual_ratio, ">=", 3),
            ("tiny: by hand / lrkit", ratio(small, "by hand, eager", "lrkit"), ">=", 8),
            ("lrkit / constant", ratio(graph, "lrkit", "constant"), "<=", 1.02),
            ("with Recorder / constant", ratio(graph, "lrkit, Recorder", "constant"), "<=", 1.05),
        ]
    )
    sys.exit(0 if held else 1)


if __name__ == "__main__":
    main()
