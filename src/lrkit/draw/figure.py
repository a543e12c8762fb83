"""Schedules as a matplotlib figure; matplotlib is imported when one is asked for."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from lrkit.core.schedule import Schedule
from lrkit.draw import axis, palette
from lrkit.draw.series import Series, all_series

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: A log scale reaches at most this far below the highest rate.
DECADES = 4
#: Longest expression in the legend.
LABEL = 90
#: Most joins marked on one line.
MARKS = 60


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
    schedules: Schedule | Iterable[Schedule],
    *,
    plan: Any = None,
    span: float | None = None,
    log: bool = False,
    ax: Any = None,
    labels: Sequence[str] | None = None,
    title: str | None = None,
) -> Figure:
    """A matplotlib figure of one or more schedules over the updates.

    Jumps are vertical, joins are marked, and each line has a colour and dashes of its own that stay
    apart for colour-blind eyes. The figure is unknown to pyplot, so nothing has to be closed.

    Args:
        schedules: One schedule or several.
        plan: The run: a `Plan`, or the number of updates in an epoch. Adds an axis in epochs; a
            `Plan` also says how far to draw.
        span: Last step to draw. Default: the plan's updates, else the longest schedule's length.
        log: Logarithmic rates. What is 0, or less than a ten-thousandth of the highest rate,
            leaves the picture at the bottom.
        ax: Matplotlib axes to draw into. Default: a new figure.
        labels: One text for each schedule. Default: the expressions.
        title: Title of the axes.

    Raises:
        ImportError: matplotlib is not installed.
        TypeError: What is given is not a schedule, or `plan` is neither a plan nor a number.
        ValueError: There is no schedule, there are not as many labels as schedules, an epoch has no
            updates, or no rate is above 0 on a log scale.

    >>> from lrkit import cosine, warmup
    >>> figure = plot(0.001 * (warmup(500) >> cosine(9500)), plan=1875)
    >>> figure.axes[0].get_xlabel()
    'updates'
    """
    epoch, updates = _epoch(plan)
    lines = all_series(schedules, updates if span is None else span)
    names = _labels(lines, labels)
    if log and not any(one.high > 0 for one in lines):
        raise ValueError(
            "plot: `log` must be False where no rate is above 0, got log=True. "
            "Draw on a linear scale."
        )
    module = picture()
    if ax is None:
        figure = module.Picture(figsize=(9, 4), dpi=100, layout="constrained")
        ax = figure.add_subplot()
        module.dress(ax)
    for index, (one, name) in enumerate(zip(lines, names, strict=True)):
        _draw(ax, one, name, index)
    _scale(ax, lines, log)
    ax.set_xlabel("updates")
    ax.set_ylabel("learning rate")
    _epoch_axis(ax, epoch, module.GREY)
    if title is not None:
        ax.set_title(title, parse_math=False)
    _legend(ax)
    page: Figure = ax.figure
    return page


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


def _labels(lines: Sequence[Series], labels: Sequence[str] | None) -> list[str]:
    if labels is None:
        return [axis.short(one.text, LABEL) for one in lines]
    if isinstance(labels, str) or len(labels) != len(lines):
        raise ValueError(
            f"plot: `labels` must be as many texts as there are schedules ({len(lines)}), "
            f"got labels={labels!r}."
        )
    return [str(label) for label in labels]


def _draw(ax: Any, one: Series, name: str, index: int) -> None:
    colour, dashes = palette.style(index)
    steps, rates = zip(*one.points, strict=True)
    (line,) = ax.plot(steps, rates, color=colour, linewidth=1.8, label=name, zorder=3)
    if dashes:
        line.set_dashes(dashes)
    if len(one.joins) <= MARKS:
        ends = [(knot.step, value) for knot in one.joins for value in {knot.before, knot.after}]
        ax.plot(
            [step for step, _ in ends],
            [value for _, value in ends],
            linestyle="none",
            marker="o",
            markersize=4.5,
            markerfacecolor="white",
            markeredgecolor=colour,
            zorder=4,
        )


def _scale(ax: Any, lines: Sequence[Series], log: bool) -> None:
    ax.set_xlim(0, max(one.span for one in lines))
    ax.xaxis.set_major_formatter(lambda value, _: axis.step(value))
    high = max(one.high for one in lines)
    if log:
        positive = [value for one in lines for _, value in one.points if value > 0]
        ax.set_yscale("log", nonpositive="clip")
        ax.set_ylim(max(min(positive), high / 10**DECADES) / 1.3, high * 1.3)
        return
    ax.yaxis.set_major_formatter(lambda value, _: axis.rate(value))
    low = min(0.0, *(one.low for one in lines))
    room = 0.05 * (max(high, 0.0) - low) or 1.0
    ax.set_ylim(low - room if low < 0 else 0.0, max(high, 0.0) + room)


def _epoch_axis(ax: Any, epoch: float | None, colour: str) -> None:
    if epoch is None:
        return
    top = ax.secondary_xaxis("top", functions=(lambda s: s / epoch, lambda e: e * epoch))
    top.set_xlabel("epochs")
    top.tick_params(colors=colour)
    top.xaxis.label.set_color(colour)
    top.spines["top"].set_color(colour)


def _legend(ax: Any) -> None:
    """The expressions below the axes, where they hide no curve."""
    ax.legend(
        loc="upper center",
        bbox_to_anchor=(0.5, -0.16),
        frameon=False,
        prop={"family": "monospace", "size": 8.5},
        handlelength=3.5,
    )
