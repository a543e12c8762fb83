"""The random numbers that a training draws: of PyTorch, NumPy and Python."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import torch
from torch.utils.data import DataLoader

from lrkit.torch.remembered import GENERATORS


class Randomness:
    """The global generators, as they are when this is made."""

    def __init__(self) -> None:
        self._cpu = torch.get_rng_state()
        self._cuda = torch.cuda.get_rng_state_all() if torch.cuda.is_initialized() else None
        self._mps = torch.mps.get_rng_state() if torch.backends.mps.is_available() else None
        self._numpy = np.random.get_state()
        self._python = random.getstate()

    def put_back(self) -> None:
        """As they were."""
        torch.set_rng_state(self._cpu)
        if self._cuda is not None:
            torch.cuda.set_rng_state_all(self._cuda)
        if self._mps is not None:
            torch.mps.set_rng_state(self._mps)
        np.random.set_state(self._numpy)
        random.setstate(self._python)


def sow(seed: int, generators: Iterable[Any]) -> None:
    """Seed the global generators, and these."""
    torch.manual_seed(seed)
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
    """The generators of some data: a loader's, and those of its samplers and its dataset.

    Args:
        data: A loader or any other iterable.
    """
    found: list[Any] = []
    for one in _parts(data):
        found += [value for value in _attributes(one).values() if isinstance(value, GENERATORS)]
    return found


class Workers:
    """The workers that a loader keeps from epoch to epoch, put aside: a probe has its own.

    Args:
        data: A loader or any other iterable.
    """

    def __init__(self, data: Any) -> None:
        self._loader = data if isinstance(data, DataLoader) else None
        self._kept = getattr(data, "_iterator", None)

    def put_aside(self) -> None:
        """The next iteration starts others."""
        if self._loader is not None:
            self._loader._iterator = None

    def put_back(self) -> None:
        """As they were."""
        if self._loader is not None:
            self._loader._iterator = self._kept


def _parts(data: Any) -> Iterator[Any]:
    yield data
    for name in ("dataset", "sampler", "batch_sampler"):
        part = _attributes(data).get(name)
        if part is not None:
            yield part
            inner = _attributes(part).get("sampler")
            if inner is not None:
                yield inner


def _attributes(thing: Any) -> dict[str, Any]:
    return getattr(thing, "__dict__", {})
