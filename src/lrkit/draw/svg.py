"""A schedule as a small inline SVG chart: no dependency, for light and dark pages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from lrkit.core.schedule import Schedule
from lrkit.draw import axis, palette
from lrkit.draw.series import Series, all_series
from lrkit.draw.simplify import simplify

#: Room for the rates left of the curve, in pixels.
LEFT = 62
#: Longest expression in the accessible title; what is longer is packed data.
TITLE = 400
FONT = "font-family='system-ui, sans-serif' font-size='10' fill='currentColor'"


def svg(
    schedules: Schedule | Iterable[Schedule],
    *,
    width: int = 420,
    height: int = 180,
    span: float | None = None,
) -> str:
    """An SVG chart of one or more schedules, to stand inside a page or alone in a file.

    Text and axes take the page's own text colour (`currentColor`), so it is at home on a light and
    on a dark page. It has no style sheet and no identifiers: nothing leaks into the page.

    Args:
        schedules: One schedule or several.
        width: Width in pixels, at least 200.
        height: Height in pixels, at least 100. Several schedules add a line each below.
        span: Last step to draw. Default: the longest of the schedules' spans.

    Raises:
        ValueError: `width` or `height` is too small, or there is no schedule.

    >>> from lrkit import cosine, warmup
    >>> svg(0.001 * (warmup(500) >> cosine(9500)))[:46]
    '<svg xmlns="http://www.w3.org/2000/svg" width='
    """
    for name, value, least in (("width", width, 200), ("height", height, 100)):
        if value < least:
            raise ValueError(f"svg: `{name}` must be at least {least}, got {name}={value}.")
    lines = all_series(schedules, span)
    frame = _Frame.around(lines, width, height)
    extra = 0 if len(lines) == 1 else 14 * len(lines) + 8
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height + extra}" '
        f'viewBox="0 0 {width} {height + extra}" role="img">',
        f"<title>{_title(lines)}</title>",
        *_axes(frame),
        *(_line(frame, one, index) for index, one in enumerate(lines)),
        *_legend(lines, width, height),
        "</svg>",
    ]
    return "\n".join(parts)


def html(schedules: Schedule | Iterable[Schedule]) -> str:
    """What a notebook shows for a schedule: the chart, no wider than the page.

    >>> from lrkit import cosine
    >>> html(cosine(10)).startswith('<div style="max-width:420px"><svg ')
    True
    """
    return f'<div style="max-width:420px">{svg(schedules)}</div>'


@dataclass(frozen=True)
class _Frame:
    """The rectangle of the curve in pixels, and what its edges mean."""

    left: float
    top: float
    right: float
    bottom: float
    span: float
    low: float
    high: float

    @classmethod
    def around(cls, lines: Sequence[Series], width: int, height: int) -> _Frame:
        low = min(0.0, *(one.low for one in lines))
        high = max(0.0, *(one.high for one in lines))
        if low == high:
            high = 1.0
        # The highest point is as high as the frame, the top tick never above it by more than 5 %.
        room = 0.05 * (high - low)
        bottom = low - room if low < 0 else 0.0
        top = 24 if len(lines) == 1 else 8
        span = max(one.span for one in lines)
        return cls(LEFT, top, width - 14, height - 34, span, bottom, high + room)

    def x(self, step: float) -> float:
        return self.left + (self.right - self.left) * step / self.span

    def y(self, value: float) -> float:
        part = (value - self.low) / (self.high - self.low)
        return self.bottom - (self.bottom - self.top) * part


def _title(lines: Sequence[Series]) -> str:
    return escape("; ".join(_sentence(one) for one in lines))


def _sentence(one: Series) -> str:
    length = "endless" if one.after is None else f"{axis.step(one.length)} updates"
    return (
        f"{axis.short(one.text, TITLE)}: {length}, first {axis.rate(one.first.value)}, highest "
        f"{axis.rate(one.highest.value)} at update {axis.step(one.highest.step)}, "
        f"last {axis.rate(one.last.value)}"
    )


def _axes(frame: _Frame) -> list[str]:
    parts = [f"<g {FONT} text-anchor='end'>"]
    for value in axis.ticks(frame.low, frame.high, 4):
        y = frame.y(value)
        parts.append(
            f"<path d='M{frame.left:g} {y:.1f}H{frame.right:g}' stroke='currentColor' "
            f"stroke-opacity='{0.5 if value == 0 else 0.15}'/>"
            f"<text x='{frame.left - 5:g}' y='{y + 3.5:.1f}'>{axis.rate(value)}</text>"
        )
    parts.append(f"</g><g {FONT} text-anchor='middle'>")
    for step in axis.ticks(0, frame.span, 5):
        x = frame.x(step)
        parts.append(
            f"<path d='M{x:.1f} {frame.bottom:g}v4' stroke='currentColor' stroke-opacity='0.5'/>"
            f"<text x='{x:.1f}' y='{frame.bottom + 14:g}'{_anchor(frame, x)}>"
            f"{axis.step(step)}</text>"
        )
    middle = (frame.left + frame.right) / 2
    parts.append(
        f"<text x='{middle:g}' y='{frame.bottom + 28:g}' fill-opacity='0.7'>updates</text>"
        f"<text transform='translate(9 {(frame.top + frame.bottom) / 2:g}) rotate(-90)' "
        "fill-opacity='0.7'>rate</text></g>"
    )
    return parts


def _anchor(frame: _Frame, x: float) -> str:
    """A label near the right edge ends a little after its place, so as not to be cut."""
    return " text-anchor='end' dx='12'" if x > frame.right - 12 else ""


def _line(frame: _Frame, one: Series, index: int) -> str:
    colour, dashes = palette.style(index)
    dash = " stroke-dasharray='" + " ".join(f"{2 * part:g}" for part in dashes) + "'"
    pixels = [(frame.x(step), frame.y(value)) for step, value in one.points]
    path = "L".join(f"{x:.1f} {y:.1f}" for x, y in simplify(pixels, 0.1))
    marks = "".join(
        f"<circle cx='{frame.x(knot.step):.1f}' cy='{frame.y(knot.after):.1f}' r='2.6'>"
        f"<title>{_knot(knot.step, knot.before, knot.after)}</title></circle>"
        for knot in one.knots[:100]
    )
    return (
        f"<g fill='{colour}'><path d='M{path}' fill='none' stroke='{colour}' stroke-width='2' "
        f"stroke-linejoin='round'{dash if dashes else ''}/>{marks}</g>"
    )


def _knot(step: float, before: float, after: float) -> str:
    values = axis.rate(before) if before == after else f"{axis.rate(before)} to {axis.rate(after)}"
    return f"update {axis.step(step)}: {values}"


def _legend(lines: Sequence[Series], width: int, height: int) -> list[str]:
    """The expression above one curve; below several, one line for each."""
    room = int((width - LEFT - 8) / 6.4)
    if len(lines) == 1:
        text = escape(axis.short(lines[0].text, room))
        return [f"<text x='{LEFT}' y='13' {FONT} font-weight='600'>{text}</text>"]
    parts = []
    for index, one in enumerate(lines):
        colour, dashes = palette.style(index)
        dash = " ".join(f"{2 * part:g}" for part in dashes) or "none"
        y = height + 14 * index + 8
        parts.append(
            f"<path d='M{LEFT - 34} {y - 3.5:g}h26' stroke='{colour}' stroke-width='2' "
            f"stroke-dasharray='{dash}'/><text x='{LEFT}' y='{y}' {FONT}>"
            f"{escape(axis.short(one.text, room))}</text>"
        )
    return parts
