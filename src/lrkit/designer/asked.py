"""The fields of a question, each of the kind and in the range that it must have."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import fields
from typing import Any

from lrkit.core.schedule import Schedule
from lrkit.core.text import read
from lrkit.designer import limits
from lrkit.plan import Plan

#: The fields of a plan.
FIELDS = tuple(field.name for field in fields(Plan))
#: Beyond it a count is no longer exact.
MOST = 2**53


class BadQuestion(ValueError):
    """A question that is not answered; says what must hold."""


class Asked:
    """One question, field by field.

    Args:
        document: What was sent.
    """

    def __init__(self, document: Any) -> None:
        if not isinstance(document, dict):
            raise BadQuestion("A question must be a JSON object.")
        self._fields = document

    def one_of(self, field: str, known: Collection[str]) -> str:
        """A word out of several."""
        word = self._fields.get(field)
        if not (isinstance(word, str) and word in known):
            raise BadQuestion(f"`{field}` must be one of {', '.join(known)}.")
        return word

    def text(self, field: str = "text", most: int = limits.TEXT) -> str:
        """A string of bounded length."""
        return _text(field, self._fields.get(field), most)

    def texts(self) -> list[str]:
        """The texts of a picture."""
        given = self._fields.get("texts")
        if not isinstance(given, list) or len(given) > limits.SCHEDULES:
            raise BadQuestion(f"`texts` must be a list of at most {limits.SCHEDULES} texts.")
        return [_text("texts", one, limits.TEXT) for one in given]

    def number(self, field: str, low: float = -1e300, high: float = 1e300) -> float:
        """A finite number in a range."""
        value: Any = self._fields.get(field)
        if not _is_number(value) or not low <= value <= high:
            raise BadQuestion(f"`{field}` must be a number from {low:g} to {high:g}.")
        return float(value)

    def count(self, field: str, low: int, high: int) -> int:
        """A whole number in a range."""
        value = self.number(field, low, high)
        if not value.is_integer():
            raise BadQuestion(f"`{field}` must be a whole number.")
        return int(value)

    def has(self, field: str) -> bool:
        """Whether it was sent, and not as null."""
        return self._fields.get(field) is not None

    def view(self) -> tuple[float, float] | None:
        """The steps looked at; None for all."""
        given = self._fields.get("view")
        if given is None:
            return None
        if not (isinstance(given, list) and len(given) == 2 and all(map(_is_number, given))):
            raise BadQuestion("`view` must be two steps.")
        begin, end = map(float, given)
        if not 0 <= begin < end <= MOST:
            raise BadQuestion("`view` must be two growing steps from 0.")
        return begin, end

    def names(self, plan: Plan | None) -> dict[str, float]:
        """What the texts may use by name: the plan's own numbers, and what was given."""
        given = self._fields.get("names") or {}
        if not isinstance(given, dict) or len(given) > limits.NAMES:
            raise BadQuestion(f"`names` must be an object of at most {limits.NAMES} numbers.")
        for name, value in given.items():
            if not name.isidentifier() or len(name) > 100 or not _is_number(value):
                raise BadQuestion("`names` must give a number to each name.")
        return ({} if plan is None else plan.names) | given

    def plan(self) -> Plan | None:
        """The run, or None where it is not told.

        Raises:
            ValueError: The numbers make no plan; says why.
        """
        given = self._fields.get("plan")
        if given is None:
            return None
        if not isinstance(given, dict) or set(given) - set(FIELDS):
            raise BadQuestion("`plan` must be an object of a plan's arguments.")
        told = {name: value for name, value in given.items() if value is not None}
        for name, value in told.items():
            is_word = isinstance(value, bool) or (isinstance(value, str) and len(value) < 100)
            if not is_word and not (_is_number(value) and abs(value) < MOST):
                raise BadQuestion(f"`{name}` must be a number below 2**53.")
        try:
            return Plan(**told)
        except TypeError as error:
            raise ValueError(str(error)) from None


def schedule_of(text: str, names: dict[str, float]) -> Schedule:
    """The schedule of a text.

    Raises:
        ValueError: The text is none, or is too long to be drawn; says where and why.
    """
    schedule = read(text, **names)
    if MOST < schedule.length < math.inf:
        raise ValueError("The schedule must be shorter than 2**53 updates. Look at the lengths.")
    return schedule


def _text(field: str, value: Any, most: int) -> str:
    if not isinstance(value, str) or len(value) > most:
        raise BadQuestion(f"`{field}` must be a text of at most {most:,} characters.")
    return value


def _is_number(value: Any) -> bool:
    """Whether it is a number that is finite as a float."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return False
    return -1e300 <= value <= 1e300
