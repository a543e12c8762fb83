"""Where the cycles of a `repeat` end, and their values at one plain number."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Sequence
from decimal import Decimal, localcontext
from fractions import Fraction

from lrkit.core.curve import Curve, Number
from lrkit.core.phase import NUMBERS
from lrkit.core.validate import ZERO, exact, plain

MOST_BOUNDARIES = 10_000
_HALF = Fraction(1, 2)
_LAST_STEP = 2**53
"""Where steps stop being exact in float64, and an endless ladder of cycles may end."""


def cycle_ends(length: Fraction, times: float, growth: float, rounded: bool) -> list[Fraction]:
    """0 and the end of every cycle, rounded to whole steps if told."""
    ends = [ZERO]
    with localcontext(prec=60):
        # The numerators alone are decimals with an end: a third would be cut off, and a sum that
        # is just half a step would come out below it.
        ratio, span, total = Decimal(repr(growth)), Decimal(length.numerator), Decimal(0)
        while len(ends) <= times and (times < math.inf or ends[-1] < _LAST_STEP):
            total += span
            span *= ratio
            end = Fraction(total) / length.denominator
            ends.append(Fraction(math.floor(end + _HALF)) if rounded else exact(float(end)))
            _check_end(ends, length, times, growth)
    return ends


def _check_end(ends: list[Fraction], length: Fraction, times: float, growth: float) -> None:
    """Refuse one cycle too many, or one that got no time."""
    if len(ends) > MOST_BOUNDARIES:
        raise ValueError(
            f"repeat: at most {MOST_BOUNDARIES:,} cycles of different lengths can be "
            f"stored, got times={plain_times(times)}, stretch={growth!r}. Give fewer times."
        )
    if ends[-1] <= ends[-2]:
        raise ValueError(
            f"repeat: every cycle must get a whole step, got none for cycle "
            f"{len(ends) - 2} of a first length {plain(length)} with stretch={growth!r}. "
            "Give fewer times, or write the lengths in steps."
        )


def plain_times(times: float) -> int | float:
    """How often, as the user wrote it."""
    return times if times == math.inf else int(times)


def of_equal(inner: Number, span: int, drop: float) -> Number:
    """Cycles that all have the same whole number of steps."""

    def number(elapsed: float, remaining: float) -> float:
        i = elapsed // span
        own = elapsed - i * span
        value = inner(own, span - own)
        return value if drop == 1.0 else value * NUMBERS.power(drop, i)

    return number


def of_stretched(
    ends: Sequence[int], cycle: Callable[[int], Curve], start: float, stop: float
) -> Callable[[float], float]:
    """Cycles that end on these whole steps; each is made when it is first asked for."""
    made: list[tuple[int, int, Number] | None] = [None] * (len(ends) - 1)
    end = ends[-1]

    def value(step: float) -> float:
        if not 0 < step < end:
            return start if step <= 0 else stop
        i = bisect_right(ends, step) - 1
        known = made[i]
        if known is None:
            known = made[i] = ends[i], ends[i + 1], cycle(i)._number
        begin, after, number = known
        return number(step - begin, after - step)

    return value
