"""The rates that one Keras optimizer applies: to which update, and from what."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from lrkit.core.schedule import Schedule
from lrkit.keras.compiled import held_by
from lrkit.keras.factors import Factors
from lrkit.keras.rate import LearningRate
from lrkit.keras.steps import concrete, tensor_of
from lrkit.keras.unwrapped import unwrapped
from lrkit.record.columns import RATE, Columns


class Applied:
    """An optimizer seen from outside: its counter, and its rate and the like at any update.

    Its schedules are those at this moment: what a training function compiled now would hold.

    Args:
        optimizer: One with a rate of its own.
        name: What to call it where a model has several; None for the only one.
        is_scaled: Whether a `LossScaleOptimizer` holds it, which skips updates.
    """

    def __init__(self, optimizer: Any, name: str | None = None, is_scaled: bool = False) -> None:
        self.optimizer = optimizer
        self.name = name
        self.is_scaled = is_scaled
        self.accumulation: int = optimizer.gradient_accumulation_steps or 1
        # Private, because the public `learning_rate` is a value at one step, not the schedule.
        self.source = getattr(optimizer, "_learning_rate", None)
        self.schedules: dict[str, Schedule] = dict(getattr(optimizer, "schedules", {}))
        self.factors = Factors(optimizer)
        self._evaluate: Callable[[Any], Any] | None = None

    def as_compiled(self) -> None:
        """Takes the rate that the compiled function holds, where the optimizer has another by now.

        To be called when that function has trained a batch, so that it is compiled.
        """
        held = held_by(self.optimizer)
        if held is not None and isinstance(self.source, LearningRate):
            self.source = held

    @property
    def is_settable(self) -> bool:
        """Whether the rate is a number that callbacks may change, not a schedule."""
        return not isinstance(self.source, keras.optimizers.schedules.LearningRateSchedule)

    @property
    def schedule(self) -> Schedule | None:
        """The schedule of the rate, where it is one of lrkit's."""
        return self.source.schedule if isinstance(self.source, LearningRate) else None

    @property
    def told(self) -> int:
        """Batches that the schedule takes for one update."""
        if isinstance(self.source, LearningRate):
            return self.source.gradient_accumulation_steps
        return self.accumulation

    @property
    def title(self) -> str:
        """What messages call it."""
        return "the optimizer" if self.name is None else f"the optimizer {self.name!r}"

    @property
    def names(self) -> list[str]:
        """What is recorded of each update."""
        return [RATE, *self.schedules]

    @property
    def keys(self) -> dict[str, str]:
        """By name, what a value is called in the logs: as Keras does it where there are several."""
        suffix = "" if self.name is None else f"_{self.name}"
        return {name: name + suffix for name in self.names}

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

    def columns(self, first: int, epochs: np.ndarray, setting: float | None) -> Columns:
        """What the updates from `first` on had, one for each number of an epoch.

        Args:
            first: The first update.
            epochs: The epoch of each update.
            setting: What a settable rate was during these updates.
        """
        steps = np.arange(first, first + len(epochs))
        factors = self.factors.at(first, first + len(epochs))
        values = {RATE: self.rates(first, first + len(epochs), setting) * factors}
        for name, schedule in self.schedules.items():
            values[name] = np.asarray(schedule(steps), dtype=np.float32)
        return Columns(steps, epochs, values, factors)

    def rates(self, first: int, stop: int, setting: float | None) -> np.ndarray:
        """The float32 rates of updates first…stop − 1, before any factor.

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
        if not counters.size:
            return np.empty(0, np.float32)
        steps = keras.ops.convert_to_tensor(counters, dtype=self.optimizer._iterations.dtype)
        if self._evaluate is None and len(counters) > 1:
            self._evaluate = _fastest(self.source, steps)
        evaluate = self._evaluate or _one_by_one(self.source)
        return np.asarray(keras.ops.convert_to_numpy(evaluate(steps)), dtype=np.float32)


def appliers(model: Any) -> list[Applied]:
    """The optimizers of a model that have a rate of their own.

    Args:
        model: The model that is trained; a `LossScaleOptimizer` is looked through, and of a
            `MultiOptimizer` there are several, with their names.

    Raises:
        TypeError: If there is no optimizer.
        ValueError: If two of several have the same name.
    """
    outer: Any = getattr(model, "optimizer", None)
    optimizer = unwrapped(outer)
    is_scaled = optimizer is not outer
    if optimizer is None:
        raise TypeError(
            "Recorder: `model.optimizer` must be a Keras optimizer, got model.optimizer=None. "
            "Call model.compile(optimizer=...) before the training."
        )
    if not hasattr(optimizer, "optimizers"):
        return [Applied(optimizer, is_scaled=is_scaled)]
    several = [Applied(inner, inner.name, is_scaled) for inner in optimizer.optimizers]
    names = [applied.name for applied in several]
    for name in names:
        if names.count(name) > 1:
            raise ValueError(
                "Recorder: the `name` of each optimizer in a MultiOptimizer must be its own, got "
                f"name={name!r} for {names.count(name)} of {len(names)}. Give each another one, as "
                'in Adam(name="encoder").'
            )
    return several


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
