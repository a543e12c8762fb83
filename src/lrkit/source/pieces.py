"""A schedule as pieces that follow each other, and what no code can say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from fractions import Fraction
from itertools import groupby, pairwise
from typing import Any

from lrkit.core.combine import Product, Scaled, scaled
from lrkit.core.curves import Decay, Geometric, Hold, Ramp
from lrkit.core.cut import Staircase, Taken, Warped
from lrkit.core.noise import Noise
from lrkit.core.points import Points
from lrkit.core.repeat import Repeat
from lrkit.core.schedule import Schedule
from lrkit.core.table import Table
from lrkit.source.leaves import LEAVES

MOST_PIECES = 100
"""So many pieces can still be read."""

MOST_VALUES = 1_000
"""So many values are written out."""

FEW = 8
"""So many cycles of different lengths are written one by one."""

_LEVELS = 20
"""A table that has no more levels is written as these."""


class CannotSay(Exception):
    """Pieces that no code without lrkit can say, each with the reason."""


def pieces(s: Schedule) -> list[Schedule]:
    """The pieces of `s`, none of which is a join: those of its points and few cycles too."""
    return [inner for piece in s._lower() for inner in _pieces_of(piece)]


def _pieces_of(s: Schedule) -> list[Schedule]:
    if isinstance(s, Scaled):
        inner = _pieces_of(s.inner)
        return [s] if inner[0] is s.inner else [_raised(s.height, piece) for piece in inner]
    if isinstance(s, Warped):
        return pieces(s._run)
    if isinstance(s, Points):
        return _segments(s)
    if isinstance(s, Repeat) and s.growth != 1.0 and is_unrolled(s):
        return [inner for i in range(len(s._begins)) for inner in pieces(s._cycle(i))]
    levels = _levels(s) if isinstance(s, Table) else []
    return levels or [s]


def _raised(height: float, s: Schedule) -> Schedule:
    return s._raised(height) or scaled(height, s)


def _segments(s: Points) -> list[Schedule]:
    """The curves between the points."""
    found: list[Schedule] = []
    for (begin, start), (end, stop) in pairwise(zip(s.times, s.levels, strict=True)):
        if s.curve == "hold" or start == stop:
            found.append(Hold(end - begin, start))
        elif s.curve == "geometric":
            found.append(Geometric(end - begin, start, stop))
        else:
            knobs = (1.0, 1.0) if s.curve == "cosine" else ()
            found.append(Ramp(s.curve, end - begin, start, stop, knobs))
    return found


def _levels(s: Table) -> list[Schedule]:
    """The constant stretches of a table, where they are few and long."""
    if len(s.stored) <= 2 * _LEVELS:
        return []
    levels = [(value, sum(1 for _ in same)) for value, same in groupby(s.stored)]
    return [Hold(n * s.unit, value) for value, n in levels] if len(levels) <= _LEVELS else []


def is_unrolled(s: Repeat) -> bool:
    """Whether cycles of different lengths are written one by one."""
    cycles = len(s._ends) - 1
    count = len(pieces(s.inner))
    return cycles <= FEW or (count > 1 and cycles * count <= MOST_PIECES)


def ends_itself(s: Schedule) -> bool:
    """Whether the formula of a piece, at its end, gives the value that holds after it."""
    if isinstance(s, Ramp | Geometric | Hold):
        return True
    if isinstance(s, Decay | Repeat | Staircase | Table):
        return False
    if isinstance(s, Product):
        return all(ends_itself(f) for f in s.factors)
    if len(pieces(s)) > 1:
        return True
    if isinstance(s, Taken):
        return s.inner._exactly(s.n) == s._stop
    if isinstance(s, Warped):
        return ends_itself(s._run)
    inner = getattr(s, "inner", None)
    return isinstance(inner, Schedule) and ends_itself(inner)


# ---- what cannot be said -------------------------------------------------------------------------


def assert_sayable(s: Schedule) -> None:
    """Refuse a schedule with parts that no code can say, and name them all."""
    found = dict.fromkeys(reason for part in _parts(s) for reason in _against(part))
    if found:
        raise CannotSay("; ".join(found))


def _parts(s: Schedule) -> Iterator[Schedule]:
    yield s
    for field in fields(s):  # type: ignore[arg-type]  # every kind of schedule is a dataclass
        value: Any = getattr(s, field.name)
        for part in value if isinstance(value, tuple) else (value,):
            if isinstance(part, Schedule):
                yield from _parts(part)


def _against(s: Schedule) -> Iterator[str]:
    """Why this one cannot be said."""
    text = short(repr(s))
    if isinstance(s, Noise):
        yield f"`{text}` is lrkit's own hash of the step"
    elif isinstance(s, Table) and len(s.stored) > MOST_VALUES and not _levels(s):
        yield f"`{text}` has {len(s.stored):,} values, more than {MOST_VALUES:,}"
    elif isinstance(s, Repeat) and s.growth != 1.0 and not is_unrolled(s):
        cycles = len(s._ends) - 1
        if len(pieces(s.inner)) > 1 or not isinstance(pieces(s.inner)[0], LEAVES):
            yield f"`{text}` has {cycles:,} cycles of different lengths, each of several pieces"
        elif cycles > MOST_VALUES:
            yield f"`{text}` has {cycles:,} cycles of different lengths"


def assert_few(found: list[Schedule]) -> None:
    """Refuse more pieces than can be read."""
    if len(found) > MOST_PIECES:
        raise CannotSay(f"{len(found):,} pieces follow each other, more than {MOST_PIECES}")


def short(text: str, most: int = 80) -> str:
    """A text, cut off where it is long."""
    return text if len(text) <= most else text[: most - 1] + "…"


def whole(s: Schedule, parts: int) -> Schedule:
    """The schedule with each step counted as so many parts."""
    return s if parts == 1 else s._in_units(Fraction(parts))
