"""Phases of a run laid end to end: what the dialects with a warmup are made of."""

from __future__ import annotations

import math
from typing import Any

from lrkit.core.schedule import Schedule
from lrkit.core.shapes import hold
from lrkit.core.validate import number


def numbers(who: str, **arguments: Any) -> list[float]:
    """The arguments as finite floats, so that an integer never truncates what is made of it."""
    return [number(who, name, given) for name, given in arguments.items()]


def joined(*pieces: Schedule) -> Schedule:
    """The pieces one after the other: `a >> b` where the rate flows on, `a | b` where it jumps."""
    whole = pieces[0]
    for piece in pieces[1:]:
        flows = math.isclose(whole(whole.length), piece(0), rel_tol=1e-9)
        whole = whole >> piece if flows else whole | piece
    return whole


def skipped(s: Schedule, n: float) -> Schedule:
    """What is left of `s` after n steps: its last value where nothing is."""
    if n <= 0:
        return s
    return s.skip(n) if n < s.length else hold(value=s(s.length))


def ending(s: Schedule, value: float) -> Schedule:
    """`s`, and after its end `value` for ever."""
    return s if s(s.length) == value else joined(s, hold(value=value))
