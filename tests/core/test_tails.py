"""Near its end a curve keeps its relative precision: against 50 digits of decimal arithmetic."""

from decimal import Decimal

import numpy as np
import pytest

from lrkit import cosine, hold, linear, one_minus_sqrt, polynomial, repeat, warmup
from tests.reference import decimal_cosine_tail, decimal_one_minus_sqrt

LENGTHS = [7, 1_000, 10**6, 10**9]
REMAINING = [1, 2, 3, 5]


def linear_tail(t, n):
    return 1 - Decimal(t) / Decimal(n)


def cubic_tail(t, n):
    return linear_tail(t, n) ** 3


CURVES = [
    (linear, linear_tail),
    (cosine, decimal_cosine_tail),
    (one_minus_sqrt, decimal_one_minus_sqrt),
    (lambda n, **ends: polynomial(n, power=3, **ends), cubic_tail),
]
IDS = ["linear", "cosine", "one_minus_sqrt", "polynomial"]


def relative(got, exact):
    return abs(Decimal(float(got)) / exact - 1)


@pytest.mark.parametrize("n", LENGTHS)
@pytest.mark.parametrize(("curve", "exact"), CURVES, ids=IDS)
def test_falling(curve, exact, n):
    s = 3e-4 * (warmup(500) >> hold(n) >> curve(n))
    for left in REMAINING:
        wanted = Decimal.from_float(3e-4) * exact(n - left, n)
        step = s.length - left
        assert relative(s(step), wanted) < Decimal("1e-12")
        assert relative(s(np.array([step, 0]))[0], wanted) < Decimal("1e-12")


@pytest.mark.parametrize("n", LENGTHS)
@pytest.mark.parametrize(("curve", "exact"), CURVES[:2], ids=IDS[:2])
def test_rising(curve, exact, n):
    s = curve(n, start=0.0, stop=1.0)
    for step in REMAINING:
        assert relative(s(step), exact(n - step, n)) < Decimal("1e-12")
        assert relative(s(np.array([step, 0]))[0], exact(n - step, n)) < Decimal("1e-12")


@pytest.mark.parametrize(("curve", "exact"), CURVES, ids=IDS)
def test_through_the_algebra(curve, exact):
    n = 10**6
    schedules = [
        (repeat(curve(n), 5), 3 * n),
        (curve(1).over(n), n),
        (curve(100).stretch(n // 100), n),
        ((curve(n) | hold(5)).take(n), n),
        ((hold(7) >> curve(n)).skip(7), n),
        (curve(n).at_least(0), n),
        (curve(n) * hold(), n),
    ]
    for s, end in schedules:
        for left in REMAINING:
            assert relative(s(end - left), exact(n - left, n)) < Decimal("1e-12"), s


@pytest.mark.parametrize("curve", [curve for curve, _ in CURVES], ids=IDS)
@pytest.mark.parametrize("ends", [(1.0, 0.1), (0.1, 1.0), (0.3, 0.7), (1.0, 0.0), (0.0, 1.0)])
def test_both_ends_are_exact(curve, ends):
    for length in (1, 3, 7, 100 / 7, 12_345, 10**9):
        s = 1.0 * curve(length, start=ends[0], stop=ends[1])
        assert (s(0), s(s.length)) == ends
        assert s(np.array([0, s.length])).tolist() == list(ends)


@pytest.mark.parametrize("curve", [curve for curve, _ in CURVES], ids=IDS)
def test_never_beyond_its_ends(curve):
    for s in (curve(997), curve(997, start=0.0, stop=1.0), curve(997, start=0.9, stop=0.3)):
        values = s.values()
        assert values.min() >= min(s(0), s(997))
        assert values.max() <= max(s(0), s(997))
        falls = s(0) > s(997)
        assert (np.diff(values) < 0).all() if falls else (np.diff(values) > 0).all()
