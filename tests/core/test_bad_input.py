"""Bad input: refused when it is built, with the rule, what came, and a way out."""

import math
from fractions import Fraction

import numpy as np
import pytest

from lrkit import (
    cosine,
    cosine_decay,
    custom,
    exponential,
    exponential_decay,
    geometric,
    hold,
    inverse_sqrt,
    inverse_time,
    jump,
    linear,
    one_minus_sqrt,
    points,
    polynomial,
    repeat,
    step_decay,
    table,
    then,
    warmup,
)

NAN, INF = math.nan, math.inf
LENGTHS = {
    "hold": hold,
    "linear": linear,
    "warmup": warmup,
    "cosine": cosine,
    "one_minus_sqrt": one_minus_sqrt,
    "polynomial": lambda n: polynomial(n, power=2),
    "geometric": lambda n: geometric(n, stop=0.1),
}


@pytest.mark.parametrize("name", sorted(LENGTHS))
@pytest.mark.parametrize("length", [0, -1, 0.0, -2.5, NAN, -INF, np.float64(-1), 10**400])
def test_lengths(name, length):
    with pytest.raises(
        ValueError, match=rf"{name}: `length` must be (positive|finite), got length="
    ):
        LENGTHS[name](length)


@pytest.mark.parametrize("name", sorted(set(LENGTHS) - {"hold"}))
def test_only_a_hold_is_endless(name):
    with pytest.raises(ValueError, match="`length` must be finite, got length=inf"):
        LENGTHS[name](INF)


@pytest.mark.parametrize("name", sorted(LENGTHS))
@pytest.mark.parametrize("length", [True, "10", None, [1], 1j])
def test_lengths_that_are_no_numbers(name, length):
    with pytest.raises(TypeError, match=rf"{name}: `length` must be a number, got length="):
        LENGTHS[name](length)


@pytest.mark.parametrize("length", [18750.0, Fraction(100, 3), np.int32(7), np.float64(2.5)])
def test_any_positive_number_is_a_length(length):
    assert cosine(length).length == pytest.approx(float(length), rel=1e-15)
    assert isinstance(cosine(18750.0).length, int)


@pytest.mark.parametrize("height", [NAN, INF, -INF, np.float32("inf"), 10**400])
def test_heights(height):
    for scale in (lambda: height * cosine(3), lambda: cosine(3) * height):
        with pytest.raises(ValueError, match=r"k \* schedule: `k` must be finite, got k="):
            scale()
    with pytest.raises(ValueError, match=r"`k` must be finite"):
        1e300 * (1e300 * cosine(3))
    with pytest.raises(ValueError, match=r"`value` must be finite"):
        hold(3, value=height)
    with pytest.raises(ValueError, match=r"`stop` must be finite"):
        linear(3, stop=height)
    for limit in ("at_least", "at_most"):
        with pytest.raises(ValueError, match=rf"{limit}: `value` must be finite"):
            getattr(cosine(3), limit)(height)


@pytest.mark.parametrize("other", ["2", None, True, [2], 1j, object()])
def test_what_is_no_height(other):
    for combine in (
        lambda: cosine(3) * other,
        lambda: other * cosine(3),
        lambda: cosine(3) >> other,
        lambda: other | cosine(3),
    ):
        with pytest.raises(TypeError):
            combine()


RANGES = [
    (lambda: polynomial(3, power=0), r"polynomial: `power` must be positive, got power=0"),
    (lambda: geometric(3, stop=0), r"geometric: `stop` must be positive.*exponential"),
    (lambda: geometric(3, start=-1, stop=1), r"geometric: `start` must be positive"),
    (lambda: exponential(rate=0), r"exponential: `rate` must be positive"),
    (lambda: exponential(rate=0.9, every=0), r"exponential: `every` must be positive"),
    (lambda: inverse_time(rate=-1), r"inverse_time: `rate` must be 0 or more"),
    (lambda: inverse_sqrt(0), r"inverse_sqrt: `timescale` must be positive"),
    (lambda: repeat(cosine(3), 0), r"repeat: `times` must be a whole number of 1 or more"),
    (lambda: repeat(cosine(3), 2.5), r"repeat: `times` must be a whole number"),
    (lambda: repeat(cosine(3), NAN), r"repeat: `times` must be a whole number"),
    (lambda: repeat(cosine(3), 2, stretch=0), r"repeat: `stretch` must be positive"),
    (lambda: repeat(cosine(3), 2, height=-1), r"repeat: `height` must be 0 or more"),
    (lambda: repeat(cosine(3), stretch=0.9), r"repeat: `stretch` must be 1 or more.*`times`"),
    (lambda: repeat(cosine(9), 20, stretch=0.5), r"repeat: every cycle must get a whole step"),
    (lambda: repeat(cosine(10**6), 20_000, stretch=1.0001), r"at most 10,000 cycles"),
    (lambda: repeat(hold()), r"repeat: the schedule must have an end, got the endless"),
    (lambda: cosine(10).take(0), r"take: `n` must be positive, got n=0"),
    (lambda: cosine(10).take(11), r"take: `n` must be at most the length 10, got n=11.*hold"),
    (lambda: cosine(10).skip(0), r"skip: `n` must be positive"),
    (lambda: cosine(10).skip(10), r"skip: `n` must be less than the length 10"),
    (lambda: cosine(10).stretch(0), r"stretch: `k` must be positive"),
    (lambda: cosine(10).stretch(NAN), r"stretch: `k` must be finite"),
    (lambda: cosine(10).staircase(-1), r"staircase: `n` must be positive"),
    (lambda: cosine(10).over(0), r"over: `length` must be a whole number of 1 or more"),
    (lambda: cosine(10).over(2.5), r"over: `length` must be a whole number.*got length=2.5"),
    (lambda: (warmup(1) >> cosine(99)).over(9), r"9 steps.*`warmup\(1\)`.*Use at least 100"),
    (lambda: hold().over(9), r"over: the schedule must have an end.*`\.take\(n\)`"),
    (lambda: hold() >> cosine(9), r"only the last piece may be endless, got `hold\(\)`.*take"),
    (lambda: hold() | cosine(9), r"only the last piece may be endless"),
    (lambda: warmup(5) >> linear(9, start=0.9), r"stop of 1\.0.*start of 0\.9.*`\|`"),
    (lambda: 3e-4 * warmup(5) >> cosine(9), r"`\*` binds tighter.*`0.0003 \* \(warmup\(5\) >> cos"),
    (lambda: jump(*[hold(1)] * 1_001), r"at most 1,000 pieces, got 1,001"),
    (lambda: points({}), r"points: two or more points"),
    (lambda: points({0: 1}), r"points: two or more points.*hold"),
    (lambda: points({-1: 1, 5: 2}), r"points: `step` must be 0 or more"),
    (lambda: points({0: NAN, 5: 2}), r"points: `value` must be finite"),
    (lambda: points({0: 1, 5: 2}, curve="bezier"), r"`curve` must be one of 'linear', 'cosine'"),
    (lambda: points({0: 1, 5: 0}, curve="geometric"), r"values must be positive"),
    (lambda: table([]), r"table: at least one value"),
    (lambda: table([1, INF]), r"table: `values\[1\]` must be finite"),
    (lambda: table([1], label="x" * 201), r"table: `label` must be"),
    (lambda: exponential_decay(0.1, 0, 5), r"`rate` must be positive"),
    (lambda: exponential_decay(0.1, 0.9, 0), r"`every` must be positive"),
    (lambda: step_decay(0.1, 0.9, 5, min_lr=-1), r"`min_lr` must be 0 or more"),
    (lambda: cosine_decay(0.1, 0), r"`length` must be positive"),
    (lambda: cosine_decay(NAN, 5), r"must be finite"),
    (lambda: custom(lambda step: 1.0, 0), r"custom: `length` must be a whole number of 1 or more"),
    (lambda: custom(lambda step: 1.0, 10**7 + 1), r"custom: `length` must be at most 10,000,000"),
    (lambda: custom(lambda step: NAN if step == 7 else 1, 9), r"finite.*got nan at step 7"),
    (lambda: custom(lambda step: 1 / (3 - step), 9), r"step 3|division"),
]


@pytest.mark.parametrize(("build", "message"), RANGES, ids=[message for _, message in RANGES])
def test_refused(build, message):
    with pytest.raises((ValueError, ZeroDivisionError), match=message):
        build()


TYPES = [
    (lambda: then(cosine(3)), "then: two or more schedules"),
    (lambda: jump(hold(3), 1), "jump: every argument must be a schedule, got 1"),
    (lambda: repeat(3, 2), "repeat: `s` must be a schedule, got s=3"),
    (lambda: repeat(cosine(3), "2"), "repeat: `times` must be a whole number"),
    (lambda: repeat(cosine(3), True), "repeat: `times` must be a whole number"),
    (lambda: points([1, 2]), "points: `levels` must be a mapping"),
    (lambda: table(["a"]), r"table: `values\[0\]` must be a number"),
    (lambda: custom(3, 4), "custom: `function` must be a function of the step"),
    (lambda: custom(cosine(3), 4), "is a schedule already"),
    (lambda: custom(lambda step: "a", 4), "must give a finite number.*got 'a' at step 0"),
    (lambda: custom(lambda step: None if step else 1, 4), "got None at step 1"),
    (lambda: hold(3, 4), "positional"),
    (lambda: exponential(0.9), "positional"),
    (lambda: cosine(10, T_max=3), "T_max"),
]


@pytest.mark.parametrize(("build", "message"), TYPES, ids=[message for _, message in TYPES])
def test_of_the_wrong_type(build, message):
    with pytest.raises(TypeError, match=message):
        build()
