"""Level and noise of a loss before the rate does anything, and what counts as far above it."""

from __future__ import annotations

import numpy as np

#: The first part of a sweep, whose rates are too low to change the loss.
PART, LEAST = 0.1, 5
#: From the median absolute deviation to the standard deviation of a normal distribution.
NORMAL = 1.4826
#: So many times the whole fall, or so many standard deviations, above the level is diverged.
FALLS, DEVIATIONS = 2.0, 6.0
#: Losses come in float32: what differs by less, relative to its size, does not differ.
RESOLUTION = 2.0**-20


def plateau_length(records: int) -> int:
    """How many of the first records are the plateau: a tenth, but at least 5.

    >>> plateau_length(281), plateau_length(12)
    (28, 5)
    """
    return max(LEAST, int(PART * records))


def level(losses: np.ndarray) -> tuple[float, float]:
    """The median of the plateau, and its noise as a standard deviation that outliers leave alone.

        L0 = median(l),   sigma = 1.4826 * median(|l - L0|)

    Args:
        losses: The losses of the plateau, finite, at least one.

    >>> level(np.array([2.0, 2.5, 2.25, 9.0, 2.0]))
    (2.25, 0.37065)
    """
    middle = float(np.median(losses))
    return middle, NORMAL * float(np.median(np.abs(losses - middle)))


def margin(middle: float, sigma: float, lowest: float) -> float:
    """How far above L0 a loss has diverged; the same wherever the zero of the loss is.

        max(2 * (L0 - lowest), 6 * sigma)

    and never less than what float32 resolves. The usual "4 times the best loss" has no meaning for
    losses around 0 and below.

    Args:
        middle: L0, the level of the plateau.
        sigma: Its noise.
        lowest: The lowest loss so far, without its noise.

    >>> margin(2.0, 0.25, 1.75)
    1.5
    """
    return max(FALLS * (middle - lowest), DEVIATIONS * sigma, RESOLUTION * abs(middle))
