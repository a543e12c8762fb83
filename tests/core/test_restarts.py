"""Restarts begin where they should: the peak, not the floor, at every boundary."""

import pytest

from lrkit import cosine_restarts
from tests.restarts import FIRST, STRETCHES, boundaries


@pytest.mark.parametrize("stretch", STRETCHES)
def test_on_the_host(stretch):
    for first in FIRST:
        s = cosine_restarts(first, stretch=stretch)
        lower = cosine_restarts(first, stretch=stretch, height=0.9)
        begins = boundaries(first, stretch, below=2**53)
        for i, step in enumerate(begins):
            assert s(step) == 1.0, (s, step)
            assert lower(step) == pytest.approx(0.9**i, rel=1e-14), (lower, step)
            # The update before is the last of a cycle, down to a half or less, or its only one.
            assert step == 0 or step - 1 == begins[i - 1] or s(step - 1) <= 0.5, (s, step)
