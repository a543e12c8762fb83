"""Rules that read a rate off the smooth curve. Each gives None where it has none."""

from __future__ import annotations

import math

import numpy as np

from lrkit.finder.curve import Curve
from lrkit.finder.valley import valley_index

#: Part of the fall that is done within the basin.
BASIN = 0.8


def basin(curve: Curve) -> float | None:
    """The geometric middle of the basin: of the rates at which four fifths of the fall are done.

        sqrt(first rate with S <= L0 - 0.8 D  *  last rate with S <= L0 - 0.8 D)

    Both walls count, and where the loss is lowest between them does not, which noise decides.

    >>> rates = np.geomspace(1e-4, 1, 161)
    >>> round(basin(Curve(rates, np.tanh(np.log(rates / 0.1) ** 2))), 3)
    0.1
    """
    first, last = curve.crossing(BASIN), curve.last_below(BASIN)
    return None if first is None or last is None else math.sqrt(first * last)


def geo(curve: Curve) -> float | None:
    """The geometric middle of where half of the fall is done and where the loss is lowest.

        sqrt(crossing(0.5) * rates[minimum])

    >>> rates = np.geomspace(1e-4, 1, 161)
    >>> round(geo(Curve(rates, np.tanh(np.log(rates / 0.1) ** 2))), 4)
    0.0688
    """
    half = curve.crossing(0.5)
    return None if half is None else math.sqrt(half * curve.rates[curve.minimum])


def descent90(curve: Curve) -> float | None:
    """Where nine tenths of the fall are done: crossing(0.9)."""
    return curve.crossing(0.9)


def min10(curve: Curve) -> float | None:
    """A tenth of the rate at the lowest smooth loss."""
    return float(curve.rates[curve.minimum]) / 10 if curve.drop > 0 else None


def valley(curve: Curve) -> float | None:
    """Half way down the longest valley of the smooth loss, as fastai counts it.

    Of the longest strictly falling subsequence of length m, from index a: index a + m/3 + m/6.
    """
    return float(curve.rates[valley_index(curve.smooth)]) if curve.drop > 0 else None


def steepest(curve: Curve) -> float | None:
    """Where the smooth loss falls fastest over log rate, up to its minimum.

    argmin of dS / d(ln rate) over i <= minimum
    """
    if curve.drop <= 0 or len(curve) < 2:
        return None
    slope = np.gradient(curve.smooth, np.log(curve.rates))
    return float(curve.rates[int(np.argmin(slope[: curve.minimum + 1]))])
