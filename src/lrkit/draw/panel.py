"""Curves on matplotlib axes: lines, scales, the axis in epochs and the legend."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from typing import Any

from lrkit.draw import axis, palette
from lrkit.draw.line import Line

#: A log scale reaches at most this far below the highest rate.
DECADES = 4
#: Characters in a line of the notes.
NOTE = 100
#: From the axes to the legend, in sizes of its font: the labels of the axis are between.
BELOW = 5.0
#: Size of the legend's font in points, the height of its lines and what is between two entries,
#: both in sizes of the font.
FONT, LEADING, BETWEEN = 8.5, 1.2, 0.5


def draw(ax: Any, line: Line, index: int) -> None:
    """The curve, with its joins marked; what was applied lies broad and pale under the plans."""
    colour, dashes = palette.style(index)
    steps, rates = zip(*line.points, strict=True) if line.points else ((), ())
    (curve,) = ax.plot(steps, rates, color=colour, linewidth=1.8, label=line.label, zorder=3)
    if line.is_applied:
        curve.set(drawstyle="steps-post", linewidth=5, alpha=0.45, zorder=2)
    elif dashes:
        curve.set_dashes(dashes)
    if line.is_applied or not line.joins:
        return
    ax.plot(
        [step for step, _ in line.joins],
        [value for _, value in line.joins],
        linestyle="none",
        marker="o",
        markersize=4.5,
        markerfacecolor=ax.get_facecolor(),
        markeredgecolor=colour,
        zorder=4,
    )


def draw_differences(ax: Any, lines: Sequence[Line]) -> None:
    """Every curve minus the first, in the colours and dashes that it has above."""
    ax.axhline(0, color=_grey(ax), linewidth=0.8)
    for index, line in enumerate(lines):
        if line.difference:
            draw(ax, Line(line.label, line.difference, is_applied=line.is_applied), index)
    ax.set_ylabel("minus the first")
    ax.yaxis.set_major_formatter(lambda value, _: axis.rate(value))


def scale(ax: Any, lines: Sequence[Line], span: float, log: bool) -> None:
    """Steps from 0 to `span`; rates from 0, or logarithmic."""
    ax.set_xlim(0, span)
    ax.xaxis.set_major_formatter(lambda value, _: axis.step(value))
    ax.set_ylabel("learning rate")
    values = [v for line in lines for _, v in line.points if not math.isnan(v)]
    high = max(values)
    if log:
        lowest = min(value for value in values if value > 0)
        ax.set_yscale("log", nonpositive="clip")
        ax.set_ylim(max(lowest, high / 10**DECADES) / 1.3, high * 1.3)
        return
    ax.yaxis.set_major_formatter(lambda value, _: axis.rate(value))
    low = min(0.0, *values)
    room = 0.05 * (max(high, 0.0) - low) or 1.0
    ax.set_ylim(low - room if low < 0 else 0.0, max(high, 0.0) + room)


def epoch_axis(ax: Any, epoch: float | None) -> None:
    """A second axis on top that counts epochs of so many updates."""
    if epoch is None:
        return
    top = ax.secondary_xaxis("top", functions=(lambda s: s / epoch, lambda e: e * epoch))
    top.set_xlabel("epochs")
    top.tick_params(colors=_grey(ax))
    top.xaxis.label.set_color(_grey(ax))
    top.spines["top"].set_color(_grey(ax))


def legend(panels: Sequence[Any], notes: Sequence[str], *, grow: bool = False) -> None:
    """The labels, and then the notes, below the axes, where they hide no curve.

    Args:
        panels: The axes, one above the other.
        notes: Lines to write.
        grow: The figure becomes higher by all that is more than one line.
    """
    handles, labels = panels[0].get_legend_handles_labels()
    for note in notes:
        handles += panels[0].plot([], [], linestyle="none")
        labels.append("\n".join(textwrap.wrap(note, NOTE)))
    box = panels[-1].legend(
        handles,
        labels,
        loc="upper center",
        bbox_to_anchor=(0.5, 0.0),
        borderaxespad=BELOW,
        frameon=False,
        prop={"family": "monospace", "size": FONT},
        labelspacing=BETWEEN,
        labelcolor=panels[0].title.get_color(),
        handlelength=3.5,
    )
    for text in box.get_texts():
        text.set_parse_math(False)
    if grow:
        page = panels[0].figure
        lines = sum(label.count("\n") + 1 for label in labels)
        more = FONT / 72 * (LEADING * (lines - 1) + BETWEEN * (len(labels) - 1))
        page.set_figheight(page.get_figheight() + more)


def _grey(ax: Any) -> Any:
    """The colour of the axis, so that all of its texts are of one theme."""
    return ax.spines["left"].get_edgecolor()
