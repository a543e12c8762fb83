"""What float32 constructors of Keras and optax give exactly enough, and what they would not.

Both divide the step by a period in float32, and a compiler may multiply by the reciprocal instead:
41 * (1 / 41) is then below 1. A root near its end, a base near 1 or a stair would show it, so those
are left to functions that count in integers.
"""

from __future__ import annotations

import math
import struct
from fractions import Fraction
from typing import NamedTuple

from lrkit.core.combine import Scaled
from lrkit.core.curves import Decay, Ramp
from lrkit.core.cut import Staircase
from lrkit.core.schedule import Schedule
from lrkit.source.pieces import pieces

STAIRS_REACH = 4_000_000
"""Further on, float32 does not tell a step from the next well enough for stairs."""
_HALF_SPACING = Fraction(1, 2**25)
_SLOW = 0.05
"""A float32 power of a base whose logarithm is smaller strays by more than 1e-6."""
_LONGEST_STAIR = 2**18


def float32(reach: int | None = None) -> str:
    """How exact the code is, and until which update."""
    until = "" if reach is None else f" up to {reach:,}"
    return f"Computed in float32: within 1e-6 of the highest rate at every update{until}."


class Decaying(NamedTuple):
    """An endless decay, as both libraries have it."""

    height: float
    curve: Decay
    staircase: bool


def decaying(s: Schedule) -> Decaying | None:
    """`s` as a decay with a height, perhaps in stairs of its own period."""
    height, s = _height(s)
    stairs = isinstance(s, Staircase)
    if isinstance(s, Staircase):
        if not is_exact_stair(s.n):
            return None
        n = s.n
        inner_height, s = _height(pieces(s.inner)[0])
        height *= inner_height
        if not isinstance(s, Decay) or s.every != n:
            return None
    if not isinstance(s, Decay):
        return None
    if s.curve == "exponential" and 0.0 < abs(math.log(s.rate)) < _SLOW:
        return None
    return Decaying(height, s, stairs)


def _height(s: Schedule) -> tuple[float, Schedule]:
    return (s.height, s.inner) if isinstance(s, Scaled) else (1.0, s)


def is_exact_stair(n: Fraction) -> bool:
    """Whether floor(step / n) is right in float32, also by the reciprocal of n."""
    if n.denominator != 1 or n > _LONGEST_STAIR:
        return False
    (reciprocal,) = struct.unpack("f", struct.pack("f", 1.0 / int(n)))
    error = Fraction(reciprocal) * n - 1
    return error >= -_HALF_SPACING


def is_plain_cosine(s: Schedule) -> bool:
    """Half a cosine from a rate that is not 0, down or along."""
    return (
        isinstance(s, Ramp)
        and s.curve == "cosine"
        and s.knobs == (1.0, 1.0)
        and abs(s._start) >= abs(s._stop)
        and s._start != 0.0
    )


def is_line(s: Schedule) -> bool:
    """A straight line."""
    return isinstance(s, Ramp) and s.curve == "linear"


def power_of(s: Schedule) -> float | None:
    """The exponent of a line or polynomial that float32 leaves exact; None of anything else."""
    if not isinstance(s, Ramp) or s.curve not in ("linear", "polynomial"):
        return None
    if s.curve == "linear":
        return 1.0
    power, k = s.knobs
    return power if k == 1.0 and power >= 1.0 else None
