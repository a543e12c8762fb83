"""A schedule as a user gives it: the object or its text."""

from __future__ import annotations

from typing import Any

from lrkit.core.schedule import Schedule
from lrkit.core.text import read


def schedule_of_user(who: str, argument: str, given: Any) -> Schedule:
    """The schedule that is given, or that a text stands for.

    Args:
        who: The name that the user called, for the message.
        argument: The name of the argument.
        given: What the user gave for it.

    Raises:
        TypeError: It is neither.
        ValueError: The text is no schedule.

    >>> schedule_of_user("extend", "schedule", "2 * cosine(10)")
    2.0 * cosine(10)
    """
    if isinstance(given, Schedule):
        return given
    if isinstance(given, str):
        return read(given)
    way_out = "Write hold(value=...) for a constant, custom(function, length) for a function."
    if isinstance(getattr(given, "schedule", None), Schedule):  # a framework's wrapper
        way_out = "Give its `.schedule`."
    raise TypeError(
        f"{who}: `{argument}` must be a schedule or its text, got {argument}={given!r}. {way_out}"
    )
