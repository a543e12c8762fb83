"""When to stop a sweep: one loss at a time."""

from __future__ import annotations

import math
import statistics
from collections import deque
from typing import Any

import numpy as np

from lrkit.core.validate import whole
from lrkit.finder.noise import level, margin, plateau_length
from lrkit.finder.sweep import Sweep

#: Losses whose median is judged, and judgements in a row that stop.
WINDOW, IN_A_ROW = 5, 3


class Stop:
    """Says after each loss of a sweep whether it has diverged.

    It has with the first loss that is not finite, or when the median of the last 5 losses is above

        L0 + max(2 * (L0 - lowest), 6 * sigma)

    for 3 records in a row: L0 and sigma are the median and the noise of the first tenth of the
    sweep, `lowest` is the lowest median so far. Adding a constant to all losses changes nothing,
    nor does a positive factor, so that negative losses and losses near 0 are safe. Nothing finite
    is judged before the first tenth is complete. Once stopped it stays so.

    Args:
        updates: How many the sweep has, as `Sweep.updates` says. 1 or more.

    Raises:
        ValueError: `updates` is not a whole number of 1 or more.
        TypeError: It is no number.

    >>> stop = Stop(updates=50)
    >>> [stop(loss) for loss in (1.0, 1.1, 1.0, 0.9, 0.8, 0.4)], stop(float("nan"))
    ([False, False, False, False, False, False], True)
    """

    def __init__(self, updates: int = Sweep().updates) -> None:
        self._length = plateau_length(whole("Stop", "updates", updates))
        self._plateau: list[float] = []
        self._level: tuple[float, float] | None = None
        self._last: deque[float] = deque(maxlen=WINDOW)
        self._lowest = math.inf
        self._above = 0
        self._stopped = False

    def __call__(self, loss: Any) -> bool:
        """Whether the sweep has diverged, with this loss as the latest.

        Args:
            loss: A number, or anything that `float` takes.
        """
        value = float(loss)
        if self._stopped or not math.isfinite(value):
            self._stopped = True
            return True
        self._last.append(value)
        if self._level is None:
            self._plateau.append(value)
        if len(self._last) < WINDOW:
            return False
        median = statistics.median(self._last)
        self._lowest = min(self._lowest, median)
        if self._level is None and len(self._plateau) < self._length:
            return False
        if self._level is None:
            self._level = level(np.array(self._plateau))
        middle, sigma = self._level
        too_high = median - middle > margin(middle, sigma, self._lowest)
        self._above = self._above + 1 if too_high else 0
        self._stopped = self._above >= IN_A_ROW
        return self._stopped
