"""The arguments of a scheduled optimizer: what is a schedule, what stays Keras's own."""

import difflib
import inspect
from typing import Any

import keras

from lrkit import Schedule, hold, read
from lrkit.core.extremes import extremes
from lrkit.core.validate import number, refuse
from lrkit.keras.optimizer.clipping import CLIPS
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
        _check_name(kind, name, possible)
        schedule = _as_schedule(value, name in possible)
        if schedule is not None:
            if name not in possible:
                raise TypeError(
                    f"{kind.__name__}: `{name}` must be no schedule, got {name}={value!r}. These "
                    f"can be scheduled: learning_rate, {', '.join(possible)}."
                )
            schedules[name] = LearningRate(schedule, gradient_accumulation_steps=every)
            plain[name] = extremes(schedule)[0]
        elif name in possible and value is not None:
            number(kind.__name__, name, value)
    for name, rate in schedules.items():
        if name in CLIPS and extremes(rate.schedule)[0] <= 0.0:
            way_out = "Keras takes 0 for no clipping; a bound of 0 would leave no gradient."
            rule = "above 0 at every update"
            raise refuse(kind.__name__, name, rule, rate.schedule, way_out)
        for extreme in extremes(rate.schedule):
            plain[name] = extreme
            _ask_keras(kind, name, plain, rate.schedule)
    return plain, schedules


def _as_schedule(value: Any, may_be_text: bool) -> Schedule | None:
    if isinstance(value, LearningRate):
        return value.schedule
    if isinstance(value, str) and may_be_text:
        return read(value)
    return value if isinstance(value, Schedule) else None


def _check_name(kind: type, name: str, possible: list[str]) -> None:
    known = {"learning_rate", "name", "gradient_accumulation_steps", *possible}
    for base in kind.__mro__:
        if base is not object and "__init__" in base.__dict__:
            known |= set(inspect.signature(base.__dict__["__init__"]).parameters)
    if name not in known:
        near = difflib.get_close_matches(name, known, n=1)
        way_out = f"Did you mean `{near[0]}`?" if near else "Leave it out."
        raise TypeError(
            f"{kind.__name__}: each argument must be one of the optimizer class, got `{name}`. "
            f"{way_out}"
        )


def _ask_keras(kind: type, name: str, plain: dict[str, Any], schedule: Schedule) -> None:
    """Keras checks some hyperparameters when an optimizer is made: so one is made of each."""
    try:
        _original(kind)(**plain)
    except ValueError as error:
        raise ValueError(
            f"{kind.__name__}: `{name}` must be in its range at every update, got {name}="
            f"{schedule!r}, which takes the value {plain[name]:g}. Keras says: {error}"
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
