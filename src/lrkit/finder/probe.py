"""What a framework gives to the finder, and what the finder does with it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any, Literal, Protocol

import numpy as np

from lrkit.core.extremes import extremes
from lrkit.core.given import schedule_of_user
from lrkit.core.schedule import Schedule
from lrkit.core.validate import refuse, whole
from lrkit.finder.confirming import confirm
from lrkit.finder.curve import Curve
from lrkit.finder.divergence import Stop
from lrkit.finder.found import AROUND_ONE, Found
from lrkit.finder.suggestion import check_rule, suggest
from lrkit.finder.sweep import Sweep

#: What is trained with where nothing else is told: the peak is looked for of this.
SHAPE = "warmup(5) >> cosine(95)"
#: The part of a training's losses whose mean is its loss at the end.
TAIL = 0.1
#: In full trainings, the sweeps included.
BUDGET = 2.0
#: Updates in a decade of a sweep that has to stand alone, and of one that trainings follow.
FINE, COARSE = 40.0, 20.0

Progress = Callable[[str, int, int], None]


class Probe(AbstractContextManager[Any], Protocol):
    """A model in a framework, which can be trained from the state that it is in, and restored.

    Used in a `with` statement: at its end everything is exactly as it was before, whatever
    happened inside.
    """

    def losses(self, rates: np.ndarray, seed: int) -> Iterator[float]:
        """The loss of each update, from the state in which the `with` statement began.

        One update is made for each rate, with that rate. Whoever iterates may stop at any time.

        Args:
            rates: The rate of each update (float64).
            seed: For the order of the data, dropout and the like: 0 is what the next training
                would have.
        """
        ...

    def score(self) -> float | None:
        """The loss on data that is not trained on, in the present state; None without any."""
        ...


def find(
    probe: Probe,
    *,
    effort: Literal["sweep", "confirm"] = "sweep",
    lr_min: float = 1e-6,
    lr_max: float = 10.0,
    per_decade: float | None = None,
    repeats: int = 1,
    rule: str = "basin",
    schedule: Schedule | str = SHAPE,
    updates: int | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> Found:
    """Sweeps, and for `effort="confirm"` short trainings around what they suggest.

    Args:
        probe: The model.
        effort: "sweep" or "confirm".
        lr_min: The first rate of a sweep.
        lr_max: The last one.
        per_decade: Updates in which the rate grows tenfold. Default: 40. With trainings after it a
            sweep of 20 is enough, and one of 40 is made where that shows nothing.
        repeats: Sweeps, each with other batches. 1 or more.
        rule: What reads the suggestion off a sweep; see `lrkit.finder.rules`.
        schedule: What will be trained with, with the peak 1, in any unit: it is squeezed to the
            length of each training.
        updates: Of the full training. `effort="confirm"` needs it.
        seed: Of everything that is drawn.
        progress: Called after each update with what is done, how many of it, and of how many.

    Raises:
        TypeError: `updates` is missing, or something has the wrong type.
        ValueError: Something is out of its range.
    """
    if effort not in ("sweep", "confirm"):
        raise refuse(
            "find_lr", "effort", '"sweep" or "confirm"', effort, "A sweep is a first guess."
        )
    if effort == "confirm" and updates is None:
        raise TypeError(
            "find_lr: `updates` must say how long the training will be, got none. Write "
            "find_lr(…, effort='confirm', updates=10_000)."
        )
    check_rule("find_lr", rule)
    shape, turns = _shape(schedule), whole("find_lr", "repeats", repeats)
    fineness = [FINE if per_decade is None else per_decade]
    if effort == "confirm" and per_decade is None:
        fineness = [COARSE, FINE]
    sweeps = [Sweep(lr_min, lr_max, each) for each in fineness]
    length = None if updates is None else _length(updates, effort, sweeps[0].updates * turns)
    tell = progress or _silent
    with probe:
        found = _swept(probe, sweeps, length, seed, turns, rule, tell)
        if length is None or effort == "sweep" or not found:
            return found

        def train(peak: float, count: int) -> float:
            return _trained(probe, peak * _rates_of(shape, count), seed, tell)

        budget = BUDGET - found.cost / length
        return confirm(train, found, updates=length, budget=budget)


def _length(updates: int, effort: str, swept: int) -> int:
    """The updates of the full training, if a confirmation of it is worth the name."""
    count = whole("find_lr", "updates", updates)
    if effort == "confirm" and count < swept:
        raise refuse(
            *("find_lr", "updates", f"at least the {swept} of the sweep", updates),
            "So short a training is cheaper than the search: compare a few of them, or lower "
            "per_decade.",
        )
    return count


def _swept(
    probe: Probe,
    sweeps: Sequence[Sweep],
    length: int | None,
    seed: int,
    turns: int,
    rule: str,
    tell: Progress,
) -> Found:
    """What the first sweep shows, and where it shows nothing the next one, with other batches."""
    cost = 0
    for number, sweep in enumerate(sweeps):
        first = seed + number * turns
        curves = [_curve(probe, sweep.rates, first + turn, tell) for turn in range(turns)]
        found = suggest(curves, rule=rule)
        cost += found.cost
        # Half of what may be spent is left for the trainings.
        if found or length is None or cost + sweeps[-1].updates * turns > BUDGET / 2 * length:
            break
    if not found and length is not None and len(sweeps) > number + 1:
        reason = f"{found.reason} Or write per_decade={FINE:g}: this sweep was a coarse one."
        found = replace(found, reason=reason)
    return replace(found, cost=cost)


def _shape(schedule: Schedule | str) -> Schedule:
    given = schedule_of_user("find_lr", "schedule", schedule)
    peak = extremes(given)[1]
    if math.isinf(given.length) or not abs(peak - 1) <= AROUND_ONE:
        rule = "a schedule that ends, with the peak 1"
        raise refuse("find_lr", "schedule", rule, given, f"Write {SHAPE!r}.")
    return given


def _rates_of(shape: Schedule, count: int) -> np.ndarray:
    return np.asarray(shape.over(count)(np.arange(count)), dtype=float)


def _curve(probe: Probe, rates: np.ndarray, seed: int, tell: Progress) -> Curve:
    """What a sweep records, up to its divergence."""
    stop, losses, stopped = Stop(updates=len(rates)), [], False
    for loss in probe.losses(rates, seed):
        losses.append(loss)
        tell("sweep", len(losses), len(rates))
        stopped = stop(loss)
        if stopped:
            break
    return Curve(rates[: len(losses)], losses, stopped=stopped)


def _trained(probe: Probe, rates: np.ndarray, seed: int, tell: Progress) -> float:
    """The loss at the end of a training; not finite where it diverged."""
    losses: list[float] = []
    for loss in probe.losses(rates, seed):
        losses.append(loss)
        tell("training", len(losses), len(rates))
        if not math.isfinite(loss):
            return math.inf
    score = probe.score()
    last = losses[-max(1, round(TAIL * len(losses))) :]
    return float(np.mean(last)) if score is None else float(score)


def _silent(what: str, done: int, of: int) -> None:
    """Without progress."""
