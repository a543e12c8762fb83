"""A sweep as inline SVG, for a notebook: no dependency, for light and dark pages."""

from __future__ import annotations

import math
from dataclasses import dataclass
from html import escape

from lrkit.draw import axis, palette
from lrkit.draw.simplify import simplify
from lrkit.draw.svg import FONT
from lrkit.finder.found import Found
from lrkit.finder.report import SPREAD
from lrkit.finder.view import ends

#: Pixels of the picture, and of the room around the curve: left, top, right, bottom.
WIDTH, HEIGHT = 520, 240
LEFT, TOP, RIGHT, BOTTOM = 46, 24, 12, 38


@dataclass(frozen=True)
class _Frame:
    """What the edges of the curve's rectangle mean: log10 of rates, and losses."""

    first: float
    last: float
    low: float
    high: float

    def x(self, rate: float) -> float:
        part = (math.log10(rate) - self.first) / (self.last - self.first or 1.0)
        return LEFT + (WIDTH - LEFT - RIGHT) * part

    def y(self, loss: float) -> float:
        part = (min(loss, self.high) - self.low) / (self.high - self.low)
        return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * part


def html(found: Found) -> str:
    """What a notebook shows: the picture, and a line below it with what it means.

    >>> html(Found(reason="All losses are equal: nothing was trained."))
    '<div style="max-width:520px"><p>All losses are equal: nothing was trained.</p></div>'
    """
    words = found.reason if found.reason is not None else _sentence(found)
    picture = svg(found) if len(found.rates) > 1 else ""
    return f'<div style="max-width:{WIDTH}px">{picture}<p>{escape(words or "")}</p></div>'


def svg(found: Found) -> str:
    """The loss over the rate: dots, the smooth line, the noise, the range and the suggestion.

    Text and axes take the page's own text colour; there is no style sheet and no identifier.

    Args:
        found: With at least two records.
    """
    low, high = ends(found)
    frame = _Frame(math.log10(found.rates[0]), math.log10(found.rates[-1]), low, high)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" '
        f'viewBox="0 0 {WIDTH} {HEIGHT}" role="img">',
        f"<title>{escape(found.reason or _sentence(found))}</title>",
        *_shades(frame, found),
        *_axes(frame),
        *_losses(frame, found),
        *_chosen(frame, found),
        "</svg>",
    ]
    return "\n".join(parts)


def _sentence(found: Found) -> str:
    words = f"Learning rate {axis.rate(found.suggestion or 0.0, 3)}"
    if found.low is not None and found.high is not None:
        words += f", useful from {axis.rate(found.low, 3)} to {axis.rate(found.high, 3)}"
    if found.spread is not None:
        words += f", {SPREAD[found.effort]} {found.spread:.2f} decades"
    return f"{words}; {found.effort}, {found.cost:,} updates."


def _shades(frame: _Frame, found: Found) -> list[str]:
    top, bottom = frame.y(found.plateau + found.sigma), frame.y(found.plateau - found.sigma)
    parts = [
        f"<path d='M{LEFT} {top:.1f}H{WIDTH - RIGHT}V{bottom:.1f}H{LEFT}z' fill='currentColor' "
        "fill-opacity='0.1'><title>noise of a single loss</title></path>"
    ]
    if found.low is not None and found.high is not None:
        colour, _ = palette.style(2)
        left, right = (_inside(frame.x(rate)) for rate in (found.low, found.high))
        parts.append(
            f"<path d='M{left:.1f} {TOP}H{right:.1f}V{HEIGHT - BOTTOM}H{left:.1f}z' "
            f"fill='{colour}' fill-opacity='0.14'><title>useful range</title></path>"
        )
    return parts


def _inside(x: float) -> float:
    return min(max(x, LEFT), WIDTH - RIGHT)


def _axes(frame: _Frame) -> list[str]:
    parts = [f"<g {FONT} text-anchor='end'>"]
    for value in axis.ticks(frame.low, frame.high, 4):
        y = frame.y(value)
        parts.append(
            f"<path d='M{LEFT} {y:.1f}H{WIDTH - RIGHT}' stroke='currentColor' "
            f"stroke-opacity='0.15'/><text x='{LEFT - 5}' y='{y + 3.5:.1f}'>"
            f"{axis.rate(value, 4)}</text>"
        )
    parts.append(f"</g><g {FONT} text-anchor='middle'>")
    bottom = HEIGHT - BOTTOM
    for power in range(math.ceil(frame.first - 1e-9), math.floor(frame.last + 1e-9) + 1):
        x = frame.x(10.0**power)
        parts.append(
            f"<path d='M{x:.1f} {bottom}v4' stroke='currentColor' stroke-opacity='0.5'/>"
            f"<text x='{x:.1f}' y='{bottom + 14}'>{axis.rate(10.0**power)}</text>"
        )
    parts.append(
        f"<text x='{(LEFT + WIDTH - RIGHT) / 2:g}' y='{bottom + 29}' fill-opacity='0.7'>"
        f"learning rate</text><text transform='translate(9 {(TOP + bottom) / 2:g}) rotate(-90)' "
        "fill-opacity='0.7'>loss</text></g>"
    )
    return parts


def _losses(frame: _Frame, found: Found) -> list[str]:
    """The records as dots, those that fit, and the smooth line, up to where it leaves the top."""
    colour, _ = palette.style(0)
    rows = [*zip(found.rates, found.losses, strict=True)]
    rows += [row for one in found.repeats for row in zip(one.rates, one.losses, strict=True)]
    dots = "".join(
        f"M{_inside(frame.x(rate)):.1f} {frame.y(loss):.1f}h0"
        for rate, loss in rows
        if frame.low <= loss <= frame.high
    )
    pixels = [
        (frame.x(rate), frame.y(loss)) for rate, loss in zip(found.rates, found.smooth, strict=True)
    ]
    path = "L".join(f"{x:.1f} {y:.1f}" for x, y in simplify(pixels, 0.1))
    look = "fill='none' stroke-linecap='round' stroke-linejoin='round'"
    return [
        f"<path d='{dots}' stroke='{colour}' stroke-width='2.6' stroke-opacity='0.4' {look}/>",
        f"<path d='M{path}' stroke='{colour}' stroke-width='2' {look}/>",
    ]


def _chosen(frame: _Frame, found: Found) -> list[str]:
    if found.suggestion is None:
        return []
    colour, _ = palette.style(1)
    x = _inside(frame.x(found.suggestion))
    return [
        f"<path d='M{x:.1f} {TOP}V{HEIGHT - BOTTOM}' stroke='{colour}' stroke-width='1.8'/>",
        f"<text x='{x:.1f}' y='{TOP - 7}' {FONT.replace('currentColor', colour)} "
        f"font-weight='700' text-anchor='middle'>{axis.rate(found.suggestion, 3)}</text>",
    ]
