"""`diff` on schedules: against a plain loop, the range, the tolerance, the curves to draw."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lrkit import cosine, exponential, hold, linear, read, repeat
from lrkit.plan import compare, diff
from tests.draw.composed import schedules


def plainly(a, b, steps, tolerance):
    """What `diff` should find, one step after the other."""
    values = [(a(step), b(step)) for step in steps]
    peak = max(abs(v) for pair in values for v in pair)
    gaps = [abs(p - q) for p, q in values]
    beyond = [step for step, gap in zip(steps, gaps, strict=True) if gap > tolerance * peak]
    largest = max(gaps)
    return {
        "peak": peak,
        "first": beyond[0] if beyond else None,
        "differing": len(beyond),
        "largest": largest,
        # Rounding does not choose between the two places of a symmetric curve.
        "at": next(steps[i] for i, gap in enumerate(gaps) if gap >= largest * (1 - 1e-9))
        if largest
        else None,
    }


@pytest.fixture(params=["numbers", "arrays"])
def engine(request, monkeypatch):
    """Few steps are compared as numbers, many as arrays in chunks; here both take any number."""
    if request.param == "arrays":
        monkeypatch.setattr(compare, "FEW", 0)
        monkeypatch.setattr(compare, "CHUNK", 7)
    return request.param


@given(a=schedules(), b=schedules(), twist=st.sampled_from(["none", "same", "close", "cut"]))
@settings(max_examples=60, deadline=None)
@pytest.mark.parametrize("chunk", [None, 64])
def test_it_finds_what_a_plain_loop_finds(a, b, twist, chunk):
    b = {"none": b, "same": a, "close": (1 + 1.3e-7) * a, "cut": a.take(a.length / 2)}[twist]
    end = math.ceil(max(a.length, b.length))
    steps = range(min(end + max(10, math.ceil(end / 10)), 5000) + 1)
    with pytest.MonkeyPatch.context() as patch:
        if chunk is not None:
            patch.setattr(compare, "FEW", 0)
            patch.setattr(compare, "CHUNK", chunk)
        found = diff(a, b, steps=len(steps))
    expected = plainly(a, b, steps, 1e-9)
    assert (found.compared, found.begin, found.end) == (len(steps), 0, steps[-1])
    # Numbers and arrays agree to 1e-12 of the height: the place of a tie may differ, not its size.
    margin = 0 if chunk is None else 1e-11 * expected["peak"]
    assert found.peak == pytest.approx(expected["peak"], rel=1e-11, abs=0)
    assert found.largest == pytest.approx(expected["largest"], rel=1e-11, abs=margin)
    if margin == 0 or expected["largest"] > 100 * margin:
        assert (found.differing, found.first) == (expected["differing"], expected["first"])
    if margin == 0:
        assert found.at == expected["at"]
    elif found.at is not None:
        assert abs(a(found.at) - b(found.at)) == pytest.approx(expected["largest"], abs=margin,
                                                               rel=2e-9)  # fmt: skip
    assert found.same is (found.first is None) is (not found)


def test_a_cosine_that_rises_again_after_its_end(engine):
    rising = 0.001 * repeat(cosine(100) >> cosine(100, start=0, stop=1))
    found = diff(0.001 * cosine(100), rising)
    assert (found.first, found.differing, found.end) == (101, 10, 110)
    assert found.at == 110
    assert found.largest == pytest.approx(0.0005 * (1 - math.cos(math.pi / 10)), rel=1e-9)
    assert found.relative == pytest.approx(found.largest / 0.001)
    assert found.at_first == (101, 0.0, rising(101))
    assert found.at_largest == (110, 0.0, rising(110))
    assert found.endless == ("b",)
    assert not found.same
    assert found


def test_texts_and_schedules_are_the_same(engine):
    assert diff("0.5 * cosine(10 * 10)", 0.5 * cosine(100)).same
    found = diff("warmup(5) >> hold(5)", hold(10))
    assert (found.a, found.b) == ("warmup(5) >> hold(5)", "hold(10)")
    assert (found.first, found.at, found.differing, found.largest) == (0, 0, 5, 1.0)


@pytest.mark.parametrize(
    ("theirs", "ours", "first"),
    [
        ("like.torch.CosineAnnealingLR(T_max=100, base_lr=0.1)", "0.1 * cosine(100)", 101),
        ("like.keras.CosineDecay(0.1, 100)", "0.1 * cosine(100)", None),
        ("like.keras.PiecewiseConstantDecay([3], [1.0, 0.1])", "points({0: 1, 3: 0.1}, "
         "curve='hold')", 3),
        ("like.optax.warmup_cosine_decay_schedule(0.0, 0.1, 10, 100)",
         "0.1 * (warmup(10) >> cosine(90))", None),
        ("like.transformers.get_cosine_schedule_with_warmup(10, 100, base_lr=0.1)",
         "0.1 * (warmup(10) >> cosine(90))", 101),
        ("like.timm.CosineLRScheduler(t_initial=100, warmup_t=10)",
         "warmup(10) >> cosine(90)", 10),
    ],
)  # fmt: skip
def test_calls_of_other_libraries(theirs, ours, first):
    found = diff(theirs, ours)
    assert found.first == first
    assert found.a == repr(read(theirs))
    assert diff(read(theirs), read(ours)) == found


@pytest.mark.parametrize(
    ("a", "b", "end"),
    [
        ("cosine(100)", "cosine(50)", 110),
        ("cosine(50)", "cosine(1000)", 1100),
        ("cosine(3)", "cosine(3)", 13),
        ("linear(100.5)", "linear(7)", 112),
        # Beside what ends, an endless one counts only with a join that comes later.
        ("cosine(100)", "hold()", 110),
        ("repeat(cosine(10))", "cosine(100)", 110),
        ("hold(50)", "hold(9000) >> inverse_sqrt(10)", 9900),
        ("hold()", "exponential(rate=0.9)", 1_000_000),
        ("hold() ", "hold(3000000) >> exponential(rate=0.9)", 3_300_000),
    ],
)
def test_how_far_it_goes(a, b, end):
    assert diff(a, b).end == diff(b, a).end == end


def test_steps_say_how_far():
    found = diff(hold(), exponential(rate=0.5), steps=4)
    assert (found.compared, found.end, found.endless) == (4, 3, ())
    assert diff(hold(), hold(5) | 0.5 * hold(), steps=5).same
    assert diff(hold(), hold(5) | 0.5 * hold(), steps=6.0).first == 5


def test_what_comes_only_after_the_end_counts(engine):
    """The last updates are equal; the held value is not."""
    a, b = hold(100), hold(100) | 0.5 * hold(1)
    found = diff(a, b.skip(1))
    assert found.first == 99
    assert diff(a, hold(100) | 0.9 * hold()).first == 100


def test_the_tolerance_is_a_part_of_the_larger_peak(engine):
    a, b = 2 * hold(10), hold(5, value=2.0) | hold(5, value=-2.0 * (1 + 1e-3))
    assert diff(a, b).peak == pytest.approx(2.002)
    small = -0.5 * hold(10)
    near = hold(5, value=-0.5) | hold(5, value=-0.5 * (1 + 1e-3))
    # 0.0005 is 0.000999 of the peak 0.5005.
    assert diff(small, near, tolerance=0.0009).differing == 21 - 5
    assert diff(small, near, tolerance=0.000998).first == 5
    assert diff(small, near, tolerance=0.001).same
    assert diff(near, small, tolerance=0.001).largest == pytest.approx(0.0005)


def test_of_two_places_it_names_the_first(engine):
    """Half a cosine and a line differ as much before their middle as after it."""
    for length in range(20, 60):
        found = diff(cosine(length), linear(length))
        assert found.at < length / 2
        assert found.largest == pytest.approx(abs(found.at_largest.a - found.at_largest.b))


def test_tolerance_zero_is_equality_to_the_last_bit(engine):
    a, b = hold(10), hold(10, value=math.nextafter(1.0, 2.0))
    assert diff(a, b).same
    found = diff(a, b, tolerance=0)
    assert (found.first, found.differing) == (0, 21)
    assert diff(a, hold(10), tolerance=0).same
    assert diff(0 * a, 0 * b, tolerance=0).at is None


def test_millions_of_steps_with_one_that_differs():
    spike = hold(1_234_567) | 1.5 * hold(1) | hold(1_765_432)
    found = diff(hold(3_000_000), spike)
    assert (found.first, found.at, found.differing) == (1_234_567, 1_234_567, 1)
    assert found.at_largest == (1_234_567, 1.0, 1.5)
    assert found.compared == 3_300_001


# ---- the curves to draw ----------------------------------------------------------------------


def test_lines_lose_no_step():
    spike = hold(1_234_567) | 1.5 * hold(1) | hold(1_765_432)
    a, b, difference = diff(hold(3_000_000), spike, steps=None).lines(50)
    assert (1_234_567, 1.5) in b
    assert (1_234_567, 0.5) in difference
    assert {value for _, value in a} == {1.0}
    for line in (a, b, difference):
        steps = [step for step, _ in line]
        assert steps == sorted(set(steps))
        assert (steps[0], steps[-1]) == (0, 3_300_000)
        assert len(steps) <= 4 * 50


def test_lines_of_few_steps_are_all_steps(engine):
    found = diff(linear(20), cosine(20))
    a, b, difference = found.lines()
    assert a == [(step, linear(20)(step)) for step in range(31)]
    assert [value for _, value in b] == pytest.approx(list(map(cosine(20), range(31))), abs=1e-12)
    expected = [cosine(20)(step) - linear(20)(step) for step in range(31)]
    assert [value for _, value in difference] == pytest.approx(expected, abs=1e-12)
    assert found.lines(until=4).a == a[:5]
    with pytest.raises(ValueError, match="lines: `columns` must be a whole number"):
        found.lines(0)
