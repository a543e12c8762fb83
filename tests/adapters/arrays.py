"""What every float32 array library is asked: long and composed schedules, and where to look."""

import math
import random
from collections.abc import Iterator

import numpy as np

from lrkit import (
    Schedule,
    cosine,
    custom,
    exponential,
    exponential_decay,
    geometric,
    hold,
    inverse_sqrt,
    inverse_time,
    linear,
    one_minus_sqrt,
    points,
    polynomial,
    repeat,
    table,
    warmup,
)
from tests.interpreter import interpret
from tests.recipe_texts import RECIPES
from tests.strategies import FUNCTIONS, build, first_knots, plateaus, wave

LAST = 2**31 - 1
"""The last step that an int32 counter can reach."""
SHARE = 1e-6
"""How far a float32 value may be from the float64 one, as a share of the height."""

COMPOSED = [
    3e-4 * (warmup(500) >> hold(7_500) >> cosine(2_000)),
    (warmup(10 / 3) >> polynomial(100 / 7, power=0.5) | 0.1 * one_minus_sqrt(33.3, stop=0.2)),
    repeat(cosine(10, stop=0.1), 4, stretch=2, height=0.5) * linear(200),
    repeat(warmup(2.5) | hold(1 / 3, value=0.2) | linear(2), height=0.9),
    points({0: 1.0, 7: 0.3, 20.5: 2.0, 90: 0.0}, curve="cosine").staircase(10 / 3),
    points({0: 1.0, 7: 0.3, 20.5: 2.0, 90: 0.1}, curve="geometric").at_most(0.9),
    points({5: 1.0, 7: 0.3, 20.5: 2.0}, curve="hold").skip(3).take(10),
    1e-3 * custom(wave, 250) | table([3e-4, 1e-4]).over(9),
    custom(plateaus, 250).stretch(1.5).at_least(0.3),
    warmup(100) >> inverse_sqrt(100),
    hold(10) >> inverse_time(rate=0.5, every=3) * geometric(50, stop=0.01),
    exponential(rate=0.9, every=10).at_least(0.1),
    exponential_decay(1e-3, 0.9, 937.5),
    1e-8 * cosine(10),
]
LONG = [
    3e-4 * (warmup(5) >> hold(75) >> cosine(20)).over(10**8),
    (warmup(0.1) >> hold(1.8) | linear(0.1, start=0.5)).stretch(10**9),
    repeat(cosine(313), 6 * 10**6),
    repeat(hold(10**7) | hold(10**7, value=0.0)).staircase(7),
    linear(2 * 10**9).staircase(937.5),
    hold(2**31 - 4) | linear(4, stop=0.5),  # its end is one step beyond the counter
    linear(2**31 - 3) >> hold(10**9, value=0.0) | cosine(5),
    (hold(2) | linear(1)).over(2**31 + 10),
    repeat(hold(1) | hold(1, value=0.3) | hold(1, value=0.0), 3).over(2 * 10**9),
    repeat(linear(1), 3).over(2 * 10**9),
    repeat(linear(1000) | hold(500, value=0.5), stretch=2, height=0.9),
    points({0: 1.0, 2**24 + 1: 0.0, 2**24 + 2: 1.0, 2**30: 0.5}, curve="hold"),
    exponential(rate=0.5, every=10**9).staircase(10**9 / 3),
    exponential(rate=0.9977278991371826),
    repeat(cosine(79, stop=0.1), stretch=1.1),
]


def steps_of(s: Schedule) -> list[int]:
    """128 steps that an int32 counter can reach: around the knots, outside, spread over all.

    Always as many, so that a library that compiles for each shape compiles once.
    """
    knots = [math.ceil(t) for t in first_knots(s, 25)]
    end = min(s.length, LAST)
    marks = [2**24, 2**24 + 1, 10**8 - 1, 2**30 + 7, LAST]
    around = [k + d for k in [*knots, int(end)] for d in (-1, 0, 1)]
    spread = [int(x) for x in np.linspace(0, end, 37)]
    steps = sorted({-3, *(k for k in around + spread + marks if k <= LAST)})
    return steps + [0] * (128 - len(steps))


def short_steps_of(s: Schedule) -> list[int]:
    """The same below a million, for schedules of many short pieces."""
    return [min(step, 10**6) for step in steps_of(s)]


def expected(s: Schedule, steps: list[int]) -> np.ndarray:
    """The float64 values, one number at a time."""
    return np.array([s(step) for step in steps])


def assert_close(got: np.ndarray, s: Schedule, steps: list[int], height: float = 0.0) -> None:
    """Equal to 1e-6 of the height at each step; by default the height is that of these values."""
    wanted = expected(s, steps)
    peak = height or np.abs(wanted).max()
    worst = np.abs(np.asarray(got, np.float64) - wanted)
    at = int(worst.argmax())
    assert worst[at] <= SHARE * peak, f"{s} at step {steps[at]}: {got[at]!r}, not {wanted[at]!r}"


def composed(text: str) -> tuple[Schedule, list[int], float]:
    """The schedule of a drawn expression, where to look at it, and its height.

    The height is that of the whole curve: `.skip(n)` of an exponential leaves a tail of it.
    """
    return build(text), short_steps_of(build(text)), interpret(text, **FUNCTIONS).peak


def recipes(name: str, many: int) -> Iterator[tuple[Schedule, list[int], float]]:
    """A recipe with so many random arguments: each schedule, 32 steps of it, and its height."""
    r = random.Random(name)
    for _ in range(many):
        s = build(text := RECIPES[name](r))
        marks = [0, 1, 2, 3, *(math.ceil(t) for t in inner_knots(s)), 10**6, 2**24 + 1, LAST]
        around = {min(step + d, LAST) for step in marks for d in (-1, 0, 1)}
        last = int(min(s.length, 10**6))
        spread = [r.randint(0, last) for _ in range(32)]
        yield s, [*sorted(around)[:24], *spread][:32], interpret(text).peak


def inner_knots(s: Schedule) -> list[float]:
    """Where pieces meet, the end included; the first and the last few."""
    knots = [t for t, _, _ in s.take(min(s.length, 300)).knots()] + [min(s.length, 10**6)]
    return [*knots[1:4], *knots[-3:]]
