"""What is lost in the numbers that a framework computes in."""

from __future__ import annotations

from collections.abc import Iterator

from lrkit.core.schedule import Schedule
from lrkit.plan.doctor.case import Case
from lrkit.plan.doctor.facts import BITS
from lrkit.plan.doctor.found import Found
from lrkit.plan.doctor.words import percent, rate, steps
from lrkit.plan.doctor.zeros import FAINT
from lrkit.plan.finding import WARNING

#: float32 counts every step up to here.
FLOAT32_STEPS = 2**24
#: The last update that an int32 counter, that of JAX and torch, can count.
INT32_STEPS = 2**31 - 1
#: A weight of ordinary size, and a power of two: all above it are at least so coarse.
WEIGHT_BITS = 6
#: Of the run. Less than this is the end of a decay.
MUCH = 0.1
_COUNT_IN_FLOAT32 = ("like.keras.", "like.optax.", "like.tfa.")


def found(case: Case) -> Iterator[Found]:
    """Steps and rates that are rounded away."""
    yield from _steps_lost(case)
    yield from _rates_lost(case)


def _steps_lost(case: Case) -> Iterator[Found]:
    if case.end - 1 > INT32_STEPS:
        yield Found(
            "counter-overflows",
            WARNING,
            f"The run goes on to update {steps(case.end - 1)}, and JAX, torch and optax count "
            f"updates in int32, up to {steps(INT32_STEPS)}. TensorFlow counts further.",
            INT32_STEPS + 1,
        )
    calls = [call for call in case.nodes() if _counts_in_float32(call)]
    if calls and case.end - 1 > FLOAT32_STEPS and case.begin < case.length:
        name = getattr(calls[0], "name", "").removeprefix("like.")
        yield Found(
            "float32-steps",
            WARNING,
            f"{name} itself counts steps in float32, which from {steps(FLOAT32_STEPS)} on skips "
            f"every other; the run has {steps(case.end)}. lrkit subtracts steps as integers and is "
            "exact: use this schedule, or its own words.",
            FLOAT32_STEPS,
            (lambda: _in_own_words(case),),
        )


def _counts_in_float32(call: Schedule) -> bool:
    return str(getattr(call, "name", "")).startswith(_COUNT_IN_FLOAT32)


def _in_own_words(case: Case) -> Schedule:
    own: Schedule = getattr(case.schedule, "expression", case.schedule)
    return own


def _rates_lost(case: Case) -> Iterator[Found]:
    """Rates that change no such weight: half a unit in its last place is more."""
    dtype = case.facts.dtype
    limit, faint = 2.0 ** -(WEIGHT_BITS + BITS[dtype]), FAINT * case.peak
    share = sum(faint < value < limit for value in case.rates) / len(case.rates)
    first = case.first(lambda value: faint < value < limit)
    if share < MUCH or first is None:
        return
    yield Found(
        "rates-rounded-away",
        WARNING,
        f"{percent(share)} of the updates have a rate below {rate(limit)}, update "
        f"{steps(first)} the first: where weights are kept in {dtype}, an update of Adam at that "
        f"rate is rounded away for every weight above 1/{2**WEIGHT_BITS}. Keep the weights in a "
        "longer format, or the rate higher.",
        first,
        (lambda: case.schedule.at_least(limit),),
    )
