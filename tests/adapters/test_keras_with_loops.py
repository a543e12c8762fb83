"""A scheduled optimizer in training loops that users write, and in models that are copied."""

from typing import Any

import keras
import numpy as np
import pytest

from lrkit.keras import Recorder
from lrkit.keras.optimizer import Scheduled
from tests.adapters.keras_reference import batches, inner_product
from tests.adapters.keras_training import BACKEND
from tests.adapters.keras_with import (
    BATCHES,
    EPOCHS,
    PEAK,
    RATE,
    UPDATES,
    adamw,
    assert_as_planned,
    assert_weights,
    model,
    train,
)

X, Y = batches(BATCHES)


def part(update: int) -> slice:
    """The examples of an update."""
    first = 2 * (update % BATCHES)
    return slice(first, first + 2)


def read_rate(optimizer: Any) -> float:
    return float(keras.ops.convert_to_numpy(optimizer.learning_rate))


@pytest.mark.skipif(BACKEND != "tensorflow", reason="a loop of TensorFlow")
def test_gradient_tape() -> None:
    import tensorflow as tf

    network, optimizer = model(), adamw()
    optimizer.build(network.trainable_variables)
    rates = []

    @tf.function
    def step(x: Any, y: Any) -> Any:
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(inner_product(y, network(x, training=True)))
        rate = tf.identity(optimizer.learning_rate)
        variables = network.trainable_variables
        optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables, strict=True))
        return rate

    for update in range(UPDATES):
        rates.append(float(step(tf.constant(X[part(update)]), tf.constant(Y[part(update)]))))
    np.testing.assert_allclose(rates, RATE(np.arange(UPDATES)), rtol=0, atol=1e-6 * PEAK)
    assert_weights(network)


@pytest.mark.skipif(BACKEND != "jax", reason="a loop of JAX")
def test_stateless_apply() -> None:
    import jax

    network, optimizer = model(), adamw()
    optimizer.build(network.trainable_variables)

    def loss(trainable: Any, fixed: Any, x: Any, y: Any) -> Any:
        predicted, _ = network.stateless_call(trainable, fixed, x)
        return keras.ops.mean(inner_product(y, predicted))

    @jax.jit
    def step(state: Any, x: Any, y: Any) -> Any:
        trainable, fixed, slots = state
        gradients = jax.grad(loss)(trainable, fixed, x, y)
        trainable, slots = optimizer.stateless_apply(slots, gradients, trainable)
        return trainable, fixed, slots

    variables = (network.trainable_variables, network.non_trainable_variables, optimizer.variables)
    state = tuple([variable.value for variable in some] for some in variables)
    for update in range(UPDATES):
        state = step(state, X[part(update)], Y[part(update)])
    for some, values in zip(variables, state, strict=True):
        for variable, value in zip(some, values, strict=True):
            variable.assign(value)
    assert optimizer.updates == UPDATES
    assert_weights(network)


@pytest.mark.skipif(BACKEND != "torch", reason="a loop of torch")
def test_backward() -> None:
    import torch

    network, optimizer = model(), adamw()
    optimizer.build(network.trainable_variables)
    for update in range(UPDATES):
        assert read_rate(optimizer) == pytest.approx(RATE(update), abs=1e-6 * PEAK)
        network.zero_grad()
        predicted = network(X[part(update)], training=True)
        true = keras.ops.convert_to_tensor(Y[part(update)])
        keras.ops.mean(inner_product(true, predicted)).backward()
        variables = network.trainable_variables
        with torch.no_grad():
            optimizer.apply([variable.value.grad for variable in variables], variables)
    assert_weights(network)


@pytest.mark.skipif(BACKEND == "jax", reason="there a train_step is one of state: see the above")
def test_train_step() -> None:
    """A model whose `train_step` is its own, in `fit`, with the Recorder."""

    class Own(keras.Model):
        def train_step(self, data: Any) -> Any:
            x, y = data
            if BACKEND == "tensorflow":
                import tensorflow as tf

                with tf.GradientTape() as tape:
                    loss = self.compute_loss(y=y, y_pred=self(x, training=True))
                gradients = tape.gradient(loss, self.trainable_variables)
            else:
                self.zero_grad()
                loss = self.compute_loss(y=y, y_pred=self(x, training=True))
                loss.backward()
                gradients = [variable.value.grad for variable in self.trainable_variables]
            self.optimizer.apply(gradients, self.trainable_variables)
            return {"loss": loss}

    plain, recorder = model(), Recorder()
    network = Own(plain.inputs, plain.outputs)
    network.compile(adamw(), loss=inner_product)
    train(network, recorder)
    assert_as_planned(network, recorder)


def test_clone_model() -> None:
    """Keras compiles the clone with a new optimizer of the same config, which begins at 0."""
    first = model()
    train(first, stop=1)
    clone = keras.models.clone_model(first)
    assert isinstance(clone.optimizer, Scheduled)
    assert clone.optimizer is not first.optimizer
    assert clone.optimizer.schedules == first.optimizer.schedules
    assert clone.optimizer.updates == 0
    clone.set_weights(model().get_weights())
    recorder = Recorder()
    train(clone, recorder)
    assert_as_planned(clone, recorder)
    assert first.optimizer.updates == BATCHES


@pytest.mark.skipif(BACKEND == "jax", reason="Keras does not look there")
def test_one_optimizer_for_two_models_is_refused_by_keras() -> None:
    first = model()
    train(first, stop=1)
    second = model(first.optimizer)
    with pytest.raises(ValueError, match="variables it was originally built with"):
        train(second, stop=1)


def test_compile_config() -> None:
    first = model()
    config = first.get_compile_config()
    assert config["optimizer"]["registered_name"] == "lrkit>ScheduledAdamW"
    second = model(keras.optimizers.SGD())
    second.compile_from_config(config)
    assert isinstance(second.optimizer, Scheduled)
    assert second.optimizer.schedules == first.optimizer.schedules
    recorder = Recorder()
    train(second, recorder)
    assert_as_planned(second, recorder)
    assert recorder.epochs.tolist() == [e for e in range(EPOCHS) for _ in range(BATCHES)]
