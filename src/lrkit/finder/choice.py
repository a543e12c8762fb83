"""Which peak the trials of a confirmation speak for."""

from __future__ import annotations

from collections.abc import Sequence

from lrkit.finder.halving import vertex
from lrkit.finder.trial import Trial

#: What the vertex of the longer trials counts beside that of the shorter ones: two are steadier.
LONGER = 0.75
#: The best peak of a short training is above that of a full one, by so many decades.
SHORT = 0.03
#: Nine of ten answers were this near to the best peak of full trainings, in decades.
NEAR = 0.3


def choose(trials: Sequence[Trial]) -> tuple[float, float | None] | None:
    """The best peak, and how far it may be off; None where the longest trials say nothing.

    They say nothing where all have diverged, or all have ended at one loss.

        log10(peak) = 1/4 * vertex of the shorter + 3/4 * vertex of the longer trials - 0.03

    with the vertex of the longer ones alone where there are no others that did not diverge.

    Args:
        trials: Of one or two lengths, at least one.

    Returns:
        The peak, and a distance in decades: 0.3, or that of the two vertices where it is more.
        None in its place where the best of the longest trials has the lowest or the highest of
        their peaks: then a better one may be anywhere beyond.

    >>> import math
    >>> peak, off = choose([Trial(p, 9, (math.log10(p) + 1.1) ** 2) for p in (0.01, 0.1, 1.0)])
    >>> round(math.log10(peak), 6), off
    (-1.13, 0.3)
    """
    rounds: dict[int, list[Trial]] = {}
    for trial in trials:
        rounds.setdefault(trial.updates, []).append(trial)
    ordered = [rounds[length] for length in sorted(rounds)]
    if len({trial.loss for trial in ordered[-1] if not trial.diverged}) <= (len(ordered[-1]) > 1):
        return None
    places = [vertex(each) for each in ordered if not all(trial.diverged for trial in each)]
    first, last = places[0], places[-1]
    off = None if is_open(trials) else max(NEAR, abs(last - first))
    return 10 ** ((1 - LONGER) * first + LONGER * last - SHORT), off


def is_open(trials: Sequence[Trial]) -> bool:
    """Whether the best of the longest trials is the one with the lowest or the highest peak.

    >>> is_open([Trial(p, 9, p) for p in (0.01, 0.1, 1.0)])
    True
    """
    longest = max(trial.updates for trial in trials)
    last = sorted((t for t in trials if t.updates == longest), key=lambda trial: trial.peak)
    best = min(last, key=lambda trial: trial.loss_or_more)
    return best in (last[0], last[-1])
