"""What `check` returns, what it refuses, and that it has an answer for every schedule."""

import dataclasses
import json
import math
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrkit import Plan, Schedule, check, cosine, exponential, hold, linear, read, warmup
from lrkit.plan import Diagnosis
from lrkit.plan.doctor.diagnosis import said
from lrkit.plan.finding import SEVERITIES
from tests.strategies import schedules

EARLY = "1e-3 * cosine(2500)"
RUN = Plan(epochs=4, examples=80_000, batch_size=32)
FINE = 1e-3 * (warmup(2000, start=0.01) >> cosine(8000))


def codes(found: Diagnosis) -> list[str]:
    return [one.code for one in found.findings]


# ---- the record ----------------------------------------------------------------------------------


def test_it_prints_as_sentences_and_what_to_write() -> None:
    found = check(EARLY, RUN)
    assert str(found) == (
        "error: The schedule is over at update 2,500, after 25% of the run: the 7,500 updates from "
        "there on have the rate 0 and train nothing. It is as long as the updates of one epoch. "
        "[ends-early]\n  Write 0.001 * cosine(10000)"
    )
    assert repr(found) == "<Diagnosis: ends-early>"


def test_each_finding_is_a_record() -> None:
    (one,) = check(EARLY, RUN).findings
    assert (one.code, one.severity, one.step) == ("ends-early", "error", 2500)
    assert one.mend == "0.001 * cosine(10000)"
    assert str(one) == one.text


def test_nothing_found() -> None:
    found = check(FINE, RUN)
    assert (found.ok, found.findings, repr(found)) == (True, (), "<Diagnosis: nothing found>")
    assert str(found) == f"Nothing found. {found.summary}"
    assert found.summary == (
        "10,000 updates: 4 epochs of 2,500, 320,000 examples; rates from 1e-05 to 3.85531e-11, "
        "the highest 0.001 at update 2,000."
    )


def test_ok_means_without_errors() -> None:
    warned = check("like.torch.CosineAnnealingLR(T_max=20000, base_lr=0.1)", Plan(updates=10_000))
    assert warned.ok
    assert (codes(warned), len(warned.of("warning"))) == (["floor-never-reached"], 1)
    failed = check(EARLY, RUN)
    assert not failed.ok
    assert failed.of("error") == failed.findings
    assert failed.of("note") == ()


def test_errors_come_first() -> None:
    found = check("warmup(500) >> cosine(500)", RUN, beta2=0.999)
    severities = [one.severity for one in found.findings]
    assert severities == ["error", "warning", "warning", "note"]
    assert severities == sorted(severities, key=SEVERITIES.index)


def test_it_is_frozen_and_equal_by_what_it_says() -> None:
    found = check(EARLY, RUN)
    assert found == check(read(EARLY), RUN)
    with pytest.raises(dataclasses.FrozenInstanceError):
        found.summary = ""  # type: ignore[misc]


def test_the_document_is_json() -> None:
    document = check(EARLY, RUN).document()
    again = json.loads(json.dumps(document))
    assert again == document
    assert (again["schedule"], again["ok"]) == ("0.001 * cosine(2500)", False)
    assert again["plan"]["updates"] == 10_000
    assert again["plan"]["updates_per_epoch"] == 2500
    (one,) = again["findings"]
    assert sorted(one) == ["code", "mend", "severity", "step", "text"]


def test_packed_data_are_not_printed_whole() -> None:
    rates = [round(0.5 + 0.5 * math.cos(step * step), 6) for step in range(1000)]
    (early, *_) = check(f"table({rates})", Plan(updates=2000)).findings
    assert early.code == "ends-early"
    assert len(said(early)) < 1000 < len(early.mend or "")


# ---- what the mistakes of others have no example of ----------------------------------------------


@pytest.mark.parametrize(
    ("text", "code", "severity", "facts"),
    [
        ("exponential(rate=2.0)", "not-finite", "error", {}),
        ("0.0 * hold(100000)", "trains-nothing", "error", {}),
        ("0.003 * cosine(10000)", "peak-unstable", "error", {"stable_rate": 1e-3}),
        ("0.0015 * cosine(10000)", "peak-unstable", "warning", {"stable_rate": 1e-3}),
        (
            "warmup(2000, start=0.01) >> cosine(8000)",
            *("height-missing", "warning", {"beta2": 0.999}),
        ),
        ("1e-5 * hold()", "rates-rounded-away", "warning", {"dtype": "bfloat16"}),
        (
            "0.1 * cosine(10000)",
            *("batch-unscaled", "warning", {"base_rate": 0.1, "base_batch_size": 8}),
        ),
        ("1e-3 * cosine(10000)", "warmup-short", "warning", {"beta2": 0.999}),
        ("1e-3 * cosine(10000)", "warmup-short", "note", {"beta2": 0.9999}),
    ],
)
def test_other_findings(text: str, code: str, severity: str, facts: dict[str, Any]) -> None:
    found = check(text, RUN, **facts)
    (one,) = (one for one in found.findings if one.code == code)
    assert one.severity == severity
    if one.mend is not None:
        assert code not in codes(check(one.mend, RUN, **facts))


def test_counters_that_overflow() -> None:
    found = check("1e-3 * hold()", Plan(updates=2**31 + 1))
    assert [(one.code, one.step) for one in found.findings] == [("counter-overflows", 2**31)]


def test_both_rules_of_scaling_are_offered() -> None:
    plan = Plan(epochs=20, examples=64_000, batch_size=32, replicas=4)
    text = "1e-3 * (warmup(2000, start=0.1) >> cosine(8000))"
    given = {"base_rate": 1e-3, "base_replicas": 1}
    (sgd,) = check(text, plan, **given).findings
    (adam,) = check(text, plan, beta2=0.999, **given).findings
    assert "linear rule it would be 0.004" in sgd.text
    assert "square-root rule, for Adam, 0.002" in sgd.text
    heights = [max(read(one.mend or "").values(10_000)) for one in (sgd, adam)]
    assert heights == pytest.approx([0.004, 0.002])


def test_a_resumed_run_is_that_of_the_updates_to_come() -> None:
    """The mend keeps what has been trained."""
    found = check("1e-3 * linear(6000)", Plan(updates=5000), updates_done=5000)
    (one,) = found.findings
    assert (one.code, one.step) == ("ends-early", 6000)
    mended = read(one.mend or "")
    assert mended.length == 10_000
    assert mended(4000) == pytest.approx(1e-3 * (1 - 4000 / 6000))


@pytest.mark.parametrize(
    ("length", "severity"),
    [(9_999, None), (9_998, "warning"), (9_000, "error"), (10_001, None), (10_500, "warning")],
)
def test_by_more_than_one_step(length: int, severity: str | None) -> None:
    """The line between a sound end and a mistaken one is at one step."""
    found = check(1e-3 * linear(length), Plan(updates=10_000))
    assert [one.severity for one in found.findings] == ([severity] if severity else [])


# ---- refused -------------------------------------------------------------------------------------

UPDATES = Plan(updates=100)


@pytest.mark.parametrize(
    ("facts", "error", "message"),
    [
        ({"beta2": 1.0}, ValueError, r"check: `beta2` must be less than 1, got beta2=1\.0"),
        ({"beta2": "x"}, TypeError, r"check: `beta2` must be a number"),
        ({"stable_rate": 0}, ValueError, r"check: `stable_rate` must be positive"),
        ({"base_rate": 0.1}, TypeError, r"check: give `base_rate`.*together"),
        ({"base_replicas": 2}, TypeError, r"check: give `base_rate`.*together"),
        (
            {"base_rate": 0.1, "base_replicas": 2, "base_batch_size": 2},
            *(TypeError, r"check: give `base_rate`"),
        ),
        (
            {"base_rate": 0.1, "base_batch_size": 32},
            *(TypeError, r"`base_batch_size` needs the batch of the plan, got Plan\(updates=100\)"),
        ),
        ({"accumulation_told": 0}, ValueError, r"check: `accumulation_told` must be a whole"),
        ({"updates_done": -1}, ValueError, r"check: `updates_done` must be 0 or more"),
        ({"updates_done": 1.5}, ValueError, r"check: `updates_done` must be a whole number"),
        ({"dtype": "int8"}, ValueError, r"check: `dtype` must be one of 'float64', 'float32'"),
    ],
)
def test_facts_that_are_refused(facts: dict[str, Any], error: Any, message: str) -> None:
    with pytest.raises(error, match=message):
        check("cosine(100)", UPDATES, **facts)


def test_what_is_no_plan_or_no_schedule_is_refused() -> None:
    with pytest.raises(TypeError, match=r"check: `plan` must be a Plan, got plan=100\. Write Plan"):
        check("cosine(100)", 100)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"check: `schedule` must be"):
        check(0.1, UPDATES)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"cosin"):
        check("cosin(100)", UPDATES)


# ---- every schedule ------------------------------------------------------------------------------

PLANS = st.one_of(
    st.builds(Plan, updates=st.one_of(st.integers(1, 300), st.just(10**7))),
    st.builds(
        Plan,
        **{"epochs": st.integers(1, 30), "examples": st.integers(180, 5000)},
        **{"batch_size": st.integers(1, 20), "accumulation": st.integers(1, 3)},
        **{"replicas": st.integers(1, 3), "tokens_per_example": st.just(7.5)},
    ),
)
FACTS = st.fixed_dictionaries(
    {},
    optional={
        "beta2": st.sampled_from([0.0, 0.9, 0.999]),
        "stable_rate": st.sampled_from([1e-3, 0.5]),
        "accumulation_told": st.integers(1, 4),
        "dtype": st.sampled_from(["float32", "bfloat16", "float16", "float64"]),
        "updates_done": st.integers(0, 200),
    },
)


@given(schedules(), PLANS, FACTS)
def test_every_schedule_has_a_diagnosis(s: Schedule, plan: Plan, facts: dict[str, Any]) -> None:
    found = check(s, plan, **facts)
    assert len(set(codes(found))) == len(found.findings)
    json.dumps(found.document())
    assert str(found)
    for one in found.findings:
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", one.code)
        assert one.severity in SEVERITIES
        assert one.text.endswith((".", "?"))
        assert one.step is None or one.step >= 0


@given(schedules(), PLANS, FACTS)
def test_every_mend_is_read_and_mends(s: Schedule, plan: Plan, facts: dict[str, Any]) -> None:
    for one in check(s, plan, **facts).findings:
        if one.mend is not None and "custom" not in one.mend:  # a function has no text
            assert one.code not in codes(check(read(one.mend), plan, **facts))


@pytest.mark.parametrize("updates", [1, 2, 3])
@pytest.mark.parametrize("s", [hold(), cosine(1), exponential(rate=0.5), hold(0.5), linear(1e9)])
def test_the_smallest_runs(s: Schedule, updates: int) -> None:
    assert isinstance(check(s, Plan(updates=updates)), Diagnosis)


def test_the_longest_run() -> None:
    found = check("1e-3 * cosine(1000000000000000)", Plan(updates=10**15))
    assert found.ok
    assert math.isfinite(sum(read("1e-3 * cosine(1000000000000000)")(step) for step in (0, 10**15)))
