"""A hyperparameter that is a schedule: an attribute whose value follows the update counter.

Keras writes the Python floats of an optimizer into the compiled graph, so a callback that sets one
changes nothing on TensorFlow and JAX. An attribute that is computed from the counter is in the
graph as that computation.
"""

import inspect
from typing import Any

import keras

from lrkit import Schedule
from lrkit.core.notice import warn
from lrkit.keras.rate import LearningRate
from lrkit.keras.steps import concrete, tensor_of

# Numbers that shape the optimizer or count something; they cannot change while it runs.
_FIXED = {
    "learning_rate",  # a schedule in its own right
    "gradient_accumulation_steps",
    "ema_overwrite_frequency",
    "initial_accumulator_value",
    "ns_steps",
    "warmup_steps",
}
# Of these None is the default, so that the signature does not tell that they are numbers.
_NUMBERS = {
    "weight_decay",
    "clipnorm",
    "clipvalue",
    "global_clipnorm",
    "loss_scale_factor",
    "rms_rate",
}
# Keras asks `if self.momentum != 0` to decide whether there is one at all.
_SWITCHES = {"momentum"}
_NEARLY_ZERO = 5e-324  # 0 in every dtype of a weight


def hyperparameters(optimizer_class: type) -> list[str]:
    """The names of the arguments of an optimizer class that may be schedules."""
    names = []
    for base in optimizer_class.__mro__:
        init = base.__dict__.get("__init__")
        for name, parameter in inspect.signature(init).parameters.items() if init else ():
            default = parameter.default
            is_number = isinstance(default, int | float) and not isinstance(default, bool)
            if (is_number or name in _NUMBERS) and name not in _FIXED and name not in names:
                names.append(name)
    return names


class Hyperparameter:
    """The attribute of one name: a schedule's value now, or the number that it was given.

    Args:
        name: Of the attribute and of the argument.
    """

    def __init__(self, name: str) -> None:
        self._name = name

    def __get__(self, optimizer: Any, owner: type | None = None) -> Any:
        """The value of the update that comes next."""
        if optimizer is None:
            return self
        held = optimizer.__dict__
        rate = held["_scheduled"].get(self._name)
        if rate is None or held["_as_numbers"]:
            # TensorFlow reads an attribute before it is set for the first time.
            return held["_numbers"].get(self._name)
        value = rate(tensor_of(held["_iterations"]))
        return _switch(value) if self._name in _SWITCHES else value

    def __set__(self, optimizer: Any, value: Any) -> None:
        """A number, a schedule or the text of one."""
        held = optimizer.__dict__
        if held["_as_numbers"]:  # Keras's own `__init__`
            held["_numbers"][self._name] = value
            return
        who, name = type(optimizer).__name__, self._name
        if held["_is_compiled"] and value is not held["_numbers"].get(name):
            warn(
                f"{who}: `{name}` was set after the training function was compiled, and a "
                "compiled function goes on with the one from before. Call model.compile(...) or "
                "model.make_train_function(force=True) after the change."
            )
        is_scheduled = name in held["_scheduled"]
        if isinstance(value, Schedule | LearningRate | str):
            if name in _SWITCHES and optimizer.built and not is_scheduled:
                raise TypeError(
                    f"{who}: `{name}` must be a schedule from the beginning, got {name}={value!r} "
                    "for an optimizer that is built. Give it to scheduled(...)."
                )
            schedule = value.schedule if isinstance(value, LearningRate) else value
            every = optimizer.gradient_accumulation_steps or 1
            rate = LearningRate(schedule, gradient_accumulation_steps=every)
            held["_scheduled"][name] = rate
        elif is_scheduled:
            raise TypeError(
                f"{who}: `{name}` must stay a schedule, got {name}={value!r}. Write "
                f"{name}={value!r} * hold() for a constant."
            )
        else:
            held["_numbers"][name] = value


class _SwitchedOn:
    """A value in a graph that answers whether it is 0 with no, and calculates as what it is."""

    def __init__(self, value: Any) -> None:
        self._value = value

    def __bool__(self) -> bool:
        return True

    def __ne__(self, other: object) -> bool:
        return True

    def __gt__(self, other: Any) -> bool:
        return True

    __hash__ = None  # type: ignore[assignment]

    @property
    def dtype(self) -> Any:
        return self._value.dtype

    @property
    def shape(self) -> Any:
        return self._value.shape

    def __tf_tensor__(self, dtype: Any = None, name: str | None = None) -> Any:
        return keras.ops.cast(self._value, dtype or self._value.dtype)

    def __jax_array__(self) -> Any:
        return self._value

    def __mul__(self, other: Any) -> Any:
        return self._value * other

    __rmul__ = __mul__

    def __sub__(self, other: Any) -> Any:
        return self._value - other


def _switch(value: Any) -> Any:
    """The value where Keras asks whether it is 0: it is not, or there would be no slots for it."""
    return value or _NEARLY_ZERO if isinstance(value, float) else _SwitchedOn(value)


def is_compiling(optimizer: Any) -> bool:
    """Whether the optimizer is being traced into a graph at this moment."""
    return concrete(tensor_of(optimizer._iterations)) is None
