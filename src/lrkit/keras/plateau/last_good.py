"""The last state of a training that was good, kept on the host."""

from typing import Any

import keras
import numpy as np

from lrkit.keras.steps import tensor_of


class LastGood:
    """A copy of everything that a bad batch can spoil, to go back to.

    That is the variables of the model, and of the optimizers what they keep for each weight
    (moments, averages). Left as they are: the counter of batches, so that schedule and epochs stay
    together; the factor; and mixed precision's scale of the loss, which found its own way.

    Args:
        model: The model in training. On JAX, what `Callback.model` returned just now.
        optimizers: Its optimizers that hold the weights.
    """

    def __init__(self, model: Any, optimizers: list[Any]) -> None:
        self._variables = list(model.variables)
        self._sums: list[Any] = []
        for optimizer in optimizers:
            sums = list(getattr(optimizer, "_accumulated_gradients", None) or ())
            left = {id(v) for v in (optimizer._iterations, optimizer.factor, *sums)}
            self._variables += [v for v in optimizer.variables if id(v) not in left]
            self._sums += sums
        self._values = [_copy(variable) for variable in self._variables]
        self._frozen = {id(variable) for variable in model.non_trainable_variables}

    @property
    def is_finite(self) -> bool:
        """Whether every weight, and everything the optimizers keep, is a number.

        What is not trained may hold an infinity on purpose, as a mask does.
        """
        pairs = zip(self._variables, self._values, strict=True)
        return all(_finite(value) for variable, value in pairs if id(variable) not in self._frozen)

    def restore(self) -> None:
        """Puts everything back.

        Gradients that are being accumulated are dropped: they were of the spoilt weights, and what
        had been accumulated at the time of the copy belongs to another place in the count.
        """
        for variable, value in zip(self._variables, self._values, strict=True):
            variable.assign(value.copy())  # JAX may take the memory for its own
        for variable in self._sums:
            variable.assign(np.zeros(variable.shape, dtype="float32"))


def _copy(variable: Any) -> np.ndarray:
    """Keras copies, so what training does to the variable does not show in it."""
    return np.asarray(keras.ops.convert_to_numpy(tensor_of(variable)))


def _finite(value: np.ndarray) -> bool:
    return value.dtype.kind in "iub" or bool(np.isfinite(value).all())
