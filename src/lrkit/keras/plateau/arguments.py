"""Checks of the arguments of `Plateau`."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ParamSpec

from lrkit.core.validate import number, refuse, whole
from lrkit.plan.plateau import Mode, PlateauRule, check_threshold, count

WHO = "Plateau"
P = ParamSpec("P")


def as_mode(mode: Any) -> Mode | None:
    """The mode; None: the metric says."""
    if mode not in ("auto", "min", "max"):
        raise refuse(WHO, "mode", '"auto", "min" or "max"', mode, 'A loss is "min".')
    return None if mode == "auto" else mode


def as_rule(patience: Any, cooldown: Any, threshold: Any, threshold_mode: Any) -> PlateauRule:
    """The rule; which way is up comes later."""
    waits, rests = count(WHO, "patience", patience), count(WHO, "cooldown", cooldown)
    check_threshold(WHO, threshold, threshold_mode)
    return PlateauRule.as_keras(waits, rests, threshold=threshold, threshold_mode=threshold_mode)


def as_text(argument: str, text: Any) -> str:
    """A name."""
    if not isinstance(text, str):
        raise TypeError(
            f"{WHO}: `{argument}` must be a text, got {argument}={text!r} of type "
            f'{type(text).__name__}. Write for example "val_loss".'
        )
    if not text:
        raise refuse(WHO, argument, "a text with a letter in it", text, 'Write "val_loss".')
    return text


#: Arguments of Keras's ReduceLROnPlateau that are called, or mean, something else here.
_OF_KERAS = {
    "min_lr": "The floor is a part of the schedule's rate: min_factor=0.01 stands for a hundredth.",
    "min_delta": "Write threshold=1e-4 for what is an improvement.",
    "epsilon": "Write threshold=1e-4 for what is an improvement.",
}


def explained(init: Callable[P, None]) -> Callable[P, None]:
    """A constructor that tells who comes from Keras's callback what its arguments are called."""

    @functools.wraps(init)
    def checked(*args: P.args, **kwargs: P.kwargs) -> None:
        for name in kwargs.keys() & _OF_KERAS.keys():
            raise TypeError(
                f"{WHO}: `{name}` of ReduceLROnPlateau must be left out, got "
                f"{name}={kwargs[name]!r}. {_OF_KERAS[name]}"
            )
        init(*args, **kwargs)

    return checked


@dataclass(frozen=True)
class Rescue:
    """What to do about a loss that broke; with neither NaN nor spike, nothing."""

    is_on: bool
    spike: float | None
    check_every: int | None
    max_restores: int


def as_rescue(on_nan: Any, spike: Any, check_every: Any, max_restores: Any) -> Rescue:
    """The rescue that the arguments ask for."""
    if on_nan not in (None, "restore"):
        raise refuse(WHO, "on_nan", '"restore" or None', on_nan, "None leaves a NaN as it is.")
    if spike is not None and not number(WHO, "spike", spike) > 1.0:
        raise refuse(WHO, "spike", "above 1", spike, "4 means four times the last good loss.")
    is_on = on_nan is not None or spike is not None
    if check_every is not None:
        whole(WHO, "check_every", check_every, "It counts batches.")
        if not is_on:
            raise refuse(
                WHO,
                "check_every",
                "left out without `on_nan` and `spike`",
                check_every,
                'Write on_nan="restore" to look for NaN.',
            )
    return Rescue(
        is_on,
        None if spike is None else float(spike),
        None if check_every is None else int(check_every),
        count(WHO, "max_restores", max_restores),
    )
