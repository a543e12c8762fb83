"""A few short trainings around what a sweep suggests."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

from lrkit.core.validate import positive, whole
from lrkit.finder.choice import choose
from lrkit.finder.found import Found
from lrkit.finder.halving import search
from lrkit.finder.trial import Trial

#: A sweep with fewer updates in a decade than this is a coarse one; it suggests rates that are so
#: many decades too high: measured with 20, and none with 40.
COARSE, ABOVE = 30.0, 0.15


def confirm(
    train: Callable[[float, int], float],
    start: Found,
    *,
    updates: int,
    budget: float = 2.0,
) -> Found:
    """The learning rate that short trainings speak for, begun at what a sweep suggests.

    Each training begins at the same state and has the whole schedule, squeezed to its length and
    with its own peak: a sweep never sees the end of a schedule, which moves the best peak.

    Args:
        train: `train(peak, updates)` trains so many updates with this peak and returns the loss at
            the end: of data that is not trained on, or a mean over many batches. What is not
            finite has diverged. What it raises is passed on.
        start: What a sweep suggests. One without a suggestion is returned as it is.
        updates: Of a full training. A whole number of 1 or more.
        budget: How much to spend, in full trainings; the sweep is not counted. Positive.

    Returns:
        `start` with the new suggestion, the trials and what they cost; its range is that of the
        sweep, and wider where the suggestion is outside. Where the trainings say nothing (all of
        the longer ones diverged, or all ended alike), no suggestion but the reason.

    Raises:
        ValueError: `updates` or `budget` is out of range, or too small together.
        TypeError: `start` is no `Found`, or a number is none.

    >>> import math
    >>> landscape = lambda peak, updates: (math.log10(peak) + 1.5) ** 2
    >>> found = confirm(landscape, Found(suggestion=0.01), updates=1000)
    >>> round(math.log10(found.rate), 3), len(found.trials), found.cost
    (-1.53, 7, 1250)
    """
    if not isinstance(start, Found):
        raise TypeError(
            f"confirm: `start` must be a Found, got one of type {type(start).__name__}. Write "
            "suggest(Curve(rates, losses)) first."
        )
    length = whole("confirm", "updates", updates)
    amount = positive("confirm", "budget", budget)
    if start.suggestion is None:
        return start
    trials = tuple(search(train, _centre(start), updates=length, budget=amount))
    chosen = choose(trials)
    cost = start.cost + sum(trial.updates for trial in trials)
    found = replace(start, effort="confirm", trials=trials, cost=cost, spread=None)
    if chosen is None:
        reason = _nothing(trials)
        return replace(found, suggestion=None, low=None, high=None, limit=None, reason=reason)
    peak, off = chosen
    low = None if start.low is None else min(start.low, peak)
    high = None if start.high is None else max(start.high, peak)
    return replace(found, suggestion=peak, spread=off, low=low, high=high)


def _centre(start: Found) -> float:
    """The peak to begin at: what the sweep suggests, and less where it was a coarse one."""
    rates = start.rates
    is_coarse = len(rates) and len(rates) - 1 < COARSE * math.log10(rates[-1] / rates[0])
    return start.rate / 10**ABOVE if is_coarse else start.rate


def _nothing(trials: tuple[Trial, ...]) -> str:
    """Why there is no peak."""
    longest = max(trial.updates for trial in trials)
    losses = {trial.loss for trial in trials if trial.updates == longest and not trial.diverged}
    if losses:
        return (
            f"All trainings of {longest} updates ended alike, at {losses.pop():.6g}. Judge them by "
            "a loss that tells them apart: not by a rate of errors, but by the loss itself, and on "
            "more examples."
        )
    return _diverged(trials)


def _diverged(trials: tuple[Trial, ...]) -> str:
    gone, words = trials, "trainings"
    if not all(trial.diverged for trial in trials):
        longest = max(trial.updates for trial in trials)
        gone = tuple(trial for trial in trials if trial.updates == longest)
        words = f"trainings of {longest} updates"
    peaks = [trial.peak for trial in gone]
    return (
        f"All {len(gone)} {words} diverged, with peaks from {min(peaks):.3g} to {max(peaks):.3g}. "
        "Clip the gradients or warm up longer."
    )
