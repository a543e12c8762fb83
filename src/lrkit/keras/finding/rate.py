"""The rate of the sweep in the place of the optimizer's own."""

from typing import Any

import keras

from lrkit.keras.unwrapped import unwrapped


class HeldRate(keras.optimizers.schedules.LearningRateSchedule):
    """A schedule that is a variable: the graph reads it, and it can be set between two updates.

    Args:
        variable: The variable.
    """

    def __init__(self, variable: Any) -> None:
        super().__init__()
        self._variable = variable

    def __call__(self, step: Any) -> Any:
        """What the variable holds now, at any step."""
        return keras.ops.convert_to_tensor(self._variable)

    def get_config(self) -> dict[str, Any]:
        """It lives only while the sweep runs."""
        raise NotImplementedError("HeldRate: it is not saved.")


class SettableRate:
    """The rate of the model's optimizer, to be set between two updates.

    A rate that is a variable is set as such. A schedule, or a function, gives way to a variable,
    which becomes one of the optimizer's: so JAX hands it to each step, and a step that was compiled
    with the schedule is never taken for one that was not.

    The attributes and variables of the optimizer are to be put back afterwards.

    Args:
        model: A compiled and built model with one optimizer.
    """

    def __init__(self, model: Any) -> None:
        optimizer = unwrapped(model.optimizer)
        self._factor = getattr(optimizer, "factor", None)
        held = optimizer._learning_rate
        if isinstance(held, keras.Variable):
            self._variable = held
            return
        with scope_of(model):
            self._variable = keras.Variable(
                0.0,
                dtype="float32",
                trainable=False,
                aggregation="only_first_replica",
                name="learning_rate",
            )
        # Straight into `__dict__`: Keras and TensorFlow would track what is set as an attribute.
        own = optimizer.__dict__
        own["_learning_rate"] = HeldRate(self._variable)
        own["_variables"] = [*optimizer._variables, self._variable]

    def begin(self) -> None:
        """A factor, as `Plateau` sets it, becomes 1: the rate that is set is the one applied."""
        if self._factor is not None:
            self._factor.assign(1.0)

    def assign(self, rate: Any) -> None:
        """The rate of the next update."""
        if keras.backend.backend() == "tensorflow":  # a quarter of the time
            self._variable.value.assign(rate, read_value=False)
        else:
            self._variable.assign(rate)


def scope_of(model: Any) -> Any:
    """Where new variables of the model belong: its strategy on TensorFlow, else anywhere."""
    from contextlib import nullcontext

    if keras.backend.backend() != "tensorflow":
        return nullcontext()
    return model.distribute_strategy.scope()
