"""What first users stumbled over: mistakes that passed, and words that misled."""

from fractions import Fraction

import pytest

from lrkit import Plan, check, read
from lrkit.core.text import TextError
from tests.plan.test_doctor_rules import one, severities

R = Plan(epochs=90, examples=50_000, batch_size=128)
"""35,190 updates, 391 an epoch."""
BOTH = Plan(epochs=90, examples=50_000, batch_size=128, accumulation=4, replicas=8)


# ---- epochs --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "like.torch.MultiStepLR(milestones=[30, 60], base_lr=0.1)",
        "0.1 * (hold(30) | 0.1*hold(30))",
        "0.1 * (hold(30) | 0.8*hold())",
        "like.torch.OneCycleLR(max_lr=0.1, total_steps=90)",
        "0.1 * (warmup(5, start=0.1) >> cosine(55))",
    ],
)
def test_what_happens_within_as_many_updates_as_epochs_is_in_epochs(text: str) -> None:
    assert severities(text, R) == {"units-epochs": "error"}
    mend = one(text, R, "units-epochs").mend
    assert mend is not None
    assert check(mend, R).ok


def test_the_mends_of_epochs() -> None:
    steps = one("0.1 * (hold(30) | 0.1*hold(30))", R, "units-epochs")
    assert steps.mend == "0.1 * (hold(11730) | 0.1 * hold(11730))"
    assert steps.text.startswith("All that happens in the schedule happens by update 30 of 35,190:")
    cycle = one("like.torch.OneCycleLR(max_lr=0.1, total_steps=90)", R, "units-epochs")
    assert read(cycle.mend or "").length == 35_190


def test_what_is_no_schedule_in_epochs() -> None:
    assert severities("1e-3 * (warmup(15, start=0.1) >> hold())", R) == {}
    assert severities("0.1 * (hold(91) | 0.1*hold(30))", R) == {}  # one knot after epoch 90
    short = Plan(epochs=90, examples=1280, batch_size=128)  # ten updates an epoch
    assert severities("0.1 * (hold(30) | 0.1*hold(30))", short) == {}
    assert severities("0.1 * (hold(30) | 0.1*hold(30))", Plan(updates=35_190)) == {}


# ---- warmups and pieces --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["0.1 * warmup(updates)", "0.1 * linear(updates, start=1e-3, stop=1)"]
)
def test_a_warmup_that_never_ends(text: str) -> None:
    found = one(text, R, "peak-never-reached")
    assert (found.severity, found.step) == ("warning", 35_189)
    assert "nothing follows: a warmup of all 35,190 updates." in found.text


def test_a_test_of_rates_rises_by_the_same_factor() -> None:
    assert severities("geometric(updates, start=1e-6, stop=1.0)", R) == {}
    assert severities("1e-6 * exponential(rate=1.0003)", R) == {}


def test_a_warmup_of_more_than_half() -> None:
    found = one("0.1 * (warmup(35100) >> cosine(90))", R, "warmup-long")
    assert (found.severity, found.mend) == ("warning", "0.1 * (warmup(1760) >> cosine(33430))")
    assert found.text.startswith("The warmup is 35,100 updates long, 99.74% of the run:")
    half = "0.1 * (warmup({}, start=0.1) >> linear({}))"
    assert severities(half.format(17_595, 17_595), R) == {}
    assert severities(half.format(18_000, 17_190), R) == {"warmup-long": "warning"}
    assert severities("0.1 * (warmup(20000, start=0.1) >> hold())", R) == {}  # nothing falls


@pytest.mark.parametrize(
    ("text", "piece", "write"),
    [
        ("3e-4 * wsd(updates, warmup=2000, cooldown=0.1)", "one_minus_sqrt(0.1)", "10*percent"),
        ("0.1 * (warmup(0.05) >> cosine(updates))", "warmup(0.05)", "5*percent"),
    ],
)
def test_a_piece_shorter_than_an_update(text: str, piece: str, write: str) -> None:
    found = one(text, R, "piece-short")
    assert found.severity == "warning"
    assert found.text.startswith(f"`{piece}` is shorter than one update")
    assert found.text.endswith(f"write {write}.")
    assert "piece-short" not in severities(
        "0.1 * (warmup(5*percent) >> cosine(95*percent))", Plan(updates=10)
    )


# ---- both factors --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("length", "code"), [(35_190, "accumulation-missed"), (35, "accumulation-twice")]
)
def test_accumulation_and_replicas_together(length: int, code: str) -> None:
    text = f"0.1 * cosine({length})"
    assert severities(text, BOTH) == {code: "error"}
    found = one(text, BOTH, code)
    assert "accumulation=4 times replicas=8, that is 32" in found.text
    assert found.mend == "0.1 * cosine(1102)"


# ---- what is said --------------------------------------------------------------------------------


@pytest.mark.parametrize(("dtype", "bits"), [("bfloat16", 8), ("float16", 11), ("float32", 24)])
def test_what_is_rounded_away(dtype: str, bits: int) -> None:
    """Of a weight above 1/64 the distance to the next is 2^(1-bits) of a power of two, or more."""
    limit = Fraction(1, 64) / 2**bits
    low, high = float(limit) * 0.99, float(limit) * 1.01
    found = check(f"{low!r} * hold()", Plan(updates=100), dtype=dtype).findings
    assert [one.code for one in found] == ["rates-rounded-away"]
    assert "every weight above 1/64." in found[0].text
    assert check(f"{high!r} * hold()", Plan(updates=100), dtype=dtype).findings == ()


def test_torch_rounds_these_away() -> None:
    torch = pytest.importorskip("torch")
    step = torch.arange(1, 1024)
    weights = (2.0**-6 * (1 + step / 128)).to(torch.bfloat16)  # 1/64 + ..., each a bfloat16
    below = torch.full_like(weights, 0.99 * 2.0**-14)
    assert torch.equal(weights - below, weights)
    assert torch.equal(weights + below, weights)
    smaller = (2.0**-7 * (1 + step[:127] / 128)).to(torch.bfloat16)
    assert not torch.equal(smaller - below[:127], smaller)


def test_a_diagnosis_is_true_without_errors() -> None:
    assert not check("0.1 * cosine(90)", R)
    warned = check("0.1 * warmup(updates)", R)
    assert warned.of("warning")
    assert warned
    with pytest.raises(
        ValueError, match=r"of: `severity` must be .*'warnings'.*nearest is 'warning'"
    ):
        warned.of("warnings")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "3e-4 * cosine(5*epoch)",
            "what an epoch is: add `batches`, or `examples` and `batch_size`.",
        ),
        ("3e-4 * cosine(5*token)", "what a token is: add `tokens_per_batch`, or"),
        ("3e-4 * cosine(5*example)", "what an example is: add `batch_size`, and"),
    ],
)
def test_a_name_that_the_run_does_not_know(text: str, said: str) -> None:
    for call in (Plan(updates=1000).read, lambda t: check(t, Plan(updates=1000))):
        with pytest.raises(TextError) as caught:
            call(text)
        assert caught.value.reason.startswith("The run does not say ")
        assert said in caught.value.reason
        assert "nearest" not in str(caught.value)


def test_lay_has_no_names() -> None:
    with pytest.raises(TextError, match=r"^`updates` has a number only in plan.read\(text\)"):
        R.lay("0.1 * cosine(updates)")
