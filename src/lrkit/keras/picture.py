"""The recorded rates as a matplotlib figure."""

from typing import Any

from lrkit.draw import axis, palette
from lrkit.draw.figure import picture
from lrkit.keras.record import Record


def plot(record: Record, *, log: bool = False, ax: Any = None, title: str | None = None) -> Any:
    """Rate against update; each segment is a line of its own, a rate holds until the next update.

    Args:
        record: What to draw.
        log: Logarithmic rates.
        ax: Matplotlib axes to draw into. Default: a new figure.
        title: Title of the axes.

    Returns:
        The matplotlib figure.

    Raises:
        ImportError: matplotlib is not installed.
        ValueError: Nothing is recorded yet.
    """
    steps, _, rates = record.columns()
    segments = record.segments()
    if not segments:
        raise ValueError(
            "Recorder.plot: there must be a recorded update, got none. Give the Recorder to "
            "model.fit(callbacks=[...]) first."
        )
    module = picture()
    if ax is None:
        ax = module.Picture(figsize=(9, 4), dpi=100, layout="constrained").add_subplot()
        module.dress(ax)
    for index, part in enumerate(segments):
        colour, dashes = palette.style(index)
        label = f"updates {steps[part.start]} to {steps[part.stop - 1]}"
        (line,) = ax.plot(steps[part], rates[part], color=colour, linewidth=1.8, label=label)
        line.set_drawstyle("steps-post")
        if dashes:
            line.set_dashes(dashes)
    ax.set_yscale("log", nonpositive="clip") if log else ax.set_ylim(bottom=min(0.0, rates.min()))
    ax.xaxis.set_major_formatter(lambda value, _: axis.step(value))
    ax.set_xlabel("updates")
    ax.set_ylabel("learning rate")
    if len(segments) > 1:
        ax.legend(frameon=False)
    if title is not None:
        ax.set_title(title)
    return ax.figure
