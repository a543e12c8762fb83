"""The catalogue: complete, findable, explained, drawable."""

import math
import re
import xml.etree.ElementTree as ET

import pytest

from lrkit.core.dialects import dialects
from lrkit.core.schedule import Schedule
from lrkit.core.text import NAMES
from lrkit.draw.catalogue import FAMILIES, SPAN
from lrkit.draw.gallery import Entry, entries, find, picture
from lrkit.draw.series import series

ENTRIES = [pytest.param(entry, id=entry.name) for entry in entries()]
#: Public names that are no schedule of the field, but join schedules.
JOINS = {"then", "jump"}
#: Names of other libraries for what chains, joins or looks up schedules.
COMBINERS = {
    "like.optax.join_schedules",
    "like.timm.create_scheduler_v2",
    "like.torch.ChainedScheduler",
    "like.torch.SequentialLR",
    "like.transformers.get_scheduler",
}
#: What belongs to nobody. Everything else names who it is from.
WITHOUT_SOURCE = {
    *("hold", "linear", "geometric", "exponential_ramp", "exponential", "exponential_decay"),
    *("step_decay", "polynomial_cycles", "points", "table", "noise"),
}
#: What people look for, row by row of what twenty libraries offer.
LOOKED_FOR = {
    "constant": "hold",
    "linear": "linear",
    "exponential": "exponential",
    "staircase exponential": "exponential_decay",
    "inverse time": "inverse_time",
    "polynomial": "polynomial",
    "cycling polynomial": "polynomial_cycles",
    "step": "step_decay",
    "multistep": "multi_step",
    "Piecewise-Constant": "piecewise constant",
    "piecewise interpolate": "piecewise cosine",
    "piecewise linear": "points",
    "cosine": "cosine",
    "cosine annealing": "cosine",
    "SGDR": "cosine_restarts",
    "warm restarts": "cosine_restarts",
    "cyclical learning rate": "triangular",
    "triangular2": "triangular2",
    "exp range": "exp_range",
    "one-cycle": "one_cycle",
    "three-phase one-cycle": "one_cycle, 3 phases",
    "slanted triangular": "slanted_triangular",
    "inverse sqrt": "inverse_sqrt",
    "rsqrt": "inverse_sqrt",
    "power": "power_decay",
    "noam": "noam",
    "WSD": "wsd",
    "1-sqrt": "one_minus_sqrt",
    "trapezoidal": "trapezoid",
    "flat + cosine": "flat_cosine",
    "warmup-hold-cosine": "warmup_hold_cosine",
    "k-decay": "k_decay",
    "TANH": "tanh",
    "REX": "rex",
    "Chebyshev": "chebyshev",
    "hyperbolic": "hyperbolic",
    "linear to zero": "linear_to_zero",
    "infinite": "infinite",
    "linear warmup": "warmup",
    "cosine with warmup": "warmup, cosine",
    "polynomial warmup": "quadratic warmup",
    "untuned linear warmup": "untuned_warmup",
    "seeded noise": "noise",
    "LambdaLR": "table",
}


def test_every_public_name_has_an_entry_of_its_own() -> None:
    """A new recipe without an example stops here: add its row to `lrkit.draw.catalogue`."""
    assert {entry.name for entry in entries() if entry.name == entry.of} == set(NAMES) - JOINS
    assert {entry.of for entry in entries()} <= set(NAMES)


def test_the_entries_are_those_of_the_families() -> None:
    assert [entry.name for entry in entries()] == [
        row.name for rows in FAMILIES.values() for row in rows
    ]
    assert list(dict.fromkeys(entry.family for entry in entries())) == list(FAMILIES)


@pytest.mark.parametrize("entry", ENTRIES)
def test_the_example_is_a_schedule_of_that_name(entry: Entry) -> None:
    assert isinstance(entry.schedule, Schedule)
    assert re.search(rf"\b{entry.of}\(", entry.example)
    drawn = series(entry.schedule, SPAN)
    assert drawn.low >= 0
    assert 0.6 <= drawn.high <= 2 or entry.name == "noam"
    assert math.isfinite(drawn.high)


def test_no_two_examples_look_alike() -> None:
    """Else one of them does not show what its title says."""
    seen: dict[tuple[float, ...], str] = {}
    for entry in entries():
        height = series(entry.schedule, SPAN).high
        curve = tuple(round(entry.schedule(step) / height, 2) for step in range(SPAN))
        assert curve not in seen, f"{entry.name} is drawn as {seen[curve]}"
        seen[curve] = entry.name


@pytest.mark.parametrize("entry", ENTRIES)
def test_an_entry_is_explained_from_its_docstring(entry: Entry) -> None:
    said = entry.explained
    docstring = " ".join((NAMES[entry.of].__doc__ or "").split())
    assert said.line.endswith(".")
    assert said.line in docstring or said.line == f"{entry.title}."
    assert said.formula
    assert " ".join(said.formula.split()) in docstring
    assert "Args" not in said.formula
    assert ">>>" not in said.formula + said.source
    assert said.source in docstring
    assert bool(said.source) == (entry.of not in WITHOUT_SOURCE)
    assert entry.call.startswith(f"{entry.of}(")
    assert "Schedule" not in entry.call


@pytest.mark.parametrize("entry", ENTRIES)
def test_words_fit_a_line_of_the_list(entry: Entry) -> None:
    assert len(entry.name) <= 20
    assert len(entry.title) <= 34
    assert not entry.title.endswith(".")


@pytest.mark.parametrize(("name", "wanted"), LOOKED_FOR.items())
def test_what_people_look_for_is_found(name: str, wanted: str) -> None:
    assert find(name).name == wanted


@pytest.mark.parametrize("name", sorted(set(dialects()) - COMBINERS))
def test_the_names_of_other_libraries_are_found(name: str) -> None:
    assert name in find(name.split(".")[-1]).exact


def test_what_combines_schedules_is_no_schedule_of_its_own() -> None:
    assert set(dialects()) >= COMBINERS
    assert not COMBINERS & {name for entry in entries() for name in entry.exact}


def test_every_name_leads_to_one_entry() -> None:
    for entry in entries():
        assert find(entry.name) is entry
        for name in entry.also:
            assert find(name) is entry, f"{name!r} is claimed by {find(name).name} as well"
            assert name.strip() == name


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("cosinus", "The nearest name is `cosine`."),
        ("restart", "It is in `cosine_restarts`, `restarts with warmup`."),
        ("x", "None is near it."),
        ("", "None is near it."),
        ("%", "None is near it."),
        ("ReduceLROnPlateau", "What answers to a metric is no function of the step"),
    ],
)
def test_an_unknown_name_is_refused_with_the_nearest(name: str, hint: str) -> None:
    with pytest.raises(ValueError, match="`name` must be the name of a schedule") as refused:
        find(name)
    assert f"got name={name!r}" in str(refused.value)
    assert hint in str(refused.value)


@pytest.mark.parametrize("entry", ENTRIES)
def test_a_picture_stands_alone(entry: Entry) -> None:
    text = picture(entry)
    root = ET.fromstring(text)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert root.get("style") == "color:#808080"
    title = root.findtext("{http://www.w3.org/2000/svg}title")
    assert title is not None
    assert title.startswith(repr(entry.schedule)[:40])
    assert text.endswith("</svg>\n")
    assert text.count("http") == 1, "only the name of the format"
    assert len(text) < 20_000
    assert picture(entry) == text
