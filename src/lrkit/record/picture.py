"""The recorded rates as a matplotlib figure."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from lrkit.draw import axis, figure, palette
from lrkit.plan.audit import Audit
from lrkit.plan.plan import Plan
from lrkit.record.columns import Record


def plot(
    records: Mapping[str, Record], *, log: bool, dark: bool, ax: Any, title: str | None
) -> Any:
    """Rate against update; each segment is a line of its own, a rate holds until the next update.

    Args:
        records: What to draw, by a name to show; the one of a single one is "".
        log: Logarithmic rates.
        dark: Dark paper.
        ax: Matplotlib axes to draw into; None for a new figure.
        title: Title of the axes.

    Raises:
        ImportError: matplotlib is not installed.
        ValueError: Nothing is recorded yet, or `ax` comes with dark paper.
    """
    lines = [line for name, record in records.items() for line in _lines(name, record)]
    if not lines:
        raise ValueError(
            "Recorder.plot: there must be a recorded update, got none. Train with the Recorder "
            "first."
        )
    (panel,) = figure.panels(dark=dark, ax=ax)
    for index, (label, steps, rates) in enumerate(lines):
        colour, dashes = palette.style(index)
        (line,) = panel.plot(steps, rates, color=colour, linewidth=1.8, label=label)
        line.set_drawstyle("steps-post")
        if dashes:
            line.set_dashes(dashes)
    lowest = min(float(rates.min()) for _, _, rates in lines)
    panel.set_yscale("log", nonpositive="clip") if log else panel.set_ylim(bottom=min(0.0, lowest))
    panel.xaxis.set_major_formatter(lambda value, _: axis.step(value))
    panel.set_xlabel("updates")
    panel.set_ylabel("learning rate")
    if len(lines) > 1:
        panel.legend(frameon=False, labelcolor=panel.title.get_color())
    if title is not None:
        panel.set_title(title, parse_math=False)
    return panel.figure


def on_plan(records: Mapping[str, Record], plan: Plan, audit: Audit, **look: Any) -> Any:
    """What was planned, over what was applied, with the words of the audit below.

    Args:
        records: What was applied, as for `plot`.
        plan: The run as it was planned.
        audit: What it says, with the schedule that was planned.
        **look: The other arguments of `plot`.

    Raises:
        ImportError: matplotlib is not installed.
        TypeError: The audit knows no schedule.
    """
    if audit.schedule is None:
        raise TypeError(
            "Recorder.plot: `schedule` must say what was planned, got an optimizer without a "
            "schedule. Write plot(plan, schedule=...)."
        )
    lines = [line for name, record in records.items() for line in _lines(name, record)]
    return figure.plot(
        audit.schedule,
        plan=plan,
        applied={f"applied, {label}": (steps, rates) for label, steps, rates in lines},
        notes=str(audit).splitlines(),
        **look,
    )


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
