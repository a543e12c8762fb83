"""Many values at once on the host: NumPy in chunks that stay in the cache.

Each piece is evaluated only where it holds, and no more memory is used than the result needs.
"""

from __future__ import annotations

import sys
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING, Any

from lrkit.core.moments import Moment
from lrkit.core.phase import Array, Arrays
from lrkit.core.validate import Time

if TYPE_CHECKING:
    import numpy

    from lrkit.core.curve import Curve

CHUNK = 1 << 15
"""Steps at a time: a few arrays of them fit into the second-level cache."""


def first_values(schedule: Curve, n: int) -> numpy.ndarray[Any, Any]:
    """The values at 0…n-1 in float64."""
    import numpy as np

    from lrkit.core.namespace import of_module

    xp = of_module(np)
    out = np.empty(n)
    begin: Time = Fraction(0)
    for piece in schedule._lower():
        end = begin + piece._length
        _fill(out[min(ceil(begin), n) : n if end >= n else ceil(end)], piece, Fraction(begin), xp)
        if end >= n:
            return out
        begin = end
    out[ceil(begin) :] = schedule._stop
    return out


def _fill(out: Array, piece: Curve, begin: Fraction, xp: Arrays) -> None:
    """The values of a piece that begins at `begin`, from the first whole step on."""
    np = sys.modules["numpy"]
    if piece._is_constant():
        out[:] = piece._start
        return
    end, shift = piece._moment, Moment(begin - ceil(begin))
    for low in range(0, len(out), CHUNK):
        own = np.arange(low, min(low + CHUNK, len(out)))
        if not shift.is_whole:
            own = xp.since(own, shift)
        left = None if end is None else xp.until(own, end)
        out[low : low + CHUNK] = piece._curve(own, left, xp)


def evaluate(schedule: Curve, steps: Array, xp: Arrays) -> Array:
    """The values at any steps, in the shape of the steps."""
    np = sys.modules["numpy"]
    flat = steps.reshape(-1)
    out = np.empty(flat.shape, xp.real(flat[:1]).dtype)
    for begin in range(0, flat.size, CHUNK):
        some = flat[begin : begin + CHUNK]
        out[begin : begin + CHUNK] = _chunk(schedule, some, some.min(), some.max(), xp)
    return out.reshape(steps.shape)


def _chunk(schedule: Curve, steps: Array, low: float, high: float, xp: Arrays) -> Array:
    """The values at some steps between `low` and `high`."""
    if low < 0 or high >= schedule._length:
        return schedule._held(steps, xp)
    end = schedule._moment
    return schedule._curve(steps, None if end is None else xp.until(steps, end), xp)


def piecewise(
    begins: list[Fraction],
    piece: Callable[[int, Array, Array, Arrays], Array],
    elapsed: Array,
    remaining: Array,
    xp: Arrays,
) -> Array:
    """`piece(i, …)` wherever `begins[i]` is the last that is not after `elapsed`."""
    np = sys.modules["numpy"]
    bounds = [ceil(b) for b in begins] if xp.is_int(elapsed) else [float(b) for b in begins]
    first = bisect_right(bounds, elapsed.min()) - 1
    last = bisect_right(bounds, elapsed.max()) - 1
    if first == last:
        return piece(first, elapsed, remaining, xp)
    out = np.empty(elapsed.shape, xp.real(elapsed[:1]).dtype)
    if bool((elapsed[1:] >= elapsed[:-1]).all()):
        cuts = [bisect_left(elapsed, b) for b in bounds[first + 1 : last + 1]]
        parts = [slice(a, b) for a, b in zip([0, *cuts], [*cuts, elapsed.size], strict=True)]
    else:
        index = np.searchsorted(bounds[first + 1 : last + 1], elapsed, side="right")
        parts = [np.flatnonzero(index == i) for i in range(last - first + 1)]
    for i, part in enumerate(parts, start=first):
        some = elapsed[part]
        if some.size:
            out[part] = piece(i, some, None if remaining is None else remaining[part], xp)
    return out


def of_few(index: Array, value: Callable[[Array], Array]) -> Array:
    """`value(index)`, worked out once for each index where many are the same."""
    np = sys.modules["numpy"]
    low, high = int(index.min()), int(index.max())
    if high - low >= index.size // 4:
        return value(index)
    some = value(np.arange(low, high + 1))
    return some[index - low] if isinstance(some, np.ndarray) else some
