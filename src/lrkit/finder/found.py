"""What the finder found: the record that `suggest` and `confirm` return."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from lrkit.core.extremes import extremes
from lrkit.core.given import schedule_of_user
from lrkit.core.schedule import Schedule
from lrkit.draw.canvas import Style
from lrkit.finder.curve import Curve
from lrkit.finder.trial import Trial

#: How far the peak of a schedule may be from 1: it is looked for at a thousand places.
AROUND_ONE = 1e-4


def _no_records() -> np.ndarray:
    return np.empty(0)


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Found:
    """A learning rate, how far it can be trusted, and what it comes from.

    It is true where there is a suggestion, and prints as a short table.

    Args:
        suggestion: The rate to train with, as the peak of a schedule; None: see `reason`.
        low: The low end of the useful range, for the base of a cyclical rate.
        high: Its high end, where the loss of the sweep is lowest. What the sweep suggests is in the
            range.
        spread: How far the suggestion moves, in decades (a factor of 10**spread). Of a sweep, the
            standard deviation from one sweep to the next; of a confirmation, the distance within
            which nine of ten answers were from the best peak. None: unknown.
        limit: The first rate at which the loss is above where it began; None: there is none.
        rule: The rule that made the suggestion of the sweep.
        rules: What every rule finds, by its name.
        reason: Why there is no suggestion, and what to do.
        rates: The rates of the sweep, shape (n,); of repeats, those of the middle one.
        losses: Their losses, shape (n,).
        smooth: The same without noise, shape (n,).
        plateau: The loss before the rate acts.
        sigma: The noise of a single loss there, as a standard deviation.
        drop_ratio: How far the smooth loss falls, in units of its own noise.
        diverged: Whether the sweep ended in divergence.
        effort: "sweep", or "confirm" with trainings after it.
        trials: Those trainings.
        cost: All updates that were spent, at most: a training that diverged counts as a whole one.
        repeats: The other repeats of the sweep.
    """

    suggestion: float | None = None
    low: float | None = None
    high: float | None = None
    spread: float | None = None
    limit: float | None = None
    rule: str = "basin"
    rules: dict[str, float | None] = field(default_factory=dict)
    reason: str | None = None
    rates: np.ndarray = field(default_factory=_no_records)
    losses: np.ndarray = field(default_factory=_no_records)
    smooth: np.ndarray = field(default_factory=_no_records)
    plateau: float = math.nan
    sigma: float = math.nan
    drop_ratio: float = 0.0
    diverged: bool = False
    effort: str = "sweep"
    trials: tuple[Trial, ...] = ()
    cost: int = 0
    repeats: tuple[Curve, ...] = ()

    def __bool__(self) -> bool:
        return self.suggestion is not None

    @property
    def rate(self) -> float:
        """The suggestion.

        Raises:
            ValueError: There is none; the message is the reason.
        """
        if self.suggestion is None:
            raise ValueError(f"Found.rate: there must be a suggestion, got none. {self.reason}")
        return self.suggestion

    def schedule(self, shape: Schedule | str) -> Schedule:
        """The shape with the suggestion as its height: rate * shape.

        Args:
            shape: A schedule with the peak 1, or its text.

        Raises:
            ValueError: There is no suggestion, the peak is not 1, or the text is no schedule.
            TypeError: It is neither schedule nor text.

        >>> Found(suggestion=0.01).schedule("warmup(50) >> cosine(950)")
        0.01 * (warmup(50) >> cosine(950))
        """
        given = schedule_of_user("Found.schedule", "shape", shape)
        peak = extremes(given)[1]
        if not abs(peak - 1) <= AROUND_ONE:
            raise ValueError(
                f"Found.schedule: `shape` must have the peak 1, got shape={given!r} with the peak "
                f"{peak:.6g}. Leave its height out: the suggestion is the height."
            )
        return self.rate * given

    def to_dict(self) -> dict[str, Any]:
        """The same as a JSON object: lists for arrays, None for what is no finite number."""
        document = {name: getattr(self, name) for name in _NUMBERS}
        document |= {name: _plain(value) for name, value in document.items()}
        document["rules"] = {name: _plain(rate) for name, rate in self.rules.items()}
        for name in ("rates", "losses", "smooth"):
            document[name] = [_plain(value) for value in getattr(self, name).tolist()]
        document["trials"] = [
            {name: _plain(value) for name, value in asdict(trial).items()} for trial in self.trials
        ]
        document["repeats"] = [
            {"rates": curve.rates.tolist(), "losses": curve.losses.tolist()}
            for curve in self.repeats
        ]
        return document

    def __str__(self) -> str:
        from lrkit.finder.report import report

        return report(self)

    def __repr__(self) -> str:
        if self.suggestion is None:
            return f"<Found: nothing, {self.effort}>"
        return f"<Found: {self.suggestion:.3g}, {self.effort}>"

    def plot(
        self,
        *,
        log_loss: bool = False,
        dark: bool = False,
        ax: Any = None,
        title: str | None = None,
    ) -> Any:
        """A matplotlib figure of the loss over the rate, with the suggestion and all rules.

        After a confirmation a second panel has the final loss of each training over its peak.

        Args:
            log_loss: Logarithmic losses.
            dark: Dark paper.
            ax: Matplotlib axes to draw the sweep into. Default: a new figure.
            title: Title of the axes.

        Raises:
            ImportError: matplotlib is not installed.
            ValueError: There is no record, a loss of a logarithmic axis is not above 0, or `ax`
                comes with dark paper.
        """
        from lrkit.finder.picture import picture

        return picture(self, log_loss=log_loss, dark=dark, ax=ax, title=title)

    def chart(self, width: int = 80, height: int = 16, style: Style | None = None) -> str:
        """The loss over the rate in characters, for a terminal.

        Args:
            width: Characters in a line, at least 30.
            height: Lines of the curve, at least 3; the axis takes more.
            style: Characters and colours. Default: Unicode without colour.

        Raises:
            ValueError: `width` or `height` is too small, or there is no record.
        """
        from lrkit.finder.terminal import chart

        return chart(self, width=width, height=height, style=style)

    def _repr_html_(self) -> str:
        from lrkit.finder.inline import html

        return html(self)


_NUMBERS = (
    *("suggestion", "low", "high", "spread", "limit", "rule", "reason", "plateau", "sigma"),
    *("drop_ratio", "diverged", "effort", "cost"),
)


def _plain(value: Any) -> Any:
    """JSON knows no inf and no nan."""
    return None if isinstance(value, float) and not math.isfinite(value) else value
