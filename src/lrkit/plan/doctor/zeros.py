"""Rates that train nothing, or that are no rates."""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction
from itertools import groupby

from lrkit.core.combine import scaled
from lrkit.plan.continuing import split
from lrkit.plan.doctor.case import Case
from lrkit.plan.doctor.found import Found, Way
from lrkit.plan.doctor.parts import begun_above_zero
from lrkit.plan.doctor.units import of_the_length
from lrkit.plan.doctor.words import percent, rate, steps, updates
from lrkit.plan.finding import ERROR, NOTE, WARNING

#: The smallest ordinary float32: what is below may become 0.
LEAST = 1.2e-38
#: Of the highest rate: as good as 0.
FAINT = 1e-9
#: Of the run. A shorter stretch is a blemish.
SHORT = 0.1


def is_hopeless(case: Case) -> bool:
    """Whether there is no rate above 0, or one beyond all numbers: nothing else can be said."""
    return not all(map(math.isfinite, case.rates)) or case.peak <= LEAST


def no_rates(case: Case) -> Iterator[Found]:
    """Rates that are infinite, below 0, or 0 throughout."""
    step = case.first(lambda value: not math.isfinite(value))
    if step is not None:
        yield Found(
            "not-finite",
            ERROR,
            f"Update {steps(step)} has the rate {case.rate(step)}. End the growth with "
            "`.take(n)`, or limit it with `.at_most(rate)`.",
            step,
        )
        return
    step = case.first(lambda value: value < 0)
    if step is not None:
        yield Found(
            "negative",
            ERROR,
            f"From update {steps(step)} on there are rates below 0, down to "
            f"{rate(min(case.rates))}: these updates undo what the others learn.",
            step,
            (lambda: case.schedule.at_least(0.0), lambda: scaled(-1.0, case.schedule)),
        )
    elif case.peak <= LEAST and case.begin < case.length:
        yield Found(
            "trains-nothing",
            ERROR,
            f"All {updates(case.plan.updates)} of the run have the rate {rate(case.peak)}, and "
            "train nothing.",
            case.begin,
            (lambda: case.schedule.over(case.end),),
        )


def first_update(case: Case) -> Iterator[Found]:
    """The first update of a warmup from 0 changes nothing."""
    first = case.rates[0]
    if abs(first) > LEAST or len(case.rates) == 1 or abs(case.rates[1]) <= LEAST:
        return
    yield Found(
        "first-update-zero",
        NOTE,
        f"Update {steps(case.begin)}, the first, has the rate 0 and changes nothing; the next has "
        f"{rate(case.rates[1])}.",
        case.begin,
        (lambda: begun_above_zero(case.schedule), lambda: case.schedule.skip(1)),
    )


def stretches(case: Case) -> Iterator[Found]:
    """A part of the run, before the schedule's end, that trains nothing."""
    if any(of_the_length(case)):  # that is why
        return
    long = [one for one in _faint(case) if _matters(case, *one)]
    if not long:
        return
    begin, end = max(long, key=lambda one: one[1] - one[0])
    share = (end - begin) / case.plan.updates
    high = max(case.rate(begin), case.rate(end - 1))
    yield Found(
        "trains-nothing",
        ERROR if share >= SHORT else WARNING,
        f"The {updates(end - begin)} from {steps(begin)} on, {percent(share)} of the run, have "
        f"{'the rate 0' if high <= LEAST else f'rates of at most {rate(high)}'} and train nothing.",
        begin,
        _ways(case, begin, end),
    )


def _faint(case: Case) -> Iterator[tuple[int, int]]:
    """The first and one past the last update of each stretch that is as good as at 0."""
    limit = FAINT * case.peak
    faint = [abs(value) <= limit for value in case.rates]
    for is_faint, group in groupby(range(len(faint)), key=faint.__getitem__):
        places = list(group)
        if not is_faint or case.steps[places[0]] >= case.length:
            continue
        begin = case.begin_of(places[0], lambda value: abs(value) <= limit)
        after, end = places[-1] + 1, case.end
        if after < len(faint):
            end = case.begin_of(after, lambda value: abs(value) > limit)
        yield begin, math.ceil(min(end, case.length))


def _matters(case: Case, begin: int, end: int) -> bool:
    """Two updates at exactly 0, or many that are as good as that."""
    if case.rate(begin) > LEAST or case.rate(end - 1) > LEAST:
        return end - begin >= SHORT * case.plan.updates
    # Between two places that are looked at, the rate may rise and fall: see beside them.
    return end - begin > 1 and max(case.rate(begin + 1), case.rate(end - 2)) <= LEAST


def _ways(case: Case, begin: int, end: int) -> tuple[Way, ...]:
    """Leave it out, or put a floor under it."""
    floor: Way = lambda: case.schedule.at_least(0.01 * case.peak)  # noqa: E731
    if begin == case.begin:
        return (lambda: split(case.schedule, Fraction(end))[1].over(case.end), floor)
    if end >= min(case.end, case.length):
        return (lambda: split(case.schedule, Fraction(begin))[0].over(case.end), floor)
    return (floor,)
