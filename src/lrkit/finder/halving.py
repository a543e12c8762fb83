"""The search of a confirmation: short trainings of a few peaks, longer ones around the best."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

from lrkit.core.validate import refuse
from lrkit.finder.trial import Trial

Train = Callable[[float, int], float]

#: Of each round: the part of a full training that its trials have, their distance in decades, and
#: how many there are at most.
ROUNDS = ((1 / 8, 0.5, 5), (1 / 4, 0.375, 4))
#: Peaks are rounded to this part of a decade, so that a log of them can be read.
GRID = 1 / 8
#: A training without a number counts as one whose loss rises so many times as far above the best
#: as that of the other neighbour.
DIVERGED = 1e9


def search(train: Train, centre: float, *, updates: int, budget: float) -> list[Trial]:
    """Trainings around a rate, in two rounds: short ones far apart, then longer ones, closer.

    A round trains with three peaks, the middle one first; while the best of them is the lowest or
    the highest, one more beyond it. The second round begins at the lowest point of the first one's
    parabola. No training is begun that the budget does not hold. Where a full training is so short
    that the second round would be no longer, there is none.

    Args:
        train: `train(peak, updates)`: the loss at the end of a training; not finite: it diverged.
        centre: The peak to begin at. Positive.
        updates: Of a full training.
        budget: In full trainings.

    Returns:
        The trials in the order in which they were made, those of a round with the same `updates`.

    Raises:
        ValueError: The budget is too small for the first three trainings.

    Source: successive halving, Jamieson & Talwalkar 2016 (arXiv 1502.07943); lengths, distances
    and numbers are the best of those measured in benchmarks/finder.py.

    >>> trials = search(lambda peak, n: math.log10(peak) ** 2, 0.5, updates=800, budget=2.0)
    >>> sum(trial.updates for trial in trials), {trial.updates for trial in trials}
    (1000, {200, 100})
    """
    least = 3 * _length(updates, ROUNDS[0][0])
    left = math.floor(round(budget * updates, 6))  # 2 - 141 / 300 of 300 is 459, not 458.99…
    if left < least:
        raise refuse(
            *("confirm", "budget", f"worth at least {least} updates", budget),
            f"With updates={updates} that is budget={math.ceil(1000 * least / updates) / 1000:g}.",
        )
    place = math.log10(centre)
    found: list[Trial] = []
    for part, apart, most in ROUNDS:
        length = _length(updates, part)
        if found and length <= found[-1].updates:
            break
        trials = _Round(train, length, min(most, left // length), apart).run(place)
        left -= length * len(trials)
        found += trials
        if trials:
            place = vertex(trials)
    return found


def vertex(trials: list[Trial]) -> float:
    """The lowest point of a round over log10 of the peak: of the parabola through the best three.

    Without a neighbour on both sides it is the best one's own place. One neighbour that diverged
    moves it half way to the other one; where both did, it is half way between them.

    Args:
        trials: At least one, with one length.

    >>> vertex([Trial(peak, 9, (math.log10(peak) + 1.1) ** 2) for peak in (0.01, 0.1, 1.0)])
    -1.1
    """
    ordered = sorted(trials, key=lambda trial: trial.peak)
    x = [math.log10(trial.peak) for trial in ordered]
    y = [trial.loss_or_more for trial in ordered]
    best = min(range(len(y)), key=y.__getitem__)
    if not 0 < best < len(y) - 1 or y[best] == math.inf:
        return x[best]
    rises = y[best - 1] - y[best], y[best + 1] - y[best]
    unit = max((rise for rise in rises if rise < math.inf), default=0.0) or 1.0
    back, ahead = x[best] - x[best - 1], x[best + 1] - x[best]
    left, right = min(rises[0] / unit, DIVERGED) / back, min(rises[1] / unit, DIVERGED) / ahead
    if not left + right > 0:
        return x[best]
    return round(x[best] + (left * ahead - right * back) / (2 * (left + right)), 12)


def _length(updates: int, part: float) -> int:
    return max(1, round(part * updates))


class _Round:
    """Trainings of one length."""

    def __init__(self, train: Train, length: int, most: int, apart: float) -> None:
        self.train, self.length, self.most, self.apart = train, length, most, apart

    def run(self, place: float) -> list[Trial]:
        """Train around a place, log10 of a peak."""
        found: dict[float, Trial] = {}
        for each in self._places(place, found):
            if len(found) >= self.most:
                break
            peak = 10**each
            found[each] = Trial.of(peak, self.length, self.train(peak, self.length))
        return list(found.values())

    def _places(self, place: float, found: dict[float, Trial]) -> Iterator[float]:
        """The first three, then one beyond the best as long as that is at an end.

        Where all are equal there is no way to go.
        """
        for shift in (0.0, -self.apart, self.apart):
            yield GRID * round((place + shift) / GRID)
        while True:
            losses = {each: found[each].loss_or_more for each in sorted(found)}
            best = min(losses, key=losses.__getitem__)  # the lowest one of equals
            if len({*losses.values()}) == 1 and losses[best] < math.inf:
                return
            if best == min(found):
                yield best - self.apart
            elif best == max(found):
                yield best + self.apart
            else:
                return
