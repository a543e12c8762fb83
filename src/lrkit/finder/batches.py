"""The batches of a probe: from the start of the data, and again each time they run out."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping
from typing import Any


class Batches:
    """Data that can be gone through again and again.

    Args:
        data: A list of batches, a loader, or anything else that begins anew when it is iterated.
        buffer: What to do with data that can be iterated once only. False: refuse it. True: keep
            in memory what is drawn from it. A list: the same, into this list.
        argument: What the user calls `data`.

    Raises:
        TypeError: It cannot be iterated, or only once.

    >>> batches = Batches([1, 2, 3]).endless()
    >>> [next(batches) for _ in range(5)]
    [1, 2, 3, 1, 2]
    """

    def __init__(
        self, data: Any, *, buffer: bool | list[Any] = False, argument: str = "data"
    ) -> None:
        self._argument = argument
        if not isinstance(data, Iterable) or isinstance(data, str | bytes | Mapping):
            raise TypeError(
                f"find_lr: `{argument}` must be a list of batches, a loader or another iterable, "
                f"got one of type {type(data).__name__}. Write [batch] for a single batch."
            )
        self._once: Iterator[Any] | None = None
        if isinstance(data, Iterator):
            if buffer is not True and not isinstance(buffer, list):
                raise TypeError(
                    f"find_lr: `{argument}` must be iterable more than once, got an iterator of "
                    f"type {type(data).__name__}, whose batches would be gone. Give what it was "
                    "made from, or buffer=[], a list that gets the batches which are drawn."
                )
            self._once = data
            data = buffer if isinstance(buffer, list) else []
        self._data = data

    def endless(self, seed: int = 0) -> Iterator[Any]:
        """All batches in turn, again and again.

        Args:
            seed: 0 leaves a list in its order; others draw one, anew for each turn.

        Raises:
            ValueError: There are no batches.
        """
        generator, turns = random.Random(seed), 0
        while True:
            count = 0
            for batch in self._turn(generator if seed else None):
                count += 1
                yield batch
            if not count:
                raise self._empty(turns)
            turns += 1

    def once(self) -> Iterator[Any]:
        """All batches, from first to last."""
        yield from self._turn(None)

    def _turn(self, generator: random.Random | None) -> Iterator[Any]:
        if generator is not None and isinstance(self._data, list | tuple):
            order = list(range(len(self._data)))
            generator.shuffle(order)
            yield from (self._data[i] for i in order)
        else:
            yield from self._data if self._once is None else list(self._data)
        for batch in self._once or ():
            self._data.append(batch)
            yield batch

    def _empty(self, turns: int) -> ValueError:
        if not turns:
            return ValueError(
                f"find_lr: `{self._argument}` must give batches, got none. Look whether it was "
                "used up before."
            )
        return ValueError(
            f"find_lr: `{self._argument}` must give batches each time it is iterated, got none "
            "the second time. Give a list, or iter(…) of it with buffer=[]."
        )
