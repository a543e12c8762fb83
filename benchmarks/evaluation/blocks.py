"""Models that train in turn, a short block each, so that what slows the machine slows all."""

import contextlib
import io
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import keras


class Edge(keras.callbacks.Callback):
    """Notes the time; one stands before the other callbacks, and one behind them."""

    def __init__(self) -> None:
        super().__init__()
        self.begun = self.ended = 0.0

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self.begun = time.perf_counter()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self.ended = time.perf_counter()


@dataclass
class Contender:
    """A compiled model, its data and its callbacks; `block` trains and gives seconds per update."""

    name: str
    model: Any
    data: Any
    callbacks: Sequence[Any] = ()

    def block(self, updates: int) -> float:
        first, last = Edge(), Edge()
        with contextlib.redirect_stdout(io.StringIO()):  # what the hand-written class prints
            self.model.fit(
                self.data,
                steps_per_epoch=updates,
                callbacks=[first, *self.callbacks, last],
                verbose=0,
                shuffle=False,
            )
        return (last.ended - first.begun) / updates


def race(contenders: Sequence[Contender], rounds: int, updates: int) -> dict[str, list[float]]:
    """Seconds per update of each contender in each round."""
    times: dict[str, list[float]] = {one.name: [] for one in contenders}
    for one in contenders:
        one.block(updates)  # traced and warm
    for number in range(rounds):
        shift = number % len(contenders)
        for one in [*contenders[shift:], *contenders[:shift]]:
            times[one.name].append(one.block(updates))
    return times


def ratio(times: dict[str, list[float]], above: str, below: str) -> float:
    pairs = zip(times[above], times[below], strict=True)
    return statistics.median(a / b for a, b in pairs)


def report(rows: Sequence[tuple[str, float, str, float]]) -> bool:
    """Print each ratio with its bar; whether all hold."""
    held = True
    for what, value, sign, bar in rows:
        passed = value >= bar if sign == ">=" else value <= bar
        held &= passed
        print(f"{what:<64} {value:7.3f}  {sign} {bar:<5g} {'pass' if passed else 'MISS'}")
    return held


def show(title: str, times: dict[str, list[float]]) -> None:
    print(title)
    for name, seconds in times.items():
        middle = statistics.median(seconds)
        print(f"  {name:<40} {1e3 * middle:8.3f} ms/update {1 / middle:9.1f} updates/s")


def tiny() -> Any:
    """A network so small that the cost of an update is what is around it."""
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            keras.layers.AveragePooling2D(4),
            keras.layers.Flatten(),
            keras.layers.Dense(10, activation="softmax"),
        ]
    )
