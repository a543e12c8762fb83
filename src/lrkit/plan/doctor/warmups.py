"""Warmups that are too short for Adam, or not there although they were asked for."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import partial

from lrkit.core.recipes import with_warmup
from lrkit.core.schedule import Schedule
from lrkit.core.validate import exact
from lrkit.plan.doctor.case import Case
from lrkit.plan.doctor.found import Found
from lrkit.plan.doctor.parts import untuned, warmed
from lrkit.plan.doctor.words import rate, steps, updates
from lrkit.plan.finding import NOTE, WARNING

#: Of the highest rate of the first rise: there it is over.
UP = 0.99
#: Of what is needed: close enough.
ENOUGH = 0.95


def found(case: Case) -> Iterator[Found]:
    """A warmup that is short, or ignored."""
    yield from _short(case)
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
