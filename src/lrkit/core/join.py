"""One schedule after another: `a >> b` where the rate flows on, `a | b` where it jumps."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate
from typing import Any, final

from lrkit.core.curve import Number
from lrkit.core.lazy import lazy
from lrkit.core.moments import Moment
from lrkit.core.phase import NUMBERS, Array
from lrkit.core.schedule import FLOW, JUMP, Schedule, TooFewSteps
from lrkit.core.validate import ZERO, Time, plain, tidy

MOST_PIECES = 1_000
_MEETS = 1e-9
"""How far apart, of the larger value, the ends of two pieces may be and still meet."""


@final
@dataclass(frozen=True, eq=False, repr=False)
class Join(Schedule):
    """Pieces end to end; `seams[i]` is `>>` or `|` between piece i and the next."""

    parts: tuple[Schedule, ...]
    seams: tuple[str, ...]
    levels: int = 0
    """How deeply the parts are nested, where that is known; looked up in each otherwise."""

    def __post_init__(self) -> None:
        """Take the levels as told: a long join is built from left to right, once for each part."""
        if self.levels:
            self._nest(self.levels)
        else:
            Schedule.__post_init__(self)

    @staticmethod
    def build(schedules: Sequence[Schedule], seam: str) -> Schedule:
        """Join schedules by one kind of seam; joins among them become part of this one."""
        parts: list[Schedule] = []
        seams: list[str] = []
        for s in schedules:
            if parts:
                _check_seam(parts[-1], s, seam)
                seams.append(seam)
            parts.extend(s.parts if isinstance(s, Join) else [s])
            seams.extend(s.seams if isinstance(s, Join) else [])
        if len(parts) > MOST_PIECES:
            raise ValueError(
                f"`{seam}`: a join must have at most {MOST_PIECES:,} pieces, got {len(parts):,}. "
                "Use `points`, `table` or `repeat` for so many."
            )
        levels = max(s._depth + (not isinstance(s, Join)) for s in schedules)
        return Join(tuple(parts), tuple(seams), levels)

    @lazy
    def _binds(self) -> int:
        return JUMP if "|" in self.seams else FLOW

    @lazy
    def _length(self) -> Time:
        return sum((p._length for p in self.parts), Fraction(0))

    @lazy
    def _start(self) -> float:
        return self.parts[0]._start

    @lazy
    def _stop(self) -> float:
        return self.parts[-1]._stop

    @lazy
    def _begins(self) -> list[Fraction]:
        bounded = [Fraction(p._length) for p in self.parts[:-1]]
        return list(accumulate(bounded, initial=Fraction(0)))

    @lazy
    def _starts(self) -> list[Moment]:
        return [Moment(b) for b in self._begins]

    # ---- evaluation ----------------------------------------------------------------------------

    def _lower(self) -> list[Any]:
        return [piece for part in self.parts for piece in part._lower()]

    @lazy
    def _flat(self) -> Join:
        pieces = tuple(self._lower())
        return self if pieces == self.parts else Join(pieces, ("|",) * (len(pieces) - 1))

    @lazy
    def _number(self) -> Number:
        flat = self._flat
        begins = [plain(b) for b in flat._begins]
        # A begin between two steps is taken off as a whole step and a rest: one rounding less.
        ceilings = [m.ceiling for m in flat._starts]
        rests = [0 if m.is_whole else m.rest for m in flat._starts]
        lengths = [plain(p._length) for p in flat.parts]
        numbers = [p._number for p in flat.parts]

        def number(elapsed: float, remaining: float) -> float:
            i = bisect_right(begins, elapsed) - 1
            own = elapsed - ceilings[i] + rests[i]
            left = lengths[i] - own
            # Between two floats a piece may seem to begin a rounding too late, or end too early.
            return numbers[i](own if own > 0 else 0, left if left > 0 else 0)

        return number

    def _at_steps(self) -> Callable[[int], float]:
        flat = self._flat
        if len(flat.parts) > 3 or not all(m.is_whole for m in flat._starts):
            return super()._at_steps()
        # Two or three pieces, which most schedules have, are found without a search.
        first, last = flat.parts[0]._number, flat.parts[-1]._number
        middle = flat.parts[-2]._number
        held = flat.parts[-2]._start if flat.parts[-2]._is_constant() else None
        b, c = plain(flat._begins[1]), plain(flat._begins[-1])
        end, length = plain(flat._length), plain(flat.parts[-1]._length)
        start, stop = flat._start, flat._stop

        def value(step: int) -> float:
            if step < b:
                return first(step, b - step) if step > 0 else start
            if step < c:
                return middle(step - b, c - step) if held is None else held
            return last(step - c, length - (step - c)) if step < end else stop

        return value

    def _curve(self, elapsed: Array, remaining: Array, xp: Any) -> Array:
        if xp is NUMBERS:
            return self._number(elapsed, remaining)
        flat = self._flat
        if type(elapsed).__module__ == "numpy" and elapsed.ndim == 1:
            from lrkit.core.host import piecewise

            return piecewise(flat._begins, flat._own_piece, elapsed, remaining, xp)
        value = flat._held_piece(0, elapsed, remaining, xp)
        for i in range(1, len(flat.parts)):
            begun = xp.reached(elapsed, flat._starts[i])
            if begun is None:
                break
            value = xp.where(begun, flat._held_piece(i, elapsed, remaining, xp), value)
        return value

    def _held_piece(self, i: int, elapsed: Array, remaining: Array, xp: Any) -> Array:
        """Piece i at any times of the whole; at times that are not its own, its end values."""
        part, end = self.parts[i], self.parts[i]._moment
        own = xp.since(elapsed, self._starts[i]) if i else elapsed
        if end is None:
            return part._curve(xp.maximum(own, 0), None, xp)
        own = xp.clip(own, end)
        if i == len(self.parts) - 1 and remaining is not None:
            return part._curve(own, xp.clip(remaining, end), xp)
        return part._curve(own, xp.until(own, end), xp)

    def _own_piece(self, i: int, elapsed: Array, remaining: Array, xp: Any) -> Array:
        """Piece i at times of the whole that are its own."""
        part, end = self.parts[i], self.parts[i]._moment
        own = xp.since(elapsed, self._starts[i]) if i else elapsed
        if i < len(self.parts) - 1 and end is not None:
            remaining = xp.until(own, end)
        return part._curve(own, remaining, xp)

    # ---- structure -----------------------------------------------------------------------------

    def _breaks(self, after: Fraction = ZERO) -> Iterator[Fraction]:
        for part, begin in zip(self.parts, self._begins, strict=True):
            if begin > after:
                yield begin
            if begin + part._length > after:
                for t in part._breaks(max(after - begin, ZERO)):
                    yield begin + t

    def _before(self, t: Fraction) -> float:
        i = sum(begin < t for begin in self._begins) - 1
        return self.parts[i]._before(t - self._begins[i])

    def _stretched(self, k: Fraction) -> Schedule:
        return Join(tuple(p._stretched(k) for p in self.parts), self.seams)

    def _over(self, n: int) -> Schedule:
        share = n / Fraction(self._length)
        ends = [int(b * share + Fraction(1, 2)) for b in self._begins[1:]] + [n]
        lengths = [b - a for a, b in zip([0, *ends], ends, strict=False)]
        if min(lengths) < 1:
            raise TooFewSteps(self.parts[lengths.index(min(lengths))])
        pieces = zip(self.parts, lengths, strict=True)
        return Join(tuple(p._exactly_over(m) for p, m in pieces), self.seams)

    def _shortest(self) -> Fraction:
        return min(p._shortest() for p in self.parts)

    def _is_whole(self) -> bool:
        return all(tidy(b).denominator == 1 for b in self._begins) and all(
            p._is_whole() for p in self.parts
        )

    @lazy
    def _text(self) -> str:
        pieces = [p._text for p in self.parts]
        return pieces[0] + "".join(
            f" {seam} {text}" for seam, text in zip(self.seams, pieces[1:], strict=True)
        )


def _check_seam(a: Schedule, b: Schedule, seam: str) -> None:
    if not isinstance(a._length, Fraction):
        raise ValueError(
            f"`{seam}`: only the last piece may be endless, got `{_short(a._text)}` before "
            "another. End it with `.take(n)`."
        )
    gap = abs(a._stop - b._start)
    if seam == ">>" and not gap <= _MEETS * max(abs(a._stop), abs(b._start)):
        raise ValueError(
            f"`>>`: a piece must start where the one before stops, got a stop of {a._stop!r} and "
            f"then a start of {b._start!r}. {_way_out(a, b)}"
        )


def _way_out(a: Schedule, b: Schedule) -> str:
    from lrkit.core.combine import Scaled, scaled

    first = a.parts[-1] if isinstance(a, Join) else a
    if isinstance(first, Scaled) and not isinstance(b, Scaled):
        inner = f"{first.inner._text} >> {b._text}"
        if len(inner) < 200:
            return (
                f"`*` binds tighter than `>>`: write `{first.height!r} * ({inner})` to scale both, "
                "or `|` where a jump is meant."
            )
    if a._stop != 0.0 and b._start != 0.0 and math.isfinite(a._stop):
        text = _short(scaled(b._start / a._stop, a)._text)
        return f"Write `{text} >> …` to let it flow, or `|` where a jump is meant."
    return "Write `|` where a jump is meant."


def _short(text: str) -> str:
    return text if len(text) <= 80 else text[:77] + "…"


def then(*schedules: Schedule) -> Schedule:
    """`a >> b >> …`: each schedule must start where the one before stops, to 1e-9.

    Args:
        schedules: Two or more; only the last may be endless.

    Raises:
        ValueError: Two that follow each other do not meet, or an endless one is not the last.

    >>> from lrkit import warmup, cosine
    >>> then(warmup(5), cosine(95))
    warmup(5) >> cosine(95)
    """
    return Join.build(_at_least_two("then", schedules), ">>")


def jump(*schedules: Schedule) -> Schedule:
    """`a | b | …`: the same join where the rate may jump between schedules.

    Args:
        schedules: Two or more; only the last may be endless.

    Raises:
        ValueError: An endless one is not the last.

    >>> from lrkit import hold
    >>> jump(hold(30), 0.1 * hold(30))
    hold(30) | 0.1 * hold(30)
    """
    return Join.build(_at_least_two("jump", schedules), "|")


def _at_least_two(who: str, schedules: tuple[Schedule, ...]) -> tuple[Schedule, ...]:
    if len(schedules) < 2:
        raise TypeError(f"{who}: two or more schedules must be given, got {len(schedules)}.")
    for s in schedules:
        if not isinstance(s, Schedule):
            raise TypeError(f"{who}: every argument must be a schedule, got {s!r}.")
    return schedules
