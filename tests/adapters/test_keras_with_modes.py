"""A scheduled optimizer in every way in which Keras runs a training."""

import keras
import numpy as np
import pytest

from lrkit.keras import Recorder
from tests.adapters.keras_reference import BRANCHES, batches, start
from tests.adapters.keras_training import BACKEND
from tests.adapters.keras_with import (
    BATCHES,
    DECAY,
    EPOCHS,
    RATE,
    UPDATES,
    adamw,
    assert_as_planned,
    assert_recorded,
    assert_weights,
    model,
    planned,
    train,
    weights,
)


# On torch `jit_compile=True` takes most of a minute; test_keras_scheduled_matrix.py has it.
@pytest.mark.parametrize("jit_compile", [False] if BACKEND == "torch" else [False, True])
def test_jit_compile(jit_compile: bool) -> None:
    network, recorder = model(jit_compile=jit_compile), Recorder()
    train(network, recorder)
    assert network.jit_compile == jit_compile
    assert_as_planned(network, recorder)


@pytest.mark.skipif(BACKEND == "torch", reason="Keras refuses it: see the test below")
def test_steps_per_execution() -> None:
    network, recorder = model(steps_per_execution=3), Recorder()  # 4 batches are 3 and 1
    train(network, recorder)
    assert_as_planned(network, recorder)


@pytest.mark.skipif(BACKEND != "torch", reason="the other backends have it")
def test_steps_per_execution_is_refused_on_torch() -> None:
    with pytest.raises(ValueError, match="`steps_per_execution` must be 1 with the PyTorch"):
        train(model(steps_per_execution=2))


def test_several_fits() -> None:
    network, recorder = model(), Recorder()
    for epoch in range(EPOCHS):
        train(network, recorder, first=epoch, stop=epoch + 1)
    assert recorder.segments == [slice(0, UPDATES)]
    assert_as_planned(network, recorder)


def test_compiled_again_with_the_same_optimizer_it_goes_on() -> None:
    network, recorder = model(), Recorder()
    train(network, recorder, stop=1)
    network.compile(network.optimizer, loss=network.loss)
    train(network, recorder, first=1)
    assert_as_planned(network, recorder)


def averages(momentum: float, every: int | None = None) -> dict[str, np.ndarray]:
    """The weights at the end and their averages, from the moves of the plan without average.

    Each `every` updates, counted from 1, the weights become the averages.
    """
    ends = {}
    for name, times in BRANCHES.items():
        plan = planned()[name]
        weight = average = start().astype(np.float64)
        for update in range(UPDATES):
            shrink = 1 - times * RATE(update) * DECAY(update)
            weight = shrink * weight + (plan[update + 1] - shrink * plan[update])
            average = weight if update == 0 else momentum * average + (1 - momentum) * weight
            if every and (update + 1) % every == 0:
                weight = average
        ends[name] = average
    return ends


@pytest.mark.parametrize("every", [None, 5])
def test_ema(every: int | None) -> None:
    optimizer = adamw(use_ema=True, ema_momentum=0.75, ema_overwrite_frequency=every)
    network, recorder = model(optimizer), Recorder()
    train(network, recorder, stop=EPOCHS)
    assert_recorded(recorder)
    assert_weights(network, averages(0.75, every))
    plain = {name: after[-1] for name, after in planned().items()}
    assert np.abs(weights(network)["whole"] - plain["whole"]).max() > 1e-2


@pytest.mark.parametrize(("wrapped", "skipped"), [(False, 0), (True, 2)])
def test_mixed_float16(wrapped: bool, skipped: int) -> None:
    """Keras puts a LossScaleOptimizer around the optimizer itself, or takes the given one."""
    keras.config.set_dtype_policy("mixed_float16")
    try:
        optimizer = adamw()
        if wrapped:
            # The gradients, of 1 or so, overflow float16 until the scale is halved twice.
            optimizer = keras.optimizers.LossScaleOptimizer(optimizer, initial_scale=2.0**17)
        network, recorder = model(optimizer), Recorder()
        train(network, recorder)
    finally:
        keras.config.set_dtype_policy("float32")
    assert isinstance(network.optimizer, keras.optimizers.LossScaleOptimizer)
    updates = UPDATES - skipped
    assert network.optimizer.inner_optimizer.updates == updates
    assert_recorded(recorder, 0, updates)
    moved = planned(updates, first_batch=skipped)
    assert_weights(network, {name: after[-1] for name, after in moved.items()})


def test_train_on_batch() -> None:
    network = model()
    x, y = batches(BATCHES)
    plan = planned()
    for update in range(UPDATES):
        part = slice(2 * (update % BATCHES), 2 * (update % BATCHES) + 2)
        network.train_on_batch(x[part], y[part])
        assert network.optimizer.updates == update + 1
        assert_weights(network, {name: after[update + 1] for name, after in plan.items()})
