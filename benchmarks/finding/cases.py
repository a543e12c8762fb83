"""The cases of the benchmark: seventeen small trainings whose best peak can be measured."""

import functools
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import nn

from finding import problems
from finding.problems import Problem
from lrkit import cosine, warmup

#: What every training has, squeezed to its length.
SHAPE = warmup(5) >> cosine(95)

_sgd = functools.partial(torch.optim.SGD, fused=True)
_momentum = functools.partial(torch.optim.SGD, momentum=0.9, fused=True)
_adam = functools.partial(torch.optim.Adam, fused=True)
_adamw = functools.partial(torch.optim.AdamW, weight_decay=0.05, fused=True)


@dataclass(frozen=True, eq=False)
class Case:
    """What is trained with what, how long, and whether rules and constants were chosen on it."""

    name: str
    problem: Callable[[], Problem]
    network: Callable[[], nn.Module]
    optimizer: Callable[..., torch.optim.Optimizer]
    batch: int
    updates: int
    chosen_on: bool


class Order:
    """Batches in an order of their own, each time they are gone through; without the last part."""

    def __init__(self, problem: Problem, batch: int, seed: int) -> None:
        self._problem, self._batch = problem, batch
        self.random = np.random.default_rng(seed)

    def __iter__(self) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        x, y = self._problem.x, self._problem.y
        order = self.random.permutation(len(x))
        for first in range(0, len(order) - self._batch + 1, self._batch):
            index = torch.from_numpy(order[first : first + self._batch])
            yield x[index], y[index]

    def endless(self) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        """One turn after another."""
        while True:
            yield from self


class Training:
    """A network, its optimizer and its own order of examples, all made from one seed."""

    def __init__(self, case: Case, seed: int) -> None:
        self.problem = case.problem()
        torch.manual_seed(seed)
        self.network = case.network()
        self.fresh(case)
        self.order = Order(self.problem, case.batch, seed)
        self._batches = self.order.endless()

    def fresh(self, case: Case) -> None:
        """An optimizer that has made no update."""
        self.optimizer = case.optimizer(self.network.parameters(), lr=0.0)

    def step(self, rate: float) -> float:
        """One update at this rate; the loss of its batch, from before the update."""
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        x, y = next(self._batches)
        loss = self.problem.loss(self.network(x), y)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        return loss.item()

    def held(self) -> float:
        """The mean loss over the examples that are never trained on."""
        self.network.eval()
        with torch.no_grad():
            loss = self.problem.loss(self.network(self.problem.x_held), self.problem.y_held)
        self.network.train()
        return loss.item()


@dataclass(frozen=True)
class Outcome:
    """How a training ended: its loss on held-out examples, infinite where one was no number."""

    held: float
    seconds: float


def rates(peak: float, updates: int) -> list[float]:
    """The schedule of a training with this peak."""
    return (peak * np.asarray(SHAPE.over(updates).values(updates))).tolist()


def train(case: Case, peak: float, *, seed: int) -> Outcome:
    """A whole training; it stops at a loss that is no number."""
    training, start = Training(case, seed), time.perf_counter()
    for rate in rates(peak, case.updates):
        if not math.isfinite(training.step(rate)):
            return Outcome(math.inf, time.perf_counter() - start)
    seconds = time.perf_counter() - start
    held = training.held()
    return Outcome(held if math.isfinite(held) else math.inf, seconds)


_DENSE, _CONVOLUTIONS, _TRANSFORMER = problems.dense, problems.convolutions, problems.transformer


def _network(make: Callable[..., nn.Module], *given: Any, **more: Any) -> Callable[[], nn.Module]:
    return functools.partial(make, *given, **more)


_OF_MNIST = (
    Case("mnist mlp, sgd", problems.mnist, _network(_DENSE, (784, 64, 10)), _sgd, 64, 400, True),
    Case(
        "mnist mlp with dropout, adam",
        problems.mnist,
        _network(_DENSE, (784, 64, 64, 10), drop=0.2),
        *(_adam, 64, 400, False),
    ),
    Case(
        "mnist cnn, momentum",
        problems.mnist,
        _network(_CONVOLUTIONS, 28),
        *(_momentum, 16, 400, True),
    ),
    Case(
        "mnist cnn with batch norm, adamw",
        problems.mnist,
        _network(_CONVOLUTIONS, 28, norm=True),
        *(_adamw, 32, 300, False),
    ),
)
_OF_DIGITS = (
    Case("digits mlp, sgd", problems.digits, _network(_DENSE, (64, 64, 10)), _sgd, 8, 800, False),
    Case(
        "digits mlp, momentum",
        problems.digits,
        _network(_DENSE, (64, 64, 10)),
        *(_momentum, 32, 600, True),
    ),
    Case(
        "digits mlp, adam",
        problems.digits,
        _network(_DENSE, (64, 64, 32, 10)),
        *(_adam, 16, 600, False),
    ),
    Case("digits cnn, adam", problems.digits, _network(_CONVOLUTIONS, 8), *(_adam, 32, 400, True)),
    Case(
        "digits cnn with batch norm, momentum",
        problems.digits,
        _network(_CONVOLUTIONS, 8, norm=True),
        *(_momentum, 128, 300, False),
    ),
    Case(
        "digits mlp with wrong labels, adamw",
        problems.digits_with_wrong_labels,
        _network(_DENSE, (64, 128, 10)),
        *(_adamw, 256, 400, True),
    ),
)
_OF_TEXT = (
    Case(
        "text transformer, adam",
        problems.text,
        _network(_TRANSFORMER, 32),
        *(_adam, 8, 400, True),
    ),
    Case(
        "text transformer with dropout, adamw",
        problems.text,
        _network(_TRANSFORMER, 32, drop=0.1),
        *(_adamw, 16, 300, False),
    ),
    Case(
        "text transformer, momentum",
        problems.text,
        _network(_TRANSFORMER, 32),
        *(_momentum, 8, 400, False),
    ),
)
_OF_NUMBERS = (
    Case(
        "regression mlp, sgd",
        problems.regression,
        _network(_DENSE, (10, 64, 64, 1)),
        *(_sgd, 32, 800, True),
    ),
    Case(
        "regression mlp, adam",
        problems.regression,
        _network(_DENSE, (10, 64, 64, 1)),
        *(_adam, 64, 800, False),
    ),
    Case(
        "likelihood mlp, adam",
        problems.likelihood,
        _network(_DENSE, (10, 64, 64, 2)),
        *(_adam, 32, 800, True),
    ),
    Case(
        "likelihood mlp, momentum",
        problems.likelihood,
        _network(_DENSE, (10, 64, 2)),
        *(_momentum, 64, 800, False),
    ),
)
CASES = (*_OF_MNIST, *_OF_DIGITS, *_OF_TEXT, *_OF_NUMBERS)
