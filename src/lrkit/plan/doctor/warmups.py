"""Warmups too short for Adam, too long for the run, or not there although they were asked for."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import partial
from itertools import pairwise

from lrkit.core.recipes import with_warmup
from lrkit.core.schedule import Schedule
from lrkit.core.validate import exact
from lrkit.plan.doctor.case import Case
from lrkit.plan.doctor.found import Found
from lrkit.plan.doctor.parts import untuned, warmed
from lrkit.plan.doctor.units import of_the_length
from lrkit.plan.doctor.words import percent, rate, steps, updates
from lrkit.plan.finding import NOTE, WARNING

#: Of the highest rate of the first rise: there it is over.
UP = 0.99
#: Of the run. A longer warmup leaves less than itself for training.
LONG = 0.5
#: Of the run: a warmup that suits most.
USUAL = 0.05
#: Of the highest rate: a difference.
SOME = 1e-3
#: Of what is needed: close enough.
ENOUGH = 0.95


def found(case: Case) -> Iterator[Found]:
    """A warmup that is short, long, or ignored."""
    yield from _short(case)
    if not case.facts.resumed and not any(of_the_length(case)):
        yield from _endless(case)
        yield from _long(case)
    yield from _ignored(case)


def _short(case: Case) -> Iterator[Found]:
    beta2 = case.facts.beta2
    if beta2 is None or case.facts.resumed:
        return
    needed = math.ceil(2 / (1 - exact(beta2)))
    rise = _rise(case)
    if rise >= ENOUGH * needed:
        return
    whole = _whole_rise(case, rise)
    has = f"The warmup is {updates(whole)} long" if rise else "There is no warmup"
    text = f"{has}, and Adam with beta2={beta2:g} needs 2 / (1 - beta2) = {steps(needed)}"
    if needed > case.plan.updates / 2:
        yield Found(
            "warmup-short",
            NOTE,
            f"{text}, more than half of the {updates(case.plan.updates)} of the run: a smaller "
            "beta2 would suit it.",
            math.ceil(whole),
        )
        return
    yield Found(
        "warmup-short",
        WARNING,
        f"{text}: until then its second moments are estimates from too few gradients, and its "
        "steps too large.",
        math.ceil(whole),
        (
            lambda: warmed(case.schedule, needed, whole),
            lambda: untuned(case.schedule, beta2),
        ),
    )


def _rise(case: Case) -> float:
    """The update at which the first rise is over; 0 where the rate begins at its height."""
    top, last = case.rates[0], len(case.rates)
    for place, value in enumerate(case.rates):
        if value < top:
            last = place
            break
        top = value
    high = UP * top if top > 0 else top
    at = next(place for place in range(last) if case.rates[place] >= high)
    return case.steps[at]


def _whole_rise(case: Case, rise: float) -> float:
    """The first join after most of the rise: where the warmup ends."""
    if not rise:
        return 0
    return next((one.step for one in case.breaks if one.step >= rise), rise)


def _endless(case: Case) -> Iterator[Found]:
    """A warmup that is as long as the run, or longer."""
    rates = case.rates
    if len(rates) < 3 or rates[0] > 0.5 * rates[-1] or case.length - case.end > 1:
        return  # the end of a longer schedule has a rule of its own
    rises = rates[-2] < rates[-1] and all(a <= b for a, b in pairwise(rates))
    if not rises or _is_range_test(case):
        return
    yield Found(
        "peak-never-reached",
        WARNING,
        f"The rate rises through the whole run, from {rate(rates[0])} to {rate(rates[-1])} at the "
        f"last update, and nothing follows: a warmup of all {updates(case.plan.updates)}. Make it "
        "shorter and let a decay follow, unless this is a test of rates.",
        case.end - 1,
    )


def _is_range_test(case: Case) -> bool:
    """Whether the rate grows by the same factor all the time, as in a search for the best one."""
    first, last = case.rates[0], case.rates[-1]
    middle = case.rate(case.begin + (case.plan.updates - 1) / 2)
    return first > 0 and middle <= 1.5 * math.sqrt(first * last)


def _long(case: Case) -> Iterator[Found]:
    """A warmup of more than half of the run, with something after it that falls."""
    rise, n = _rise(case), case.plan.updates
    whole = _whole_rise(case, rise)
    top = case.rate(min(whole, case.end - 1))
    if rise <= LONG * n or case.rates[0] > 0.5 * top or case.rates[-1] >= (1 - SOME) * case.peak:
        return
    yield Found(
        "warmup-long",
        WARNING,
        f"The warmup is {updates(whole)} long, {percent(whole / n)} of the run: only the "
        f"{updates(math.floor(case.end - whole))} after it are left to come down. Most runs warm "
        "up for 1% to 10%.",
        math.ceil(min(whole, case.end - 1)),
        (lambda: warmed(case.schedule, math.ceil(USUAL * n), whole),),
    )


def _ignored(case: Case) -> Iterator[Found]:
    """Keras leaves a warmup out that has no target."""
    for call in case.nodes():
        arguments = getattr(call, "arguments", {})
        if getattr(call, "name", "") != "like.keras.CosineDecay":
            continue
        if arguments["warmup_steps"] > 0 and arguments["warmup_target"] is None:
            yield Found(
                "warmup-ignored",
                WARNING,
                f"Keras ignores warmup_steps={steps(arguments['warmup_steps'])} where no "
                f"`warmup_target` is given: update 0 has the rate {rate(call(0))}.",
                0,
                (partial(_with_it, call),),
            )
            return


def _with_it(call: Schedule) -> Schedule:
    """The warmup and the decay that were meant."""
    steps = call.arguments["warmup_steps"]  # type: ignore[attr-defined]
    decay: Schedule = call.expression  # type: ignore[attr-defined]
    return with_warmup(decay, steps)
