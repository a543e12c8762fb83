"""Small trainings whose updates show the rate that was applied.

The loss is the sum of the parameters, so that each gradient is 1: with SGD, a parameter that
stands near 0 moves by just the rate.
"""

import torch

from lrkit.torch import Scheduler


class Ones(torch.nn.Module):
    """Parameters whose gradients are 1; their sum is the loss."""

    def __init__(self, count=1):
        super().__init__()
        self.weights = torch.nn.ParameterList(torch.zeros(1) for _ in range(count))

    def forward(self, batch=None):
        return torch.stack(list(self.weights)).sum()


def sgd(count=1, **arguments):
    """A model of so many groups of one parameter, and its optimizer."""
    model = Ones(count)
    groups = [{"params": [weight], "name": f"group {i}"} for i, weight in enumerate(model.weights)]
    return model, torch.optim.SGD(groups, **{"lr": 1.0, **arguments})


class Moves:
    """How far each group's parameter moves, update by update; each begins at 0 again."""

    def __init__(self, optimizer):
        self.weights = [group["params"][0] for group in optimizer.param_groups]
        self.seen = []

    def take(self):
        """To be called after each update."""
        with torch.no_grad():
            self.seen.append([-float(weight) for weight in self.weights])
            for weight in self.weights:
                weight.zero_()

    def of(self, group=0):
        return [row[group] for row in self.seen]


def train(model, optimizer, scheduler, updates, step=None):
    """The moves of plain updates."""
    moves = Moves(optimizer)
    for _ in range(updates):
        optimizer.zero_grad()
        model().backward()
        (step or optimizer.step)()
        moves.take()
        scheduler.step()
    return moves


def close(found, wanted, peak=1.0):
    """Whether each is what was planned, to 1e-6 of the peak: parameters are float32."""
    assert len(found) == len(wanted)
    worst = max(abs(a - b) for a, b in zip(found, wanted, strict=True))
    assert worst <= 1e-6 * peak, (worst, found, wanted)
    return True


def rates(lr, updates, **given):
    """What was applied, measured."""
    model, optimizer = sgd(**given)
    return train(model, optimizer, Scheduler(optimizer, lr), updates).of()


def rates_of_theirs(make, updates, **given):
    model, optimizer = sgd(**given)
    return train(model, optimizer, make(optimizer), updates).of()


def resumed(make, before, after):
    """A second object that loads the state of one that has trained."""
    model, optimizer = sgd()
    first = make(optimizer, before)
    train(model, optimizer, first, 6)
    model, optimizer = sgd()
    second = make(optimizer, after)
    return model, optimizer, first, second
