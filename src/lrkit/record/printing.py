"""The lines that a Recorder prints while it trains."""

import os
from typing import Any, Literal, cast

import numpy as np


def checked_print_every(print_every: Any) -> Literal["epoch"] | int | None:
    """The argument of `Recorder`, if it is one.

    Args:
        print_every: What the user gave.

    Raises:
        TypeError: If it is no whole number.
        ValueError: If it is below 1 or another word than "epoch".
    """
    way_out = 'Write "epoch" for one line per epoch.'
    if _is_file(print_every):
        way_out = f"For a file of the rates write csv={os.fspath(print_every)!r}."
    rule = (
        'Recorder: `print_every` must be None, "epoch" or a whole number of updates from 1, got '
        f"print_every={print_every!r}. {way_out}"
    )
    if print_every is None or isinstance(print_every, str):
        if print_every in (None, "epoch"):
            return cast("Literal['epoch'] | None", print_every)
        raise ValueError(rule)
    if isinstance(print_every, bool) or not isinstance(print_every, int | np.integer):
        raise TypeError(rule)
    if print_every < 1:
        raise ValueError(rule)
    return int(print_every)


def _is_file(given: Any) -> bool:
    """Whether it is the name of a file, or looks like one."""
    is_name = isinstance(given, str) and bool({".", "/", os.sep} & set(given))
    return is_name or isinstance(given, os.PathLike)


def print_epoch(epoch: int, epochs: int | None, key: str, rate: float, first: int) -> None:
    """One line at the begin of an epoch.

    Args:
        epoch: Its number, from 0.
        epochs: How many there are; None if that is not known.
        key: What the rate is called in the logs.
        rate: The rate of its first update.
        first: The number of that update.
    """
    number = f"Epoch {epoch + 1}" + (f"/{epochs}" if epochs else "")
    print(f"{number}: {_title(key)} {rate:.5g} from update {first}", flush=True)


def print_updates(every: int, key: str, steps: np.ndarray, rates: np.ndarray) -> None:
    """A line for every n-th update.

    Args:
        every: The n.
        key: What the rate is called in the logs.
        steps: The numbers of the updates.
        rates: Their rates.
    """
    for step, rate in zip(steps.tolist(), rates.tolist(), strict=True):
        if step % every == 0:
            print(f"Update {step}: {_title(key)} {rate:.5g}", flush=True)


def _title(key: str) -> str:
    """`learning_rate` in words, and `learning_rate_adam` as that of 'adam'."""
    name = key.removeprefix("learning_rate").removeprefix("_")
    return f"learning rate of {name!r}" if name else "learning rate"
