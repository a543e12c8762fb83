"""Factors between levels, told as their author would."""

from __future__ import annotations

from itertools import pairwise

_CLOSE = 1e-12


def ratio(before: float, after: float) -> float:
    """`after / before`, without what rounding has added to it."""
    exact = after / before
    rounded = float(f"{exact:.12g}")
    return rounded if abs(before * rounded - after) <= _CLOSE * abs(after) else exact


def same_ratio(levels: list[float]) -> float | None:
    """The one factor from each level to the next; None where they differ."""
    if 0.0 in levels[:-1]:
        return None
    factors = [ratio(a, b) for a, b in pairwise(levels)]
    spread = max(factors) - min(factors)
    return factors[0] if spread <= _CLOSE * abs(factors[0]) else None
