"""Ticks and numbers."""

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrkit.draw import axis, palette


@given(
    low=st.floats(-1e6, 1e6),
    width=st.floats(1e-9, 1e9),
    count=st.integers(1, 12),
)
def test_ticks_lie_inside_evenly_and_are_about_as_many(low, width, count):
    high = low + width
    if not high > low + 1e-6 * abs(low):
        return
    found = axis.ticks(low, high, count)
    assert len(found) <= 4 * count / 3 + 1
    slack = 1e-6 * (high - low) + 1e-9 * abs(low)
    assert all(low - slack <= tick <= high + slack for tick in found)
    distances = [b - a for a, b in pairwise(found)]
    assert distances == pytest.approx(distances[:1] * len(distances), rel=1e-3, abs=slack)


def test_ticks_are_round():
    assert axis.ticks(0, 0.001, 4) == [0.0, 0.0002, 0.0004, 0.0006, 0.0008, 0.001]
    assert axis.ticks(0, 3130, 5) == [0.0, 500.0, 1000.0, 1500.0, 2000.0, 2500.0, 3000.0]
    assert axis.ticks(-1, 1, 4) == [-1.0, -0.5, 0.0, 0.5, 1.0]
    assert axis.ticks(2, 2, 5) == [2]


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0"), (-0.0, "0"), (1e-5, "1e-05"), (0.1 + 0.2, "0.3"), (1234.5678, "1234.57")],
)
def test_rates(value, text):
    assert axis.rate(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (1875, "1,875"), (10_000.0, "10,000"), (0.5, "0.5"), (312.5, "312.5"),
     (1_234_567.5, "1,234,567.5"), (math.inf, "endless"), (1e20, "1e+20")],
)  # fmt: skip
def test_steps(value, text):
    assert axis.step(value) == text


@given(st.text(max_size=50), st.integers(3, 60))
def test_short_is_short(text, width):
    cut = axis.short(text, width)
    assert len(cut) <= width
    assert (cut == text) == (len(text) <= width) or "…" in text


def test_no_two_lines_look_alike():
    assert len({palette.style(index) for index in range(36)}) == 36
