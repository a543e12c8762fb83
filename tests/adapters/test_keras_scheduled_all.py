"""Every numeric hyperparameter of every optimizer that Keras has can be a schedule."""

from typing import Any

import keras
import numpy as np
import pytest

from lrkit import Schedule, linear
from lrkit.keras import scheduled
from lrkit.keras.optimizer.hyperparameter import hyperparameters
from tests.adapters.keras_reference import UPDATES, branched, by_hand, fit
from tests.adapters.keras_training import BACKEND

pytestmark = pytest.mark.filterwarnings("ignore:.*ScheduleFreeAdamW")

WRAPPERS = {"Optimizer", "LossScaleOptimizer", "MultiOptimizer", "TFOptimizer"}
OPTIMIZERS = sorted(
    name
    for name in dir(keras.optimizers)
    if isinstance(getattr(keras.optimizers, name), type)
    and issubclass(getattr(keras.optimizers, name), keras.optimizers.Optimizer)
    and name not in WRAPPERS
)
CLIPS = ("clipnorm", "clipvalue", "global_clipnorm")
ELSEWHERE = {"ema_momentum", "loss_scale_factor"}  # tested below
RATE = linear(UPDATES, start=0.05, stop=0.01)
# Where the default would leave nothing to see, or a value is bound to another range.
STARTS = {
    "clipnorm": 0.7,
    "clipvalue": 0.3,
    "global_clipnorm": 0.7,
    "weight_decay": 0.3,
    "adam_weight_decay": 0.3,
    "epsilon": 0.1,
    "momentum": 0.5,
    "beta_2_decay": -0.8,
    "learning_rate_power": -0.5,
    "l1_regularization_strength": 0.02,
    "l2_regularization_strength": 0.3,
    "l2_shrinkage_regularization_strength": 0.3,
    "beta": 0.3,
    "epsilon_1": 0.1,
    "epsilon_2": 0.5,
    "clip_threshold": 0.1,
    "rms_rate": 0.2,
}


def planned(kind: Any, *clips: str) -> dict[str, Schedule]:
    """A schedule for each hyperparameter: it loses a quarter of its value over the run."""
    defaults = kind().get_config()
    left_out = {*CLIPS, *ELSEWHERE} - set(clips)
    names = [name for name in hyperparameters(kind) if name not in left_out]
    found = {}
    for name in names:
        value = STARTS.get(name, defaults.get(name))
        found[name] = linear(UPDATES, start=float(value), stop=0.75 * float(value))
    return found


# Muon treats matrices, and gives all else to its Adam.
CASES = {name: {} for name in OPTIMIZERS} | {"Muon's Adam": {"exclude_layers": ["."]}}


def case(name: str) -> tuple[Any, dict[str, Any]]:
    return getattr(keras.optimizers, name.partition("'")[0]), CASES[name]


@pytest.mark.parametrize("name", CASES)
def test_all_hyperparameters_at_once(name: str) -> None:
    kind, options = case(name)
    plan = planned(kind, CLIPS[list(CASES).index(name) % 3])
    # In a graph of TensorFlow, Keras loses the first value of this optimizer's slots.
    eager = {"run_eagerly": name == "ScheduleFreeAdamW" and BACKEND == "tensorflow"}
    applied = fit(branched(scheduled(kind, RATE, **plan, **options), **eager), UPDATES)
    told = by_hand(kind, RATE, plan, **options)
    # 1 - 0.999 in float32 is known to 1e-5 only; everything else to 1e-6.
    tolerance = 2e-5 * np.abs(np.diff(told, axis=0)).max() + 4 * np.spacing(np.abs(told).max())
    for layer in applied.values():
        assert np.abs(np.diff(layer, axis=0) - np.diff(told, axis=0)).max() <= tolerance


# Hyperparameters that change nothing in Keras itself.
NO_EFFECT = {
    "Lion": {"clipnorm", "clipvalue", "global_clipnorm"},  # only signs count
    "Muon": {"adam_beta_1", "adam_beta_2", "adam_weight_decay", "adam_lr_ratio", "epsilon"},
    "ScheduleFreeAdamW": {"beta_1"},  # on torch it reads the slot after it was overwritten
    "Muon's Adam": {"momentum", "muon_a", "muon_b", "muon_c", "rms_rate", "weight_decay"},
}


@pytest.mark.skipif(BACKEND != "torch", reason="about Keras, and torch is the fastest to ask")
@pytest.mark.parametrize("name", CASES)
def test_each_hyperparameter_has_an_effect(name: str) -> None:
    """Or the test above would not see whether it is scheduled."""
    kind, options = case(name)
    plan = planned(kind, *CLIPS)
    clips = {clip: plan.pop(clip) for clip in CLIPS}
    without = by_hand(kind, RATE, {}, **options)
    no_effect = set()
    for one, schedule in (plan | clips).items():
        constant = linear(1, start=schedule(0), stop=schedule(0))
        weights = [by_hand(kind, RATE, {one: s}, **options) for s in (schedule, constant)]
        if np.abs(weights[0] - weights[1]).max() <= 1e-5 * np.abs(without).max():
            no_effect.add(one)
    assert no_effect == NO_EFFECT.get(name, set())


def test_average_with_a_scheduled_momentum() -> None:
    momentum = linear(UPDATES, start=0.9, stop=0.2)
    optimizer = scheduled(keras.optimizers.SGD, RATE, use_ema=True, ema_momentum=momentum)
    model = branched(optimizer)
    weights = fit(model, UPDATES)["whole"][1:]
    average = weights[0]  # Keras begins with the weights themselves
    for update in range(1, UPDATES):
        average = momentum(update) * average + (1 - momentum(update)) * weights[update]
    # At the end of fit the weights are the averages.
    end = keras.ops.convert_to_numpy(model.get_layer("whole").kernel)
    np.testing.assert_allclose(end, average, rtol=0, atol=1e-6 * np.abs(average).max())


def test_scheduled_loss_scale_leaves_the_weights() -> None:
    scale = linear(UPDATES, start=1024.0, stop=8.0)
    scaled = fit(branched(scheduled(keras.optimizers.SGD, RATE, loss_scale_factor=scale)), UPDATES)
    plain = fit(branched(scheduled(keras.optimizers.SGD, RATE)), UPDATES)
    np.testing.assert_allclose(scaled["whole"], plain["whole"], rtol=0, atol=1e-7)
