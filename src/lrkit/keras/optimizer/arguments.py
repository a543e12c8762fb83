"""The arguments of a scheduled optimizer: what is a schedule, what stays Keras's own."""

import inspect
from typing import Any

import keras

from lrkit import Schedule, hold, read
from lrkit.core.validate import number
from lrkit.keras.optimizer.hyperparameter import hyperparameters
from lrkit.keras.rate import LearningRate


def as_scheduled(
    kind: type, arguments: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, LearningRate]]:
    """Keras's arguments with a number in place of each schedule, and the schedules.

    Args:
        kind: The optimizer class.
        arguments: All arguments but the learning rate.

    Raises:
        TypeError: If there is no such hyperparameter, or it is none that can be scheduled.
        ValueError: If Keras refuses a value that the schedule takes.
    """
    every = arguments.get("gradient_accumulation_steps") or 1
    possible = hyperparameters(kind)
    plain, schedules = dict(arguments), {}
    for name, value in arguments.items():
        if isinstance(value, str) and name in possible:
            value = read(value)
        if isinstance(value, LearningRate):
            value = value.schedule
        if not isinstance(value, Schedule):
            continue
        if name not in possible:
            raise TypeError(
                f"{kind.__name__}: `{name}` must be no schedule, got {name}={value!r}. These can "
                f"be scheduled: learning_rate, {', '.join(possible)}."
            )
        schedules[name] = LearningRate(value, gradient_accumulation_steps=every)
        for extreme in extremes(value):
            _ask_keras(kind, name, extreme, value)
            plain[name] = extreme
    return plain, schedules


def extremes(schedule: Schedule) -> list[float]:
    """The least and the greatest value that a schedule has at its knots and ends."""
    # NaN or infinity cannot occur: a schedule is finite.
    values = [schedule(0), schedule(schedule.length if schedule.length < float("inf") else 0)]
    for _, before, after in _some(schedule.knots()):
        values += [before, after]
    return [float(min(values)), float(max(values))]


def _some(knots: Any) -> list[Any]:
    return [knot for knot, _ in zip(knots, range(10_000), strict=False)]


def _ask_keras(kind: type, name: str, value: float, schedule: Schedule) -> None:
    """Keras checks some hyperparameters when an optimizer is made: so one is made of each."""
    try:
        _original(kind)(**{name: value})
    except ValueError as error:
        raise ValueError(
            f"{kind.__name__}: `{name}` must be in its range at every update, got {name}="
            f"{schedule!r}, which takes the value {value:g}. Keras says: {error}"
        ) from error


def _original(kind: type) -> type:
    """The Keras class that a scheduled class was made of."""
    original: type = kind.__dict__.get("optimizer_class", kind)
    return original


def as_rate(kind: type, learning_rate: Any, arguments: dict[str, Any]) -> Any:
    """The learning rate as a schedule that counts as the optimizer does.

    A schedule of Keras is kept as it is.
    """
    every = arguments.get("gradient_accumulation_steps") or 1
    if learning_rate is None:
        learning_rate = _default_rate(kind)
    if isinstance(learning_rate, LearningRate):
        told = learning_rate.gradient_accumulation_steps
        if told not in (1, every):
            raise ValueError(
                f"{kind.__name__}: `learning_rate` must count as the optimizer does, got "
                f"gradient_accumulation_steps={told} in it and {every} in the optimizer. Give the "
                "schedule itself: the optimizer tells it."
            )
        learning_rate = learning_rate.schedule
    if isinstance(learning_rate, keras.optimizers.schedules.LearningRateSchedule):
        return learning_rate
    if not isinstance(learning_rate, Schedule | str):
        value = number(kind.__name__, "learning_rate", learning_rate)
        learning_rate = hold(value=value)
    return LearningRate(learning_rate, gradient_accumulation_steps=every)


def _default_rate(kind: type) -> float:
    for base in kind.__mro__:
        init = base.__dict__.get("__init__")
        rate = inspect.signature(init).parameters.get("learning_rate") if init else None
        if rate is not None and isinstance(rate.default, float):
            return rate.default
    return 0.001


def check_config(kind: type, written: Any, known: int) -> None:
    """Refuses a config of a format that is not known."""
    if written != known:
        raise ValueError(
            f"{kind.__name__}: `config` must be of format {known}, got format={written!r}. A newer "
            "lrkit wrote this file: pip install --upgrade lrkit."
        )
