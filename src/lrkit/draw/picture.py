"""The matplotlib figure that shows itself: the only file that imports matplotlib at its top."""

from __future__ import annotations

import io
from typing import Any

from matplotlib.figure import Figure
from matplotlib.lines import Line2D

__all__ = ["FAINT", "GREY", "Line2D", "Picture", "dress"]

#: Colours of the texts and the grid; no global setting is touched.
GREY = "#555555"
FAINT = "#DDDDDD"


class Picture(Figure):
    """A figure with its own canvas, unknown to pyplot, that a notebook shows by itself."""

    def _repr_png_(self) -> bytes:
        target = io.BytesIO()
        self.savefig(target, format="png")
        return target.getvalue()


def dress(axes: Any) -> None:
    """Quiet axes: no box, a faint grid behind the curves, grey text."""
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(GREY)
    axes.grid(color=FAINT, linewidth=0.7)
    axes.set_axisbelow(True)
    axes.tick_params(colors=GREY)
    axes.xaxis.label.set_color(GREY)
    axes.yaxis.label.set_color(GREY)
