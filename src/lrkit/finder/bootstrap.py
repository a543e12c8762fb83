"""How much a suggestion would move with other batches, from one curve alone."""

from __future__ import annotations

import numpy as np

from lrkit.finder.curve import Curve
from lrkit.finder.rules import Rule

#: Curves drawn, records of a block, and the part of the curve that a block may come from.
DRAWS, BLOCK, NEAR = 100, 5, 0.05


def spread_of_one(curve: Curve, rule: Rule, seed: int) -> float | None:
    """The standard deviation of log10(rate) over curves that might have been recorded instead.

    Each is the smooth curve with the noise of this one laid over it in another order: blocks of
    5 neighbouring residuals, each from near its new place, since the noise grows with the rate.

    Args:
        curve: What was recorded.
        rule: What reads the rate.
        seed: Of the draws.

    Returns:
        In decades; None where the rule finds no rate on half of the curves.

    Source: the local block bootstrap of Paparoditis & Politis 2002 ("Local block bootstrap",
    C. R. Acad. Sci. Paris 335).
    """
    random = np.random.default_rng(seed)
    residuals = curve.losses - curve.smooth
    found = []
    for _ in range(DRAWS):
        drawn = curve.smooth + residuals[_places(len(curve), random)]
        rate = rule(Curve(curve.rates, drawn))
        if rate is not None and rate > 0:
            found.append(np.log10(rate))
    return float(np.std(found, ddof=1)) if len(found) > DRAWS // 2 else None


def _places(n: int, random: np.random.Generator) -> np.ndarray:
    """Where the residual of each record comes from."""
    starts = np.arange(0, n, BLOCK)
    near = max(BLOCK, round(NEAR * n))
    moved = np.clip(starts + random.integers(-near, near + 1, len(starts)), 0, n - BLOCK)
    places: np.ndarray = (moved[:, None] + np.arange(BLOCK)).ravel()[:n]
    return places
