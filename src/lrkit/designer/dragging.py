"""A knot is dragged, and the text follows: which of its numbers to change, and to what.

How far each number moves each knot is measured with the real schedule: the number is changed a
little and the text read again. Of all single numbers and pairs of numbers that bring the knot to
its place, the one is taken that moves the other knots least, and that writes the fewest new
arguments. So it works for whatever a text may hold, recipes, `over` and names included.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from typing import Any, Literal

from lrkit.core.schedule import Schedule
from lrkit.designer import limits
from lrkit.designer.asked import Asked, BadQuestion, schedule_of
from lrkit.designer.literals import Literal as Number
from lrkit.designer.literals import left_out, literals

Side = Literal["before", "after", "both"]
Moves = tuple[tuple[Number, tuple[float, ...] | None], ...]
#: Numbers of a text that are tried.
MOST_NUMBERS = 40
#: Digits that a new number may have, as few as bring the knot to its place.
DIGITS = (3, 4, 5, 7)
#: A value is in its place within this part of it.
NEAR = 5e-4
#: Times that a solution is brought closer where the knot does not follow in a straight line.
ROUNDS = 3
#: Ways that are tried, the best first, until one gives a text that reads.
WAYS = 30
#: What it costs to move another knot, and to write an argument that was left out.
DISTURBS, WRITES = 4.0, 3.0


def drag(asked: Asked) -> dict[str, Any]:
    """The text with one of its knots at another place.

    Fields: `text`, `plan`, `names`; `knot`, its number; `side` of a jump; `step` and `value`, the
    place wanted, each left out where it stays. What cannot follow stays as it is.
    """
    text = asked.text()
    knot = asked.count("knot", 0, limits.KNOTS - 1)
    side: Any = asked.one_of("side", ("before", "after", "both"))
    try:
        names = asked.names(asked.plan())
        if asked.has("step"):
            text = dragged(text, names, knot, "step", asked.number("step", 0, 2.0**53))
        if asked.has("value"):
            text = dragged(text, names, knot, side, asked.number("value"))
    except ValueError as error:
        if isinstance(error, BadQuestion):
            raise
        raise BadQuestion(str(error).partition("\n")[0]) from None
    return {"text": text}


def dragged(
    text: str, names: dict[str, float], knot: int, what: Side | Literal["step"], goal: float
) -> str:
    """The text in which one knot has another step or value; the old one where none has.

    Args:
        text: A schedule's text.
        names: What it may use by name.
        knot: The number of the knot.
        what: "step", or the side of the knot whose value is wanted.
        goal: The step or the value.

    Raises:
        ValueError: The text is no schedule, or has no such knot.

    >>> dragged("1e-3 * (warmup(500) >> cosine(9500))", {}, 1, "step", 800)
    '1e-3 * (warmup(800) >> cosine(9200))'
    >>> dragged("1e-3 * (warmup(500) >> cosine(9500))", {}, 2, "both", 1e-4)
    '1e-3 * (warmup(500) >> cosine(9500, stop=0.1))'
    """
    is_step = what == "step"
    place = _places(schedule_of(text, names), is_step)
    at = _coordinates(knot, what)
    if at[-1] >= len(place):
        raise ValueError("drag: `knot` must be the number of one of the knots.")
    shift = goal - place[at[-1]]
    if not shift:
        return text
    moves = _measured(text, tuple(names.items()), is_step)
    ways = sorted(_ways(moves, at, len(place), shift, pairs=is_step), key=lambda way: way.cost)
    for way in ways[:WAYS]:
        found = _follow(text, names, way, at[-1], goal, is_step)
        if found is not None:
            return found
    return text


@dataclass(frozen=True)
class _Way:
    """Numbers to change together, by how much, and what it costs."""

    numbers: tuple[Number, ...]
    changes: tuple[float, ...]
    cost: float


def _coordinates(knot: int, what: str) -> tuple[int, ...]:
    """Where a knot stands in what `_places` lists; the last one must be met exactly."""
    if what == "step":
        return (knot,)
    sides = {"before": (0,), "after": (1,), "both": (0, 1)}[what]
    return tuple(2 * knot + side for side in sides)


def _places(schedule: Schedule, is_step: bool) -> list[float]:
    """The steps of the knots, or the values before and after each."""
    knots = schedule.knots()[: limits.KNOTS]
    if is_step:
        return [float(step) for step, _, _ in knots]
    return [value for _, before, after in knots for value in (before, after)]


@lru_cache(maxsize=8)
def _measured(text: str, names: tuple[tuple[str, float], ...], is_step: bool) -> Moves:
    """By how much each number moves each place, for a change of one; None where it is refused."""
    told = dict(names)
    base = _places(schedule_of(text, told), is_step)
    numbers = [*literals(text), *([] if is_step else left_out(text))][:MOST_NUMBERS]
    return tuple((one, _slopes(text, told, (one,), base, is_step)) for one in numbers)


def _slopes(
    text: str, names: dict[str, float], numbers: Sequence[Number], base: list[float], is_step: bool
) -> tuple[float, ...] | None:
    size = max(abs(numbers[0].value), 1e-9 if numbers[0].value else 1.0)
    change = 1.0 if numbers[0].is_whole and is_step else size / 64
    try:
        changed = written(text, [(one, one.value + change) for one in numbers])
        moved = _places(schedule_of(changed, names), is_step)
    except ValueError:
        return None
    if len(moved) != len(base):
        return None
    return tuple((new - old) / change for new, old in zip(moved, base, strict=True))


def written(text: str, changes: Sequence[tuple[Number, float]], digits: int = 17) -> str:
    """The text with other numbers, spelt in the manner of the old ones.

    Args:
        text: The old one.
        changes: Numbers of the text and their new values.
        digits: How many of each new number count.
    """
    # From the right, so that places further left stay valid; gaps at one place in their order.
    ordered = sorted(enumerate(changes), key=lambda pair: (pair[1][0].begin, pair[0]), reverse=True)
    for _, (number, value) in ordered:
        new = number.prefix + number.spelt(value, digits)
        text = text[: number.begin] + new + text[number.end :]
    return text


def _ways(
    moves: Moves, at: tuple[int, ...], count: int, shift: float, *, pairs: bool
) -> Iterator[_Way]:
    """Every single number, and every pair, that brings the knot to its place, with its cost.

    Values take no pairs: numbers that multiply each other do not balance each other.
    """
    wanted = [shift if place in at else 0.0 for place in range(count)]
    known = [(number, slopes) for number, slopes in moves if slopes is not None]
    for number, slopes in known:
        if slopes[at[-1]]:
            change = shift / slopes[at[-1]]
            moved = [change * slope for slope in slopes]
            yield _Way((number,), (change,), _cost(moved, wanted, (number,), (change,)))
    for (one, first), (other, second) in combinations(known, 2) if pairs else ():
        pair = _balanced(first, second, wanted, at[-1])
        if pair is not None:
            a, b = pair
            moved = [a * p + b * q for p, q in zip(first, second, strict=True)]
            yield _Way((one, other), pair, _cost(moved, wanted, (one, other), pair))
    # Two ends that meet at a join can only be changed together: each alone was refused.
    stiff = [number for number, slopes in moves if slopes is None]
    for one, other in combinations(stiff, 2):
        if one.value == other.value:
            both, changes = (one, other), (shift, shift)
            yield _Way(both, changes, 2 * DISTURBS + _cost([], [], both, changes))


def _balanced(
    first: Sequence[float], second: Sequence[float], wanted: Sequence[float], at: int
) -> tuple[float, float] | None:
    """The changes of two numbers that meet the goal and move the rest least, by least squares."""
    p, q, goal = first[at], second[at], wanted[at]
    if not (p or q) or not any(first) or not any(second):
        return None
    # On the line of all that meet the goal: (a, b) = near + t * (q, -p).
    length = p * p + q * q
    near = (goal * p / length, goal * q / length)
    along = [q * f - p * s for f, s in zip(first, second, strict=True)]
    rest = [near[0] * f + near[1] * s - w for f, s, w in zip(first, second, wanted, strict=True)]
    square = sum(x * x for x in along)
    if not square:
        return None
    t = -sum(x * r for x, r in zip(along, rest, strict=True)) / square
    return near[0] + t * q, near[1] - t * p


def _cost(
    moved: Sequence[float],
    wanted: Sequence[float],
    numbers: Sequence[Number],
    changes: Sequence[float],
) -> float:
    shift = max(map(abs, wanted), default=0.0)
    others = sum(abs(m - w) > 0.02 * shift for m, w in zip(moved, wanted, strict=True))
    new = sum(not number.written for number in numbers)
    pairs = zip(numbers, changes, strict=True)
    # Of ways as good as each other the one that changes its numbers by the smaller part.
    part = sum(min(abs(change) / max(abs(one.value), 1e-300), 4.0) for one, change in pairs)
    return DISTURBS * others + WRITES * new + len(numbers) + 0.1 * part


def _follow(
    text: str, names: dict[str, float], way: _Way, at: int, goal: float, is_step: bool
) -> str | None:
    """The text after a way was gone; None where it does not read or does not come closer."""
    begin = _places(schedule_of(text, names), is_step)[at]
    close = 0.5 if is_step else NEAR * abs(goal)
    share, found, best = 1.0, None, abs(goal - begin)
    for _ in range(ROUNDS):
        pairs = zip(way.numbers, way.changes, strict=True)
        wanted = [(one, one.value + share * change) for one, change in pairs]
        for digits in DIGITS:
            changed = written(text, wanted, digits)
            try:
                reached = _places(schedule_of(changed, names), is_step)[at]
            except (ValueError, IndexError):
                return found
            if abs(goal - reached) < best:
                best, found = abs(goal - reached), changed
            if best <= close:
                return found
        if reached == begin:
            break
        share *= (goal - begin) / (reached - begin)
    return found
