"""The matplotlib figure that shows itself: the only file that imports matplotlib at its top."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

from matplotlib.figure import Figure
from matplotlib.lines import Line2D

__all__ = ["DARK", "LIGHT", "Line2D", "Picture", "Theme", "dress"]


@dataclass(frozen=True)
class Theme:
    """Colours of all but the curves; no global setting is touched.

    Attributes:
        paper: Behind everything.
        ink: Titles and the legend.
        grey: Axes and their texts.
        faint: The grid.
    """

    paper: str
    ink: str
    grey: str
    faint: str


LIGHT = Theme("#FFFFFF", "#000000", "#555555", "#DDDDDD")
DARK = Theme("#181C20", "#E6E9EC", "#9AA5B0", "#343A41")


class Picture(Figure):
    """A figure with its own canvas, unknown to pyplot, that a notebook shows by itself."""

    def _repr_png_(self) -> bytes:
        target = io.BytesIO()
        self.savefig(target, format="png")
        return target.getvalue()


def dress(axes: Any, theme: Theme = LIGHT) -> None:
    """Quiet axes: no box, a faint grid behind the curves, grey text."""
    axes.set_facecolor(theme.paper)
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(theme.grey)
    axes.grid(color=theme.faint, linewidth=0.7)
    axes.set_axisbelow(True)
    # "both": the labels between the powers of a log scale are minor ones.
    axes.tick_params(which="both", colors=theme.grey)
    axes.xaxis.label.set_color(theme.grey)
    axes.yaxis.label.set_color(theme.grey)
    axes.title.set_color(theme.ink)
