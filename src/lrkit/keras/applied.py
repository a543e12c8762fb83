"""The rates that one Keras optimizer applies: to which update, and from what."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from lrkit.keras.learning_rate import LearningRate
from lrkit.keras.steps import concrete, tensor_of


class Applied:
    """The optimizer of a model seen from outside: its counter and its rate at any update.

    Args:
        model: The model that is trained; a `LossScaleOptimizer` is looked through.

    Raises:
        TypeError: If there is no optimizer, or several in one.
    """

    def __init__(self, model: Any) -> None:
        self.optimizer = _single(getattr(model, "optimizer", None))
        self.accumulation: int = self.optimizer.gradient_accumulation_steps or 1
        # Private, because the public `learning_rate` is a value at one step, not the schedule.
        self.source = getattr(self.optimizer, "_learning_rate", None)
        self._evaluate: Callable[[Any], Any] | None = None

    @property
    def is_settable(self) -> bool:
        """Whether the rate is a number that callbacks may change, not a schedule."""
        return not isinstance(self.source, keras.optimizers.schedules.LearningRateSchedule)

    def counter(self) -> int:
        """Keras's raw counter: batches whose gradients were finite."""
        return int(_number(self.optimizer._iterations))

    def updates(self) -> int:
        """Updates of the weights so far."""
        return self.counter() // self.accumulation

    def setting(self) -> float:
        """The number that a settable rate has now."""
        held = isinstance(self.source, keras.Variable)  # even where the optimizer now has another
        return float(_number(self.source if held else self.optimizer.learning_rate))

    def rates(self, first: int, stop: int, setting: float | None) -> np.ndarray:
        """The float32 rates of updates first…stop − 1.

        With accumulation Keras applies an update at the last of its batches, with the rate of the
        raw counter there.

        Args:
            first: The first update.
            stop: One past the last.
            setting: What a settable rate was during these updates.
        """
        if self.is_settable:
            value = self.setting() if setting is None else setting
            return np.full(stop - first, value, dtype=np.float32)
        counters = np.arange(first, stop) * self.accumulation + (self.accumulation - 1)
        if isinstance(self.source, LearningRate):
            steps = counters // self.source.gradient_accumulation_steps
            return np.asarray(self.source.schedule(steps), dtype=np.float32)
        return self._foreign_rates(counters)

    def _foreign_rates(self, counters: np.ndarray) -> np.ndarray:
        """The rates of a schedule that is not ours, which may not take arrays."""
        steps = keras.ops.convert_to_tensor(counters, dtype=self.optimizer._iterations.dtype)
        if self._evaluate is None and len(counters) > 1:
            self._evaluate = _fastest(self.source, steps)
        evaluate = self._evaluate or _one_by_one(self.source)
        return np.asarray(keras.ops.convert_to_numpy(evaluate(steps)), dtype=np.float32)


def _single(optimizer: Any) -> Any:
    while hasattr(optimizer, "inner_optimizer"):
        optimizer = optimizer.inner_optimizer
    if optimizer is None:
        raise TypeError(
            "Recorder: `model.optimizer` must be a Keras optimizer, got model.optimizer=None. "
            "Call model.compile(optimizer=...) before the training."
        )
    if hasattr(optimizer, "optimizers"):
        raise TypeError(
            "Recorder: `model.optimizer` must be one optimizer with one rate, got "
            f"model.optimizer={type(optimizer).__name__}, which holds several, each with a counter "
            "of its own. Leave the Recorder out and ask after the training: for each `optimizer` "
            "in model.optimizer.optimizers its schedule's values(int(optimizer.iterations)) are "
            "the rates that it applied."
        )
    return optimizer


def _number(value: Any) -> int | float:
    number = concrete(tensor_of(value))
    if isinstance(number, int | float):
        return number
    raise RuntimeError(
        "Recorder: the optimizer's counter and rate must have values when they are read, got "
        f"{value!r}. Call the Recorder's hooks and read its data outside of compiled functions."
    )


def _one_by_one(schedule: Any) -> Callable[[Any], Any]:
    return lambda steps: keras.ops.map(schedule, steps)


def _fastest(schedule: Any, steps: Any) -> Callable[[Any], Any]:
    """The fastest way to evaluate a foreign schedule on many steps that agrees with one by one.

    A schedule with a condition in it may refuse an array or, being written for one step, give
    something else for it; so each way is tried and compared before it is trusted.
    """
    few = [0, len(steps) // 2, len(steps) - 1]
    truth = keras.ops.convert_to_numpy(_one_by_one(schedule)(keras.ops.take(steps, few)))
    for evaluate in (schedule, lambda steps: keras.ops.vectorized_map(schedule, steps)):
        try:
            rates = keras.ops.convert_to_numpy(evaluate(steps))
        except Exception:  # each backend refuses in its own way; the next way is the answer
            continue
        if rates.shape == (len(steps),) and np.allclose(rates[few], truth, rtol=1e-6, atol=0.0):
            return evaluate
    return _one_by_one(schedule)
