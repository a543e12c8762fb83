"""Every public constructor is drawn by the strategies, so every law is tested on it."""

import re
from collections import Counter
from dataclasses import fields

from hypothesis import given, settings
from hypothesis import strategies as st

import lrkit
from lrkit import Schedule
from lrkit.core.text import METHODS
from tests.strategies import build, expressions, pieces

NOT_CONSTRUCTORS = {
    *("Schedule", "Plan", "read", "check", "diff"),
    *("extend", "cooldown_from", "to_source"),
}


def test_every_public_name_is_drawn():
    seen: Counter[str] = Counter()
    kinds: Counter[type] = Counter()

    @settings(max_examples=1500, database=None, derandomize=True)
    @given(st.tuples(expressions(), pieces(bounded=True), pieces(bounded=False)))
    def draw(texts):
        for text in texts:
            seen.update(set(re.findall(r"\w+|>>|\|| \* ", text)))
            kinds.update(type(part) for part in parts_of(build(text)))

    draw()
    assert set(lrkit.__all__) - NOT_CONSTRUCTORS - set(seen) == set()
    assert METHODS | {">>", "|", " * "} <= set(seen)
    concrete = {kind for kind in descendants(Schedule) if kind.__module__.startswith("lrkit.core")}
    assert concrete - set(kinds) == set()


def descendants(kind):
    """The classes of a kind that have no subclasses of their own."""
    below = kind.__subclasses__()
    return {kind} if not below else set().union(*map(descendants, below))


def parts_of(s):
    """A schedule and every schedule in it."""
    yield s
    for field in fields(s):
        part = getattr(s, field.name)
        for inner in part if isinstance(part, tuple) else (part,):
            if isinstance(inner, Schedule):
                yield from parts_of(inner)
