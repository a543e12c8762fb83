"""The arguments of a call, made plain: what a text can say and a schedule can keep."""

from __future__ import annotations

import inspect
import math
from array import array
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from lrkit.core.packing import MOST_VALUES
from lrkit.core.schedule import Schedule
from lrkit.core.table import Table
from lrkit.core.validate import number, whole

LENGTH = 100_000
"""For so many steps a function is asked for its values, unless a `length` is given."""


def plain_arguments(
    name: str, arguments: dict[str, Any], from_one: tuple[str, ...]
) -> tuple[dict[str, Any], dict[str, Exception]]:
    """The arguments of a call as plain values; functions become tables.

    Those in `from_one` are functions that need no value at step 0. Of those that have none, what
    they raised there is the second result.
    """
    length = arguments.get("length", LENGTH)
    missing: dict[str, Exception] = {}

    def table(key: str, function: Callable[[int], Any]) -> Schedule:
        values, error = sampled(name, key, function, length, key in from_one)
        if error is not None:
            missing[key] = error
        return values

    plain = {key: _plain(name, key, given, table) for key, given in arguments.items()}
    return plain, missing


def _plain(
    name: str, key: str, given: Any, table: Callable[[str, Callable[[int], Any]], Schedule]
) -> Any:
    if given is None or isinstance(given, (bool, Schedule)):
        return given
    # A subclass, such as numpy.float64 or an enumeration of names, has a text of its own.
    if isinstance(given, str):
        return str.__str__(given)
    for kind in (int, float):
        if isinstance(given, kind):
            return kind(given)
    if isinstance(given, Mapping):
        pairs = given.items()
        return {_plain(name, key, k, table): _plain(name, key, v, table) for k, v in pairs}
    if hasattr(given, "tolist"):
        return given.tolist()
    if hasattr(given, "__array__"):  # TensorFlow's tensors, Keras's variables
        import numpy as np

        return np.asarray(given).tolist()
    if callable(given):
        return table(key, given)
    if hasattr(given, "__iter__"):
        return [_plain(name, key, item, table) for item in given]
    return given


def sampled(
    name: str, key: str, function: Callable[[int], Any], length: Any, from_one: bool
) -> tuple[Schedule, Exception | None]:
    """The values of a function for the steps 0…length-1, or until it has no finite one.

    With `from_one`, a function that has no value at 0 begins with the one at 1, and what it raised
    at 0 is told.
    """
    missing: Exception | None = None
    n = min(whole(name, "length", length, f"For so many steps `{key}` is asked."), MOST_VALUES)
    stored = array("d")
    for step in range(n):
        try:
            value = number(name, f"{key}({step})", _scalar(function(step)))
        except Exception as error:
            if stored:
                break
            if step > 0 or not from_one:
                raise
            missing = error.with_traceback(None)  # which would keep the caller's variables alive
        else:
            stored.extend([value] * (step + 1 - len(stored)))
    label = getattr(function, "__name__", type(function).__name__)
    return Table(stored, "" if label == "<lambda>" else label[:200]), missing


def _scalar(result: Any) -> Any:
    """A number of any library as Python's."""
    return result.item() if getattr(result, "shape", None) == () else result


def frozen(value: Any) -> Any:
    """Plain values that nobody can change any more: the text of a call is what it is."""
    if isinstance(value, dict):
        return MappingProxyType({key: frozen(item) for key, item in value.items()})
    return tuple(map(frozen, value)) if isinstance(value, list) else value


def has_functions(arguments: Mapping[str, Any]) -> bool:
    """Whether a function is among the arguments of a call, which `length` is for."""
    lists = (v if isinstance(v, (list, tuple)) else (v,) for v in arguments.values())
    return any(callable(item) and not isinstance(item, Schedule) for v in lists for item in v)


def spelled(arguments: dict[str, Any], defaults: Mapping[str, Any]) -> str:
    """`step_size=30, gamma=0.5`: the arguments that are not the defaults, by name."""
    return ", ".join(
        f"{key}={_text(given)}"
        for key, given in arguments.items()
        if not _same(given, defaults.get(key, inspect.Parameter.empty))
    )


def _same(a: Any, b: Any) -> bool:
    """Whether a is the default b: 1 is not True."""
    plain = list(b) if isinstance(b, tuple) else b
    return type(a) is type(plain) and bool(a == plain)


def _text(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_text, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{_text(k)}: {_text(v)}' for k, v in value.items())}}}"
    if isinstance(value, float) and not math.isfinite(value):
        return f"{value!r}"
    return repr(value)
