"""lrkit's finder as a user calls it, on the model, the optimizer and the batches of a case."""

from typing import Literal

from finding.answer import Answer
from finding.cases import SHAPE, Case, Training
from lrkit.torch import find_lr


def answer(effort: Literal["sweep", "confirm"], case: Case, seed: int) -> Answer:
    """What it finds with a network and an order of this seed."""
    return of_training(effort, case, Training(case, seed), seed)


def of_training(
    effort: Literal["sweep", "confirm"], case: Case, training: Training, seed: int
) -> Answer:
    """What it finds for a network in the state in which it is."""
    found = find_lr(
        training.network,
        training.optimizer,
        training.order,
        criterion=training.problem.loss,
        effort=effort,
        schedule=SHAPE,
        updates=case.updates,
        seed=seed,
    )
    return Answer(found.suggestion, found.cost)
