"""A model with its optimizer, to be put back bit by bit."""

from contextlib import ExitStack
from typing import Any

import keras

from lrkit.finder.kept import Attributes
from lrkit.keras.unwrapped import unwrapped

_BACKEND = keras.backend.backend()


class Variables:
    """The values of variables, on the device that they are on.

    Args:
        variables: Of Keras.
    """

    def __init__(self, variables: list[Any]) -> None:
        self._variables = list({id(variable): variable for variable in variables}.values())
        self._values = [copied(variable.value) for variable in self._variables]

    def restore(self) -> None:
        """Puts every value back, as often as one likes."""
        for variable, value in zip(self._variables, self._values, strict=True):
            # JAX gives the memory of a variable to the next step: the copy must stay.
            variable.assign(copied(value) if _BACKEND == "jax" else value)


class ModelState:
    """Everything that training changes in a model and its optimizer.

    That is all variables: weights, statistics, random seeds, metrics, slots, counters, the scale of
    the loss, the rate. And the attributes of model, layers and optimizer, among them the compiled
    functions; on torch the gradients and buffers too.

    Args:
        model: Compiled and built. On JAX its variables hold their values.
    """

    def __init__(self, model: Any) -> None:
        outer = model.optimizer
        self.variables = Variables([*model.variables, *model.metrics_variables, *outer.variables])
        layers = list(model.modules()) if _BACKEND == "torch" else model._flatten_layers()
        self._attributes = Attributes([*layers, outer, unwrapped(outer)])
        self._torch = _TorchState(model) if _BACKEND == "torch" else None

    def restore_values(self) -> None:
        """Puts the values back and leaves the attributes."""
        self.variables.restore()
        if self._torch is not None:
            self._torch.restore()

    def restore(self) -> None:
        """Puts everything back; what fails does not keep the rest from it."""
        with ExitStack() as steps:
            steps.callback(self.restore_values)
            steps.callback(self._attributes.restore)


class _TorchState:
    """Gradients and buffers, which Keras does not know."""

    def __init__(self, model: Any) -> None:
        self._gradients = [
            (parameter, None if parameter.grad is None else copied(parameter.grad))
            for parameter in model.parameters()
        ]
        self._buffers = [(buffer, copied(buffer)) for buffer in model.buffers()]

    def restore(self) -> None:
        for parameter, gradient in self._gradients:
            parameter.grad = None if gradient is None else copied(gradient)
        for buffer, value in self._buffers:
            buffer.detach().copy_(value)


def copied(tensor: Any) -> Any:
    """A copy in memory of its own."""
    if _BACKEND == "torch":
        return tensor.detach().clone()
    if _BACKEND == "jax":
        import jax

        return jax.numpy.copy(tensor)
    if _BACKEND == "tensorflow":
        import tensorflow as tf

        return tf.identity(tensor)
    return keras.ops.copy(tensor)
