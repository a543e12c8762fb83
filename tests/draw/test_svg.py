"""The inline chart: well-formed, accessible, escaped, in its frame."""

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings

from lrkit import cosine, custom, hold, linear, warmup
from lrkit.draw import html, svg
from tests.draw.composed import schedules

SVG = "{http://www.w3.org/2000/svg}"
LR = 0.001 * (warmup(500) >> cosine(9500))


def parse(text):
    return ElementTree.fromstring(text)


def line_points(root):
    """The points of each drawn curve, in pixels."""
    paths = [p for p in root.iter(f"{SVG}path") if p.get("fill") == "none"]
    return [
        [tuple(map(float, pair.split())) for pair in path.get("d").removeprefix("M").split("L")]
        for path in paths
    ]


def words(root):
    return ["".join(text.itertext()) for text in root.iter(f"{SVG}text")]


def test_says_what_it_is():
    root = parse(svg(LR))
    assert root.get("role") == "img"
    assert root.find(f"{SVG}title").text == (
        "0.001 * (warmup(500) >> cosine(9500)): 10,000 updates, first 0, highest 0.001 at update "
        "500, last 2.73396e-11"
    )
    assert "0.001 * (warmup(500) >> cosine(9500))" in words(root)
    assert {"updates", "rate", "0", "0.001", "10,000"} <= set(words(root))


def test_the_curve_is_where_its_numbers_are():
    root = parse(svg(LR))
    (curve,) = line_points(root)
    xs, ys = zip(*curve, strict=True)
    assert list(xs) == sorted(xs)
    assert (xs[0], xs[-1]) == (62, 406)
    peak = min(curve, key=lambda point: point[1])
    assert peak[0] == pytest.approx(62 + 344 * 500 / 10_000, abs=0.1)
    # The bottom line is 0; the peak is 5 % below the top.
    assert ys[0] == ys[-1] == 146
    assert peak[1] == pytest.approx(146 - 122 / 1.05, abs=0.1)


def test_knots_are_marked_and_explained():
    circles = list(parse(svg(hold(10) | 0.1 * hold(10))).iter(f"{SVG}circle"))
    assert [circle.find(f"{SVG}title").text for circle in circles] == [
        "update 0: 1", "update 10: 1 to 0.1", "update 20: 0.1",
    ]  # fmt: skip


def test_light_and_dark():
    text = svg(LR)
    assert text.count("currentColor") > 10
    assert "<style" not in text
    assert " id=" not in text
    assert not re.search(r"(?:black|white|#000|#fff)", text, re.IGNORECASE)


def test_labels_are_escaped():
    def rate(step):
        return 1.0 + step % 3

    rate.__name__ = rate.__qualname__ = "<script>alert('&')</script>"
    text = svg(custom(rate, 7))
    parse(text)
    assert "<script" not in text


def test_a_long_expression_is_cut_but_the_chart_is_not():
    schedule = hold(1)
    for _ in range(60):
        schedule = schedule | 0.5 * hold(1)
    root = parse(svg(schedule))
    assert max(map(len, words(root))) < 75
    assert len(root.find(f"{SVG}title").text) < 600
    assert len(list(root.iter(f"{SVG}circle"))) == 62


def test_several_schedules_have_colours_dashes_and_a_line_each():
    root = parse(svg([cosine(10), linear(20), hold(5)]))
    curves = [p for p in root.iter(f"{SVG}path") if p.get("fill") == "none"]
    assert len({path.get("stroke") for path in curves}) == 3
    assert len({path.get("stroke-dasharray") for path in curves}) == 3
    assert {"cosine(10)", "linear(20)", "hold(5)"} <= set(words(root))
    assert root.find(f"{SVG}title").text.count(";") == 2
    assert all(points[-1][0] == 406 for points in line_points(root))


def test_is_small():
    assert len(svg(LR)) < 6000
    assert len(svg(hold(1000))) < 3500


@pytest.mark.parametrize(
    "schedule",
    [
        hold(),
        hold(5, value=0.0),
        linear(5, start=-1.0, stop=1.0),
        linear(1),
        1e-30 * cosine(9),
        5e-324 * hold(10),
        linear(1e-9),
        hold(1e15),
        1e299 * linear(3),
        hold(2, value=-1.0),
    ],
    ids=repr,
)
def test_odd_ones(schedule):
    root = parse(svg(schedule))
    for x, y in line_points(root)[0]:
        assert 62 <= x <= 406
        assert 24 <= y <= 146


@given(schedules())
@settings(max_examples=40, deadline=None)
def test_stays_inside_its_frame(schedule):
    root = parse(svg(schedule, width=300, height=120))
    assert root.get("viewBox") == "0 0 300 120"
    for x, y in line_points(root)[0]:
        assert 62 <= x <= 286
        assert 24 <= y <= 86


def test_a_notebook_shows_it():
    text = LR._repr_html_()
    assert text == html(LR)
    assert parse(text).find(f"{SVG}svg") is not None


def test_bad_input():
    with pytest.raises(ValueError, match="`width` must be at least 200, got width=50"):
        svg(LR, width=50)
    with pytest.raises(ValueError, match="`height` must be at least 100, got height=1"):
        svg(LR, height=1)
    with pytest.raises(TypeError, match="`schedule` must be a schedule, got schedule='x'"):
        svg(["x"])
