"""A user's function of the step as data: the values it gives, taken and checked beforehand.

What a graph, a file or another process then holds is a table, so nothing of the function has to be
traced, serialised or imported there. `lrkit.custom` keeps the same table of a function of plain
ints; here the function may also be one for tensors, and it is asked more questions.
"""

import warnings
from array import array
from typing import Any

import numpy as np
import numpy.typing as npt

from lrkit import Schedule
from lrkit.core.table import checked_function, checked_length, kept
from lrkit.keras.asked import Failure, Function, Values, ask, ask_at_once, name_of
from lrkit.keras.progress import in_turn

Steps = npt.NDArray[np.int64]

FEW = 32
"""Up to so many steps are asked for one by one at once, and all of them a second time."""
_CHANGES = 64
"""So many of the places where the values change most are looked at again."""
_FLOAT32 = 1e-6
"""How near, relative to the peak, a value of 32 bits is to itself computed another way."""


def tabulated(who: str, function: Any, length: Any) -> Schedule:
    """The values of `function` at 0 to `length` - 1 as a schedule.

    Args:
        who: The name that the user called, for the messages.
        function: Of the step: a plain function, or any object that can be called.
        length: How many steps.

    Raises:
        TypeError: It cannot be called, or gave something that is no number; says at which step.
        ValueError: It raised, gave no finite number or a negative one, or gave another value when
            it was asked again; says at which step.
    """
    checked_function(who, function)
    n = checked_length(who, length)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of forms that are only tried
        values = _at_once(function, n)
    if values is None:
        values = _one_by_one(who, function, n)
    _refuse_negative(who, function, values)
    stored = array("d")
    stored.frombytes(values.tobytes())
    return kept(stored, function)


def _at_once(function: Function, n: int) -> Values | None:
    """All values in one call where single calls confirm them; else None.

    Values of 64 bits have to be those of single calls bit by bit: a plain Python function is asked
    for a million steps in seconds anyway. One that computes tensors is not, so rounding is allowed.
    """
    if n <= FEW:
        return None
    for values, is_exact in ask_at_once(function, np.arange(n)):
        steps = _telling(values)
        single = ask(function, steps.tolist())
        if isinstance(single, Failure):
            return None  # asking one by one says what is wrong
        exact = is_exact and single.are_exact
        allowed = 0.0 if exact else _FLOAT32 * np.abs(values).max()
        if (np.abs(np.asarray(single.values) - values[steps]) <= allowed).all():
            return values
    return None


def _one_by_one(who: str, function: Function, n: int) -> Values:
    answers = ask(function, in_turn(f"{who}: asking {name_of(function)} for its rates", n))
    if isinstance(answers, Failure):
        raise answers.refusal(who, function) from answers.error
    values = np.asarray(answers.values)
    # Backwards, so that what depends on the calls before comes out differently.
    steps = np.arange(n)[::-1] if n <= FEW else _telling(values)[::-1]
    again = ask(function, steps.tolist())
    if isinstance(again, Failure):
        raise again.refusal(who, function) from again.error
    for step, value in zip(steps.tolist(), again.values, strict=True):
        if value != values[step]:
            raise _impure(who, function, step, float(values[step]), value)
    return values


def _telling(values: Values) -> Steps:
    """Steps at which a second look tells most: the ends, some between, and around each change."""
    n = len(values)
    even = np.linspace(0, n - 1, min(n, 16)).astype(np.int64)
    bends = np.abs(np.diff(values, 2))
    if bends.size:
        sharp = np.flatnonzero(bends > 8 * np.median(bends))
        sharp = sharp[np.argsort(bends[sharp])[-_CHANGES:]]
        even = np.concatenate([even, sharp, sharp + 1, sharp + 2])
    return np.unique(even)


def _impure(who: str, function: Function, step: int, first: float, second: float) -> ValueError:
    name = name_of(function)
    return ValueError(
        f"{who}: `{name}(step)` must be the same whenever it is asked, got {name}({step})="
        f"{first!r} and then {second!r}. Work the rate out from `step` alone, without a state "
        "that changes and without chance."
    )


def _refuse_negative(who: str, function: Function, values: Values) -> None:
    """Raise at the first value below 0."""
    name = name_of(function)
    # A curve that ends at 0 may miss it by a rounding; that is no mistake of its author's.
    wrong = np.flatnonzero(values < -_FLOAT32 * np.abs(values).max())
    if wrong.size:
        step = int(wrong[0])
        raise ValueError(
            f"{who}: `{name}(step)` must be 0 or more, got {name}({step})={float(values[step])!r}. "
            "Write max(0.0, ...) or give a smaller length; where a negative rate is meant, "
            "LearningRate(lrkit.custom(function, length))."
        )
