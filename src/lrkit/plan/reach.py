"""How many steps two schedules are compared over, where nobody says."""

from __future__ import annotations

import math

from lrkit.core.schedule import Schedule
from lrkit.core.validate import refuse, whole

#: Two schedules without an end are compared up to this step.
ENDLESS = 1_000_000
#: Steps after the end: so many at least, else a tenth of the length.
AFTER = 10
#: About ten seconds.
MOST_STEPS = 100_000_000
#: An endless schedule with fewer joins than this before `FAR` has no others.
CYCLES = 8
FAR = 2**40


def reach(a: Schedule, b: Schedule, steps: int | None = None) -> range:
    """The steps to compare: 0, 1, 2, … to a tenth past the end of the longer one.

    What has no end does not count, beside something that has one, unless a join of it comes later:
    then this is the end. Two schedules without end are compared up to step 1,000,000.

    Args:
        a: A schedule.
        b: Another one.
        steps: How many steps, in place of this rule.

    Raises:
        ValueError: `steps` is not a whole number of 1 to 100,000,000, or the schedules are longer.

    >>> from lrkit import cosine, hold
    >>> reach(cosine(1000), hold())
    range(0, 1101)
    """
    count = _enough(a, b) if steps is None else whole("diff", "steps", steps)
    if count > MOST_STEPS:
        shorter = "Give fewer, or compare the same shapes shorter, with `.over(n)`."
        raise refuse("diff", "steps", f"at most {MOST_STEPS:,}", count, shorter)
    return range(count)


def _enough(a: Schedule, b: Schedule) -> int:
    end = math.ceil(max(_end(a), _end(b)))
    end += max(AFTER, math.ceil(end / 10))
    if math.isinf(a.length) and math.isinf(b.length):
        end = max(end, ENDLESS)
    return end + 1


def _end(schedule: Schedule) -> float:
    """The length; of an endless schedule the last join, 0 where it goes on in joins."""
    if not math.isinf(schedule.length):
        return schedule.length
    length, last = 1, 0.0
    # Longer and longer beginnings, so that of endlessly many joins only the first are counted.
    while length < FAR:
        length *= 2
        joins = schedule.take(length).knots()[1:-1]
        if len(joins) >= CYCLES:
            return 0.0
        last = joins[-1][0] if joins else 0.0
    return last
