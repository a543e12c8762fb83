"""The matplotlib figure of what was found."""

from __future__ import annotations

import math
import statistics
from typing import Any

from lrkit.draw import axis, figure, palette
from lrkit.finder.found import Found
from lrkit.finder.names import placed, strip
from lrkit.finder.view import check_records, ends

#: Colours by what they stand for, as numbers in the palette.
LOSS, CHOSEN, RANGE = 0, 1, 2
#: Characters of a rule's name that fit across the axes, and the height of one line of names.
ACROSS, LINE = 125, 0.046
#: What a mark says of itself: its size in points.
SMALL = 7.5
#: A training that ends so many times as far above the best as the middle one is far off.
FAR = 8.0
#: Longest reason above the axes.
REASON = 150


def picture(found: Found, *, log_loss: bool, dark: bool, ax: Any, title: str | None) -> Any:
    """Loss over rate, and after a confirmation the final loss of each training over its peak.

    Args:
        found: What to draw.
        log_loss: Logarithmic losses.
        dark: Dark paper.
        ax: Matplotlib axes to draw the sweep into; None for a new figure.
        title: Title of the axes.

    Raises:
        ImportError: matplotlib is not installed.
        ValueError: There is no record, a loss on a logarithmic axis is not above 0, or `ax` comes
            with dark paper.
    """
    check_records("Found.plot", found)
    if log_loss and min(found.losses.min(), found.smooth.min()) <= 0:
        raise ValueError(
            "Found.plot: `log_loss` must be False where a loss is not above 0, got log_loss=True. "
            "Draw on a linear scale."
        )
    both = bool(found.trials) and ax is None
    axes = figure.panels(difference=both, dark=dark, ax=ax)
    names = rule_names(found)
    # The part of the axes below the curve that the names take.
    below = LINE * strip(names) + 0.03 if names else 0.0
    _sweep(axes[0], found)
    _scale(axes[0], found, log_loss, below)
    _chosen(axes[0], found, below)
    _rules(axes[0], found, names)
    if both:
        _trials(axes[1], found)
    axes[-1].set_xlabel("learning rate")
    if title is not None:  # above the number of the suggestion
        axes[0].set_title(title, parse_math=False, pad=24 if found else 6)
    return axes[0].figure


def _sweep(ax: Any, found: Found) -> None:
    """The noise as a band, the range shaded, the losses as faint dots, and the smooth line."""
    colour, _ = palette.style(LOSS)
    band = (found.plateau - found.sigma, found.plateau + found.sigma)
    ax.axhspan(*band, color=_grey(ax), alpha=0.16, linewidth=0, zorder=1, label="noise")
    dots = {"linestyle": "none", "marker": "o", "markeredgewidth": 0, "alpha": 0.4, "zorder": 2}
    for repeat in found.repeats:
        ax.plot(repeat.rates, repeat.losses, markersize=2.2, color=_grey(ax), **dots)
    ax.plot(found.rates, found.losses, markersize=3.2, color=colour, label="loss", **dots)
    ax.annotate(
        "noise",
        (0, found.plateau + found.sigma),
        xycoords=("axes fraction", "data"),
        xytext=(3, 1),
        textcoords="offset points",
        ha="left",
        va="bottom",
        color=_grey(ax),
        fontsize=SMALL,
    )
    ax.plot(found.rates, found.smooth, color=colour, linewidth=2.2, label="smooth", zorder=4)


def _scale(ax: Any, found: Found, log_loss: bool, below: float) -> None:
    """A logarithmic axis of rates; losses from below the lowest to where divergence is clear."""
    ax.set_xscale("log")
    rates = [found.rates[0], found.rates[-1], *(trial.peak for trial in found.trials)]
    ax.set_xlim(min(rates) / 1.1, max(rates) * 1.1)
    ax.set_ylabel("loss")
    low, high = ends(found)
    part = below / (1 - below)
    if log_loss:
        low = float(min(found.losses.min(), found.smooth.min())) / 1.05
        ax.set_yscale("log")
        ax.set_ylim(low / (high / low) ** part, high)
    else:
        ax.set_ylim(low - (high - low) * part, high)
    # No numbers and no grid beside the names.
    ax.set_yticks(_ticks(low, high, log_loss), minor=False)
    ax.set_yticks([], minor=True)
    ax.yaxis.set_major_formatter(lambda value, _: axis.rate(value, 4))


def _ticks(low: float, high: float, log_loss: bool) -> list[float]:
    """Round losses; where a logarithmic axis is long, 1, 2 and 5 of each power of ten."""
    if not log_loss or high < 10 * low:
        return [value for value in axis.ticks(low, high, 5) if value > 0 or not log_loss]
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)))
    values = [factor * 10.0**power for power in powers for factor in (1, 2, 5)]
    return [value for value in values if low <= value <= high]


def _chosen(ax: Any, found: Found, below: float) -> None:
    """The range and the suggestion, or why there is none."""
    if found.low is not None and found.high is not None:
        colour, _ = palette.style(RANGE)
        look = {"color": colour, "alpha": 0.12, "linewidth": 0, "zorder": 0, "label": "range"}
        ax.axvspan(found.low, found.high, ymin=below, **look)
    if found.suggestion is None:
        reason = axis.short(found.reason or "", REASON)
        ax.set_title(reason, fontsize=9, loc="left", parse_math=False)
        return
    colour, _ = palette.style(CHOSEN)
    look = {"color": colour, "linewidth": 1.8, "zorder": 5, "label": "suggestion"}
    ax.axvline(found.suggestion, ymin=below, **look)
    ax.annotate(
        axis.rate(found.suggestion, 3),
        (found.suggestion, 1.01),
        xycoords=("data", "axes fraction"),
        ha="center",
        va="bottom",
        color=colour,
        fontsize=11,
        fontweight="bold",
    )


def _rules(ax: Any, found: Found, names: list[tuple[str, float, int]]) -> None:
    """Below the curve a strip with the name of each rule at its rate."""
    chosen, _ = palette.style(CHOSEN)
    for name, rate, line in names:
        colour = chosen if name == found.rule and found.effort == "sweep" else _grey(ax)
        height = 0.01 + LINE * line
        ax.plot(rate, height + 0.015, "|", transform=ax.get_xaxis_transform(), color=colour, ms=6)
        ax.annotate(
            name,
            (rate, height),
            xycoords=("data", "axes fraction"),
            xytext=(3.5, 0),
            textcoords="offset points",
            va="bottom",
            color=colour,
            fontsize=SMALL,
        )


def rule_names(found: Found) -> list[tuple[str, float, int]]:
    """The rules that found a rate, with their places; none where there is no suggestion."""
    if not found:
        return []
    names = {name: rate for name, rate in found.rules.items() if rate is not None}
    return placed(names, float(found.rates[0]), float(found.rates[-1]), ACROSS)


def _trials(ax: Any, found: Found) -> None:
    """The final loss over the peak, one marker and line for each length, diverged ones on top."""
    lengths = sorted({trial.updates for trial in found.trials})
    for index, length in enumerate(lengths):
        colour, dashes = palette.style(LOSS + 2 * index)
        several = sorted(
            (trial.peak, trial.loss)
            for trial in found.trials
            if trial.updates == length and not trial.diverged
        )
        peaks, losses = zip(*several, strict=True) if several else ((), ())
        last = length == lengths[-1]
        (line,) = ax.plot(peaks, losses, marker="osD^vP"[index % 6], markersize=5, color=colour)
        line.set(linewidth=1.8, label=f"{axis.step(length)} updates", alpha=1 if last else 0.55)
        if dashes:
            line.set_dashes(dashes)
    gone = [trial.peak for trial in found.trials if trial.diverged]
    if gone:
        where = {"transform": ax.get_xaxis_transform(), "clip_on": False, "zorder": 5}
        ax.plot(gone, [0.95] * len(gone), "x", color=_grey(ax), label="diverged", **where)
    if found.suggestion is not None:
        ax.axvline(found.suggestion, color=palette.style(CHOSEN)[0], linewidth=1.8, zorder=5)
    ax.set_ylabel("final loss")
    ax.yaxis.set_major_formatter(lambda value, _: axis.rate(value, 4))
    ax.legend(frameon=False, fontsize=SMALL + 0.5, labelcolor=_grey(ax), loc="upper left")
    ax.margins(y=0.12)
    ends = [trial.loss for trial in found.trials if not trial.diverged]
    top = _top(ends)
    if ends and max(ends) > top:  # they leave the picture at the top
        low = min(ends)
        ax.set_ylim(low - 0.12 * (top - low), top)


def _top(losses: list[float]) -> float:
    """The highest final loss to show: what is far above the others would flatten them all."""
    low = min(losses, default=0.0)
    usual = statistics.median(losses) - low if losses else 0.0
    near = [loss for loss in losses if loss <= low + FAR * usual]
    return low + 1.12 * (max(near, default=low) - low) if len(near) > 1 else math.inf


def _grey(ax: Any) -> Any:
    """The colour of the axis, so that all of its texts are of one theme."""
    return ax.spines["left"].get_edgecolor()
