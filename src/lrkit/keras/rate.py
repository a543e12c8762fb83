"""A schedule as a `keras.optimizers.schedules.LearningRateSchedule`."""

import struct
from collections.abc import Callable
from numbers import Number
from typing import Any

import keras
import numpy as np

from lrkit import Schedule, read
from lrkit.keras.compiled import note
from lrkit.keras.in_graph import rate_in_graph
from lrkit.keras.steps import concrete, tensor_of
from lrkit.keras.tabulate import tabulated

_FORMAT = 1  # of `get_config`; a file of a newer format is refused, never guessed at
_KEYS = {"format", "schedule", "gradient_accumulation_steps"}
_FLOAT32 = struct.Struct("f")
_RETURNS_FLOAT = keras.backend.backend() == "torch"


@keras.saving.register_keras_serializable(package="lrkit")
class LearningRate(keras.optimizers.schedules.LearningRateSchedule):
    """A schedule for any Keras optimizer, on TensorFlow, JAX and torch.

    Update k (from 0) uses the rate `schedule(k)`. It is pure: however often Keras asks (with weight
    decay, several times for each update or once for a whole graph), the answer is the same. Inside
    a graph it is computed there; outside, on the host. It is float32 under every dtype policy. A
    saved model holds it as text and loads it again once `lrkit.keras` is imported.

    Args:
        schedule: A `Schedule`, the text of one, or any function of the step, which may take ints,
            floats, arrays or tensors.
        length: Steps that a plain function describes, a whole number from 1; only with a function.
        gradient_accumulation_steps: The optimizer's own number, from 1. Keras's counter counts
            batches then; the schedule goes on counting updates: it is asked for
            `counter // gradient_accumulation_steps`.

    Raises:
        TypeError: If `schedule` is none of the three, or `length` does not go with it.
        ValueError: If a text does not parse, a number is out of its range, or a function raises,
            gives no finite number of 0 or more, or another one when it is asked again.

    Source: the contract of `keras.optimizers.schedules.LearningRateSchedule`.

    >>> from lrkit import cosine
    >>> LearningRate(1e-3 * cosine(1000))
    LearningRate('0.001 * cosine(1000)')
    >>> float(LearningRate("0.5 * cosine(1000)")(500))
    0.25
    """

    def __init__(
        self,
        schedule: Schedule | str | Callable[[int], float],
        *,
        length: int | None = None,
        gradient_accumulation_steps: int = 1,
    ) -> None:
        super().__init__()
        self._schedule = _as_schedule(schedule, length)
        self._text = repr(self._schedule)
        self._every = _checked_steps(gradient_accumulation_steps)

    @property
    def schedule(self) -> Schedule:
        """The schedule, which counts updates."""
        return self._schedule

    @property
    def gradient_accumulation_steps(self) -> int:
        """Batches of Keras's counter that make one update."""
        return self._every

    def __call__(self, step: Any) -> Any:
        """The rate at a value of Keras's counter.

        Args:
            step: A number, a `keras.Variable`, a tensor, or an array of steps.

        Returns:
            float32: a tensor of the backend (on torch, outside of a graph, a Python float, which
            its optimizers take as fast as a constant); for NumPy arrays and lists a NumPy array.
        """
        tensor = tensor_of(step)
        counter = concrete(tensor)
        if counter is None:
            note(step, self)
            return rate_in_graph(self._schedule, self._text, self._every, tensor)
        if self._every != 1:
            counter = counter // self._every
        if isinstance(counter, np.ndarray):
            rates = np.asarray(self._schedule(counter), dtype=np.float32)
            return keras.ops.convert_to_tensor(rates) if keras.ops.is_tensor(tensor) else rates
        rate = float(self._schedule(counter))
        if _RETURNS_FLOAT:
            return _FLOAT32.unpack(_FLOAT32.pack(rate))[0]
        return keras.ops.convert_to_tensor(rate, dtype="float32")

    def get_config(self) -> dict[str, Any]:
        """Plain JSON: the text of the schedule and a number."""
        return {
            "format": _FORMAT,
            "schedule": self._text,
            "gradient_accumulation_steps": self._every,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "LearningRate":
        """The `LearningRate` that `get_config` described.

        Raises:
            ValueError: If a newer lrkit wrote it.
        """
        written = config.get("format", _FORMAT)
        unknown = sorted(set(config) - _KEYS)
        if written != _FORMAT or unknown:
            got = f"format={written!r}" + "".join(f", {key}={config[key]!r}" for key in unknown)
            raise ValueError(
                f"LearningRate: `config` must be of format {_FORMAT} with the keys "
                f"{', '.join(sorted(_KEYS))}, got {got}. A newer lrkit wrote this file: pip "
                "install --upgrade lrkit."
            )
        return cls(
            config["schedule"],
            gradient_accumulation_steps=config.get("gradient_accumulation_steps", 1),
        )

    def __repr__(self) -> str:
        told = "" if self._every == 1 else f", gradient_accumulation_steps={self._every}"
        return f"LearningRate({self._text!r}{told})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, LearningRate):
            return NotImplemented
        return self._schedule == other._schedule and self._every == other._every

    def __hash__(self) -> int:
        return hash((self._schedule, self._every))


def _as_schedule(schedule: Any, length: int | None) -> Schedule:
    if isinstance(schedule, Schedule | str):
        if length is not None:
            raise TypeError(
                "LearningRate: `length` must be left out unless `schedule` is a plain function, "
                f"got length={length!r}. Write schedule.over({length!r}) to change its length."
            )
        return read(schedule) if isinstance(schedule, str) else schedule
    if _is_plain_function(schedule):
        if length is None:
            raise TypeError(
                "LearningRate: `length` must be given with a plain function, got length=None. "
                "Write LearningRate(function, length=...), the number of updates it describes."
            )
        return tabulated("LearningRate", schedule, length)
    raise TypeError(
        "LearningRate: `schedule` must be a Schedule, a text or a plain function, got "
        f"schedule={schedule!r}. {_way_out(schedule)}"
    )


def _is_plain_function(schedule: Any) -> bool:
    foreign = keras.optimizers.schedules.LearningRateSchedule
    return callable(schedule) and not isinstance(schedule, foreign | type)


def _way_out(schedule: Any) -> str:
    if isinstance(schedule, LearningRate):
        return "It is one already: give it to the optimizer, or take its `.schedule`."
    foreign = keras.optimizers.schedules.LearningRateSchedule
    kind = schedule if isinstance(schedule, type) else type(schedule)
    if issubclass(kind, foreign) and kind.__module__.partition(".")[0] != "keras":
        return (
            "For an object of your own class, make it safe for every graph and file: "
            f"lrkit.keras.learning_rate(length=...)({kind.__name__}(...))."
        )
    if isinstance(schedule, foreign):
        return "Give a schedule of Keras to the optimizer as it is; Recorder records it too."
    if isinstance(schedule, Number):
        return (
            f"For a constant rate write LearningRate({schedule!r} * hold()), or give the number to "
            "the optimizer itself."
        )
    return 'Write for example LearningRate("1e-3 * cosine(10000)").'


def _checked_steps(steps: Any) -> int:
    if isinstance(steps, bool) or not isinstance(steps, int | np.integer):
        raise TypeError(
            "LearningRate: `gradient_accumulation_steps` must be a whole number, got "
            f"gradient_accumulation_steps={steps!r}. Give the optimizer's own, or leave it out."
        )
    if steps < 1:
        raise ValueError(
            "LearningRate: `gradient_accumulation_steps` must be at least 1, got "
            f"gradient_accumulation_steps={steps!r}. Give the optimizer's own, or leave it out."
        )
    return int(steps)
