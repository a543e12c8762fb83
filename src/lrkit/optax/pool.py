"""Batches on the device, stacked, and in which order trainings go through them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from lrkit.finder.batches import Batches


class Pool:
    """The batches that trainings need, as one tree with a first axis for the batch.

    Args:
        batches: Where they come from.
    """

    def __init__(self, batches: Batches) -> None:
        self._batches = batches
        self._stack: Any = None
        self._count = 0
        self._is_whole = False

    @classmethod
    def of_stack(cls, stack: Any) -> Pool:
        """Of a tree that is stacked already.

        Raises:
            ValueError: Its arrays have no first axis, or of different lengths.
        """
        pool = cls(Batches([]))
        leaves = jax.tree_util.tree_leaves(stack)
        counts = {jnp.shape(leaf)[:1] for leaf in leaves}
        if len(counts) != 1 or counts & {(), (0,)}:
            raise ValueError(
                "find_lr: `batches` must be stacked along a first axis of one length, got arrays "
                f"of the shapes {', '.join(str(jnp.shape(leaf)) for leaf in leaves) or 'of none'}."
            )
        pool._stack = jax.tree_util.tree_map(jnp.asarray, stack)
        ((pool._count,),) = counts
        pool._is_whole = True
        return pool

    def take(self, count: int, seed: int) -> tuple[Any, np.ndarray]:
        """The stack, and which of its batches each of `count` updates has.

        Args:
            count: Updates.
            seed: 0: in the order in which they come; others draw an order, anew for each turn.
        """
        if self._count < count and not self._is_whole:
            self._draw(count)
        turns = -(-count // self._count)
        generator = np.random.default_rng(seed)
        order = [
            generator.permutation(self._count) if seed else np.arange(self._count)
            for _ in range(turns)
        ]
        return self._stack, np.concatenate(order)[:count].astype(np.int32)

    def _draw(self, count: int) -> None:
        drawn: list[Any] = []
        for batch in self._first(count):
            drawn.append(batch)
        self._is_whole = len(drawn) < count
        self._count = len(drawn)
        self._stack = _stacked(drawn)

    def _first(self, count: int) -> Iterator[Any]:
        """So many batches, or all of one turn."""
        for number, batch in enumerate(self._batches.once(), 1):
            yield batch
            if number == count:
                return


def _stacked(batches: list[Any]) -> Any:
    if not batches:
        raise ValueError(
            "find_lr: `batches` must have batches, got none. Look whether it was used up before."
        )
    first = _looks(batches[0])
    for number, batch in enumerate(batches):
        if _looks(batch) != first:
            raise ValueError(
                f"find_lr: `batches` must be of the same shapes and types, got {first[1]} first "
                f"and {_looks(batch)[1]} in batch {number}. Leave an incomplete last batch out."
            )
    return jax.tree_util.tree_map(lambda *leaves: jnp.stack([*map(jnp.asarray, leaves)]), *batches)


def _looks(batch: Any) -> tuple[Any, list[str]]:
    leaves, structure = jax.tree_util.tree_flatten(batch)
    return structure, [f"{jnp.result_type(leaf)}{list(jnp.shape(leaf))}" for leaf in leaves]
