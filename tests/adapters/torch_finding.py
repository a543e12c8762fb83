"""Two equal trainings, of which one is probed: a model, its data, and all that it consists of."""

import copy
import random

import numpy as np
import pytest
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from lrkit.torch import find_lr

MAKERS = {
    "sgd": lambda model: torch.optim.SGD(model.parameters(), 0.05),
    "momentum": lambda model: torch.optim.SGD(model.parameters(), 0.05, momentum=0.9),
    "adam": lambda model: torch.optim.Adam(model.parameters(), 0.01),
    "adamw": lambda model: torch.optim.AdamW(model.parameters(), 0.01, amsgrad=True),
    "fused": lambda model: torch.optim.AdamW(model.parameters(), 0.01, fused=True),
    "tensor": lambda model: torch.optim.Adam(model.parameters(), torch.tensor(0.01)),
    "groups": lambda model: torch.optim.SGD(
        [{"params": model[0].parameters(), "lr": 0.01}, {"params": model[4].parameters()}],
        lr=0.05,
        momentum=0.9,
    ),
}


@pytest.fixture
def one_thread():
    """Small tensors on one thread: several wait for each other, long where others compute too."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def net(seed=0):
    """Batch norm, dropout, a frozen parameter, a buffer that is a view with places shared."""
    torch.manual_seed(seed)
    model = nn.Sequential(
        nn.Linear(6, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Dropout(0.2), nn.Linear(16, 1)
    )
    model.register_buffer("mask", torch.ones(1).expand(4))
    model.register_parameter("frozen", nn.Parameter(torch.ones(2), requires_grad=False))
    return model


def examples(count=96, seed=1):
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(count, 6, generator=generator)
    return TensorDataset(x, x @ torch.randn(6, 1, generator=generator))


def loader(**given):
    return DataLoader(examples(), **{"batch_size": 16, "shuffle": True, **given})


class Twin:
    """A training that can be made twice, step by step the same."""

    def __init__(self, make, *, data=None, accumulation=1, scaler=None, autocast=None, compiled=""):
        self.model = net()
        self.optimizer = make(self.model)
        self.data = (data or loader)()
        self.scaler = scaler() if scaler else None
        self.accumulation, self.autocast = accumulation, autocast
        if compiled:
            self.optimizer.step = torch.compile(self.optimizer.step, backend=compiled)
        torch.manual_seed(5)
        np.random.seed(5)
        random.seed(5)

    def loss(self, model, batch):
        x, y = batch
        noise = float(np.random.rand()) + random.random()
        return nn.functional.mse_loss(model(x), y + 1e-3 * noise)

    def epoch(self):
        """One epoch; the losses."""
        losses, waiting = [], 0
        for batch in self.data:
            if waiting == 0:
                self.optimizer.zero_grad()
            kind = self.autocast or torch.bfloat16
            with torch.autocast("cpu", kind, enabled=self.autocast is not None):
                loss = self.loss(self.model, batch)
            share = loss / self.accumulation
            (share if self.scaler is None else self.scaler.scale(share)).backward()
            losses.append(loss.item())
            waiting = (waiting + 1) % self.accumulation
            if waiting == 0:
                self.step()
        return losses

    def step(self):
        if self.scaler is None:
            self.optimizer.step()
        else:
            self.scaler.step(self.optimizer)
            self.scaler.update()

    def find(self, **given):
        settings = {
            "accumulation": self.accumulation,
            "scaler": self.scaler,
            "autocast": self.autocast,
            "per_decade": 6,
        }
        return find_lr(self.model, self.optimizer, self.data, self.loss, **{**settings, **given})

    def everything(self):
        """A copy of all that a training goes on from."""
        parameters = list(self.model.parameters())
        return copy.deepcopy(
            {
                "model": dict(self.model.state_dict()),
                "grads": [p.grad for p in parameters],
                "trained": [p.requires_grad for p in parameters],
                "modes": [m.training for m in self.model.modules()],
                "optimizer": self.optimizer.state_dict(),
                "unmade": [p in self.optimizer.state for p in parameters],
                "scaler": None if self.scaler is None else self.scaler.state_dict(),
                "lazy": None if self.scaler is None else self.scaler._scale,
                "torch": torch.get_rng_state(),
                "numpy": np.random.get_state(),
                "python": random.getstate(),
            }
        )


def same(a, b):
    """Whether two structures are equal, tensors to the last bit."""
    if isinstance(a, torch.Tensor):
        return isinstance(b, torch.Tensor) and a.dtype == b.dtype and torch.equal(a, b)
    if isinstance(a, np.ndarray):
        return bool(np.array_equal(a, b))
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(same(a[k], b[k]) for k in a)
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b, strict=True))
    return type(a) is type(b) and a == b
