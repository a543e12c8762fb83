"""What must be refused: networks that were trained already, and losses that never fall."""

import dataclasses
import functools
import math
from collections.abc import Iterable, Iterator
from typing import Literal

import torch
from torch import nn

from finding import ours, problems
from finding.cases import CASES, Case, Training, rates
from finding.grids import Grid


def counted(
    effort: Literal["sweep", "confirm"], known: dict[str, Grid], seeds: Iterable[int]
) -> dict[str, tuple[int, int]]:
    """How many of those that must be refused were, and of how many, by their kind."""
    result: dict[str, tuple[int, int]] = {}
    for kind, case, training, seed in _trainings(known, list(seeds)):
        refused, of = result.get(kind, (0, 0))
        found = ours.of_training(effort, case, training, seed)
        result[kind] = refused + (found.rate is None), of + 1
    return result


def _trainings(
    known: dict[str, Grid], seeds: list[int]
) -> Iterator[tuple[str, Case, Training, int]]:
    for case in CASES:
        if case.name in known:
            for seed in seeds:
                yield "trained already", case, _trained(case, known[case.name], seed), seed
    dense = [case for case in CASES if "mlp" in case.name]
    for case in dense[:6]:
        at_chance = dataclasses.replace(case, problem=_chance, network=_at_the_floor)
        for seed in seeds:
            yield "labels drawn at random", at_chance, Training(at_chance, seed), seed
    for kind, value in (("a constant loss", 1.0), ("no number as loss", math.nan)):
        fixed = dataclasses.replace(dense[0], problem=functools.partial(_fixed, value))
        yield kind, fixed, Training(fixed, seeds[0]), seeds[0]


def _trained(case: Case, grid: Grid, seed: int) -> Training:
    """A network after the whole of its schedule, with a fresh optimizer."""
    training = Training(case, seed)
    for rate in rates(grid.best, case.updates):
        training.step(rate)
    training.fresh(case)
    return training


@functools.cache
def _chance() -> problems.Problem:
    """Four pixels, and labels that have nothing to do with them."""
    whole = problems.digits()
    drawn = torch.randint(0, 10, whole.y.shape, generator=torch.Generator().manual_seed(0))
    middle = (..., slice(3, 5), slice(3, 5))
    return dataclasses.replace(whole, x=whole.x[middle], y=drawn, x_held=whole.x_held[middle])


def _at_the_floor() -> nn.Module:
    layer = nn.Linear(4, 10)
    nn.init.zeros_(layer.weight)
    nn.init.zeros_(layer.bias)
    return nn.Sequential(nn.Flatten(), layer)


def _fixed(value: float) -> problems.Problem:
    """The images under a loss that is always the same."""

    def loss(output: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
        return 0 * output.sum() + value

    return dataclasses.replace(problems.mnist(), loss=loss)
