"""How numbers and calls are written, so that every schedule has exactly one text."""

from __future__ import annotations

from fractions import Fraction

from lrkit.core.validate import Time, plain


def time(t: Time) -> str:
    """A time: without a point where it is whole."""
    return repr(plain(t))


def value(x: float, unless: float | None = None) -> str | None:
    """A value: the shortest float that reads back as x; None where it is the default."""
    return None if x == unless else repr(float(x))


def call(name: str, *times: Time, **keywords: str | None) -> str:
    """`name(10, stop=0.1)`: endless times and keywords that are None are left out."""
    shown = [time(t) for t in times if isinstance(t, Fraction)]
    shown += [f"{key}={text}" for key, text in keywords.items() if text is not None]
    return f"{name}({', '.join(shown)})"
