"""What a finder says, and what it was worth."""

import math
from dataclasses import dataclass

from finding.cases import Case
from finding.grids import Grid


@dataclass(frozen=True)
class Answer:
    """The rate that was found, or None where there is none, and the updates that it took."""

    rate: float | None
    updates: int


@dataclass(frozen=True)
class Run:
    """An answer beside the best peak.

    `error` is in decades, None for a refusal, which is neither near-optimal nor bad. `cost` is in
    whole trainings.
    """

    case: Case
    seed: int
    error: float | None
    near: bool
    bad: bool
    cost: float


def judged(answer: Answer, case: Case, grid: Grid, seed: int) -> Run:
    """What an answer is worth."""
    cost = answer.updates / case.updates
    if answer.rate is None:
        return Run(case, seed, None, False, False, cost)
    loss, error = grid.loss(answer.rate), math.log10(answer.rate / grid.best)
    return Run(case, seed, error, loss <= grid.allowed, loss > grid.twice, cost)
