"""The run: how many updates there will be, and where in it each of them is."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from fractions import Fraction
from typing import Any

from lrkit.core.given import schedule_of_user
from lrkit.core.schedule import Schedule
from lrkit.core.validate import exact, number, plain, whole
from lrkit.plan import progress
from lrkit.plan.counts import batches_of, checked, number_of_updates, updates_of_an_epoch
from lrkit.plan.data import facts_of
from lrkit.plan.pace import median_time
from lrkit.plan.units import NAMES, RUN, is_known, laid, named, unknown, updates_of_one


@dataclass(frozen=True, kw_only=True, repr=False)
class Plan:
    """The plan of a training run, and the updates that follow from it.

        batches_per_epoch = ceil(examples / (batch_size * replicas)), or floor with drop_last
        updates_per_epoch = batches_per_epoch / accumulation, rounded as `remainder` says
        updates           = epochs * updates_per_epoch, rounded down

    How long the run is say `epochs` or `updates`; what its data are, `examples` and `batch_size`,
    or `batches`. With `updates` the data may be left out: what follows from them is then unknown.

    Args:
        epochs: Passes over the data. A whole number of 1 or more.
        examples: Training examples of one epoch.
        batch_size: Examples in a batch of one replica.
        batches: Batches of an epoch on each replica, where they are known and not the examples.
        accumulation: Batches whose gradients are added up for one update.
        replicas: Devices or processes that train on batches of their own.
        drop_last: Whether an incomplete last batch is left out.
        remainder: What happens to accumulated batches at an epoch's end: "carry" them into the
            next epoch (Keras), "flush" them as an update (Transformers), or "drop" them.
        updates: The updates of the whole run, where that is known instead.
        tokens_per_example: Tokens in an example, on average. Positive.
        tokens_per_batch: Tokens in a batch of one replica, instead. Positive.
        updates_per_second: The pace, for the wall time; `timed` measures it. Positive.

    Raises:
        TypeError: Two forms are mixed, what is needed is missing, or a count is no number.
        ValueError: A count is not a whole number of 1 or more, or no batch or update is left.

    >>> plan = Plan(epochs=10, examples=10_000, batch_size=32)
    >>> plan.batches_per_epoch, plan.updates_per_epoch, plan.updates
    (313, 313, 3130)
    """

    epochs: int | None = None
    examples: int | None = None
    batch_size: int | None = None
    batches: int | None = None
    accumulation: int = 1
    replicas: int = 1
    drop_last: bool = False
    remainder: str = "carry"
    updates: int = None  # type: ignore[assignment]  # always an int once built
    tokens_per_example: float | None = None
    tokens_per_batch: float | None = None
    updates_per_second: float | None = None

    def __post_init__(self) -> None:
        """Check the arguments and count the updates."""
        for name, value in checked(vars(self)).items():
            object.__setattr__(self, name, value)
        if self.batches_per_epoch == 0:
            raise ValueError(
                f"Plan: with drop_last an epoch must fill a batch, got examples={self.examples}, "
                f"batch_size={self.batch_size}, replicas={self.replicas}. Make the batch smaller."
            )
        if self.epochs is not None:
            updates = math.floor(self.epochs * self._updates_per_epoch)
            object.__setattr__(self, "updates", updates)
        if not self.updates or (self.batches_per_epoch and not self._updates_per_epoch):
            raise ValueError(
                f"Plan: the run must make an update, got {self.batches_per_epoch} batches an "
                f"epoch for accumulation={self.accumulation}. Accumulate fewer batches."
            )

    @classmethod
    def of(cls, data: Any, **told: Any) -> Plan:
        """The plan of a run over these data, as the library that they belong to counts them.

        A `tf.data.Dataset` and a Keras `PyDataset` give batches, which Keras shares out among
        `replicas`. A torch `DataLoader` is that of one replica; a `DistributedSampler` in it says
        how many there are. Transformers' `TrainingArguments` say all but the `examples`.

        Args:
            data: Any of these; the library is not imported for it.
            **told: Arguments of `Plan` that the data do not say, `epochs` first of all. `batches`
                may be told in any case: the `steps_per_epoch` of the training loop.

        Raises:
            TypeError: The data are none of these, or not in batches.
            ValueError: Nobody knows how many batches there are, or what is told is not so.

        >>> Plan.of([1, 2, 3], epochs=2)
        Traceback (most recent call last):
        TypeError: Plan.of: `data` must be a tf.data.Dataset, a torch DataLoader, a Keras ...
        """
        return cls(**facts_of(data, told))

    @property
    def batches_per_epoch(self) -> int | None:
        """Batches of an epoch on each replica; None where the plan does not know the data.

        >>> Plan(epochs=1, examples=100, batch_size=32, drop_last=True).batches_per_epoch
        3
        """
        if self.batches is not None:
            return self.batches
        if self.examples is None or self.batch_size is None:
            return None
        return batches_of(self.examples, self.batch_size * self.replicas, self.drop_last)

    @property
    def _updates_per_epoch(self) -> Fraction:
        return updates_of_an_epoch(self.batches_per_epoch or 0, self.accumulation, self.remainder)

    @property
    def updates_per_epoch(self) -> int | float | None:
        """Updates of an epoch, fractional where accumulation carries on; None if unknown.

        >>> Plan(epochs=2, examples=60_000, batch_size=32, accumulation=4).updates_per_epoch
        468.75
        """
        return None if self.batches_per_epoch is None else plain(self._updates_per_epoch)

    # ---- where in the run an update is -----------------------------------------------------------

    def epoch_at(self, update: int | None = None) -> int | float:
        """How many epochs are over when so many updates have been made.

        Args:
            update: Updates that have been made, 0 or more. Default: all of the run.

        Raises:
            ValueError: The plan does not know its batches, or `update` is not a whole number.

        >>> Plan(epochs=10, examples=10_000, batch_size=32).epoch_at(939)
        3
        """
        if not is_known(self, "epochs"):
            raise unknown("epoch_at", self, "epochs")
        return plain(progress.epochs(self, self._made("epoch_at", update)))

    def examples_at(self, update: int | None = None) -> int:
        """How many examples, each as often as it came, the first updates are made of.

        Args:
            update: Updates that have been made, 0 or more. Default: all of the run.

        Raises:
            ValueError: The plan does not know its batch size, or `update` is not a whole number.

        >>> Plan(epochs=10, examples=10_000, batch_size=32).examples_at(314)
        10032
        """
        if not is_known(self, "examples"):
            raise unknown("examples_at", self, "examples")
        return progress.examples(self, self._made("examples_at", update))

    def tokens_at(self, update: int | None = None) -> int | float:
        """How many tokens the first updates are made of.

        Args:
            update: Updates that have been made, 0 or more. Default: all of the run.

        Raises:
            ValueError: The plan was not told of tokens, or `update` is not a whole number.

        >>> Plan(updates=1000, tokens_per_batch=16_384, accumulation=32).tokens_at(1000)
        524288000
        """
        if not is_known(self, "tokens"):
            raise unknown("tokens_at", self, "tokens")
        return plain(progress.tokens(self, self._made("tokens_at", update)))

    def seconds_at(self, update: int | None = None) -> float:
        """The wall time until so many updates have been made, at the pace of the plan.

        Args:
            update: Updates that have been made, 0 or more. Default: all of the run.

        Raises:
            ValueError: The plan was told no pace, or `update` is not a whole number.

        >>> Plan(updates=90_000, updates_per_second=2.5).seconds_at() / 3600
        10.0
        """
        if self.updates_per_second is None:
            raise unknown("seconds_at", self, "seconds")
        return float(self._made("seconds_at", update) / exact(self.updates_per_second))

    def _made(self, who: str, update: int | None) -> int:
        return self.updates if update is None else number_of_updates(who, "update", update)

    def timed(self, update: Callable[[], object], *, updates: int = 20, warm_up: int = 3) -> Plan:
        """The same plan with its pace, measured: the median time of some updates.

        Args:
            update: Makes one update when it is called, and returns when that is done.
            updates: How many to measure. 1 or more.
            warm_up: How many to make before, in which frameworks compile. 1 or more.

        Raises:
            ValueError: A count is not a whole number of 1 or more.

        >>> Plan(updates=1000).timed(lambda: sum(range(1000))).seconds_at() < 60
        True
        """
        seconds = median_time(
            update, whole("timed", "updates", updates), whole("timed", "warm_up", warm_up)
        )
        return replace(self, **self._told(), updates_per_second=1 / seconds)

    # ---- units -----------------------------------------------------------------------------------

    def updates_in(self, count: float, unit: str) -> int | float:
        """How many updates a number of epochs, per cent, examples or tokens are.

        Args:
            count: A finite number.
            unit: "epochs", "percent" (of the run), "batches", "examples", "tokens" or "updates".

        Raises:
            ValueError: The unit is unknown, or the plan does not know what it is.

        >>> plan = Plan(epochs=10, examples=10_000, batch_size=32)
        >>> plan.updates_in(3, "epochs"), plan.updates_in(5, "percent")
        (939, 156.5)
        """
        number("updates_in", "count", count)
        return plain(exact(float(count)) * updates_of_one("updates_in", self, unit))

    def lay(self, schedule: Schedule | str, unit: str = RUN) -> Schedule:
        """A schedule that is written in another unit, in updates.

        An end between two updates is rounded down, as that of the run is; joins go to the nearest.
        What is in updates stays as it is.

        Args:
            schedule: A schedule or its text, its times in `unit`.
            unit: "epochs", "percent" (of the run), "batches", "examples", "tokens" or "updates".
                Default: any; the schedule becomes as long as the run.

        Raises:
            ValueError: The unit is unknown, the plan does not know what it is, the schedule is
                endless and has no unit, or a piece would get no update.

        >>> plan = Plan(epochs=10, examples=10_000, batch_size=32)
        >>> plan.lay("warmup(1) >> cosine(9)", unit="epochs")
        warmup(313) >> cosine(2817)
        >>> plan.lay("warmup(5) >> hold(75) >> cosine(20)")
        warmup(157) >> hold(2347) >> cosine(626)
        """
        if isinstance(schedule, str):
            schedule = named(self, schedule)
        return laid(self, schedule_of_user("lay", "schedule", schedule), unit)

    def read(self, text: str) -> Schedule:
        """The schedule of a text in updates, in which the plan's own numbers have names.

        Args:
            text: As for `lrkit.read`; it may use the names of `names`.

        Raises:
            ValueError: The text is no schedule.

        >>> plan = Plan(epochs=10, examples=10_000, batch_size=32)
        >>> plan.read("1e-3 * (warmup(5*percent) >> cosine(updates - 5*percent))")
        0.001 * (warmup(156.5) >> cosine(2973.5))
        """
        return named(self, text, **self.names)

    @property
    def names(self) -> dict[str, int | float]:
        """What a text may use: the `updates` of the run, and those of one of each known unit.

        >>> Plan(epochs=10, examples=10_000, batch_size=32).names["epoch"]
        313
        """
        found: dict[str, int | float] = {"updates": self.updates}
        for unit, name in NAMES.items():
            if is_known(self, unit):
                found[name] = plain(updates_of_one("names", self, unit))
        return found

    def _told(self) -> dict[str, Any]:
        """What was told: a plan of epochs has counted its updates itself."""
        return {} if self.epochs is None else {"updates": None}

    def __repr__(self) -> str:
        told = {f.name: getattr(self, f.name) for f in fields(self)} | self._told()
        given = {f.name: told[f.name] for f in fields(self) if told[f.name] != f.default}
        return f"Plan({', '.join(f'{name}={value!r}' for name, value in given.items())})"
