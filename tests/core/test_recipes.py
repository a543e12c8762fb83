"""Every recipe, for a thousand random arguments each, keeps what it promises."""

import inspect
import math
import random
from fractions import Fraction

import numpy as np
import pytest

import lrkit
from lrkit import read
from lrkit.core import text
from lrkit.core.recipes import ALL
from lrkit.draw.gallery import entries
from tests import interpreter
from tests.core.recipe_facts import FACTS
from tests.interpreter import interpret
from tests.recipe_texts import RECIPES
from tests.strategies import NAMESPACE, build

EXAMPLES = 1_000
EXACT = 1e-12
"""How far float64 values may be apart, as a share of the height."""


def arguments(name, call):
    """What a call gives each argument, defaults included."""
    recorded = {**NAMESPACE, name: lambda *a, **k: inspect.signature(NAMESPACE[name]).bind(*a, **k)}
    bound = eval(call, {"__builtins__": {}}, recorded)
    bound.apply_defaults()
    return bound.arguments


@pytest.fixture(scope="module", params=sorted(RECIPES))
def examples(request):
    """(call, schedule, reference, facts, randomness) of a recipe for a thousand arguments each."""
    name, r = request.param, random.Random(request.param)
    calls = [RECIPES[name](r) for _ in range(EXAMPLES)]
    return [
        (call, build(call), interpret(call), FACTS[name](arguments(name, call)), r)
        for call in calls
    ]


def anywhere(r, s, facts):
    """Whole steps: around the knots, outside, and some that are drawn."""
    end = math.ceil(min(s.length, 4 * facts.until))
    knots = [math.ceil(t) for t in (facts.knots[1], facts.until)]
    steps = {-1, 0, 1, end - 1, end, end + 1, end + 10**6, *knots}
    return sorted(steps | {r.randint(0, end) for _ in range(6)})


def test_finite_in_range_and_as_in_the_paper(examples):
    for call, s, wanted, facts, r in examples:
        assert s.length == (math.inf if wanted.length == math.inf else float(wanted.length)), call
        assert facts.low >= 0.0, call
        slack = EXACT * facts.high
        for step in anywhere(r, s, facts):
            value = s(step)
            assert math.isfinite(value), (call, step)
            assert facts.low - slack <= value <= facts.high + slack, (call, step)
            assert abs(value - wanted.at(Fraction(step))) <= slack, (call, step)


def test_exact_at_all_knots(examples):
    for call, s, wanted, facts, _ in examples:
        slack = EXACT * facts.high
        for knot in facts.knots:
            after, before = s(knot), s.take(knot)(knot) if knot else s(0)
            assert abs(after - wanted.at(knot)) <= slack, (call, knot)
            assert abs(before - wanted.at(knot, left=True)) <= slack, (call, knot)
            assert knot in facts.cuts or abs(after - before) <= slack, (call, knot)


def test_continuous_between_the_knots(examples):
    """Pieces meet at the stated knots and nowhere else, and within a piece nothing jumps."""
    for call, s, _, facts, r in examples:
        pieces = s.take(min(facts.until, s.length)).knots()
        assert {t for t, _, _ in pieces} <= set(map(float, facts.knots)), call
        i = r.randrange(len(facts.knots) - 1)
        begin, end = facts.knots[i : i + 2]
        middle = float(begin + (end - begin) * Fraction(r.randint(1, 9), 10))
        little = 1e-9 * float(end - begin)
        change = abs(s(middle + little) - s(middle - little))
        assert change <= 1e-3 * facts.high, (call, middle)


def test_the_text_builds_it(examples):
    for call, s, _, facts, r in examples:
        again = read(repr(s))
        assert again == s == read(call), call
        assert repr(again) == repr(s), call
        steps = anywhere(r, s, facts)
        assert [again(step) for step in steps] == [s(step) for step in steps], call


def test_the_same_in_numpy(examples):
    for call, s, _, facts, r in examples:
        steps = anywhere(r, s, facts)
        got, wanted = s(np.array(steps)), [s(step) for step in steps]
        assert got.dtype == np.float64
        assert np.abs(got - wanted).max() <= EXACT * facts.high, call
        values = s.values(math.ceil(min(20, s.length)))
        assert np.abs(values - [s(i) for i in range(len(values))]).max() <= EXACT * facts.high, call


def test_nothing_is_missing():
    """Of what is public, in the writers of texts, the promises, the formulas and the gallery."""
    names = {recipe.__name__ for recipe in ALL}
    assert names <= set(lrkit.__all__)
    assert names == set(RECIPES) == set(FACTS)
    assert names <= {entry.name for entry in entries()}
    assert set(text.NAMES) == set(interpreter.NAMES) - {"custom"}
    assert set(text.METHODS) == set(interpreter.METHODS)
