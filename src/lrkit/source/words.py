"""The words of the libraries that code is written for: functions, numbers, casts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from lrkit.core.validate import Time, plain

_LITERAL = re.compile(r"-?[\d.]+(e[+-]?\d+)?")


@dataclass(frozen=True)
class Words:
    """One library.

    Attributes:
        prefix: Before the name of a function.
        arrays: Whether a step may be an array, so that both sides of a choice are worked out.
        cast: Whether integers must be cast before they meet floats.
        most_parts: Of how many parts a step may be made, so that counters do not overflow.
    """

    prefix: str
    arrays: bool = True
    cast: bool = False
    most_parts: int = 100

    def call(self, name: str, *arguments: str) -> str:
        """A call of one of the library's functions."""
        return f"{self.prefix}{name}({', '.join(arguments)})"

    def real(self, t: str) -> str:
        """`t`, an integer, as what floats can be multiplied with."""
        return self.call("cast", t, '"float32"') if self.cast else t

    def least(self, a: str, b: str) -> str:
        """The smaller one."""
        return self.call("minimum", a, b) if self.arrays else f"min({a}, {b})"

    def most(self, a: str, b: str) -> str:
        """The larger one."""
        return self.call("maximum", a, b) if self.arrays else f"max({a}, {b})"

    def clip(self, t: str, n: str) -> str:
        """`t` between 0 and n; a plain number is never below 0."""
        return self.call("clip", t, "0", n) if self.arrays else self.least(t, n)

    def where(self, condition: str, a: str, b: str) -> str:
        """One or the other."""
        if not self.arrays:
            return f"({a} if {condition} else {b})"
        if self.cast and is_literal(a) and is_literal(b):
            a = self.real(a)  # of two plain numbers Keras would make its default float
        return self.call("where", condition, a, b)


MATH = Words("math.", arrays=False, most_parts=10**9)
JAX = Words("jnp.")
KERAS = Words("ops.", cast=True)


def number(x: float) -> str:
    """A value: the shortest text that reads back as it."""
    return repr(float(x))


def time(t: Time) -> str:
    """A time: without a point where it is whole."""
    return repr(plain(t))


def span(t: Fraction) -> str:
    """A whole time, as an integer; a fraction is refused by `NotWhole`."""
    if t.denominator != 1:
        raise NotWhole(t)
    return str(t.numerator)


def atom(text: str) -> str:
    """`text`, in parentheses unless it is a name, a number, a call or in some already."""
    depth = 0
    for character in text:
        if depth == 0 and character not in "([" and not (character.isalnum() or character in "_."):
            return f"({text})"
        depth += (character in "([") - (character in ")]")
    return text


def power(base: str, exponent: str) -> str:
    """`base ** exponent`, as formatters write it."""
    if exponent == "1":
        return base
    simple = all(re.fullmatch(r"-?[\w.]+", side) for side in (base, exponent))
    return f"{base}**{exponent}" if simple else f"{atom(base)} ** {exponent}"


def operators(text: str, signs: str) -> list[int]:
    """Where operators stand that are in no brackets."""
    depth, found = 0, []
    for i, character in enumerate(text):
        depth += (character in "([{") - (character in ")]}")
        if depth == 0 and character in signs and text[i - 1 : i + 2] == f" {character} ":
            found.append(i)
    return found


def factor(text: str) -> str:
    """`text` as a factor of a product."""
    return f"({text})" if operators(text, "+-") else text


def bare(text: str) -> str:
    """`text` without parentheses around all of it."""
    depth = 0
    for i, character in enumerate(text):
        depth += (character in "([") - (character in ")]")
        if depth == 0:
            return text[1:-1] if text[0] == "(" and i == len(text) - 1 else text
    return text


def is_literal(text: str) -> bool:
    """Whether it is a plain number."""
    return _LITERAL.fullmatch(text) is not None


class NotWhole(Exception):
    """A boundary that lies between two steps: the code must count in parts of a step."""

    def __init__(self, time: Fraction) -> None:
        """Keep how many parts make it whole."""
        super().__init__(time)
        self.parts = time.denominator
