"""When a curve gives no answer, and what to do then."""

from __future__ import annotations

import numpy as np

from lrkit.finder.curve import Curve
from lrkit.finder.noise import RESOLUTION

#: Fewer records than this show nothing.
FEWEST = 30
#: A fall of no more than so many deviations of the smooth curve is none. Measured: 14 to 700 in
#: most networks that had not been trained; 6.0 in one of 68 trained ones, less in the others.
LEAST_DROP = 5.0
#: Half of the fall within this first part of the records: they begin too high.
EARLY = 0.15


def refusal(curve: Curve) -> str | None:
    """Why no rate can be suggested, with the way out; None where one can.

    Args:
        curve: What a sweep recorded.

    >>> print(refusal(Curve([1e-3, 1e-2], [2.0, 1.0])))
    There are 2 records with a finite loss, and a suggestion needs 30. Raise per_decade, or ...
    """
    if not len(curve):
        return (
            "The first loss is not finite: the model fails before any rate acts on it. Look at the "
            "data, the loss function and the precision."
        )
    if len(curve) < FEWEST:
        return (
            f"There are {len(curve)} records with a finite loss, and a suggestion needs {FEWEST}. "
            f"Raise per_decade, or {'lower lr_min' if curve.diverged else 'widen the range'}."
        )
    if np.ptp(curve.losses) <= RESOLUTION * float(np.abs(curve.losses).max()):
        return (
            "All losses are equal: nothing was trained. Look whether the rate reaches the "
            "optimizer, and whether any weight is trainable."
        )
    return _of_the_fall(curve)


def _of_the_fall(curve: Curve) -> str | None:
    if not curve.drop_ratio > LEAST_DROP:
        return (
            f"The loss falls by {max(curve.drop, 0.0):.3g}, and its noise is {curve.sigma:.3g}: "
            "there is no descent to read. A trained model has none left: compare a few rates on "
            "short trainings instead. Otherwise raise lr_max or the batch size."
        )
    if curve.minimum == len(curve) - 1 and not curve.diverged:
        return (
            f"The loss still falls at the highest rate, {curve.rates[-1]:.3g}. Raise lr_max until "
            "it diverges."
        )
    half = int(np.searchsorted(curve.rates, curve.crossing(0.5) or 0.0))
    if half < EARLY * len(curve):
        return (
            f"Half of the fall is done at {curve.rates[half]:.3g}, soon after the lowest rate, "
            f"{curve.rates[0]:.3g}: where it begins is not seen. Lower lr_min."
        )
    return None
