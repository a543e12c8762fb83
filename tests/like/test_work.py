"""A short text keeps no machine busy: what a call works out is bounded, counted, and told.

The times that these took unbounded were minutes; the counts here are exact, no clock is asked.
"""

import math

import pytest

from lrkit import cosine, hold, like, read, repeat, table
from lrkit.core.packing import MOST_VALUES
from lrkit.core.parse import parse
from lrkit.core.text import _Reader
from lrkit.like.ladders import MOST_CYCLES, ONE_LADDER, laddered
from lrkit.like.stored import A_BOUNDARY, in_text

LATE_WARMUP = "get_cosine_with_min_lr_schedule_with_warmup_lr_rate"


def boundaries(n):
    return A_BOUNDARY * (n + 1)


def test_a_broken_warmup_is_a_line_however_long():
    s = read(f"like.transformers.{LATE_WARMUP}(1e9 + 0.5, 2e9, min_lr_rate=0.1)")
    assert s._stores == 0
    for t in (0, 1, 10**6, 10**9):
        assert s(t) == pytest.approx((t + 1) / (1e9 + 0.5), rel=1e-12)
    assert s(2 * 10**9) == pytest.approx(0.1, rel=1e-6)


# (the call, how many values of a table it counts as)
COUNTED = [
    (lambda: like.torch.StepLR(30), 0),
    (lambda: like.torch.PolynomialLR(7.5, power=-1, base_lr=0.3), 8),
    (lambda: like.torch.MultiplicativeLR(cosine(90), length=90, base_lr=0.3), 90),
    # A table that is an argument has been counted where it was read.
    (lambda: like.torch.MultiplicativeLR(table([1.0, 0.5, 0.2]), base_lr=0.3), 3),
    (lambda: like.torch.LambdaLR(table([1.0, 0.5, 0.2]), base_lr=0.3), 0),
    (lambda: like.torch.LambdaLR(lambda t: 1.0 / (1 + t), base_lr=0.3, length=9), 0),
    (lambda: like.optax.join_schedules([table([1.0, 0.5]), hold()], [2]), 0),
    (lambda: like.optax.join_schedules([like.torch.PolynomialLR(7.5, power=-1), hold()], [2]), 0),
    (lambda: like.keras.InverseTimeDecay(0.3, 8.5, -1.0), 9),
    (lambda: like.keras.CosineDecayRestarts(0.3, 10, t_mul=1.0), 0),
    (lambda: like.timm.CosineLRScheduler(10, cycle_mul=2.0, cycle_limit=3), boundaries(3)),
    (
        lambda: like.timm.CosineLRScheduler(10, 0.1, 2.0, cycle_decay=0.5, cycle_limit=3),
        2 * boundaries(3),
    ),
    (
        lambda: like.torch.ChainedScheduler(
            [like.torch.LinearLR(), like.torch.CosineAnnealingLR(3)], length=50
        ),
        50 * 2 * 2,
    ),
]


@pytest.mark.parametrize(("call", "count"), COUNTED)
def test_what_is_worked_out_counts(call, count):
    assert call()._stores == count


# Ten of each are more than a text may work out; one is not.
EXPENSIVE = [
    "like.keras.CosineDecayRestarts(1.0, 1, t_mul=1.002).take(5)",
    "like.timm.CosineLRScheduler(1, cycle_mul=1.002, cycle_limit=100000).take(5)",
    "like.torch.PolynomialLR(1100000.5, power=-1, base_lr=0.1).take(5)",
    "like.keras.InverseTimeDecay(0.1, 1100000.5, -1.0).take(5)",
]


@pytest.mark.parametrize("text", EXPENSIVE)
def test_a_text_works_out_so_much_in_all(text):
    assert read(text).length == 5
    with pytest.raises(ValueError, match="must hold at most 10,000,000 values"):
        read(" | ".join([text] * 10))


@pytest.mark.parametrize(
    "call",
    [
        lambda: like.timm.CosineLRScheduler(1, cycle_mul=1.001, cycle_limit=100_000),
        lambda: like.keras.CosineDecayRestarts(1.0, 1, t_mul=1.002),
    ],
)
def test_what_can_be_called_can_be_read(call):
    s = call()
    assert 0 < s._stores <= MOST_VALUES
    assert read(repr(s)) == s


def test_cycles_beyond_one_ladder():
    """More than one `repeat` stores: each cycle begins where the sum of those before it is."""
    mul, decay = 1.001, 0.9999
    s = like.timm.PolyLRScheduler(
        100, power=1.0, cycle_mul=mul, cycle_decay=decay, cycle_limit=20_000
    )
    for i in (0, 1, 9_998, ONE_LADDER, 10_000, 15_000):
        begin, length = 100 * (mul**i - 1) / (mul - 1), 100 * mul**i
        for share in (0.25, 0.75):
            t = round(begin + share * length)
            expected = decay**i * (1 - (t - begin) / length)
            assert s(t) == pytest.approx(expected, rel=1e-6)
    assert s(math.ceil(s.length)) == 0.0


def test_shrinking_cycles_are_over_where_none_can_be_seen():
    """Refused once as cycles without a step, of which no user had said anything."""
    s = like.timm.CosineLRScheduler(1e6, cycle_mul=0.999, cycle_limit=100_000)
    assert s.length == pytest.approx(1e9, rel=1e-9)
    assert s(10**6) == 1.0
    assert s(10**9 + 1) == 0.0


def test_a_ladder_of_one_length_stores_nothing():
    s = laddered("who", {"a": 1.0, "b": 0.5}, cosine(3), 1.0, 0.5, 4)
    assert s == repeat(cosine(3), 4, height=0.5)


# The call, and what its message says of the user's own arguments.
REFUSED = [
    (
        lambda: like.timm.CosineLRScheduler(1, cycle_mul=1.00001, cycle_limit=10**6),
        rf"^like\.timm\.CosineLRScheduler: `cycle_mul` .* {MOST_CYCLES:,} .*cycle_mul=1\.00001\.",
    ),
    (
        lambda: like.timm.CosineLRScheduler(1e10, cycle_mul=1.0000001, cycle_limit=10**6),
        r"^like\.timm\.CosineLRScheduler: `cycle_mul` .* got cycle_mul=1\.0000001\.",
    ),
    (
        lambda: like.timm.TanhLRScheduler(1, cycle_mul=1.001, cycle_decay=1.1, cycle_limit=99999),
        r"^like\.timm\.TanhLRScheduler: `cycle_decay` .* got cycle_decay=1\.1\.",
    ),
    (
        lambda: like.keras.CosineDecayRestarts(1.0, 1, t_mul=1.00001, m_mul=-0.5),
        r"^like\.keras\.CosineDecayRestarts: `t_mul` must be 1, or such .* got t_mul=1\.00001\.",
    ),
    (
        lambda: like.keras.CosineDecayRestarts(1.0, 1, t_mul=1.0005, m_mul=-1.1),
        r"^like\.keras\.CosineDecayRestarts: `m_mul` .* got m_mul=-1\.1\.",
    ),
    (
        lambda: like.timm.WSDLRScheduler(2e9, 1e9, decay_fn=lambda share: 1.0 - share),
        r"^like\.timm\.WSDLRScheduler: `decay_t` must be at most 10,000,000 where",
    ),
]


@pytest.mark.parametrize(("call", "match"), REFUSED)
def test_what_is_too_much_is_refused_in_the_users_words(call, match):
    with pytest.raises(ValueError, match=match):
        call()


def nested(depth, length):
    """A chain in a chain in a chain: each is replayed, and so are they all when it is read."""
    s = like.torch.LambdaLR(cosine(9))
    for _ in range(depth):
        s = like.torch.ChainedScheduler([s, like.torch.ExponentialLR(0.99)], length=length)
    return s


def test_chains_in_chains_are_built_where_they_can_be_read():
    s = nested(8, 1_000)
    assert in_text(s) == 2_000 * sum(range(2, 10))
    reader = _Reader(repr(s), {})
    assert reader.read(parse(repr(s))) == s
    assert reader.stored == in_text(s)
    with pytest.raises(ValueError, match=r"`length` must be at most .* have a `length` too"):
        like.torch.ChainedScheduler([nested(3, 1_000), s], length=5 * 10**5)
    parts = [like.torch.ChainedScheduler([like.torch.StepLR(3), nested(1, 200_000)])] * 5
    with pytest.raises(ValueError, match="`length` must be at most 100,000"):
        like.torch.ChainedScheduler(parts, length=100_001)


def test_boundaries_that_ascend_are_looked_up():
    """The sum over all intervals, once for each of them, took seconds."""
    n = 20_000
    s = like.keras.PiecewiseConstantDecay(list(range(n)), [float(i) for i in range(n + 1)])
    assert [s(t) for t in (0, 1, 777, n - 1, n, n + 9)] == [0.0, 1.0, 777.0, n - 1, n, n]
