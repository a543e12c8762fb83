"""The functions that code consists of, as plain Python: the schedule's values at every step."""

import bisect
import math
import re

import pytest
from hypothesis import assume, example, given

from lrkit.source.function import Module
from lrkit.source.pieces import CannotSay, whole
from lrkit.source.words import MATH
from lrkit.source.write import _by_formula
from tests.interpreter import interpret
from tests.strategies import FUNCTIONS, build, expressions
from tests.test_laws import steps_of

CLOSE = 1e-9


def written(s):
    """The code of the function, and what it needs."""
    found = {}

    def write(s, parts):
        module = Module(MATH)
        found["name"] = module.function("shape", whole(s, parts), "The rate.", parts)
        return "", module.text()

    _, code = _by_formula(s, MATH, write)
    return code, found["name"]


@given(expressions())
@example("repeat(cosine(10) >> warmup(3), 4, stretch=1.5, height=0.5).at_least(0.01)")
@example("repeat(rex(10), stretch=1.3, height=0.9) * points({0: 1, 7: 0.5, 9.5: 2}, curve='hold')")
@example("(repeat(cosine(10/3), 5) | table([1.0, 0.5, 0.5, 0.2]).stretch(2.5)).skip(1.5)")
@example("hold(3) | hold(3)")
@example("repeat(linear(1), stretch=3).staircase(7).take(100)")
def test_every_schedule_as_a_function(text):
    s = build(text)
    try:
        code, name = written(s)
    except CannotSay as refused:
        assume(not re.search(r"noise|cycles of|pieces follow|values|at parts of", str(refused)))
        raise
    namespace = {"math": math, "bisect": bisect}
    exec(compile(code, "<written>", "exec"), namespace)
    peak = interpret(text, **FUNCTIONS).peak
    for step in steps_of(s):
        if step >= 0:
            value = namespace[name](step)
            assert value == pytest.approx(s(step), rel=0, abs=CLOSE * peak), (step, code)
