"""Data as schedules: `custom`, `table`, `points`; their packed text, whole and damaged."""

import base64
import math
import tracemalloc
import zlib
from array import array

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrkit import custom, points, read, table
from lrkit.core.packing import pack, unpack
from tests.strategies import FUNCTIONS, NUMBER_LISTS

LONG = custom(FUNCTIONS["wave"], 250)


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
@pytest.mark.parametrize("length", [1, 2, 7, 250, 100_000])
def test_custom_has_the_values_of_its_function(name, length):
    f = FUNCTIONS[name]
    s = custom(f, length)
    assert s.length == length
    for step in {0, length // 3, length // 2, length - 1}:
        assert s(step) == f(step)
        assert s(step + 0.5) == f(step)
    assert s(length + 9) == f(length - 1)
    expected = [f(step) for step in range(length)]
    assert s.values().tolist() == expected
    assert s(np.arange(length)[::-1]).tolist() == expected[::-1]
    again = read(repr(s))
    assert again == s
    assert again.values().tolist() == expected


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_the_label_is_only_a_label(name):
    s = custom(FUNCTIONS[name], 20)
    assert f"label={name!r}" in repr(s)
    assert read(repr(s).replace(name, "__import__"))(3) == s(3)
    assert "label" not in repr(custom(lambda step: 0.1, 20))


def test_the_function_is_called_once_a_step_and_never_again():
    calls = []
    s = custom(lambda step: calls.append(step) or 0.1 * step, 30)
    s(3), s.values(), read(repr(s)), s.knots()
    assert calls == list(range(30))
    assert all(type(step) is int for step in calls)


def test_what_functions_may_give():
    assert custom(lambda step: np.float32(0.5), 3)(1) == 0.5
    assert custom(lambda step: step, 3)(2) == 2.0
    with pytest.raises(ZeroDivisionError):
        custom(lambda step: 1 / (2 - step), 9)


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=300))
def test_every_float_comes_back_bit_by_bit(values):
    again = read(repr(table(values)))
    assert [again(i) for i in range(len(values))] == values
    assert array("d", values).tobytes() == unpack(pack(array("d", values))).tobytes()


@given(NUMBER_LISTS, st.integers(0, 40))
def test_stretches_are_exact(values, repeats):
    many = [v for v in values for _ in range(repeats + 1)]
    many += [values[0] + i * 0.125 for i in range(repeats)]
    s = table(many)
    assert s(np.arange(len(many))).tolist() == many
    assert [s(i) for i in range(len(many))] == many


def packed(s):
    return repr(s).split('"')[1]


def with_body(raw, count, crc=None, *, level=9):
    columns = b"".join(raw[i::8] for i in range(8))
    body = base64.b64encode(zlib.compress(columns, level)).decode()
    return f"lr1:{count}:{zlib.crc32(raw) if crc is None else crc:08x}:{body}"


def test_a_long_table_is_packed_and_small():
    flat = custom(lambda step: 0.1 if step < 50_000 else 0.01, 100_000)
    assert len(repr(flat)) < 1_000
    assert len(repr(LONG)) < 250 * 8 * 4 / 3 + 100
    assert table(packed(LONG), label="wave") == LONG


def test_every_damage_is_noticed():
    text = packed(LONG)
    for i in range(0, len(text), 7):
        for other in ("A", "b", ":", "=", "é", ""):
            damaged = text[:i] + other + text[i + 1 :]
            if damaged != text:
                with pytest.raises(ValueError, match=r"table: .*(damaged|format|packed)"):
                    table(damaged)
    for n in (0, 3, 4, 10, 20, len(text) // 2, len(text) - 1):
        with pytest.raises(ValueError, match=r"table: .*(damaged|format)"):
            table(text[:n])


BAD = [
    ("lr2:3:00000000:AAAA", "format lr1, got 'lr2'.*newer"),
    ("garbage", "format lr1"),
    ("", "format lr1"),
    ("lr1:x:00000000:AAAA", "no count"),
    ("lr1:-3:00000000:AAAA", "no count"),
    ("lr1:٣:00000000:AAAA", "no count"),
    ("lr1:0:00000000:AAAA", "1 to 10,000,000 values"),
    ("lr1:10000001:00000000:AAAA", "1 to 10,000,000 values"),
    ("lr1:99999999999:00000000:AAAA", "no count"),
    (with_body(bytes(80), 9), "damaged"),
    (with_body(bytes(80), 11), "damaged"),
    (with_body(bytes(80), 10, crc=1), "damaged"),
    (with_body(array("d", [1, math.nan]).tobytes(), 2), r"`values\[1\]` must be finite"),
]


@pytest.mark.parametrize(("text", "message"), BAD, ids=[text[:30] for text, _ in BAD])
def test_wrong_strings(text, message):
    with pytest.raises(ValueError, match=message):
        table(text)
    with pytest.raises(ValueError, match=message) as caught:
        read(f"hold(3) | table({text!r})")
    assert caught.value.position == 10


def test_a_bomb_does_not_explode():
    """One that says it is small, and would unpack to 100 MB, is stopped where it says it ends."""
    bomb = with_body(bytes(100_000_000), 3)
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match="damaged"):
            table(bomb)
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


def test_points():
    s = points({10: 0.5, 0: 1, 20: 0})
    assert (s.length, s(5), s(10), s(15), s(99)) == (20, 0.75, 0.5, 0.25, 0.0)
    assert points({5: 1.0, 15: 0.0})(2) == 1.0
    held = points({0: 1.0, 10: 0.1, 20: 0.01}, curve="hold")
    assert [held(t) for t in (0, 9, 10, 19, 20, 99)] == [1.0, 1.0, 0.1, 0.1, 0.01, 0.01]
    assert held.knots() == [(0, 1.0, 1.0), (10, 1.0, 0.1), (20, 0.1, 0.01)]
    geometric = points({0: 1.0, 2: 0.01}, curve="geometric")
    assert geometric(1) == pytest.approx(0.1, rel=1e-15)
