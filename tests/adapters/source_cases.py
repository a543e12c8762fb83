"""Schedules to write in a library's own words, and the steps at which to compare the rates."""

import importlib.util
import itertools
import math
import tempfile
from pathlib import Path

import numpy as np

from lrkit import (
    cosine,
    exponential,
    exponential_decay,
    exponential_ramp,
    geometric,
    hold,
    hyperbolic,
    inverse_time,
    like,
    linear,
    multi_step,
    noam,
    one_cycle,
    one_minus_sqrt,
    points,
    polynomial,
    repeat,
    rex,
    step_decay,
    table,
    tanh,
    to_source,
    triangular,
    warmup,
    wsd,
)
from tests.interpreter import interpret
from tests.strategies import FUNCTIONS, first_knots

CASES = [
    3e-4 * (warmup(50) >> hold(75) >> cosine(200)),
    0.1 * (warmup(20, start=0.1) >> cosine(90, stop=0.1)),
    0.1 * cosine(100),
    cosine(41, start=0.1, stop=0.02),
    2.0 * cosine(41, start=0.1, stop=1.0),
    0.1 * linear(41, stop=0.1),
    polynomial(41, power=0.5),
    0.2 * polynomial(41, power=2, stop=0.3),
    cosine(41, power=0.5, k=0.5),
    polynomial(41, power=0.5, k=3),
    0.1 * (hold(10) >> cosine(90, stop=0.1)),
    0.1 * hold(),
    exponential_decay(0.1, 0.5, 30),
    exponential_decay(0.1, 0.5, 41),
    exponential_decay(0.1, 0.999, 10, min_lr=0.095, staircase=False),
    exponential_decay(0.1, 0.5, 10, min_lr=0.01, staircase=False),
    step_decay(0.1, 0.5, 937.5 / 60),
    0.1 * multi_step([30, 60]),
    hold(7, value=0.3) | hold(5, value=0.1) | hold(9, value=0.2),
    0.1 * repeat(cosine(10), stretch=2),
    0.1 * repeat(cosine(41)),
    0.1 * triangular(5),
    0.1 * repeat(warmup(5, start=0.2) >> linear(9, stop=0.2)),
    0.1 * (exponential(rate=0.99) * linear(100, start=0.1, stop=1)),
    0.1 * (exponential(rate=0.9) * polynomial(40, power=2)),
    0.1 * repeat(cosine(10) >> warmup(3), 4, stretch=1.5, height=0.5).at_least(0.01),
    repeat(rex(10), 20, stretch=1.3, height=0.9),
    warmup(2.5) >> one_minus_sqrt(100 / 3),
    points({0: 1.0, 5: 0.5, 9.5: 0.7, 40: 0.0}, curve="cosine"),
    points({0: 1.0, 7: 0.3, 20: 2.0, 90: 0.1}, curve="geometric").at_most(0.9),
    points({0: 1.0, 7: 0.3, 20: 2.0}, curve="hold"),
    0.1 * table([1.0, 0.5, 0.3, 0.3, 0.3]),
    noam(64, 40),
    0.3 * inverse_time(rate=0.5, every=7),
    0.3 * inverse_time(rate=0.5, every=8).staircase(8),
    inverse_time(rate=0.5, every=7, power=2.5),
    0.01 * one_cycle(100),
    0.01 * wsd(200, warmup=20, cooldown=50),
    tanh(60, lower=3, upper=5) * hyperbolic(90, bound=1.2),
    geometric(50, stop=1e-3)
    >> linear(10, start=1e-3, stop=1.0)
    >> exponential_ramp(30, rate=0.999),
    (0.1 * (warmup(10) >> linear(40))).skip(5).take(30).plus(0.01),
    -0.5 * (warmup(5) >> cosine(20)),
    like.torch.SequentialLR(
        [like.torch.LinearLR(0.1, base_lr=0.2), like.torch.ExponentialLR(0.97, base_lr=0.2)], [5]
    ),
    like.timm.CosineLRScheduler(30, warmup_t=5, base_lr=0.1),
]
"""What people write, one for each constructor, and one for each way that code is made."""


FOLDER = tempfile.TemporaryDirectory(prefix="written")
COUNT = itertools.count()


def names_of(s, library):
    """What the code defines."""
    code = to_source(s, library)
    assert "lrkit" not in code.partition("import ")[2]
    path = Path(FOLDER.name) / f"written_{next(COUNT)}.py"
    path.write_text(code, encoding="utf-8")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)  # of a real file, as graphs that are made of sources want it
    return vars(module)


def steps_to_compare(s, most=330):
    """Every step to 1.3 times the length; of long ones, those at the knots and some others."""
    last = 150 if s.length == math.inf else math.ceil(1.3 * s.length) + 3
    if last <= most:
        return np.arange(last)
    knots = [math.ceil(t) for t in first_knots(s, 20)]
    around = [max(t + d, 0) for t in knots for d in (-1, 0, 1)]
    some = {*range(0, 50), *around, *range(0, last, last // 50), last, 3 * last}
    return np.array(sorted(t for t in some if t < 2**24))


def is_refused(s, library):
    """Whether a part of it cannot be said; nothing else is refused."""
    try:
        to_source(s, library)
    except ValueError as error:
        if f"must be what code for {library} can say, but" not in str(error):
            raise
        return True
    return False


def peak_of(text):
    """The height that tolerances are shares of."""
    return interpret(text, **FUNCTIONS).peak
