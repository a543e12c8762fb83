"""The training that every test of what works with lrkit repeats, and what it must come to.

AdamW with a schedule for the rate and one for the decay, and a multiplier for each layer. Its
gradients do not depend on the weights, so the weights after each update are known beforehand: they
are computed here from the formulas of AdamW, with no optimizer of Keras.
"""

from typing import Any

import keras
import numpy as np

from lrkit import Schedule, cosine, hold, linear, warmup
from lrkit.keras import Recorder, scheduled
from tests.adapters.keras_reference import BRANCHES, batches, branched, gradients, start

EPOCHS, BATCHES = 3, 4
UPDATES = EPOCHS * BATCHES
PEAK = 0.1
RATE = PEAK * (warmup(3, start=0.2) >> hold(2) >> cosine(UPDATES - 5, stop=0.1))
DECAY = 0.3 * linear(UPDATES, start=1.0, stop=0.2)
BETA = 0.875  # both of AdamW's: of 1 − 0.999^t little would be left in float32
MULTIPLIERS = {"half": 0.5, "frozen": 0.0}


def adamw(rate: Schedule = RATE, decay: Schedule = DECAY, **options: Any) -> Any:
    options = {"beta_1": BETA, "beta_2": BETA, "multipliers": MULTIPLIERS} | options
    return scheduled(keras.optimizers.AdamW, rate, weight_decay=decay, **options)


def model(optimizer: Any = None, **compile_options: Any) -> keras.Model:
    return branched(adamw() if optimizer is None else optimizer, **compile_options)


def train(
    network: keras.Model, *callbacks: Any, first: int = 0, stop: int = EPOCHS, **options: Any
) -> Any:
    """Trains the epochs from `first` to before `stop`, the same batches in each."""
    options = {"batch_size": 2, "shuffle": False, "verbose": 0, "initial_epoch": first} | options
    return network.fit(*batches(BATCHES), epochs=stop, callbacks=list(callbacks), **options)


def planned(
    updates: int = UPDATES, rate: Schedule = RATE, decay: Schedule = DECAY, first_batch: int = 0
) -> dict[str, np.ndarray]:
    """By layer, the weights before the first update, which `first_batch` makes, and after each."""
    seen = {name: [start().astype(np.float64)] for name in BRANCHES}
    for name, times in BRANCHES.items():
        weight, mean, square = seen[name][0], np.zeros(start().shape), np.zeros(start().shape)
        for update in range(updates):
            gradient = gradients(BATCHES)[(first_batch + update) % BATCHES]
            mean = BETA * mean + (1 - BETA) * gradient
            square = BETA * square + (1 - BETA) * gradient**2.0
            step, bias = times * rate(update), np.sqrt(1 / (1 - BETA ** (update + 1)))
            weight = weight - step * decay(update) * weight
            weight = weight - step * bias * mean / (np.sqrt(square) + 1e-7)
            seen[name].append(weight)
    return {name: np.stack(weights) for name, weights in seen.items()}


def weights(network: keras.Model) -> dict[str, np.ndarray]:
    """By layer, the weights as they are."""
    return {name: np.array(network.get_layer(name).get_weights()[0]) for name in BRANCHES}


def assert_weights(network: keras.Model, expected: dict[str, np.ndarray] | None = None) -> None:
    """The weights are those of the last update of the plan, unless others are said."""
    if expected is None:
        expected = {name: after[-1] for name, after in planned().items()}
    found = weights(network)
    for name, weight in found.items():
        # An update moves a weight by about the rate, 0.1; float32 rounds each by 1e-8.
        np.testing.assert_allclose(weight, expected[name], rtol=0, atol=2e-6)
    np.testing.assert_array_equal(found["frozen"], start())


def assert_recorded(recorder: Recorder, first: int = 0, stop: int = UPDATES) -> None:
    """Each update from `first` to before `stop` was recorded once, as it was planned."""
    steps = np.arange(first, stop)
    assert recorder.steps.tolist() == steps.tolist()
    np.testing.assert_allclose(recorder.learning_rates, RATE(steps), rtol=0, atol=1e-6 * PEAK)
    assert list(recorder.hyperparameters) == ["weight_decay"]
    decay = recorder.hyperparameters["weight_decay"]
    np.testing.assert_allclose(decay, DECAY(steps), rtol=0, atol=1e-6 * 0.3)


def assert_as_planned(network: keras.Model, *recorders: Recorder) -> None:
    """The whole training, recorded by one recorder after another, came to what was planned."""
    first = 0
    for recorder in recorders:
        stop = first + len(recorder.steps)
        assert_recorded(recorder, first, stop)
        first = stop
    assert first == UPDATES
    assert_weights(network)
