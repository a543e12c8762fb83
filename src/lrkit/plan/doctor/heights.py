"""Rates that are too high, or that were found for another batch."""

from __future__ import annotations

import math
from collections.abc import Iterator

from lrkit.core.combine import scaled
from lrkit.plan.doctor.case import Case
from lrkit.plan.doctor.found import Found
from lrkit.plan.doctor.words import rate, steps
from lrkit.plan.finding import ERROR, WARNING

#: What rounding may add.
ROUNDING = 1e-9
#: Times the stable rate. So far beyond it a run diverges.
FAR = 2.0
#: Higher than this no one trains with Adam.
HIGHEST_FOR_ADAM = 0.1
ADAMS_OWN = 1e-3
#: A batch that is less than so many times another needs no other rate.
ALIKE = 2.0


def found(case: Case) -> Iterator[Found]:
    """What is known of the height from what was told."""
    yield from _unstable(case)
    yield from _without_a_height(case)
    yield from _not_scaled(case)


def _unstable(case: Case) -> Iterator[Found]:
    stable = case.facts.stable_rate
    if stable is None or case.peak <= stable * (1 + ROUNDING):
        return
    times = case.peak / stable
    first = case.first(lambda value: value > stable)
    yield Found(
        "peak-unstable",
        ERROR if times > FAR else WARNING,
        f"The highest rate, {rate(case.peak)} at update {steps(case.peak_at)}, is {times:.3g} "
        f"times the highest that is known to be stable, {rate(stable)}; update "
        f"{steps(first or 0)} is the first beyond it.",
        first,
        (lambda: scaled(stable / case.peak, case.schedule),),
    )


def _without_a_height(case: Case) -> Iterator[Found]:
    if case.facts.beta2 is None or case.peak <= HIGHEST_FOR_ADAM:
        return
    yield Found(
        "height-missing",
        WARNING,
        f"The highest rate is {rate(case.peak)}, at update {steps(case.peak_at)}: Adam moves every "
        f"weight by about that much. A shape goes from 0 to 1; was its height left out?",
        case.peak_at,
        (lambda: scaled(ADAMS_OWN / case.peak, case.schedule),),
    )


def _not_scaled(case: Case) -> Iterator[Found]:
    base, grown, what = _base(case)
    if base is None or 1 / ALIKE < grown < ALIKE or case.peak <= 0:
        return
    linear, root = base * grown, base * math.sqrt(grown)
    # Nearer to what it was than to the weaker rule.
    nearest = min((base, root, linear), key=lambda one: abs(math.log(case.peak / one)))
    if nearest != base:
        return
    chosen = linear if case.facts.beta2 is None else root
    yield Found(
        "batch-unscaled",
        WARNING,
        f"{what}, {grown:.3g} times as much, and the highest rate is {rate(case.peak)} as at that "
        f"time ({rate(base)}): by the linear rule it would be {rate(linear)}, by the square-root "
        f"rule, for Adam, {rate(root)}.",
        case.peak_at,
        (lambda: scaled(chosen / case.peak, case.schedule),),
    )


def _base(case: Case) -> tuple[float | None, float, str]:
    """The rate of the earlier run, how much larger an update is now, and that in words."""
    facts, plan = case.facts, case.plan
    if facts.base_replicas is not None:
        grown = plan.replicas / facts.base_replicas
        return facts.base_rate, grown, f"{plan.replicas} replicas in place of {facts.base_replicas}"
    if facts.base_batch_size is not None:
        together = (plan.batch_size or 0) * plan.replicas * plan.accumulation
        words = f"An update is made of {together:,} examples, not of {facts.base_batch_size:,}"
        return facts.base_rate, together / facts.base_batch_size, words
    return None, 1.0, ""
