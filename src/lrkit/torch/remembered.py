"""What a probe may change in models, optimizers and generators, remembered and put back."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Iterable
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import Module

#: What draws numbers and has a state of its own.
GENERATORS = (torch.Generator, np.random.Generator, np.random.RandomState, random.Random)
CONTAINERS = (dict, list, set, deque)


class Remembered:
    """The values of all tensors in some objects, and what the containers between them hold.

    Put back as often as wanted, bit by bit and in place: whatever holds a tensor, a dictionary or a
    list of these, such as compiled code, holds the same ones afterwards.

    Args:
        roots: Modules, dictionaries, lists, tensors and generators. Other objects are left alone,
            but for what is given of them: `vars(optimizer)`.
    """

    def __init__(self, roots: Iterable[Any]) -> None:
        self._seen: dict[int, Any] = {}  # the objects: their ids stay theirs
        self._containers: list[tuple[Any, Any]] = []
        self._tensors: list[tuple[Tensor, Tensor, Tensor]] = []
        self._leaves: list[tuple[Tensor, Tensor | None, bool]] = []
        self._generators: list[tuple[Any, Any]] = []
        for root in roots:
            self._take(root)

    @property
    def generators(self) -> list[Any]:
        """Those that were found."""
        return [generator for generator, _ in self._generators]

    def _take(self, value: Any) -> None:
        if id(value) in self._seen:
            return
        if isinstance(value, Tensor):
            self._seen[id(value)] = value
            self._take_tensor(value)
        elif isinstance(value, Module):
            for module in value.modules():
                self._seen[id(module)] = module
                self._take(vars(module))
        elif isinstance(value, CONTAINERS):
            self._seen[id(value)] = value
            items = list(value.items()) if isinstance(value, dict) else list(value)
            self._containers.append((value, items))
            for one in value.values() if isinstance(value, dict) else items:
                self._take(one)
        elif isinstance(value, tuple):
            for one in value:
                self._take(one)
        elif isinstance(value, GENERATORS):
            self._seen[id(value)] = value
            self._generators.append((value, _state_of(value)))

    def _take_tensor(self, tensor: Tensor) -> None:
        if tensor.is_leaf:
            self._leaves.append((tensor, tensor.grad, tensor.requires_grad))
        memory = _each_once(tensor.detach())
        self._tensors.append((tensor, memory, memory.clone()))

    def put_back(self) -> None:
        """As it was."""
        for container, items in self._containers:
            _fill(container, items)
        with torch.no_grad():
            for tensor, memory, copy in self._tensors:
                if tensor.data_ptr() != memory.data_ptr() and tensor.is_leaf:
                    tensor.data = memory  # another memory was put below it
                memory.copy_(copy)
        for leaf, gradient, required in self._leaves:
            if leaf.requires_grad != required:
                leaf.requires_grad_(required)
            leaf.grad = gradient
        for generator, state in self._generators:
            _set_state(generator, state)

    def without_gradients(self) -> None:
        """Take the gradients off, so that a probe does not touch them."""
        for leaf, gradient, _ in self._leaves:
            if gradient is not None:
                leaf.grad = None


def _each_once(tensor: Tensor) -> Tensor:
    """A view in which no place of the memory comes twice, as it does after `expand`."""
    if tensor.layout is torch.strided:
        for dimension, stride in enumerate(tensor.stride()):
            if stride == 0 and tensor.shape[dimension] > 1:
                tensor = tensor.narrow(dimension, 0, 1)
    return tensor


def _fill(container: Any, items: list[Any]) -> None:
    """Give a container what it held; one that still does is not touched."""
    if isinstance(container, dict):
        now = list(container.items())
        pairs = zip(now, items, strict=False)
        if len(now) == len(items) and all(a is c and b is d for (a, b), (c, d) in pairs):
            return
        container.clear()
        container.update(items)
        return
    if len(container) == len(items) and all(a is b for a, b in zip(container, items, strict=True)):
        return
    container.clear()
    (container.update if isinstance(container, set) else container.extend)(items)


def _state_of(generator: Any) -> Any:
    if isinstance(generator, random.Random):
        return generator.getstate()
    if isinstance(generator, np.random.Generator):
        return generator.bit_generator.state
    return generator.get_state()


def _set_state(generator: Any, state: Any) -> None:
    if isinstance(generator, random.Random):
        generator.setstate(state)
    elif isinstance(generator, np.random.Generator):
        generator.bit_generator.state = state
    else:
        generator.set_state(state)
