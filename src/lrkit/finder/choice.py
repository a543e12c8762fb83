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


def choose(trials: Sequence[Trial]) -> tuple[float, float] | None:
    """The best peak, and how far it may be off; None where all of the longest diverged.

        log10(peak) = 1/4 * vertex of the shorter + 3/4 * vertex of the longer trials - 0.03

    with the vertex of the longer ones alone where there are no others that did not diverge.

    Args:
        trials: Of one or two lengths, at least one.

    Returns:
        The peak, and a distance in decades: 0.3, or that of the two vertices where it is more.

    >>> import math
    >>> peak, off = choose([Trial(p, 9, (math.log10(p) + 1.1) ** 2) for p in (0.01, 0.1, 1.0)])
    >>> round(math.log10(peak), 6), off
    (-1.13, 0.3)
    """
    rounds: dict[int, list[Trial]] = {}
    for trial in trials:
        rounds.setdefault(trial.updates, []).append(trial)
    ordered = [rounds[length] for length in sorted(rounds)]
    if all(trial.diverged for trial in ordered[-1]):
        return None
    places = [vertex(each) for each in ordered if not all(trial.diverged for trial in each)]
    first, last = places[0], places[-1]
    return 10 ** ((1 - LONGER) * first + LONGER * last - SHORT), max(NEAR, abs(last - first))
