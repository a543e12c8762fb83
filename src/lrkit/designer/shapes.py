"""The gallery to start from: the catalogue, each entry over the updates of the run."""

from __future__ import annotations

from functools import cache
from typing import Any

from lrkit.designer.asked import Asked
from lrkit.draw.gallery import SPAN, Entry, entries
from lrkit.draw.series import series
from lrkit.draw.simplify import simplify

#: The size of a small picture, and what may be left out of its curve.
WIDTH, HEIGHT, TOLERANCE = 100.0, 40.0, 0.08


def shapes(asked: Asked) -> dict[str, Any]:
    """Every named schedule with a small picture: the question has no other fields."""
    return {"span": SPAN, "shapes": _all()}


@cache
def _all() -> list[dict[str, Any]]:
    return [_shape(entry) for entry in entries()]


def _shape(entry: Entry) -> dict[str, Any]:
    schedule = entry.schedule
    said = entry.explained
    drawn = series(schedule, SPAN, limit=200)
    high = max(drawn.high, 1e-12)
    pixels = [(WIDTH * step / SPAN, HEIGHT * (1 - value / high)) for step, value in drawn.points]
    path = "L".join(f"{x:.1f} {y:.1f}" for x, y in simplify(pixels, TOLERANCE))
    return {
        "name": entry.name,
        "family": entry.family,
        "title": entry.title,
        "line": said.line,
        "also": list(entry.also),
        "example": entry.example,
        "endless": schedule.length == float("inf"),
        "path": f"M{path}",
    }
