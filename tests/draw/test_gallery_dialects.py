"""The page on other libraries' schedules: what its tables say is so."""

import re

import pytest

from lrkit import Schedule, read
from lrkit.core.dialects import dialects
from lrkit.plan import diff
from tools.gallery import DOCS

PAGE = (DOCS / "dialects.md").read_text(encoding="utf-8")
QUIRKS = re.findall(r"^\| `(like[^`]*)` \| `([^`]*)` \| ([^|`]*) \| (\d+) \|$", PAGE, re.M)
BUGS = re.findall(r"^\| `(like[^`]*)` at step ([\d,]+) \|", PAGE, re.M)
LIBRARIES = {"keras", "optax", "tfa", "timm", "torch", "transformers"}


def test_the_tables_are_read() -> None:
    """Else a change of their form would switch the tests below off."""
    assert len(QUIRKS) >= 18
    assert len(BUGS) >= 7
    rows = len(re.findall(r"^\| `like\.\w+\.", PAGE, re.M))
    assert len(QUIRKS) + len(BUGS) == rows
    assert {theirs.split(".")[1] for theirs, *_ in QUIRKS} == LIBRARIES


@pytest.mark.parametrize(("theirs", "meant", "why", "step"), QUIRKS, ids=lambda text: text[:60])
def test_a_quirk_begins_where_the_page_says(theirs: str, meant: str, why: str, step: str) -> None:
    assert diff(theirs, meant, steps=300).first == int(step)
    assert "like." not in meant
    assert why


@pytest.mark.parametrize(("call", "step"), BUGS)
def test_a_call_of_the_table_of_bugs_has_a_value(call: str, step: str) -> None:
    """What the value is, the examples below the table show."""
    schedule = read(call)
    assert isinstance(schedule, Schedule)
    assert schedule(int(step.replace(",", ""))) > 0


def test_every_library_has_its_reference() -> None:
    assert set(re.findall(r"^::: lrkit\.like\.(\w+)$", PAGE, re.M)) == LIBRARIES
    assert {name.split(".")[1] for name in dialects()} == LIBRARIES
