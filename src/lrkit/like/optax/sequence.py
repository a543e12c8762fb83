"""One schedule after another, as optax joins them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lrkit.core.schedule import Schedule
from lrkit.core.validate import exact, number
from lrkit.like.call import Dialect
from lrkit.like.parts import lasting
from lrkit.like.phases import joined, skipped


def sequence(who: str, schedules: Sequence[Any], boundaries: Sequence[float]) -> Schedule:
    """One schedule after another, each counting from its boundary.

    Of the boundaries that have passed the last of the list counts, whatever their order; those
    that are more than the schedules, or schedules more than the boundaries, are left out.
    """
    for s in schedules:
        if not isinstance(s, Schedule):
            raise TypeError(f"{who}: `schedules` must be schedules or functions, got {s!r}.")
    if not schedules:
        raise IndexError(f"{who}: `schedules` must hold one or more, got schedules=[].")
    own = [s.expression if isinstance(s, Dialect) else s for s in schedules]
    begun = [number(who, "boundaries", b) for b in boundaries]
    seen: list[tuple[float, Schedule]] = []
    for begin, s in reversed(list(zip(begun, own[1:], strict=False))):
        if not seen or begin < seen[0][0]:
            seen.insert(0, (begin, s))
        if begin <= 0.0:
            break
    if not seen or seen[0][0] > 0.0:
        seen.insert(0, (0.0, own[0]))
    first, s = seen[0]
    seen[0] = 0.0, skipped(s, -first)
    ends = [exact(begin) for begin, _ in seen[1:]]
    spans = [end - exact(begin) for end, (begin, _) in zip(ends, seen, strict=False)]
    pieces = [lasting(s, span) for span, (_, s) in zip(spans, seen, strict=False)]
    return joined(*pieces, seen[-1][1])
