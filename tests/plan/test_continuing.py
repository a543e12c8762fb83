"""Runs that go on differently: the past is kept, the seam is where it was, the end is as asked."""

import math
import re
from pathlib import Path

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

import lrkit
from lrkit import (
    cooldown_from,
    cosine,
    diff,
    exponential,
    extend,
    hold,
    like,
    linear,
    one_minus_sqrt,
    points,
    polynomial,
    read,
    repeat,
    rex,
    warmup,
)
from lrkit.draw import svg
from tests.interpreter import interpret
from tests.strategies import FUNCTIONS, build, expressions

EXACT = 1e-12
SEAM = 1e-9
WSD = 3e-4 * (warmup(500) >> hold(7500) >> cosine(2000))


def peak_of(text):
    return interpret(text, **FUNCTIONS).peak


def some(n, most=40):
    """Steps from 0 to n - 1."""
    return sorted({0, n - 1, *range(0, n, max(1, n // most))}) if n else []


def assert_past_kept(new, old, at, peak):
    for step in (-5, *some(at)):
        assert new(step) == pytest.approx(old(step), rel=0, abs=EXACT * peak), step


def assert_read_back(s):
    again = read(repr(s))
    assert again == s
    steps = [0, 1, 7, 31, 300, 10_000]
    assert [again(t) for t in steps] == [s(t) for t in steps]


# ---- the laws, on any composed schedule ----------------------------------------------------------

BOUNDED = expressions(bounded=True)


@given(BOUNDED, st.floats(0, 1), st.sampled_from([1, 2, 13, 400, 5000]))
@example("hold(3) | 0.1 * hold(3)", 0.5, 400)
def test_the_shape_of_the_rest_is_kept(text, share, more):
    old, peak = build(text), peak_of(text)
    at = math.floor(share * old.length)
    assume(at < old.length)
    to = enough(old, at, at + more)
    new = extend(old, at=at, to=to)
    assert new.length == to
    assert_past_kept(new, old, at, peak)
    assert new(at) == pytest.approx(old(at), rel=0, abs=SEAM * peak)
    assert new(new.length) == new(new.length + 99) == old(old.length)
    assert_read_back(new)


def enough(old, at, to):
    """`to`, or as many steps as the refusal says are needed."""
    try:
        extend(old, at=at, to=to)
    except ValueError as error:
        least = int(re.search(r"`to` must be at least (\d+), so that", str(error))[1])
        assert least > to
        return least
    return to


@given(BOUNDED, st.floats(0, 1.3), st.sampled_from([0, 1, 2, 13, 400]))
@example("hold(3) | 0.1 * hold(3)", 0.5, 400)
@example("cosine(10/3) | hold(100/7)", 0.3, 1)
def test_the_rate_is_held_and_the_rest_comes_at_its_own_pace(text, share, more):
    old, peak = build(text), peak_of(text)
    at = math.floor(share * old.length)
    to = max(math.ceil(old.length), at) + more
    assume(at < to)
    new = extend(old, at=at, to=to, keep="rate")
    assert new.length == to
    assert_past_kept(new, old, at, peak)
    added = to - old.length
    for step in some(math.floor(added)) if new != old else []:
        assert new(at + step) == pytest.approx(old(at), rel=0, abs=SEAM * peak)
    assert new(to) == old(old.length)
    if isinstance(old.length, int):
        for step in some(to - at - added if at < old.length else 0):
            later = at + added + step
            assert new(later) == pytest.approx(old(at + step), rel=0, abs=SEAM * peak), step
    assert_read_back(new)


@given(expressions(), st.integers(0, 300), st.integers(1, 500), st.sampled_from([cosine, "rex"]))
def test_a_cooldown_starts_from_the_rate_of_any_step(text, step, n, curve):
    old, peak = build(text), peak_of(text)
    assume(abs(old(step)) > 1e-6 * peak)
    new = cooldown_from(old, step, n, curve)
    assert new.length == step + n
    assert_past_kept(new, old, step, peak)
    assert new(step) == pytest.approx(old(step), rel=1e-9)
    down = getattr(lrkit, curve)(n) if isinstance(curve, str) else curve(n)
    for t in some(n):
        wanted = old(step) * down(t)
        assert new(step + t) == pytest.approx(wanted, rel=0, abs=SEAM * peak), t
    assert new(step + n) == new(step + n + 50) == 0.0
    assert_read_back(new)


# ---- what the texts say --------------------------------------------------------------------------


def test_the_text_shows_the_seam():
    assert repr(extend(WSD, at=6000, to=14_000)) == (
        "0.0003 * (warmup(500) >> hold(5500) >> hold(4000) >> cosine(4000))"
    )
    assert repr(extend(WSD, at=6000, to=14_000, keep="rate")) == (
        "0.0003 * (warmup(500) >> hold(5500) >> hold(4000) >> hold(2000) >> cosine(2000))"
    )
    assert repr(cooldown_from(WSD, 6000, 1000)) == (
        "0.0003 * (warmup(500) >> hold(5500) >> one_minus_sqrt(1000))"
    )


def test_a_seam_that_does_not_meet_is_refused_when_the_text_is_read():
    text = repr(cooldown_from(3e-4 * (warmup(500) >> hold()), 8000, 2000))
    with pytest.raises(ValueError, match="must start where the one before stops"):
        read(text.replace("one_minus_sqrt(2000)", "0.5 * one_minus_sqrt(2000)"))


def test_diff_says_from_where_they_differ():
    found = diff(WSD, cooldown_from(WSD, 6000, 1000))
    assert found.first == 6001


def test_a_jump_at_the_step_stays_where_it_was():
    drops = 0.1 * (hold(30) | hold(30, value=0.1))
    assert repr(extend(drops, at=30, to=90)) == "0.1 * (hold(30) | hold(60, value=0.1))"
    branched = cooldown_from(drops, 30, 10, linear)
    assert (branched(29), branched(30)) == (drops(29), drops(30))
    assert repr(branched) == "0.1 * (hold(30) | 0.1 * linear(10))"


def test_pieces_are_told_by_their_own_names_wherever_they_stand():
    limited = (0.1 * (warmup(5) >> cosine(95))).at_least(1e-4)
    assert repr(extend(limited, at=5, to=200)) == (
        "(0.1 * warmup(5)).at_least(0.0001) >> (0.1 * cosine(195)).at_least(0.0001)"
    )
    of_torch = like.torch.LinearLR(0.5, total_iters=10, base_lr=0.1)
    assert "like." not in repr(extend(of_torch, at=4, to=20))


def test_the_same_length_is_the_same_schedule():
    for keep in ("shape", "rate"):
        assert extend(WSD, at=700, to=10_000, keep=keep) is WSD


def test_a_run_that_has_ended_goes_on_at_its_last_rate():
    s = linear(10, stop=0.2)
    assert (
        repr(extend(s, at=10, to=15, keep="rate")) == "linear(10, stop=0.2) >> hold(5, value=0.2)"
    )
    assert extend(s, at=13, to=15, keep="rate") == extend(s, at=10, to=15, keep="rate")
    assert repr(cooldown_from(s, 12, 4)) == (
        "linear(10, stop=0.2) >> hold(2, value=0.2) >> 0.2 * one_minus_sqrt(4)"
    )


def test_from_the_beginning():
    assert extend(WSD, at=0, to=20_000) == WSD.over(20_000)
    s = linear(10, stop=0.2)
    assert extend(s, at=0, to=15, keep="rate") == hold(5) >> s
    assert cooldown_from(0.1 * hold(), 0, 50) == 0.1 * one_minus_sqrt(50)


def test_cooldown_curves():
    endless = 0.1 * (warmup(10) >> hold())
    wanted = 0.1 * (warmup(10) >> hold(90) >> rex(50))
    for curve in (rex, "rex", rex(1), rex(0.1)):
        assert cooldown_from(endless, 100, 50, curve) == wanted
    assert cooldown_from(endless, 100, 50, polynomial(1, power=2))(125) == pytest.approx(0.025)
    assert cooldown_from(endless, 100, 50, hold(1) >> linear(4)).length == 150
    assert cooldown_from(endless, 100, 50, cosine(1, stop=0.1))(150) == pytest.approx(0.01)


# ---- what is refused -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("s", "arguments", "message"),
    [
        (hold(), {"at": 5, "to": 9}, r"extend: the schedule must have an end.*cooldown_from"),
        (WSD, {"at": 10_000, "to": 10_500}, r"`at` must be below the length 10000.*keep='rate'"),
        (WSD, {"at": 2.5, "to": 9}, r"`at` must be a whole number of updates, got at=2.5"),
        (WSD, {"at": -1, "to": 9}, r"`at` must be 0 or more, got at=-1"),
        (WSD, {"at": 5, "to": 9.5}, r"`to` must be a whole number of 1 or more, got to=9.5"),
        (WSD, {"at": 9, "to": 9}, r"`to` must be above at=9, got to=9"),
        (WSD, {"at": 9, "to": 90, "keep": "rate"}, r"`to` must be at least the length 10000"),
        (WSD, {"at": 9, "to": 90, "keep": "x"}, r"`keep` must be 'shape' or 'rate', got keep='x'"),
        (WSD, {"at": 500, "to": 501}, r"`to` must be at least 505, so that `cosine\(2000\)` gets"),
    ],
)
def test_extend_refuses(s, arguments, message):
    with pytest.raises(ValueError, match=message):
        extend(s, **arguments)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((WSD, 10_000, 50), ValueError, r"the rate at `step` must not be 0, got step=10000 of"),
        ((WSD, 1.5, 50), ValueError, r"`step` must be a whole number of updates, got step=1.5"),
        ((WSD, 600, 0), ValueError, r"`length` must be a whole number of 1 or more, got length=0"),
        ((WSD, 600, 5, warmup), ValueError, r"`curve` must be a curve that starts at 1, not at 0"),
        ((WSD, 600, 5, "cosin"), ValueError, r"got curve='cosin'. The nearest known.*'cosine'"),
        ((WSD, 600, 5, hold()), ValueError, r"the schedule must have an end, got the endless"),
        (
            (WSD, 600, 5, polynomial),
            TypeError,
            r"of its length alone, got curve=polynomial: .*power",
        ),
        ((WSD, 600, 5, lrkit.inverse_sqrt), TypeError, r"which makes inverse_sqrt\(5\) of 5"),
        (
            (WSD, 600, 5, 0.5),
            TypeError,
            r"`curve` must be a schedule or what makes one, got curve=",
        ),
        ((WSD, 0, 50), ValueError, r"got step=0 of .* Branch off from a later step, when the rate"),
        ((WSD, 10_000, 50), ValueError, r"Branch off from an earlier step\.$"),
        ((3e-4, 600, 5), TypeError, r"`schedule` must be a schedule or its text, got .*=0\.0003"),
        (("cosin(5)", 600, 5), ValueError, r"the nearest known name is `cosine`"),
        ((WSD, "600", 5), TypeError, r"`step` must be a number, got step='600'"),
    ],
)
def test_cooldown_from_refuses(arguments, error, message):
    with pytest.raises(error, match=message):
        cooldown_from(*arguments)


def test_text_is_as_good_as_the_schedule():
    text = str(WSD)
    assert extend(text, at=6000, to=14_000) == extend(WSD, at=6000, to=14_000)
    assert cooldown_from(text, 6000, 2000) == cooldown_from(WSD, 6000, 2000)


def test_wrapper_of_a_schedule_is_refused_with_the_way_to_it():
    class Wrapper:
        schedule = WSD

    for call in (lambda w: extend(w, at=1, to=9), lambda w: cooldown_from(w, 600, 5)):
        with pytest.raises(TypeError, match=r"got schedule=<.*>\. Give its `\.schedule`\."):
            call(Wrapper())


def test_long_ladders_and_points_are_cut_too():
    cycles = 0.1 * repeat(cosine(10), 4, stretch=2)
    new = extend(cycles, at=35, to=300)
    assert [new(t) for t in range(35)] == [cycles(t) for t in range(35)]
    assert new(35) == cycles(35)
    kinked = points({0: 1.0, 10: 0.2, 30: 0.0})
    assert extend(kinked, at=20, to=40)(30) == pytest.approx(kinked(25))
    endless = 0.1 * (warmup(5) >> exponential(rate=0.9))
    assert cooldown_from(endless, 50, 10)(50) == endless(50)


def test_the_picture_in_the_documentation_is_current():
    """If it is not: write what `picture()` returns into the file."""
    path = Path(__file__).parents[2] / "docs/assets/continuing.svg"
    assert path.read_text("utf-8") == picture()


def picture():
    shape, rate = (extend(WSD, at=6000, to=14_000, keep=keep) for keep in ("shape", "rate"))
    drawn = svg([WSD, shape, rate, cooldown_from(WSD, 6000, 2000)], width=640, height=200)
    return drawn.replace("<svg ", '<svg style="color:#808080" ', 1) + "\n"
