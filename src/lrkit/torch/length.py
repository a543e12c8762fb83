"""The length of schedules, and the number of updates that a training will have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import isinf
from typing import Any

from lrkit.core.notice import warn
from lrkit.core.schedule import Schedule
from lrkit.core.text import read
from lrkit.plan.finding import counted

# Arguments of a `Scheduler` that are no schedules.
_NO_SCHEDULES = ("relative", "at", "counts")


def laid_over(arguments: Mapping[str, Any], updates: int) -> dict[str, Any]:
    """The arguments of a `Scheduler`, every schedule among them exactly so many updates long.

    Args:
        arguments: By name: schedules, their texts, numbers, pairs and dicts of these. What is
            constant without an end stays.
        updates: Of the training.

    Raises:
        ValueError: A schedule changes and has no end, or the updates are too few for its pieces.

    >>> from lrkit import linear
    >>> laid_over({"lr": "0.1 * (warmup(5) >> cosine(95))", "eps": linear(100), "at": 3}, 40)
    {'lr': 0.1 * (warmup(2) >> cosine(38)), 'eps': linear(40), 'at': 3}
    """
    return {
        name: value if name in _NO_SCHEDULES else _laid_over(value, updates)
        for name, value in arguments.items()
    }


def _laid_over(value: Any, updates: int) -> Any:
    if isinstance(value, Mapping):
        return {key: _laid_over(one, updates) for key, one in value.items()}
    if isinstance(value, tuple | list):
        return tuple(_laid_over(one, updates) for one in value)
    if isinstance(value, str):
        value = read(value)
    if not isinstance(value, Schedule):
        return value  # a number; what is neither, the Scheduler refuses
    if isinf(value.length) and len(set(value.values(updates))) == 1:
        return value
    return value.over(updates)


def warn_of_length(who: str, scheduler: Any, updates: int, way_out: str) -> None:
    """Warn of each schedule that ends before the training does, or after it.

    Args:
        who: Who warns.
        scheduler: A `Scheduler`.
        updates: Of the training.
        way_out: What to write beside `schedule.over(n)`.
    """
    said = set()
    for name, schedule in _all_of(scheduler):
        length = schedule.length
        if isinf(length) or length == updates or (name, length) in said:
            continue
        said.add((name, length))
        stop = float(schedule(length))
        if length > updates:
            effect = f"ends at {float(schedule(updates)):.6g}, before its last value {stop:.6g}"
        else:
            effect = f"keeps its last value {stop:.6g} for {counted(updates - length, 'update')}"
        warn(
            f"{who}: the schedule of `{name}` is {counted(length, 'update')} long and the training "
            f"has {updates}: it {effect}. Write schedule.over({updates}), or {way_out}."
        )


def _all_of(scheduler: Any) -> Iterator[tuple[str, Schedule]]:
    """Every schedule, with the argument that it came in."""
    for name, given in scheduler.schedules.items():
        for one in given if isinstance(given, list) else [given]:
            for schedule in one.values() if isinstance(one, Mapping) else [one]:
                yield name, schedule
    for multiplier in scheduler.multipliers:
        if isinstance(multiplier, Schedule):
            yield "multipliers", multiplier
