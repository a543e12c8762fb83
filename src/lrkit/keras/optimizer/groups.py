"""The variables of an optimizer by their multiplier of the rate."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import keras

from lrkit import Schedule
from lrkit.keras.rate import LearningRate
from lrkit.keras.steps import tensor_of


class Multiplier:
    """One multiple of the rate: a number, or a schedule of the update.

    Args:
        value: Of 0 or more. The number 0 freezes.
        every: Counts of Keras's counter that make one update.
    """

    def __init__(self, value: float | Schedule, every: int = 1) -> None:
        self.value = value
        self.is_frozen = value == 0.0
        self._is_one = value == 1.0
        self._rate = (
            LearningRate(value, gradient_accumulation_steps=every)
            if isinstance(value, Schedule)
            else None
        )

    def now(self, counter: Any) -> Any:
        """The number at a value of Keras's counter; a tensor of it inside a graph."""
        return self.value if self._rate is None else self._rate(tensor_of(counter))

    def times(self, rate: Any, counter: Any) -> Any:
        """The rate of these variables."""
        return rate if self._is_one else rate * self.now(counter)

    def scale(self, counter: Any, decoupled: bool) -> Callable[[Any], Any] | None:
        """What weight decay is multiplied by, as a function of the rate; None is the rate itself.

        Decoupled decay does not depend on the rate, but a frozen variable does not decay.
        """
        if not decoupled:
            return None if self._is_one else lambda rate: self.times(rate, counter)
        if self._rate is None:
            return lambda rate: 1.0
        return lambda rate: _as_number(self.now(counter) != 0.0)

    @property
    def may_become_zero(self) -> bool:
        """Whether it is a schedule, which may be 0 at some updates."""
        return self._rate is not None


@contextmanager
def kept_where_zero(pairs: Iterable[tuple[Any, Multiplier]], counter: Any) -> Iterator[None]:
    """Puts variables back after the update in its body, where their multiplier is 0.

    A rate of 0 is not enough: momentum that was gathered before would go on moving them, and a
    constraint would change them.

    Args:
        pairs: Variables and their multipliers.
        counter: Keras's, before the update.
    """
    kept = [
        (variable, keras.ops.copy(tensor_of(variable)), multiplier.now(counter) == 0.0)
        for variable, multiplier in pairs
        if multiplier.may_become_zero
    ]
    yield
    for variable, before, is_zero in kept:
        variable.assign(keras.ops.where(is_zero, before, tensor_of(variable)))


def _as_number(condition: Any) -> Any:
    return float(condition) if isinstance(condition, bool) else keras.ops.cast(condition, "float32")


_ONE = Multiplier(1.0)


class Groups:
    """Which variable has which multiplier.

    Args:
        keys: Of the variables.
        values: The multiplier of each.
        every: Counts of Keras's counter that make one update.
    """

    def __init__(
        self, keys: Sequence[Hashable], values: Sequence[float | Schedule], every: int
    ) -> None:
        made = {value: Multiplier(value, every) for value in values}
        self._of = {key: made[value] for key, value in zip(keys, values, strict=True)}
        self._only = next(iter(made.values())) if len(made) == 1 else None

    @classmethod
    def of_one(cls) -> "Groups":
        """All that there are have the multiplier 1."""
        return cls([None], [1.0], 1)

    def of(self, key: Hashable) -> Multiplier:
        """The multiplier of a variable; 1 for one that the optimizer was not built for."""
        return self._only or self._of.get(key, _ONE)

    def split(
        self, members: Iterable[Any], key: Callable[[Any], Hashable]
    ) -> list[tuple[Multiplier, list[Any]]]:
        """The members by their multiplier, each group in the order it has."""
        if self._only is not None:
            return [(self._only, list(members))]
        parts: dict[Multiplier, list[Any]] = {}
        for member in members:
            parts.setdefault(self.of(key(member)), []).append(member)
        return list(parts.items())
