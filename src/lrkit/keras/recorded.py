"""What a Recorder recorded of one optimizer, as its user reads it."""

from collections.abc import Callable
from typing import Any

import numpy as np

from lrkit.core.schedule import Schedule
from lrkit.keras.auditing import run_of
from lrkit.keras.track import Track
from lrkit.plan.audit import Audit, audit
from lrkit.plan.plan import Plan
from lrkit.record.columns import RATE, Record


class Recorded:
    """The updates of one optimizer, one row for each; always up to date.

    Args:
        track: What records them.
        catch_up: Brings the track up to date.
    """

    def __init__(self, track: Track, catch_up: Callable[[], None]) -> None:
        self._track = track
        self._catch_up = catch_up

    @property
    def steps(self) -> np.ndarray:
        """The number of each recorded update, from 0 (int64)."""
        return self._record.columns().steps

    @property
    def epochs(self) -> np.ndarray:
        """The epoch of each recorded update, from 0 as in `History.epoch` (int64)."""
        return self._record.columns().epochs

    @property
    def learning_rates(self) -> np.ndarray:
        """The rate of each recorded update, with the factor in it (float32)."""
        return self._record.columns().rates

    @property
    def hyperparameters(self) -> dict[str, np.ndarray]:
        """By name, each scheduled hyperparameter beside the rate: its value at each update."""
        values = self._record.columns().values
        return {name: column for name, column in values.items() if name != RATE}

    @property
    def factors(self) -> list[tuple[int, float]]:
        """Each factor of the schedule's rate, with the first update that had it."""
        return self._record.factors()

    @property
    def segments(self) -> list[slice]:
        """Slices of the data, one for each stretch of updates that follow one another."""
        return self._record.segments()

    def plot(self, *, log: bool = False, ax: Any = None, title: str | None = None) -> Any:
        """A matplotlib figure of the rate against the update, as `Recorder.plot` makes it.

        Args:
            log: Logarithmic rates.
            ax: Matplotlib axes to draw into. Default: a new figure.
            title: Title of the axes.

        Raises:
            ImportError: matplotlib is not installed.
            ValueError: Nothing is recorded yet.
        """
        from lrkit.record.picture import plot

        return plot({"": self._record}, log=log, ax=ax, title=title)

    def audit(self, plan: Plan, *, schedule: Schedule | None = None) -> Audit:
        """What was applied, compared with what was planned; `Recorder.audit` says more.

        Args:
            plan: The run as it was planned.
            schedule: The rate as it was planned. Default: the optimizer's own schedule.
        """
        self._catch_up()
        return audit(plan, run_of(self._track), schedule=schedule)

    @property
    def _record(self) -> Record:
        self._catch_up()
        return self._track.record
