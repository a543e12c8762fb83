"""A knot is dragged, and the text follows: the new text, or the old one where nothing can."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from lrkit.designer import limits
from lrkit.designer.asked import Asked, BadQuestion, schedule_of
from lrkit.designer.literals import Literal as Number
from lrkit.designer.literals import left_out, literals
from lrkit.designer.places import Places, horizon_of, places
from lrkit.designer.ways import Slopes, Target, Way, slopes, ways

What = Literal["step", "before", "after", "both"]
SIDES = {"step": (), "before": (0,), "after": (1,), "both": (0, 1)}
#: Numbers of a text that are tried.
MOST_NUMBERS = 40
#: Digits that a new number may have, as few as bring the knot to its place; 0 keeps it whole.
DIGITS = (0, 3, 4, 5, 7)
#: A value is in its place within this part of it, a step within this many updates.
NEAR, HALF = 5e-4, 0.5
#: Times that a solution is brought closer where the knot does not follow in a straight line.
ROUNDS = 5
#: Ways that are tried, the best first.
WAYS = 30
#: Above the cost of the first way that works, what another may cost that comes closer.
WORSE = 4.0


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


def dragged(text: str, names: dict[str, float], knot: int, what: What, goal: float) -> str:
    """The text in which one knot has another step or value; the old one where none has.

    Of all single numbers and pairs of numbers that bring the knot to its place, those are changed
    that move the other knots least, the earlier ones first of all, and that write the fewest new
    arguments. It takes no more than `limits.DRAG` seconds: what was not looked at by then is left.

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
    return _Drag(text, names, knot, what, goal).result()


class _Drag:
    """One knot on its way to its place."""

    def __init__(
        self, text: str, names: dict[str, float], knot: int, what: What, goal: float
    ) -> None:
        self.text, self.names, self.goal = text, names, goal
        self.until = time.monotonic() + limits.DRAG
        schedule = schedule_of(text, names)
        # Twice as far as the knots are: they may move away.
        self.horizon = 2 * horizon_of(schedule)
        self.base = places(schedule, self.horizon)
        self.target = Target(knot, SIDES[what], 0.0)
        moving = self.target.moving(self.base)
        if self.target.at[-1] >= len(moving):
            raise ValueError("drag: `knot` must be the number of one of the knots.")
        self.begin = moving[self.target.at[-1]]
        self.target = Target(knot, SIDES[what], goal - self.begin)
        self.close = HALF if self.target.is_step else NEAR * abs(goal)

    def result(self) -> str:
        """The text that comes closest among the ways that disturb least."""
        if not self.target.shift:
            return self.text
        best: _Reached | None = None
        limit = float("inf")
        for way in sorted(self._ways(), key=lambda way: way.cost)[:WAYS]:
            if way.cost > limit or self._is_late():
                break
            reached = self._follow(way)
            if reached is not None and (best is None or reached.distance < best.distance):
                best, limit = reached, min(limit, way.cost + WORSE)
            if best is not None and best.distance <= self.close:
                break
        return self.text if best is None else best.text

    def _ways(self) -> list[Way]:
        gaps = [] if self.target.is_step else left_out(self.text)
        known: list[Slopes] = []
        stiff: list[Number] = []
        for number in [*literals(self.text), *gaps][:MOST_NUMBERS]:
            if self._is_late():
                break
            found = slopes(number, self.target, self.base, self._changed)
            if found is None:
                stiff.append(number)
            else:
                known.append(found)
        return list(ways(known, stiff, self.target))

    def _changed(self, number: Number, value: float) -> Places | None:
        return self._places(written(self.text, [(number, value)]))

    def _places(self, text: str) -> Places | None:
        try:
            return places(schedule_of(text, self.names), self.horizon)
        except ValueError:
            return None

    def _is_late(self) -> bool:
        return time.monotonic() > self.until

    def _follow(self, way: Way) -> _Reached | None:
        """The text after a way was gone; None where it does not read or comes no closer."""
        best: _Reached | None = None
        share = 1.0
        for _ in range(ROUNDS):
            pairs = list(zip(way.numbers, way.changes, strict=True))
            found = None
            for digits in DIGITS:
                found = self._reached(written(
                    self.text, [(one, one.value + share * change) for one, change in pairs], digits
                ))  # fmt: skip
                if found is not None and (best is None or found.distance < best.distance):
                    best = found
                if self._is_late() or (best is not None and best.distance <= self.close):
                    break
            if found is None or self._is_late() or (best and best.distance <= self.close):
                break
            if found.at == self.begin:
                break
            share *= self.target.shift / (found.at - self.begin)
        nearer = best is not None and best.distance < abs(self.target.shift)
        return best if nearer else None

    def _reached(self, text: str) -> _Reached | None:
        """Where the knot is with this text: of both sides of a join, the one that is further."""
        found = self._places(text)
        moving = () if found is None else self.target.moving(found)
        if self.target.at[-1] >= len(moving):
            return None
        distance = max(abs(self.goal - moving[place]) for place in self.target.at)
        return _Reached(text, moving[self.target.at[-1]], distance)


@dataclass(frozen=True)
class _Reached:
    """A text, where the knot is with it, and how far from its goal."""

    text: str
    at: float
    distance: float


def written(text: str, changes: Sequence[tuple[Number, float]], digits: int = 17) -> str:
    """The text with other numbers, spelt in the manner of the old ones.

    Args:
        text: The old one.
        changes: Numbers of the text and their new values.
        digits: How many of each new number count; 0 leaves whole numbers whole.
    """
    # From the right, so that places further left stay valid; gaps at one place in their order.
    ordered = sorted(enumerate(changes), key=lambda pair: (pair[1][0].begin, pair[0]), reverse=True)
    for _, (number, value) in ordered:
        whole = digits == 0 and number.is_whole
        new = number.prefix + number.spelt(round(value) if whole else value, digits or DIGITS[1])
        text = text[: number.begin] + new + text[number.end :]
    return text
