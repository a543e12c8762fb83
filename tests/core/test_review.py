"""Cases that a reader found by trying: each was wrong once."""

import numpy as np
import pytest

from lrkit import cosine, hold, linear, points, polynomial, read, repeat, table, warmup


@pytest.mark.parametrize(
    "s",
    [
        linear(10).staircase(3).over(7).stretch(0.3),
        linear(10).take(3).over(7).stretch(0.3),
        linear(10).skip(3).over(8).stretch(0.3),
        (linear(10) * cosine(7)).over(8).stretch(0.3),
        points({0: 1, 3: 0, 10: 0.5}).over(8).stretch(0.3),
        repeat(linear(10), 3).over(8).stretch(0.3),
        repeat(linear(10), 3, stretch=2).over(100).stretch(0.31),
        table([1, 2, 3]).over(7).stretch(0.3),
        linear(10).staircase(3).over(7).stretch(313 / 3),
    ],
    ids=str,
)
def test_a_warp_of_a_warp_reads_back(s):
    again = read(repr(s))
    assert again == s
    steps = np.arange(0, 40) / 7
    np.testing.assert_allclose(again(steps), s(steps), rtol=0, atol=1e-12)


@pytest.mark.parametrize(
    ("s", "step", "value"),
    [
        (repeat(hold(3) | 0.1 * hold(1), 3, stretch=3.0).over(1000), 250, 0.1),
        (repeat(hold(2) | 0.1 * hold(3), 3, stretch=1.5).over(1000), 725, 0.1),
        (repeat(hold(7) | 0.1 * hold(3), 3, stretch=2).stretch(1 / 3), 8, 0.1),
        (repeat(hold(20_000_001) | 0.1 * hold(10_000_000), 2, stretch=2), 20_000_000, 1.0),
        (repeat(hold(20_000_001) | 0.1 * hold(10_000_000), 2, stretch=2), 20_000_001, 0.1),
    ],
    ids=str,
)
def test_jumps_inside_stretched_cycles(s, step, value):
    assert s(step) == value
    assert s(np.array([step - 1, step]))[1] == value
    if step < 2_000:
        assert s.values(step + 1)[step] == value


@pytest.mark.parametrize(
    "text",
    [
        "repeat(linear(1), 1e11).skip(1e11-5).over(5)",
        "hold(1e12).staircase(1).skip(1e12-5).over(5)",
        "(hold(1e12).staircase(1).skip(1e12-5)*hold(3)).over(5)",
        "repeat(cosine(10)).skip(1e10)",
    ],
)
def test_a_far_skip_does_not_walk_there(text):
    assert read(text).knots()[1][0] <= 10


def test_nothing_is_asked_after_its_end():
    steps = np.arange(900)
    for s in (
        polynomial(10 / 3, power=0.5).skip(10 / 9),
        repeat(polynomial(937 / 3, power=0.5), 3, stretch=1.3).stretch(1 / 3),
    ):
        with np.errstate(all="raise"):
            assert np.isfinite(s(steps)).all()


def test_the_advice_at_a_seam_is_what_works():
    with pytest.raises(ValueError, match=r"Write `0\.001 \* warmup\(63\) >> …`"):
        warmup(63) >> 0.001 * cosine(126)
    assert (0.001 * warmup(63) >> 0.001 * cosine(126)).length == 189


def test_unsigned_steps_do_not_wrap():
    assert cosine(10)(np.array([2**64 - 1], dtype=np.uint64)).tolist() == [0.0]


def test_a_sum_is_refused_with_the_way_out():
    with pytest.raises(TypeError, match="at_least"):
        cosine(10) + 1e-5
    with pytest.raises(TypeError, match="at_least"):
        1e-5 + cosine(10)
