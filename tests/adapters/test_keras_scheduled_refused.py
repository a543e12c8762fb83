"""What `scheduled` refuses, and what it says of changes that come too late."""

from typing import Any

import keras
import pytest

from lrkit import cosine, hold, linear, warmup
from lrkit.keras import LearningRate, scheduled
from tests.adapters.keras_training import BACKEND, network, regression

AdamW, SGD = keras.optimizers.AdamW, keras.optimizers.SGD
RATE = 0.1 * (warmup(3, start=0.2) >> cosine(5, stop=0.1))
DECAY = 0.3 * linear(8, start=1.0, stop=0.2)


def refused(**arguments: Any) -> Any:
    return lambda: scheduled(AdamW, **arguments)


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: scheduled("adam"), TypeError, "must be the class of an optimizer"),
        (lambda: scheduled(AdamW()), TypeError, r"Give the class and its arguments"),
        (lambda: scheduled(keras.optimizers.LossScaleOptimizer), TypeError, "classes inside it"),
        (lambda: scheduled(type(scheduled(AdamW))), TypeError, "scheduled already"),
        (refused(learning_rate="cosin(3)"), ValueError, "cosine"),
        (refused(learning_rate=[1]), TypeError, "`learning_rate` must be a number"),
        (refused(beta_3=0.5), TypeError, "got `beta_3`. Did you mean `beta_2`"),
        (refused(weight_deacy=0.5 * hold()), TypeError, "Did you mean `weight_decay`"),
        (refused(weight_decay=lambda step: 0.1), TypeError, "`weight_decay` must be a number"),
        (refused(multipliers=0.5), TypeError, "`multipliers` must be a dict"),
        (refused(amsgrad=0.5 * hold()), TypeError, "`amsgrad` must be no schedule.*can be"),
        (refused(gradient_accumulation_steps=hold()), TypeError, "must be no schedule"),
        (refused(decoupled=1), TypeError, "`decoupled` must be True or False"),
        (lambda: scheduled(SGD, decoupled=True), TypeError, "unless there is weight decay"),
        (
            lambda: scheduled(SGD, momentum=2 * cosine(5)),
            ValueError,
            "takes the value 2.*Keras says",
        ),
        (refused(clipnorm=linear(5)), ValueError, "`clipnorm` must be above 0 at every update"),
        (
            refused(multipliers={"a": linear(5, stop=-1.0)}),
            ValueError,
            "must be 0 or more at every",
        ),
        (refused(layers="head", layerwise_decay=0.5), TypeError, "`layers` must be a list of"),
        (refused(layers=["a"]), TypeError, "unless `layerwise_decay` is given"),
        (refused(layerwise_decay=0), ValueError, "`layerwise_decay` must be positive"),
        (refused(multipliers={"a": -1}), ValueError, "0 or more"),
        (refused(multipliers={"(": 1}), ValueError, "a regular expression"),
        (refused(multipliers={3: 1}), TypeError, "patterns .* or layers"),
        (refused(multipliers={keras.layers.Dense(2): 1}), ValueError, "layers that are built"),
    ],
)
def test_refused(make: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        make()


def test_a_number_for_the_rate_is_refused_with_the_way_out() -> None:
    optimizer = scheduled(AdamW, RATE)
    with pytest.raises(TypeError, match=r"lrkit\.keras\.Plateau in place of ReduceLROnPlateau"):
        optimizer.learning_rate = 0.1
    with pytest.raises(TypeError, match="`weight_decay` must stay a schedule"):
        scheduled(AdamW, RATE, weight_decay=DECAY).weight_decay = 0.1
    with pytest.raises(ValueError, match="`factor` must be 0 or more"):
        optimizer.set_factor(-1)


@pytest.mark.skipif(BACKEND == "torch", reason="nothing is compiled, so a change takes effect")
@pytest.mark.parametrize("name", ["weight_decay", "learning_rate", "epsilon"])
def test_a_change_after_compiling_is_said(name: str) -> None:
    model = network(scheduled(AdamW, RATE, weight_decay=DECAY))
    x, y = regression()
    model.fit(x, y, verbose=0)
    with pytest.warns(UserWarning, match=f"`{name}` was set after .* was compiled"):
        setattr(model.optimizer, name, 0.5 if name == "epsilon" else LearningRate(0.5 * hold()))
