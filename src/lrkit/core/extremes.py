"""The range of a schedule, to check it before a run."""

from fractions import Fraction
from itertools import islice
from math import isinf

from lrkit.core.schedule import Schedule

_KNOTS = 1_000  # an endless schedule may have endless knots
_PLACES = 1_000  # looked at between them, since a product may have its lowest value there
_FAR = 1_000_000  # steps of an endless one


def extremes(schedule: Schedule) -> tuple[float, float]:
    """The least and the greatest value at its ends, its knots, and evenly between them."""
    values = [schedule(0)]
    end = _FAR if isinf(schedule.length) else schedule.length
    values += [schedule(end * place / _PLACES) for place in range(1, _PLACES + 1)]
    if not isinf(schedule.length):
        values.append(schedule._before(Fraction(schedule._length)))
    for t in islice(schedule._breaks(), _KNOTS):
        values += [schedule._before(t), schedule._exactly(t)]
    return float(min(values)), float(max(values))
