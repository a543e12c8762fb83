"""The run: how many updates there will be."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from lrkit.core.validate import plain, refuse, whole

REMAINDERS = ("carry", "flush", "drop")
_COUNTS = ("epochs", "examples", "batch_size")


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The plan of a training run, and the updates that follow from it.

        batches_per_epoch = ceil(examples / (batch_size * replicas)), or floor with drop_last
        updates_per_epoch = batches_per_epoch / accumulation, rounded as `remainder` says
        updates           = epochs * updates_per_epoch, rounded down

    Give either `epochs`, `examples` and `batch_size`, or `updates`.

    Args:
        epochs: Passes over the data. A whole number of 1 or more.
        examples: Training examples of one epoch.
        batch_size: Examples in a batch of one replica.
        accumulation: Batches whose gradients are added up for one update.
        replicas: Devices or processes that train on batches of their own.
        drop_last: Whether an incomplete last batch is left out.
        remainder: What happens to accumulated batches at an epoch's end: "carry" them into the
            next epoch (Keras), "flush" them as an update (Transformers), or "drop" them.
        updates: The updates of the whole run, where that is known instead.

    Raises:
        TypeError: Both forms or neither are given, or a count is no number.
        ValueError: A count is not a whole number of 1 or more, or no batch or update is left.

    >>> plan = Plan(epochs=10, examples=10_000, batch_size=32)
    >>> plan.batches_per_epoch, plan.updates_per_epoch, plan.updates
    (313, 313, 3130)
    """

    epochs: int | None = None
    examples: int | None = None
    batch_size: int | None = None
    accumulation: int = 1
    replicas: int = 1
    drop_last: bool = False
    remainder: str = "carry"
    updates: int = None  # type: ignore[assignment]  # always an int once built

    def __post_init__(self) -> None:
        """Check the arguments and count the updates."""
        counts = [getattr(self, name) for name in _COUNTS]
        for name in ("accumulation", "replicas"):
            self._set(name, whole("Plan", name, getattr(self, name)))
        if self.remainder not in REMAINDERS:
            one_of = f"one of {', '.join(map(repr, REMAINDERS))}"
            raise refuse("Plan", "remainder", one_of, self.remainder)
        if not isinstance(self.drop_last, bool):
            raise TypeError(f"Plan: `drop_last` must be True or False, got {self.drop_last!r}.")
        if self.updates is not None:
            if any(count is not None for count in counts):
                raise TypeError(
                    "Plan: give `updates`, or `epochs`, `examples` and `batch_size`, not both."
                )
            self._set("updates", whole("Plan", "updates", self.updates))
            return
        for name, count in zip(_COUNTS, counts, strict=True):
            if count is None:
                raise TypeError(f"Plan: `{name}` is missing. Give it, or `updates` instead.")
            self._set(name, whole("Plan", name, count))
        self._set("updates", self._count_updates())

    def _set(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)

    def _count_updates(self) -> int:
        if not self.batches_per_epoch:
            raise ValueError(
                f"Plan: with drop_last an epoch must fill a batch, got examples={self.examples}, "
                f"batch_size={self.batch_size}, replicas={self.replicas}. Make the batch smaller."
            )
        updates = math.floor((self.epochs or 0) * self._updates_per_epoch)
        if not updates:
            raise ValueError(
                f"Plan: the run must make an update, got {self.batches_per_epoch} batches an "
                f"epoch for accumulation={self.accumulation}. Accumulate fewer batches."
            )
        return updates

    @property
    def batches_per_epoch(self) -> int | None:
        """Batches of an epoch on each replica; None for a plan made of updates.

        >>> Plan(epochs=1, examples=100, batch_size=32, drop_last=True).batches_per_epoch
        3
        """
        if self.examples is None or self.batch_size is None:
            return None
        full, rest = divmod(self.examples, self.batch_size * self.replicas)
        return full + (1 if rest and not self.drop_last else 0)

    @property
    def _updates_per_epoch(self) -> Fraction:
        share = Fraction(self.batches_per_epoch or 0, self.accumulation)
        if self.remainder == "carry":
            return share
        return Fraction(math.ceil(share) if self.remainder == "flush" else math.floor(share))

    @property
    def updates_per_epoch(self) -> int | float | None:
        """Updates of an epoch, fractional where accumulation carries on; None if unknown.

        >>> Plan(epochs=2, examples=60_000, batch_size=32, accumulation=4).updates_per_epoch
        468.75
        """
        return None if self.batches_per_epoch is None else plain(self._updates_per_epoch)
