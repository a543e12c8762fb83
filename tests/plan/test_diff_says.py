"""What `diff` says and gives, and what it refuses."""

import json
import math
import pickle

import pytest

from lrkit import cosine, custom, exponential, hold, inverse_sqrt, linear, read, warmup
from lrkit.plan import compare, diff


def test_it_says_where_and_how_much():
    assert str(diff(0.5 * hold(20), hold(10, value=0.5) | hold(10, value=0.125))) == (
        "a         0.5 * hold(20)\n"
        "b         hold(10, value=0.5) | hold(10, value=0.125)\n"
        "differ    at 21 of 31 steps, 0 to 30: by more than 1e-09 of the peak, 0.5\n"
        "first     at step 10: a 0.5, b 0.125\n"
        "largest   0.375, 0.75 of the peak, at step 10: a 0.5, b 0.125"
    )


def test_it_says_that_they_are_the_same():
    assert repr(diff(hold(20), hold())) == (
        "a         hold(20)\n"
        "b         hold()\n"
        "same      at all 31 steps, 0 to 30: nowhere more than 1e-09 of the peak, 1\n"
        "largest   none: all values are exactly equal\n"
        "note      no end of b: `steps` says how far to compare"
    )
    near = str(diff(hold(20), hold(20, value=1 + 1e-12)))
    assert "same      at all" in near
    assert "largest   1.00009e-12, 1e-12 of the peak, at step 0: a 1.0, b 1.000000000001" in near
    both = diff(hold(), inverse_sqrt(10), steps=None)
    assert "no end of a and b" in str(both)


def test_it_says_when_float32_explains_it():
    assert "float32" in str(diff(hold(20), hold(20, value=1 + 1e-7)))
    assert "float32" not in str(diff(hold(20), hold(20, value=1 + 1e-5)))
    assert "float32" not in str(diff(hold(20), hold(20)))


def test_packed_data_is_not_printed_whole():
    found = diff(custom(lambda step: (step * step) % 1009, 3000), hold(5))
    assert len(found.a) > 2000
    assert max(map(len, str(found).splitlines())) < 450


def test_the_document_is_json():
    found = diff(0.5 * hold(20), hold())
    document = found.document()
    assert json.loads(json.dumps(document, allow_nan=False)) == document
    assert document["steps"] == {
        "begin": 0, "end": 30, "compared": 31, "differing": 31,
        "only_in_a": 0, "only_in_b": 0, "endless": ["b"],
    }  # fmt: skip
    assert document["first"] == {"step": 0, "a": 0.5, "b": 1.0}
    assert document["largest"] == {
        "difference": 0.5, "relative": 0.5, "step": 0, "a": 0.5, "b": 1.0,
    }  # fmt: skip
    same = diff(hold(5), hold(5)).document()
    assert (same["same"], same["first"], same["largest"]["step"]) == (True, None, None)


def test_it_is_a_value():
    found = diff(linear(20), cosine(20))
    assert found == diff("linear(20)", "cosine(20)")
    assert hash(found) == hash(diff("linear(20)", "cosine(20)"))
    assert found != diff(linear(20), cosine(21))
    again = pickle.loads(pickle.dumps(found))
    assert again == found
    assert again.lines() == found.lines()


# ---- what it refuses ---------------------------------------------------------------------------


@pytest.mark.parametrize("wrong", [0.001, None, len, [0.1, 0.2], b"cosine(5)"])
def test_what_is_no_schedule(wrong):
    with pytest.raises(TypeError, match=r"diff: `b` must be a schedule, its text or the path"):
        diff(hold(5), wrong)
    with pytest.raises(TypeError, match=r"diff: `a` must .* Write hold\(value=...\)"):
        diff(wrong, hold(5))


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"steps": 0}, ValueError, "`steps` must be a whole number of 1 or more, got steps=0"),
        ({"steps": 2.5}, ValueError, "`steps` must be a whole number"),
        ({"steps": "5"}, TypeError, "`steps` must be a number"),
        ({"steps": 10**8 + 1}, ValueError, "must be at most 100,000,000, got steps=100000001"),
        ({"tolerance": -1e-9}, ValueError, "`tolerance` must be 0 or more, got tolerance=-1e-09"),
        ({"tolerance": math.nan}, ValueError, "`tolerance` must be finite"),
        ({"tolerance": None}, TypeError, "`tolerance` must be a number"),
    ],
)
def test_wrong_options(options, error, message):
    with pytest.raises(error, match=message):
        diff(hold(5), hold(5), **options)


def test_a_text_that_does_not_parse():
    with pytest.raises(ValueError, match="nearest known name is `cosine`"):
        diff(hold(5), "cosin(5)")


def test_schedules_that_are_too_long():
    with pytest.raises(ValueError, match=r"at most 100,000,000, got steps=330000000001\. Give"):
        diff(cosine(3e11), cosine(10))


@pytest.mark.parametrize("few", [0, compare.FEW])
def test_rates_that_are_not_finite(few, monkeypatch):
    monkeypatch.setattr(compare, "FEW", few)
    growing = exponential(rate=2.0)
    with pytest.raises(ValueError, match=r"within ±1e\+300|small enough for a float"):
        diff(growing, hold(), steps=2000)
    with pytest.raises(ValueError, match=r"within ±1e\+300, got larger ones\. Compare fewer"):
        diff(hold(5, value=-1e301), warmup(5))
    assert read("exponential(rate=2.0)")(900) > 1e270
    assert diff(growing, hold(), steps=900).at == 899
