"""A schedule as one row of characters."""

from __future__ import annotations

from collections.abc import Callable

from lrkit.draw.terminal import Style

#: From low to high. A value of 0 is drawn as the lowest, so that a curve has no holes.
BLOCKS = "▁▂▃▄▅▆▇█"
#: The same for streams that know no blocks; each sits a little higher or is a little darker.
LETTERS = "_.:-=+*#"
#: Values looked at for each character, which shows their mean.
LOOKS = 8


def sparkline(
    value: Callable[[float], float], span: float, *, width: int = 20, style: Style | None = None
) -> str:
    """The values of a schedule from step 0 to `span` as one row of bars.

    The highest bar is the largest mean of all characters, the lowest is 0, or the smallest mean
    where that is negative.

    Args:
        value: A schedule, or any function from a step to a number.
        span: The last step to draw. Positive.
        width: Characters, at least 1.
        style: Characters. Default: Unicode.

    >>> from lrkit import linear, warmup
    >>> sparkline(warmup(50) >> linear(50), 100, width=10)
    '▂▃▅▆██▆▅▃▂'
    """
    means = [
        sum(value(span * (i + (k + 0.5) / LOOKS) / width) for k in range(LOOKS)) / LOOKS
        for i in range(width)
    ]
    low, high = min(0.0, *means), max(0.0, *means)
    levels = BLOCKS if style is None or style.unicode else LETTERS
    scale = (len(levels) - 1) / (high - low) if high > low else 0.0
    return "".join(levels[round((mean - low) * scale)] for mean in means)
