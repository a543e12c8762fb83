"""A loss without its noise, and without lag."""

from __future__ import annotations

import math
import statistics
from typing import Any

import numpy as np

from lrkit.core.validate import refuse

#: Records of the running median, which takes single spikes away.
WINDOW = 5
#: Standard deviation of the Gaussian in parts of the records, and the least in records.
WIDTH, NARROWEST = 0.03, 1.5
#: Standard deviations beyond which the Gaussian is cut: its weight there is below 4e-4.
REACH = 4.0


def deviation(records: int) -> float:
    """The standard deviation of the Gaussian, in records.

    >>> deviation(281), deviation(30)
    (8.43, 1.5)
    """
    return max(NARROWEST, WIDTH * records)


def smooth(losses: Any, *, ceiling: float = math.inf) -> np.ndarray:
    """The losses, smoothed over their index in both directions alike.

        s_i = sum_j w(i - j) * m_j / sum_j w(i - j),   w(d) = exp(-d**2 / (2 * sd**2))
        m_i = median of min(l, ceiling) from i - 2 to i + 2,   sd = max(1.5, 0.03 * n)

    The sums take in the records that there are, at the ends too. A moving average that looks back
    only, which finders commonly use, is late by its width: it moves each feature to higher rates.

    Args:
        losses: Finite numbers, shape (n,), n at least 1.
        ceiling: What is above counts as this much. Default: nothing is cut.

    Returns:
        float64, shape (n,).

    Raises:
        ValueError: `losses` are not finite numbers in one row.

    >>> smooth([2.0, 2.0, 9.0, 2.0, 2.0])
    array([2., 2., 2., 2., 2.])
    """
    values = np.asarray(losses, np.float64)
    if values.ndim != 1 or not len(values) or not np.isfinite(values).all():
        raise refuse(
            *("smooth", "losses", "finite numbers in one row", losses),
            "Leave out the records from the first one that is not finite on.",
        )
    medians = running_median(np.minimum(values, ceiling))
    # From the middle on, so that a large constant costs no precision and is kept to the bit.
    middle = np.median(medians)
    width = deviation(len(values))
    half = min(math.ceil(REACH * width), len(values) - 1)
    weights = np.exp(-0.5 * (np.arange(-half, half + 1) / width) ** 2)
    inside = slice(half, half + len(values))
    total = np.convolve(medians - middle, weights)[inside]
    smoothed: np.ndarray = middle + total / np.convolve(np.ones(len(values)), weights)[inside]
    return smoothed


def running_median(values: np.ndarray) -> np.ndarray:
    """The median of each value and up to two on each side, as many as there are.

    Args:
        values: Shape (n,).

    >>> running_median(np.array([1.0, 9.0, 2.0, 3.0, 4.0, 5.0]))
    array([2. , 2.5, 3. , 4. , 3.5, 4. ])
    """
    side = WINDOW // 2
    medians = np.empty(len(values))
    if len(values) >= WINDOW:
        windows = np.lib.stride_tricks.sliding_window_view(values, WINDOW)
        medians[side : len(values) - side] = np.median(windows, axis=1)
    for i in range(len(values)) if len(values) < WINDOW else (*range(side), *range(-side, 0)):
        i %= len(values)
        medians[i] = statistics.median(values[max(i - side, 0) : i + side + 1].tolist())
    return medians
