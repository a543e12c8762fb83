"""The recorded rates as a matplotlib figure."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from lrkit.draw import axis, palette
from lrkit.draw.figure import picture
from lrkit.record.columns import Record


def plot(
    records: Mapping[str, Record], *, log: bool = False, ax: Any = None, title: str | None = None
) -> Any:
    """Rate against update; each segment is a line of its own, a rate holds until the next update.

    Args:
        records: What to draw, by a name to show; the one of a single one is "".
        log: Logarithmic rates.
        ax: Matplotlib axes to draw into. Default: a new figure.
        title: Title of the axes.

    Returns:
        The matplotlib figure.

    Raises:
        ImportError: matplotlib is not installed.
        ValueError: Nothing is recorded yet.
    """
    lines = [line for name, record in records.items() for line in _lines(name, record)]
    if not lines:
        raise ValueError(
            "Recorder.plot: there must be a recorded update, got none. Train with the Recorder "
            "first."
        )
    module = picture()
    if ax is None:
        ax = module.Picture(figsize=(9, 4), dpi=100, layout="constrained").add_subplot()
        module.dress(ax)
    for index, (label, steps, rates) in enumerate(lines):
        colour, dashes = palette.style(index)
        (line,) = ax.plot(steps, rates, color=colour, linewidth=1.8, label=label)
        line.set_drawstyle("steps-post")
        if dashes:
            line.set_dashes(dashes)
    lowest = min(float(rates.min()) for _, _, rates in lines)
    ax.set_yscale("log", nonpositive="clip") if log else ax.set_ylim(bottom=min(0.0, lowest))
    ax.xaxis.set_major_formatter(lambda value, _: axis.step(value))
    ax.set_xlabel("updates")
    ax.set_ylabel("learning rate")
    if len(lines) > 1:
        ax.legend(frameon=False)
    if title is not None:
        ax.set_title(title)
    return ax.figure


def _lines(name: str, record: Record) -> list[tuple[str, np.ndarray, np.ndarray]]:
    """Label, steps and rates of each segment."""
    columns, segments = record.columns(), record.segments()
    lines = []
    for part in segments:
        steps, rates = columns.steps[part], columns.rates[part]
        span = f"updates {steps[0]} to {steps[-1]}"
        if name:
            span = name if len(segments) == 1 else f"{name}, {span}"
        lines.append((span, steps, rates))
    return lines
