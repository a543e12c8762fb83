"""The rates of a range test: evenly spaced in log rate, a pure function of the step."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lrkit.core.schedule import Schedule
from lrkit.core.shapes import geometric
from lrkit.core.validate import positive, refuse


@dataclass(frozen=True)
class Sweep:
    """The rates that a range test goes through, one update for each.

        rate(k) = lr_min * (lr_max / lr_min) ** (k / (n - 1)),   0 <= k < n
        n = round(per_decade * log10(lr_max / lr_min)) + 1

    The number of rates is told for each decade, not for the whole, since suggestions move with it.

    Args:
        lr_min: The first rate. Positive.
        lr_max: The last rate, hit exactly. Above `lr_min`.
        per_decade: Updates in which the rate grows tenfold. Positive.

    Raises:
        ValueError: A number is not positive, or `lr_max` is not above `lr_min`.
        TypeError: One is no number.

    Source: Smith 2017, "Cyclical Learning Rates for Training Neural Networks" (arXiv 1506.01186).

    >>> sweep = Sweep()
    >>> sweep.updates, sweep.schedule
    (281, geometric(280, start=1e-06, stop=10.0))
    """

    lr_min: float = 1e-6
    lr_max: float = 10.0
    per_decade: float = 40

    def __post_init__(self) -> None:
        low = positive("Sweep", "lr_min", self.lr_min, "A factor never leads from 0.")
        high = positive("Sweep", "lr_max", self.lr_max)
        if not high > low:
            raise refuse(
                "Sweep", "lr_max", f"above lr_min={low!r}", self.lr_max, "The sweep goes upwards."
            )
        positive("Sweep", "per_decade", self.per_decade)

    @property
    def updates(self) -> int:
        """The number of updates, each with a rate and a loss; both ends are among them."""
        decades = np.log10(self.lr_max) - np.log10(self.lr_min)
        return max(round(float(self.per_decade * decades)), 1) + 1

    @property
    def rates(self) -> np.ndarray:
        """The rate of each update (float64, as many as `updates`)."""
        return np.asarray(self.schedule(np.arange(self.updates)))

    @property
    def schedule(self) -> Schedule:
        """The same as a schedule, which holds the last rate from then on."""
        return geometric(self.updates - 1, start=self.lr_min, stop=self.lr_max)
