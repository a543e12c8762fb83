"""One value for each step: from a list, or from any Python function."""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, final

from lrkit.core.cut import Warped
from lrkit.core.lazy import lazy
from lrkit.core.moments import Ladder, Period
from lrkit.core.packing import MOST_VALUES, pack, unpack
from lrkit.core.phase import NUMBERS, Array
from lrkit.core.schedule import Schedule
from lrkit.core.validate import ZERO, number, refuse, whole

_SPELLED_OUT = 100
"""A table of up to so many entries is written as a list; a longer one is packed."""


@final
@dataclass(frozen=True, eq=False, repr=False)
class Table(Schedule):
    """One value for each step, kept as straight stretches where that is shorter."""

    stored: array[float]
    label: str = ""
    unit: Fraction = Fraction(1)

    @lazy
    def _stores(self) -> int:
        return len(self.stored)

    @lazy
    def _length(self) -> Fraction:
        return len(self.stored) * self.unit

    @lazy
    def _start(self) -> float:
        return self.stored[0]

    @lazy
    def _stop(self) -> float:
        return self.stored[-1]

    @lazy
    def _stretches(self) -> tuple[Ladder, array[float], array[float]] | None:
        """(begins, first values, slopes), or None where looking each value up takes less room."""
        begins, slopes = _straight_stretches(self.stored)
        if 3 * len(begins) > len(self.stored):
            return None
        ladder = Ladder([Fraction(b) for b in [*begins, len(self.stored)]])
        return ladder, array("d", [self.stored[b] for b in begins]), slopes

    @lazy
    def _last(self) -> int:
        return len(self.stored) - 1

    @lazy
    def _period(self) -> Period:
        return Period(self.unit)

    def _curve(self, elapsed: Array, remaining: Array, xp: Any) -> Array:
        if self.unit == 1:
            index = xp.whole(elapsed)
        else:
            index, _, _ = xp.cycle(elapsed, self._period)
        if self._stretches is None or xp is NUMBERS:
            return xp.take(self.stored, xp.minimum(index, self._last), elapsed)
        ladder, firsts, slopes = self._stretches
        i = xp.rung(ladder, index)
        run = xp.ratio(xp.since_rung(ladder, i, index), 1.0)
        return xp.take(firsts, i, elapsed) + run * xp.take(slopes, i, elapsed)

    def _breaks(self, after: Fraction = ZERO) -> Iterator[Fraction]:
        values, first = self.stored, int(after // self.unit) + 1
        return (i * self.unit for i in range(first, len(values)) if values[i] != values[i - 1])

    def _before(self, t: Fraction) -> float:
        return self.stored[math.ceil(t / self.unit) - 1]

    def _stretched(self, k: Fraction) -> Schedule:
        return Warped.build(self, k)

    def _in_units(self, k: Fraction) -> Schedule:
        return Table(self.stored, self.label, self.unit * k)

    @lazy
    def _text(self) -> str:
        label = f", label={self.label!r}" if self.label else ""
        entries = _entries(self.stored, *_straight_stretches(self.stored))
        if len(entries) <= _SPELLED_OUT:
            return f"table({entries!r}{label})"
        return f'table("{pack(self.stored)}"{label})'


def _straight_stretches(values: array[float]) -> tuple[list[int], array[float]]:
    """Where straight stretches begin, and their slopes: every value comes out bit by bit."""
    begins, slopes, n, i = [], array("d"), len(values), 0
    while i < n:
        slope = values[i + 1] - values[i] if i + 1 < n else 0.0
        end = i + 1
        while end < n and values[i] + (end - i) * slope == values[end]:
            end += 1
        if slope != 0.0 and end < i + 3:
            # Two values always lie on a line; only a third makes it a stretch.
            slope, end = 0.0, i + 1
        begins.append(i)
        slopes.append(slope)
        i = end
    return begins, slopes


def _entries(values: array[float], begins: list[int], slopes: array[float]) -> list[Any]:
    """Stretches as `table` takes them: value, [count, value] or [count, first, slope]."""
    entries: list[Any] = []
    for begin, end, slope in zip(begins, [*begins[1:], len(values)], slopes, strict=True):
        count, first = end - begin, values[begin]
        if count == 1:
            entries.append(first)
        else:
            entries.append([count, first, slope] if slope else [count, first])
    return entries


def table(values: Iterable[float] | str, *, label: str = "") -> Schedule:
    """One value for each step; between steps, the value of the step before; then the last.

        value(t) = values[floor(t)]

    Args:
        values: One number for each step, 1 to 10,000,000; `[count, value]` stands for a constant
            stretch and `[count, first, slope]` for a straight one. Or the packed string that a
            long table is written as.
        label: A name, shown in the text only.

    Raises:
        ValueError: No value, too many, one that is not finite, or a damaged string.

    >>> table([0.1, 0.2, 0.3])(1)
    0.2
    >>> table([0.1, [50, 0.01]]).length
    51
    """
    if not isinstance(label, str) or len(label) > 200:
        raise refuse("table", "label", "a text of at most 200 characters", label)
    if isinstance(values, str):
        stored = unpack(values)
        first_bad = next((i for i, v in enumerate(stored) if not math.isfinite(v)), None)
        if first_bad is not None:
            raise refuse("table", f"values[{first_bad}]", "finite", stored[first_bad])
        return Table(stored, label)
    if not isinstance(values, Iterable):
        raise TypeError(f"table: `values` must be a list of numbers, got values={values!r}.")
    stored = array("d")
    for i, entry in enumerate(values):
        _store(stored, f"values[{i}]", entry)
    if not stored:
        raise ValueError("table: at least one value must be given, got none. Use hold().")
    return Table(stored, label)


def _store(stored: array[float], name: str, entry: Any) -> None:
    """Append the values that one entry stands for."""
    count, slope, first = 1, 0.0, entry
    if isinstance(entry, list):
        if len(entry) not in (2, 3):
            rule = "a number, [count, value] or [count, first, slope]"
            raise refuse("table", name, rule, entry)
        count = whole("table", f"{name}[0]", entry[0])
        first = entry[1]
        slope = number("table", f"{name}[2]", entry[2]) if len(entry) == 3 else 0.0
    value = number("table", name, first)
    if len(stored) + count > MOST_VALUES:
        raise ValueError(f"table: at most {MOST_VALUES:,} values can be stored, got more.")
    if slope == 0.0:
        stored.extend(array("d", [value]) * count)
        return
    number("table", f"the last value of {name}", value + (count - 1) * slope)
    stored.extend(value + i * slope for i in range(count))


def custom(function: Callable[[int], float], length: int) -> Schedule:
    """Any Python function of the step, as data: called once for each step, now and never again.

        value(t) = function(floor(t)) for 0 <= t < length, then the last value

    So it may use `if`, `math`, `//`, dictionaries or anything else, works in every graph, and is
    saved exactly as it was. The function's name is kept as a label.

    Args:
        function: Takes the step as an int, gives a finite number; it must depend on nothing else.
        length: How many steps to call it for: 0…length-1. A whole number of 1 to 10,000,000.

    Raises:
        TypeError: `function` cannot be called, or gave something that is no number.
        ValueError: `length` is out of range, or a value is not finite; says at which step.

    >>> custom(lambda step: 0.1 if step < 30 else 0.01, 90)(30)
    0.01
    """
    checked_function("custom", function)
    stored = array("d", bytes(8 * checked_length("custom", length)))
    for step in range(len(stored)):
        try:
            result = function(step)
        except Exception as error:
            error.add_note(f"custom: the function was asked for the rate at step {step}.")
            raise
        stored[step] = _value_at(step, result)
    return kept(stored, function)


def checked_function(who: str, function: Any) -> None:
    """Raise unless `function` can be asked for values and is no schedule."""
    if not callable(function):
        raise TypeError(f"{who}: `function` must be a function of the step, got {function!r}.")
    if isinstance(function, Schedule):
        raise TypeError(f"{who}: `function` is a schedule already; use it as it is.")


def checked_length(who: str, length: Any, argument: str = "length") -> int:
    """`length` as a number of steps that a table can hold."""
    n = whole(who, argument, length, "It is how many steps the function is asked for.")
    if n > MOST_VALUES:
        raise refuse(who, argument, f"at most {MOST_VALUES:,}", length)
    return n


def kept(stored: array[float], function: Any) -> Schedule:
    """The values that `function` gave, one for each step, under its name."""
    return Table(stored, label_of(function))


def label_of(function: Any) -> str:
    """The name of a function or of an object's class; none for a lambda."""
    name = getattr(function, "__name__", type(function).__name__)
    return "" if name == "<lambda>" else str(name)[:200]


def _value_at(step: int, result: Any) -> float:
    try:
        return number("custom", "function(step)", result)
    except (TypeError, ValueError) as error:
        kind = TypeError if isinstance(error, TypeError) else ValueError
        raise kind(
            f"custom: the function must give a finite number for every step, got {result!r} "
            f"at step {step}. Mend the function, or give a smaller length."
        ) from None
