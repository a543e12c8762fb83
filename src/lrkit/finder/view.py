"""What part of a sweep its pictures show."""

from __future__ import annotations

import numpy as np

from lrkit.finder.found import Found

#: So much of the fall is shown above the plateau, and so many standard deviations at least.
ABOVE, DEVIATIONS = 0.5, 4.0
#: Least room above and below, in parts of what is shown.
ROOM = 0.04


def check_records(who: str, found: Found) -> None:
    """Refuse to draw nothing.

    Raises:
        ValueError: There is no record.
    """
    if not len(found.rates):
        raise ValueError(
            f"{who}: there must be records of a sweep, got none. {found.reason or 'Run a sweep.'}"
        )


def ends(found: Found) -> tuple[float, float]:
    """The lowest and the highest loss to show; what diverges leaves the picture at the top.

    Args:
        found: With at least one record.
    """
    lowest = float(min(found.losses.min(), found.smooth.min()))
    fall = max(found.plateau - float(found.smooth.min()), 0.0)
    start = np.percentile(found.losses[: max(len(found.losses) // 4, 1)], 99)
    top = max(found.plateau + ABOVE * fall, found.plateau + DEVIATIONS * found.sigma, float(start))
    top = min(top, float(max(found.losses.max(), found.smooth.max())))
    room = ROOM * (top - lowest) or abs(top) * ROOM or 1.0
    return lowest - room, top + room


def line(found: Found, top: float) -> list[tuple[float, float]]:
    """The smooth curve as (log10 rate, loss), up to where it leaves the picture at the top.

    Args:
        found: With at least one record.
        top: The highest loss to show.
    """
    places, losses = np.log10(found.rates), found.smooth
    above = np.flatnonzero(losses[int(np.argmin(losses)) :] > top)
    end = int(np.argmin(losses)) + int(above[0]) if len(above) else len(losses)
    points = [(float(x), min(float(y), top)) for x, y in zip(places[:end], losses, strict=False)]
    if len(above):
        part = (top - losses[end - 1]) / (losses[end] - losses[end - 1])
        edge = places[end - 1] + part * (places[end] - places[end - 1])
        points.append((float(edge), top))
    return points
