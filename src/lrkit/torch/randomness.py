"""The random numbers that a training draws: of PyTorch, NumPy and Python."""

from __future__ import annotations

import random
from collections.abc import Iterable
from typing import Any

import numpy as np
import torch
from torch.utils.data import DataLoader

from lrkit.finder.kept import DEPTH, OwnState, random_states, within
from lrkit.torch.remembered import GENERATORS


class Randomness:
    """The global generators, as they are when this is made."""

    def __init__(self) -> None:
        self._process = random_states()
        self._cuda = torch.cuda.get_rng_state_all() if torch.cuda.is_initialized() else None
        self._xpu = torch.xpu.get_rng_state_all() if torch.xpu.is_initialized() else None
        self._mps = torch.mps.get_rng_state() if torch.backends.mps.is_available() else None

    def put_back(self) -> None:
        """As they were."""
        for undo in self._process:
            undo()
        if self._cuda is not None:
            torch.cuda.set_rng_state_all(self._cuda)
        if self._xpu is not None:
            torch.xpu.set_rng_state_all(self._xpu)
        if self._mps is not None:
            torch.mps.set_rng_state(self._mps)


def sow(seed: int, generators: Iterable[Any]) -> None:
    """Seed the global generators, and these."""
    # Not torch.manual_seed: where a device is not in use yet, it would leave this seed for it.
    torch.default_generator.manual_seed(seed)
    for device in (torch.cuda, torch.xpu):
        if device.is_initialized():
            device.manual_seed_all(seed)
    if torch.backends.mps.is_available():
        torch.mps.manual_seed(seed)
    np.random.seed(seed % 2**32)
    random.seed(seed)
    for generator in generators:
        if isinstance(generator, torch.Generator):
            generator.manual_seed(seed)
        elif isinstance(generator, np.random.Generator):
            bits: Any = generator.bit_generator
            bits.state = type(bits)(seed).state
        else:
            generator.seed(seed % 2**32)


def generators_of(data: Any) -> list[Any]:
    """The generators of some data: a loader's, and those of its samplers and its data sets.

    Args:
        data: A loader or any other iterable; of a function, its own attributes count.
    """
    depth = DEPTH if isinstance(data, Iterable) else 1
    return [one for one in within([data], depth) if isinstance(one, GENERATORS)]


class DataState:
    """What data keep in attributes, and the workers of a loader: a probe has its own workers.

    Args:
        data: A loader or any other iterable, or a function, which is left alone.
    """

    def __init__(self, data: Any) -> None:
        self._loader = data if isinstance(data, DataLoader) else None
        self._kept = getattr(data, "_iterator", None)
        self._own = OwnState([data] if isinstance(data, Iterable) else [])

    def put_workers_aside(self) -> None:
        """The next iteration starts others."""
        if self._loader is not None:
            self._loader._iterator = None

    def put_back(self) -> None:
        """As they were."""
        self._own.restore()
        if self._loader is not None:
            self._loader._iterator = self._kept
