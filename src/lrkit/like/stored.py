"""How much a call has worked out and kept: a short text must not keep a machine busy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any

from lrkit.core.repeat import Repeat
from lrkit.core.schedule import Schedule

A_BOUNDARY = 100
"""As many values of a table are read in the time that one boundary of a `repeat` takes."""


def worked_out(curve: Schedule, arguments: Mapping[str, Any]) -> int:
    """What is kept in a curve, in values of a table, but for what came with the arguments."""
    seen: set[int] = set()
    for _ in _parts(arguments, seen):
        pass
    return sum(_kept(s) for s in _parts(curve, seen))


def in_text(value: Any) -> int:
    """What reading the text of a value counts, all calls in it together."""
    if isinstance(value, Schedule):
        arguments = getattr(value, "arguments", None)  # of a call: its text tells nothing else
        own = [getattr(value, f.name) for f in fields(value)]  # type: ignore[arg-type]
        return value._stores + in_text(own if arguments is None else arguments)
    if isinstance(value, Mapping):
        return sum(map(in_text, value.values()))
    return sum(map(in_text, value)) if isinstance(value, (list, tuple)) else 0


def _kept(s: Schedule) -> int:
    if isinstance(s, Repeat):
        return A_BOUNDARY * len(s._ends) if s.growth != 1.0 else 0
    is_call = hasattr(s, "arguments")  # what it has kept is in its own curve, which is a part too
    return 0 if is_call else s._stores


def _parts(value: Any, seen: set[int]) -> Iterator[Schedule]:
    """All schedules in a value, each once."""
    if isinstance(value, Schedule):
        if id(value) in seen:
            return
        seen.add(id(value))
        yield value
        inner = [getattr(value, f.name) for f in fields(value)]  # type: ignore[arg-type]
    elif isinstance(value, Mapping):
        inner = list(value.values())
    elif isinstance(value, (list, tuple)):
        inner = list(value)
    else:
        return
    for part in inner:
        yield from _parts(part, seen)
