"""Two curves and their difference as a matplotlib figure, imported when one is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from lrkit.draw import axis, palette
from lrkit.draw.canvas import Point
from lrkit.draw.figure import LABEL, picture

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: The difference's line: the third colour, so that it is taken for neither of the two.
THIRD = 2


def comparison(
    a: Sequence[Point],
    b: Sequence[Point],
    difference: Sequence[Point],
    *,
    labels: Sequence[str] = ("a", "b"),
    marks: Sequence[Point] = (),
    title: str | None = None,
) -> Figure:
    """A matplotlib figure of two curves over each other, with b - a below.

    The first curve is solid, the second dashed, in colours that stay apart for colour-blind eyes.
    The figure is unknown to pyplot, so nothing has to be closed.

    Args:
        a: The first curve: (step, value) by growing step, at least one.
        b: The second one.
        difference: What is drawn below.
        labels: A text for each curve.
        marks: Points of the difference to mark.
        title: Title of the figure.

    Raises:
        ImportError: matplotlib is not installed.
        ValueError: A curve has no point, or there are not two labels.

    >>> figure = comparison([(0, 1.0), (9, 0.0)], [(0, 1.0), (9, 0.5)], [(0, 0.0), (9, 0.5)])
    >>> [panel.get_ylabel() for panel in figure.axes]
    ['learning rate', 'b - a']
    """
    if not (a and b and difference):
        raise ValueError("comparison: each curve must have a point, got an empty one.")
    if len(labels) != 2:
        raise ValueError(f"comparison: `labels` must be two texts, got labels={labels!r}.")
    module = picture()
    page = module.Picture(figsize=(9, 5.5), dpi=100, layout="constrained")
    upper, lower = page.subplots(2, 1, sharex=True, height_ratios=(2, 1))
    for panel, name in ((upper, "learning rate"), (lower, "b - a")):
        module.dress(panel)
        panel.set_ylabel(name)
        panel.axhline(0, color=module.LIGHT.grey, linewidth=0.8)
        panel.yaxis.set_major_formatter(lambda value, _: axis.rate(value))
    for index, (points, name) in enumerate(zip((a, b), labels, strict=True)):
        _line(upper, points, index, f"{'ab'[index]}  {axis.short(name, LABEL)}")
    _line(lower, difference, THIRD, None)
    if marks:
        colour, _ = palette.style(THIRD)
        steps, values = zip(*marks, strict=True)
        lower.plot(steps, values, "o", markersize=5, markerfacecolor="white", color=colour)
    lower.set_xlim(0, max(a[-1][0], b[-1][0], 1))
    lower.set_xlabel("updates")
    lower.xaxis.set_major_formatter(lambda value, _: axis.step(value))
    font = {"family": "monospace", "size": 8.5}
    legend = page.legend(loc="outside lower left", frameon=False, handlelength=3.5, prop=font)
    for text in legend.get_texts():
        text.set_parse_math(False)
    if title is not None:
        page.suptitle(title, parse_math=False)
    drawn: Figure = page
    return drawn


def _line(panel: Any, points: Sequence[Point], index: int, label: str | None) -> None:
    colour, dashes = palette.style(index)
    steps, values = zip(*points, strict=True)
    (line,) = panel.plot(steps, values, color=colour, linewidth=1.8, label=label, zorder=3)
    if dashes and label is not None:
        line.set_dashes(dashes)
