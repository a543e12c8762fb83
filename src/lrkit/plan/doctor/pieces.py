"""Pieces shorter than one update: shares of the run where numbers of updates are meant."""

from __future__ import annotations

from collections.abc import Iterator

from lrkit.core.around import Pointwise
from lrkit.core.join import Join
from lrkit.core.schedule import Schedule
from lrkit.plan.doctor.case import Case
from lrkit.plan.doctor.found import Found
from lrkit.plan.doctor.words import steps
from lrkit.plan.finding import WARNING

#: A shorter run has no update in a per cent.
LEAST = 100


def found(case: Case) -> Iterator[Found]:
    """The first piece that no update, or hardly one, falls into."""
    if case.plan.updates < LEAST:
        return
    begin = 0.0
    for piece in _pieces(case.schedule):
        if piece.length < 1:
            yield Found(
                "piece-short",
                WARNING,
                f"`{piece!r}` is shorter than one update and does next to nothing: lengths are in "
                f"updates, of which the run has {steps(case.plan.updates)}. Where a share of the "
                f"run is meant, write {100 * piece.length:.6g}*percent.",
                int(begin),
            )
            return
        begin += piece.length


def _pieces(schedule: Schedule) -> Iterator[Schedule]:
    """The pieces one after the other; what is repeated or warped has a time of its own."""
    if isinstance(schedule, Pointwise):
        yield from _pieces(schedule.inner)
    elif isinstance(schedule, Join):
        for part in schedule.parts:
            yield from _pieces(part)
    else:
        yield schedule
