"""The loss over the rate, as a sweep recorded it, and what can be read off it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from lrkit.core.validate import number, refuse
from lrkit.finder.divergence import Stop
from lrkit.finder.noise import NORMAL, level, margin, plateau_length
from lrkit.finder.smoothing import deviation, running_median
from lrkit.finder.smoothing import smooth as smoothed


@dataclass(frozen=True, eq=False, init=False, repr=False)
class Curve:
    """The loss of each rate of a sweep.

    From the first loss on that is not finite the sweep has diverged; `rates` and `losses` are the
    records before it.

    Args:
        rates: Growing positive rates, shape (n,).
        losses: The loss of each, of its own batch alone; not a running mean. Shape (n,).
        stopped: Whether the sweep was stopped because it diverged. What is not finite says so too.

    Attributes:
        rates: The rates up to divergence, float64.
        losses: Their losses, float64.
        given: All rates and losses, with those that are not finite.

    Raises:
        ValueError: There is no record, there are not as many losses as rates, or the rates are
            not positive and growing.

    >>> curve = Curve([1e-3, 1e-2, 1e-1, 1.0], [2.0, 1.5, 1.0, float("nan")])
    >>> len(curve.losses), curve.diverged
    (3, True)
    """

    rates: np.ndarray
    losses: np.ndarray
    given: tuple[np.ndarray, np.ndarray]
    stopped: bool

    def __init__(self, rates: Any, losses: Any, *, stopped: bool = False) -> None:
        given_rates = _row("rates", rates)
        given_losses = _row("losses", losses)
        if len(given_rates) != len(given_losses) or not len(given_rates):
            raise ValueError(
                "Curve: `rates` and `losses` must be as many, at least one of each, got "
                f"{len(given_rates)} rates and {len(given_losses)} losses. Give one record for "
                "each update."
            )
        if not (np.isfinite(given_rates).all() and (given_rates > 0).all()):
            raise refuse("Curve", "rates", "positive and finite", rates, "Its axis is logarithmic.")
        if (np.diff(given_rates) <= 0).any():
            raise refuse("Curve", "rates", "growing", rates, "Give them in the order of the sweep.")
        bad = np.flatnonzero(~np.isfinite(given_losses))
        end = int(bad[0]) if len(bad) else len(given_losses)
        object.__setattr__(self, "given", (given_rates, given_losses))
        object.__setattr__(self, "rates", given_rates[:end])
        object.__setattr__(self, "losses", given_losses[:end])
        object.__setattr__(self, "stopped", stopped)

    def __repr__(self) -> str:
        end = ", diverged" if self.diverged else ""
        rates = self.given[0]
        return f"<Curve: {len(rates)} records from {rates[0]:.3g} to {rates[-1]:.3g}{end}>"

    def __len__(self) -> int:
        """The number of records up to divergence."""
        return len(self.losses)

    @cached_property
    def _level(self) -> tuple[float, float]:
        return level(self.losses[: plateau_length(len(self))]) if len(self) else (math.nan,) * 2

    @property
    def plateau(self) -> float:
        """L0: the median of the first tenth of the losses."""
        return self._level[0]

    @cached_property
    def sigma(self) -> float:
        """The noise of a single loss, as a standard deviation.

            1.4826 * max(median(|l - L0|) in the plateau,
                         median(|l_i+1 - l_i|) / sqrt(2) up to the minimum, and around it)

        Neighbours too: in the plateau of a model that gives the same for all inputs there may be
        no noise yet, and there may be more of it in the descent.
        """
        if not len(self):
            return math.nan
        reach = round(2 * deviation(len(self)))
        until = self.minimum + 1
        before = np.diff(self.losses[:until])
        around = np.diff(self.losses[max(0, until - 1 - reach) : until + reach])
        # Around the minimum without their median: there the loss may still fall or rise.
        steps = (before, around - np.median(around) if len(around) else around)
        between = max((float(np.median(np.abs(s))) for s in steps if len(s)), default=0.0)
        return max(self._level[1], NORMAL * between / math.sqrt(2))

    @cached_property
    def smooth(self) -> np.ndarray:
        """The loss without noise and lag; what has diverged is cut off. Shape (n,)."""
        if not len(self):
            return self.losses
        lowest = float(running_median(self.losses).min())
        ceiling = self.plateau + margin(*self._level, lowest)
        return smoothed(self.losses, ceiling=ceiling)

    @cached_property
    def minimum(self) -> int:
        """The index of the lowest smooth loss."""
        return int(np.argmin(self.smooth))

    @property
    def drop(self) -> float:
        """D: how far the smooth loss falls below the plateau."""
        return self.plateau - float(self.smooth[self.minimum])

    @property
    def drop_ratio(self) -> float:
        """The fall in units of the noise that smoothing leaves; infinite without noise.

        D / (sigma / sqrt(2 * sqrt(pi) * w)),   w = the width of the Gaussian in records
        """
        if not len(self) or self.drop <= 0:
            return 0.0
        averaged = math.sqrt(2 * math.sqrt(math.pi) * deviation(len(self)))
        return self.drop * averaged / self.sigma if self.sigma else math.inf

    def crossing(self, part: float) -> float | None:
        """The first rate at which so much of the fall is done; None where nothing falls.

            the first rate with S <= L0 - part * D

        Args:
            part: Of the fall, above 0 and at most 1.

        Raises:
            ValueError: `part` is out of range.
        """
        below = self._below("Curve.crossing", part)
        return None if below is None else float(self.rates[int(np.argmax(below))])

    def last_below(self, part: float) -> float | None:
        """The last rate at which so much of the fall is still done; None where nothing falls.

            the last rate with S <= L0 - part * D

        Args:
            part: Of the fall, above 0 and at most 1.

        Raises:
            ValueError: `part` is out of range.
        """
        below = self._below("Curve.last_below", part)
        return None if below is None else float(self.rates[int(np.flatnonzero(below)[-1])])

    def _below(self, who: str, part: float) -> np.ndarray | None:
        value = number(who, "part", part)
        if not 0 < value <= 1:
            raise refuse(who, "part", "above 0 and at most 1", part)
        if self.drop <= 0:
            return None
        below: np.ndarray = self.smooth <= self.plateau - value * self.drop
        below[self.minimum] = True  # part=1 must not fail by a rounding
        return below

    @cached_property
    def diverged(self) -> bool:
        """Whether it ended in divergence: see `Stop`."""
        if self.stopped or len(self) < len(self.given[1]):
            return True
        stop = Stop(updates=len(self))
        return any([stop(loss) for loss in self.losses])

    @property
    def limit(self) -> float | None:
        """The first rate after the minimum with the smooth loss above the plateau, or None."""
        above = self.smooth[self.minimum :] > self.plateau
        return float(self.rates[self.minimum + int(np.argmax(above))]) if above.any() else None


def _row(name: str, values: Any) -> np.ndarray:
    row = np.array(values, np.float64)  # a copy: the caller's list may grow on
    if row.ndim != 1:
        raise ValueError(
            f"Curve: `{name}` must be one row of numbers, got an array of shape {row.shape}. "
            "Give repeats as one Curve each."
        )
    row.flags.writeable = False
    return row
