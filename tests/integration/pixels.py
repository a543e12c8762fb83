"""From the pixels of the designer's picture to steps and rates."""

from itertools import pairwise
from typing import Any

import pytest

from lrkit import read


class Pixels:
    """The picture's own axes, from where its ticks stand."""

    def __init__(self, measured: dict[str, Any]) -> None:
        self.x = self._line([(number(text), at) for text, at in measured["x"]])
        self.y = self._line([(number(text), at) for text, at in measured["y"]])

    @staticmethod
    def _line(ticks: list[tuple[float, float]]) -> tuple[float, float]:
        (a, at_a), (b, at_b) = ticks[0], ticks[-1]
        slope = (at_b - at_a) / (b - a)
        return at_a - slope * a, slope

    def of(self, step: float, value: float) -> tuple[float, float]:
        return self.x[0] + self.x[1] * step, self.y[0] + self.y[1] * value


def number(text: str) -> float:
    return float(text.replace("k", "e3").replace(",", ""))


def within_a_pixel(measured: dict[str, Any], text: str) -> None:
    """The drawn curve is that of `read(text)`: its ends, its knots, and every point of it."""
    (curve,) = (one for one in measured["curves"] if one["id"] == "line-0")
    schedule, pixels = read(text), Pixels(measured)
    assert curve["paths"] == 1
    last = float(schedule.length)
    assert curve["first"] == pytest.approx(pixels.of(0, schedule(0)), abs=1)
    assert curve["last"] == pytest.approx(pixels.of(last, schedule(last)), abs=1)
    points = list(zip(curve["points"][::2], curve["points"][1::2], strict=True))
    for x, y in points:
        step = (x - pixels.x[0]) / pixels.x[1]
        _, top = pixels.of(0, max(schedule(step - 1), schedule(step + 1), schedule(step)))
        _, low = pixels.of(0, min(schedule(step - 1), schedule(step + 1), schedule(step)))
        assert top - 1 <= y <= low + 1
    assert all(before[0] <= after[0] for before, after in pairwise(points))
    for step, _, value in schedule.knots():
        x, y = pixels.of(step, value)
        assert min(abs(x - a) + abs(y - b) for a, b in points) < 1
