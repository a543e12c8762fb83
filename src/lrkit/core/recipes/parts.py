"""What recipes are put together with: times that add up exactly, pieces that may be missing."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from operator import rshift

from lrkit.core.schedule import Schedule
from lrkit.core.validate import at_least_zero, duration, exact, plain, positive, refuse


def span(who: str, argument: str, value: float) -> float:
    """`value` as a time of 0 or more."""
    return plain(duration(who, argument, value)) if at_least_zero(who, argument, value) else 0


def whole_of(who: str, value: float) -> float:
    """The `length` that a recipe divides among its pieces."""
    return plain(duration(who, "length", value))


def part(who: str, argument: str, value: float, most: float, of: str = "the length") -> float:
    """`value` as a time from 0 to `most`."""
    t = span(who, argument, value)
    if t > most:
        raise refuse(who, argument, f"at most {most!r}, {of}", value)
    return t


def short_of(who: str, argument: str, value: float, most: float, of: str = "the length") -> float:
    """`value` as a time from 0, less than `most`: what follows needs a time of its own."""
    t = part(who, argument, value, most, of)
    if t == most:
        raise refuse(who, argument, f"less than {most!r}, {of}", value, "The rest needs a time.")
    return t


def share_of(who: str, argument: str, value: float | None, most: float, tenths: int) -> float:
    """`value` as a time between 0 and `most`; so many tenths of `most` by default."""
    if value is None:
        return plain(exact(most) * tenths / 10)
    return short_of(who, argument, positive(who, argument, value), most)


def rest(whole: float, *parts: float) -> float:
    """What the parts leave of the whole, exactly: of 0.3 0.1 leaves 0.2."""
    return plain(exact(whole) - sum(map(exact, parts)))


def flow(*pieces: Schedule | None) -> Schedule:
    """The pieces that exist, each flowing into the next."""
    return reduce(rshift, [piece for piece in pieces if piece is not None])


def some(piece: Callable[..., Schedule], length: float, **ends: float) -> Schedule | None:
    """The piece, if it has a length."""
    return piece(length, **ends) if length else None


def as_long_as(s: Schedule, factor: Schedule) -> Schedule:
    """`factor` for a product with `s`: it ends where `s` does, if it would go on longer."""
    return factor.take(s.length) if factor.length > s.length else factor


def one_of(who: str, argument: str, value: str, known: tuple[str, ...]) -> str:
    """`value`, one of the known words."""
    if value not in known:
        raise refuse(who, argument, f"one of {', '.join(map(repr, known))}", value)
    return value
