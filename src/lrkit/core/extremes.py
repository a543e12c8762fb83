"""The range of a schedule, to check it before a run."""

from itertools import islice
from math import isinf

from lrkit.core.schedule import Schedule

_KNOTS = 10_000  # an endless schedule may have endless knots


def extremes(schedule: Schedule) -> tuple[float, float]:
    """The least and the greatest value at its ends and its knots."""
    values = [schedule(0)]
    if not isinf(schedule.length):
        values.append(schedule(schedule.length))
    for _, before, after in islice(schedule.knots(), _KNOTS):
        values += [before, after]
    return float(min(values)), float(max(values))
