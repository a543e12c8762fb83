"""A training with optax that is killed at a chosen moment, and goes on when it is run again.

It is run in a process of its own by `optax_soak.py`.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import flax.serialization
import jax
import numpy as np
import optax

from lrkit import extend, read
from lrkit.optax import hyperparameters, scheduled, updates
from tests.adapters.killed import Moment, write
from tests.adapters.optax_training import grads_at, layers

RATE = read("0.1 * (warmup(4, start=0.1) >> hold(6) >> cosine(8, stop=0.1))")
LONGER = read(repr(extend(RATE, at=9, to=24)))
UPDATES, BATCHES = 18, 2  # batches of an update
EXTENDED_AT = 9


def optimizer(rate: Any) -> Any:
    """The optimizer of the training, which gathers batches."""
    adamw = scheduled(
        optax.adamw,
        learning_rate=rate,
        weight_decay="0.1 * linear(18, stop=0.2)",
        b1="linear(18, start=0.95, stop=0.8)",
        multipliers={"encoder": 0, "head/bias": "linear(18)"},
    )
    return optax.MultiSteps(adamw, BATCHES)


def step_with(rate: Any) -> Any:
    """One batch with a schedule of the rate."""
    made = optimizer(rate)

    @jax.jit
    def step(tree: Any, state: Any, grads: Any) -> Any:
        changes, state = made.update(grads, state, tree)
        return optax.apply_updates(tree, changes), state, hyperparameters(state)["learning_rate"]

    return step


def train(folder: Path, moment: Moment | None, mark: Callable[[], None], *, extended: bool) -> None:
    """Trains, or goes on from the checkpoint, and writes what came out."""
    folder.mkdir(exist_ok=True)
    checkpoint = folder / "checkpoint"
    applied = np.zeros(UPDATES * BATCHES, np.float32)
    whole = (layers(), optimizer(RATE).init(layers()), applied, np.int32(0))
    if checkpoint.exists():
        whole = flax.serialization.from_bytes(whole, checkpoint.read_bytes())
    tree, state, applied, batch = whole
    steps: dict[str, Any] = {}
    for k in range(int(batch), len(applied)):
        mark()
        rate = LONGER if extended and int(updates(state)) >= EXTENDED_AT else RATE
        step = steps.setdefault(repr(rate), None) or step_with(rate)
        steps[repr(rate)] = step
        tree, state, value = step(tree, state, grads_at(k, tree))
        applied = np.concatenate([applied[:k], [np.float32(value)], applied[k + 1 :]])
        data = flax.serialization.to_bytes((tree, state, applied, np.int32(k + 1)))
        write(checkpoint, data, moment.kind if moment and moment.at == k else "")
    checkpoint.replace(folder / "end")
