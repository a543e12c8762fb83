"""Which numbers of a text to change so that one knot moves, and the others as little as can be.

How far each number moves each knot is measured with the real schedule: the number is changed a
little and the text read again. So it works for whatever a text may hold, recipes, `over` and names
included.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, permutations

from lrkit.designer.literals import Literal
from lrkit.designer.places import Places

#: What it costs to move a knot before this one, one after it, a value of this or another knot with
#: a step or the other way round, and to write an argument that was left out.
EARLIER, LATER, ASKEW, WRITES = 12.0, 4.0, 8.0, 3.0
#: What moves by less than this part of the picture has not moved.
STILL = 1e-3


@dataclass(frozen=True)
class Target:
    """One knot, and what of it is to move.

    Attributes:
        knot: Its number.
        sides: 0 for the value before it, 1 for the one after; empty where its step is to move.
        shift: By how much.
    """

    knot: int
    sides: tuple[int, ...]
    shift: float

    @property
    def is_step(self) -> bool:
        """Whether its step is to move."""
        return not self.sides

    @property
    def at(self) -> tuple[int, ...]:
        """Where it stands among the steps, or among the values."""
        return tuple(2 * self.knot + side for side in self.sides) or (self.knot,)

    def moving(self, at: Places) -> tuple[float, ...]:
        """What can move as it does: all steps, or all values."""
        return at.steps if self.is_step else at.values

    def still(self, at: Places) -> tuple[float, ...]:
        """What has to stay: all values, or all steps."""
        return at.values if self.is_step else at.steps


@dataclass(frozen=True)
class Slopes:
    """By how much a number moves each place, for a change of one.

    Attributes:
        number: The number.
        moving: Of the places that move as the target does.
        askew: The part of the picture by which the others move, the largest one.
    """

    number: Literal
    moving: tuple[float, ...]
    askew: float


@dataclass(frozen=True)
class Way:
    """Numbers to change together, by how much, and what it costs."""

    numbers: tuple[Literal, ...]
    changes: tuple[float, ...]
    cost: float


def slopes(
    number: Literal,
    target: Target,
    base: Places,
    changed: Callable[[Literal, float], Places | None],
) -> Slopes | None:
    """How a number acts; None where it is refused, or changes how many knots there are.

    Args:
        number: The number.
        target: What is to move.
        base: The places as they are.
        changed: The places with another value of a number; None where the text does not read.
    """
    size = max(abs(number.value), 1e-9 if number.value else 1.0)
    # Steps are whole after `over`: a change must be seen in them.
    change = size / 16 if target.is_step else size / 64
    if number.is_whole and target.is_step:
        change = max(1.0, float(round(change))) if size >= 4 else change
    new = changed(number, number.value + change)
    if new is None or len(new.steps) != len(base.steps):
        return None
    whole = base.height if target.is_step else base.span
    askew = max(abs(b - a) for a, b in zip(target.still(base), target.still(new), strict=True)) / (
        whole * change
    )
    pairs = zip(target.moving(base), target.moving(new), strict=True)
    return Slopes(number, tuple((b - a) / change for a, b in pairs), askew)


def ways(known: Sequence[Slopes], stiff: Sequence[Literal], target: Target) -> Iterator[Way]:
    """Every single number, and every pair, that brings the knot to its place, with its cost.

    Values take no pairs: numbers that multiply each other do not balance each other.

    Args:
        known: The numbers that can be changed alone.
        stiff: Those that cannot.
        target: What is to move.
    """
    shift, at = target.shift, target.at[-1]
    for one in known:
        if one.moving[at]:
            change = shift / one.moving[at]
            yield _way((one,), (change,), target)
    for one, other in combinations(known, 2) if target.is_step else ():
        pair = _balanced(one.moving, other.moving, at, shift)
        if pair is not None:
            yield _way((one, other), pair, target)
    for one, other in permutations(known, 2) if len(target.at) == 2 else ():
        both = _one_each(one, other, target)
        if both is not None:
            yield _way((one, other), both, target)
    # Two ends that meet at a join can only be changed together: each alone was refused.
    for first, second in combinations(stiff, 2):
        if first.value == second.value:
            yield Way((first, second), (shift, shift), 2 * LATER + 2)


def _balanced(
    first: Sequence[float], second: Sequence[float], at: int, shift: float
) -> tuple[float, float] | None:
    """The changes of two numbers that meet the shift and move the rest least, by least squares.

    The knots before count for more: who drags a knot has put those where they are.
    """
    p, q = first[at], second[at]
    if not (p or q) or not any(first) or not any(second):
        return None
    # On the line of all that meet the shift: (a, b) = near + t * (q, -p).
    length = p * p + q * q
    near = (shift * p / length, shift * q / length)
    along = [q * f - p * s for f, s in zip(first, second, strict=True)]
    rest = [near[0] * f + near[1] * s for f, s in zip(first, second, strict=True)]
    # The next ones count most, so that the end of a long ladder does not outweigh them.
    weights = [1.0 / (1 + abs(place - at)) ** 2 for place in range(len(rest))]
    weights = [(w * EARLIER / LATER) if place < at else w for place, w in enumerate(weights)]
    weights[at] = 0.0
    square = sum(w * x * x for w, x in zip(weights, along, strict=True))
    if not square:
        return None
    t = -sum(w * x * r for w, x, r in zip(weights, along, rest, strict=True)) / square
    return near[0] + t * q, near[1] - t * p


def _one_each(one: Slopes, other: Slopes, target: Target) -> tuple[float, float] | None:
    """The changes of two numbers of which one is the stop before a join, the other the start."""
    before, after = target.at
    apart = not one.moving[after] and not other.moving[before]
    if not (apart and one.moving[before] and other.moving[after]):
        return None
    return target.shift / one.moving[before], target.shift / other.moving[after]


def _way(used: tuple[Slopes, ...], changes: tuple[float, ...], target: Target) -> Way:
    numbers = tuple(one.number for one in used)
    lines = zip(*(one.moving for one in used), strict=True)
    moved = [sum(c * slope for c, slope in zip(changes, line, strict=True)) for line in lines]
    cost = float(len(used)) + WRITES * sum(not number.written for number in numbers)
    size = abs(target.shift)
    cost += LATER * max(min(abs(moved[p] - target.shift) / size, 1.0) for p in target.at)
    for weight, others in ((EARLIER, moved[: target.at[0]]), (LATER, moved[target.at[-1] + 1 :])):
        parts = [_part(abs(by) / size) for by in others]
        # The one that moves furthest; of equals, where fewer move.
        cost += weight * (max(parts, default=0.0) + 0.1 * sum(parts) / max(len(parts), 1))
    askew = sum(abs(change) * one.askew for one, change in zip(used, changes, strict=True))
    cost += ASKEW * (askew > STILL) + ASKEW * min(askew, 1.0)
    # Of ways as good as each other the one that changes its numbers by the smaller part.
    pairs = zip(numbers, changes, strict=True)
    part = sum(min(abs(change) / max(abs(one.value), 1e-300), 4.0) for one, change in pairs)
    return Way(numbers, changes, cost + 0.1 * part)


def _part(moved: float) -> float:
    """What another knot's move counts: nothing, or from a half up to all where it goes as far."""
    return 0.0 if moved < 0.02 else 0.5 + 0.5 * min(moved, 1.0)
