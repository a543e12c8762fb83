"""Numbers on an axis: where the ticks are, and how a rate and a step are written."""

from __future__ import annotations

import math

ELLIPSIS = "…"


def ticks(low: float, high: float, count: int) -> list[float]:
    """Round values from `low` to `high`, about `count` of them, at distances 1, 2 or 5 × 10ⁿ.

    Args:
        low: Lower end of the axis.
        high: Upper end of the axis, at least `low`.
        count: How many distances are wanted, at least 1; up to a third more may come.

    >>> ticks(0, 10_000, 5)
    [0.0, 2000.0, 4000.0, 6000.0, 8000.0, 10000.0]
    >>> ticks(0.0, 0.001, 4)
    [0.0, 0.0002, 0.0004, 0.0006, 0.0008, 0.001]
    """
    if not high - low > 1e-300:
        return [low]
    rough = (high - low) / max(count, 1)
    power = math.floor(math.log10(rough))
    factor = next((f for f in (1, 2, 5) if f * 10.0**power >= 0.75 * rough), 10)
    distance = factor * 10.0**power
    first, last = math.ceil(low / distance - 1e-9), math.floor(high / distance + 1e-9)
    # `float(f"{…:.12g}")` takes the binary dust off 3 * 0.0002.
    return [float(f"{index * distance:.12g}") for index in range(first, last + 1)]


def rate(value: float, digits: int = 6) -> str:
    """A rate, as short as `digits` significant digits allow.

    >>> rate(0.00030000000000000003), rate(1e-05), rate(0.0)
    ('0.0003', '1e-05', '0')
    """
    return "0" if value == 0 else f"{value:.{digits}g}"


def step(value: float) -> str:
    """A step or a length: whole ones with separated thousands.

    >>> step(10000.0), step(12.5), step(math.inf)
    ('10,000', '12.5', 'endless')
    """
    if math.isinf(value):
        return "endless"
    if value == int(value):
        return f"{int(value):,}" if abs(value) < 2**53 else f"{value:.6g}"
    return f"{value:,.6g}" if abs(value) < 1e6 else f"{value:,.1f}"


def short(text: str, width: int, ellipsis: str = ELLIPSIS) -> str:
    """The text, with its middle left out where it is longer than `width` characters.

    >>> short("warmup(500) >> cosine(9500)", 15)
    'warmup(…e(9500)'
    """
    if len(text) <= width:
        return text
    kept = max(width - len(ellipsis), 0)
    return text[: (kept + 1) // 2] + ellipsis + text[len(text) - kept // 2 :]
