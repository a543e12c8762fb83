"""The batches of a sweep: endless, in an order that follows from a seed."""

import itertools
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from lrkit.keras.finding.leaves import Batch, as_batch, leaves, mapped

#: Batches that are drawn from at random where data can only be gone through in its own order.
POOL = 32


class Batches(ABC):
    """Data that can be gone through as often as one likes."""

    @abstractmethod
    def passes(self, seed: int) -> Iterator[Iterator[Batch]]:
        """One pass through the data after another, without end.

        Args:
            seed: The order of the batches; 0 is that of the data where it has one.
        """

    @abstractmethod
    def once(self) -> Iterator[Batch]:
        """All batches, in order."""

    def endless(self, seed: int) -> Iterator[Batch]:
        """Batches without end, all of one size where the data allows it.

        A last batch of a pass that is smaller than the others is left out: it would be compiled
        for, and its loss is noisier.

        Args:
            seed: As for `passes`.

        Raises:
            ValueError: A pass has no batch.
        """
        largest = 0
        for number, batches in enumerate(self.passes(seed)):
            batch = None
            for batch, is_last in _with_last(batches):
                size = batch.size or 0
                if is_last and size < largest:
                    continue
                largest = max(largest, size)
                yield batch
            if batch is None:
                raise ValueError(_empty(number))


class Arrays(Batches):
    """Inputs, targets and weights in memory, shuffled by the seed for each pass.

    Args:
        whole: All examples, as NumPy arrays.
        batch_size: Examples in a batch.
    """

    def __init__(self, whole: Batch, batch_size: int) -> None:
        self._whole = whole
        self._examples = _examples(whole)
        self._size = min(batch_size, self._examples)

    def passes(self, seed: int) -> Iterator[Iterator[Batch]]:
        """A new order for each pass."""
        random = np.random.default_rng(seed)
        while True:
            yield self._in_order(random.permutation(self._examples))

    def once(self) -> Iterator[Batch]:
        """The examples as they stand."""
        return self._in_order(np.arange(self._examples))

    def _in_order(self, order: np.ndarray) -> Iterator[Batch]:
        for first in range(0, len(order), self._size):
            picked = order[first : first + self._size]
            x, y, weights = (
                mapped(lambda leaf, picked=picked: leaf[picked], part) for part in self._whole
            )
            yield Batch(x, y, weights)


class Indexed(Batches):
    """Batches that can be asked for by their number: a list, a `PyDataset`.

    Args:
        batches: Has `__getitem__`.
        number: How many there are; None: without end.
        is_shuffled: Whether seed 0 shuffles them too, as `fit` does with a `PyDataset`.
    """

    def __init__(self, batches: Any, number: int | None, is_shuffled: bool) -> None:
        self._batches = batches
        self._number = number
        self._is_shuffled = is_shuffled

    def passes(self, seed: int) -> Iterator[Iterator[Batch]]:
        """A new order for each pass. The last batch, which may be small, stays the last."""
        random = np.random.default_rng(seed)
        while True:
            if self._number and (seed or self._is_shuffled):
                order = [*random.permutation(self._number - 1).tolist(), self._number - 1]
                yield (as_batch(self._batches[index]) for index in order)
            else:
                yield self.once()

    def once(self) -> Iterator[Batch]:
        """By their numbers."""
        numbers = itertools.count() if self._number is None else range(self._number)
        return (as_batch(self._batches[index]) for index in numbers)


class Passes(Batches):
    """Batches that come in the order of the data, which may shuffle them itself.

    Args:
        batches: What `iter` begins anew each time.
    """

    def __init__(self, batches: Iterable[Any]) -> None:
        self._batches = batches

    def passes(self, seed: int) -> Iterator[Iterator[Batch]]:
        """The order of the data for seed 0; for others out of a pool of the next `POOL`."""
        random = np.random.default_rng(seed)
        while True:
            yield _pooled(self.once(), random) if seed else self.once()

    def once(self) -> Iterator[Batch]:
        """As the data gives them."""
        return map(as_batch, self._batches)


class Kept:
    """What an iterator gave, to be gone through again.

    Args:
        kept: The list that takes everything drawn.
        source: The iterator.
    """

    def __init__(self, kept: list[Any], source: Iterator[Any]) -> None:
        self._kept = kept
        self._source = source

    def __iter__(self) -> Iterator[Any]:
        for place in itertools.count():
            while place >= len(self._kept):
                try:
                    self._kept.append(next(self._source))
                except StopIteration:
                    return
            yield self._kept[place]


def _with_last(batches: Iterator[Batch]) -> Iterator[tuple[Batch, bool]]:
    """Each batch, and whether it is the last."""
    held = next(batches, None)
    if held is None:
        return
    for following in batches:
        yield held, False
        held = following
    yield held, True


def _pooled(batches: Iterator[Batch], random: np.random.Generator) -> Iterator[Batch]:
    pool = list(itertools.islice(batches, POOL))
    for following in batches:
        place = int(random.integers(len(pool)))
        yield pool[place]
        pool[place] = following
    pool = [pool[place] for place in random.permutation(len(pool))]
    yield from sorted(pool, key=lambda batch: batch.size or 0, reverse=True)  # the smaller one last


def _examples(whole: Batch) -> int:
    """How many examples the arrays have.

    Raises:
        ValueError: Not all as many, or none.
    """
    counts: Sequence[int] = [leaf.shape[0] if len(leaf.shape) else 0 for leaf in leaves(whole)]
    if not counts or min(counts) != max(counts) or not counts[0]:
        raise ValueError(
            "find_lr: `data`, `y` and `sample_weight` must have the same number of examples, at "
            f"least 1, got {', '.join(map(str, counts)) or 'no arrays'}. Give arrays whose first "
            "axis counts the examples."
        )
    return counts[0]


def _empty(number: int) -> str:
    if number:
        return (
            "find_lr: `data` must begin anew each time that it is iterated, got no batch in pass "
            f"{number + 1}. Let its __iter__ return a new iterator, or give a list of batches."
        )
    return (
        "find_lr: `data` must have at least one batch, got none. Look at its length and batch size."
    )
