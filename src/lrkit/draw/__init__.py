"""Pictures of schedules: inline SVG, matplotlib figure, terminal chart; one `series` feeds them."""

from lrkit.draw.curves import curves
from lrkit.draw.figure import plot
from lrkit.draw.save import save
from lrkit.draw.series import Applied, Knot, Series, all_series, series
from lrkit.draw.span import default_span
from lrkit.draw.svg import html, svg
from lrkit.draw.terminal import Style, chart, numbers

__all__ = [
    "Applied",
    "Knot",
    "Series",
    "Style",
    "all_series",
    "chart",
    "curves",
    "default_span",
    "html",
    "numbers",
    "plot",
    "save",
    "series",
    "svg",
]
