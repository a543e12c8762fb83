"""Schedules as a matplotlib figure; matplotlib is imported when one is asked for."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from lrkit.core.given import schedule_of_user
from lrkit.core.schedule import Schedule
from lrkit.draw import axis, panel
from lrkit.draw.line import applied as applied_line
from lrkit.draw.line import planned, reach, runs_of
from lrkit.draw.series import Series, all_series
from lrkit.draw.span import checked_span

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: Longest expression in the legend.
LABEL = 90
#: Height of a figure in inches, and with a panel for the differences.
HEIGHT, WITH_DIFFERENCE = 4.0, 6.0


def picture() -> Any:
    """The module with matplotlib in it.

    Raises:
        ImportError: matplotlib is not installed.
    """
    try:
        from lrkit.draw import picture as module
    except ImportError as error:
        if error.name is None or not error.name.startswith("matplotlib"):
            raise
        raise ImportError(
            'plot: matplotlib is not installed: pip install "lrkit[plot]". '
            "The inline chart of a notebook and `lrkit show` need nothing."
        ) from error
    return module


def plot(
    schedules: Schedule | str | Iterable[Schedule | str],
    *,
    plan: Any = None,
    span: float | None = None,
    log: bool = False,
    difference: bool = False,
    applied: Mapping[str, Any] | None = None,
    notes: Sequence[str] = (),
    dark: bool = False,
    ax: Any = None,
    labels: Sequence[str] | None = None,
    title: str | None = None,
) -> Figure:
    """A matplotlib figure of one or more schedules over the updates.

    Jumps are vertical, joins are marked, and each line has a colour and dashes of its own that stay
    apart for colour-blind eyes, on light and on dark paper. The legend says the area under each
    curve, Σ rate: the sum of the rates of the updates drawn. The figure is unknown to pyplot, so
    nothing has to be closed.

    Args:
        schedules: One schedule or several, or their texts.
        plan: The run: a `Plan`, or the number of updates in an epoch. Adds an axis in epochs; a
            `Plan` also says how far to draw, and has names for texts, such as `updates`.
        span: Last step to draw. Default: the plan's updates, else the longest schedule's length.
        log: Logarithmic rates. What is 0, or less than a ten-thousandth of the highest rate,
            leaves the picture at the bottom.
        difference: A second panel below: each curve minus the first schedule.
        applied: Recorded runs, drawn broad and pale under the schedules: by a label, the steps
            and the rate of each, which holds until the next step; or what `lrkit.plan.read_csv`
            gives of a file. Where more than twice the usual distance is missing, nothing is drawn.
        notes: Lines to write below the legend.
        dark: Dark paper.
        ax: Matplotlib axes to draw into. Default: a new figure.
        labels: One text for each schedule. Default: the expressions.
        title: Title of the axes.

    Raises:
        ImportError: matplotlib is not installed.
        TypeError: What is given is neither a schedule nor a text, `plan` is neither a plan nor a
            number, `span` is no number, or `applied` does not hold steps and rates by a label.
        ValueError: There is no schedule, there are not as many labels as schedules, an epoch has no
            updates, no rate is above 0 on a log scale, there is nothing to take a difference of,
            `ax` comes with a difference or dark paper, or a recorded run has no updates.

    >>> from lrkit import cosine, warmup
    >>> figure = plot(0.001 * (warmup(500) >> cosine(9500)), plan=1875)
    >>> figure.axes[0].get_xlabel()
    'updates'
    >>> print(figure.axes[0].get_legend().get_texts()[0].get_text())
    0.001 * (warmup(500) >> cosine(9500))   Σ rate 5
    """
    several, series, epoch, runs = _read(schedules, plan, span, applied)
    lines = planned(several, series, _labels(series, labels))
    for label, (steps, rates) in runs.items():
        lines.append(applied_line(label, steps, rates, several[0], series[0].span))
    if log and not any(value > 0 for line in lines for _, value in line.points):
        raise ValueError(
            "plot: `log` must be False where no rate is above 0, got log=True. "
            "Draw on a linear scale."
        )
    if difference and len(lines) < 2:
        raise ValueError(
            "plot: `difference` must be of two curves or more, got one. Add a schedule."
        )
    axes = panels(difference=difference, dark=dark, ax=ax)
    for index, line in enumerate(lines):
        panel.draw(axes[0], line, index)
    panel.scale(axes[0], lines, series[0].span, log)
    if difference:
        panel.draw_differences(axes[1], lines)
    axes[-1].set_xlabel("updates")
    panel.epoch_axis(axes[0], epoch)
    if title is not None:
        axes[0].set_title(title, parse_math=False)
    panel.legend(axes, notes, grow=ax is None)
    page: Figure = axes[0].figure
    return page


def _read(
    schedules: Any, plan: Any, span: float | None, applied: Any
) -> tuple[list[Schedule], list[Series], float | None, dict[str, Any]]:
    """What is drawn: the schedules, their series, the updates of an epoch, the recorded runs."""
    alone = isinstance(schedules, str | os.PathLike) or not isinstance(schedules, Iterable)
    epoch, updates = _epoch(plan)
    several = [_schedule(one, plan) for one in ([schedules] if alone else schedules)]
    runs = runs_of(applied)
    if span is not None:
        span = checked_span("plot", span)
    else:
        span = reach(several, runs, updates) if runs and several else updates
    return several, all_series(several, span), epoch, runs


def _schedule(given: Any, plan: Any) -> Schedule:
    """The schedule, or that of a text, which may use the names of a plan."""
    if isinstance(given, str) and hasattr(plan, "names"):
        found: Schedule = plan.read(given)
        return found
    return schedule_of_user("plot", "schedules", given)


def panels(*, difference: bool = False, dark: bool = False, ax: Any = None) -> list[Any]:
    """The matplotlib axes of the rates, and those of the differences below.

    Args:
        difference: Whether there are two.
        dark: Dark paper.
        ax: What to draw into instead of a new figure.

    Raises:
        ImportError: matplotlib is not installed.
        ValueError: `ax` comes with a difference or dark paper.
    """
    module = picture()
    if ax is not None:
        for name, value in (("difference", difference), ("dark", dark)):
            if value:
                raise ValueError(
                    f"plot: `{name}` must be False with `ax`, got {name}=True. Leave `ax` out for "
                    "a figure of its own."
                )
        return [ax]
    theme = module.DARK if dark else module.LIGHT
    size = (9, WITH_DIFFERENCE if difference else HEIGHT)
    page = module.Picture(figsize=size, dpi=100, layout="constrained", facecolor=theme.paper)
    ratios = (2, 1) if difference else (1,)
    found = page.subplots(len(ratios), 1, sharex=True, squeeze=False, height_ratios=ratios)
    for axes in found[:, 0]:
        module.dress(axes, theme)
    return list(found[:, 0])


def _epoch(plan: Any) -> tuple[float | None, float | None]:
    """Updates in an epoch and in the run, as far as the plan tells."""
    if plan is None:
        return None, None
    whole = None
    if isinstance(plan, int | float) and not isinstance(plan, bool):
        epoch = float(plan)
    elif hasattr(plan, "updates_per_epoch"):
        epoch, whole = plan.updates_per_epoch, plan.updates
    else:
        raise TypeError(
            f"plot: `plan` must be a Plan or the number of updates in an epoch, got plan={plan!r}."
        )
    if epoch is not None and not 0 < epoch < math.inf:
        raise ValueError(f"plot: `plan` must have updates in an epoch, got plan={plan!r}.")
    return epoch, whole


def _labels(series: Sequence[Series], labels: Sequence[str] | None) -> list[str]:
    if labels is None:
        return [axis.short(one.text, LABEL) for one in series]
    if isinstance(labels, str) or len(labels) != len(series):
        raise ValueError(
            f"plot: `labels` must be as many texts as there are schedules ({len(series)}), "
            f"got labels={labels!r}."
        )
    return [str(label) for label in labels]
