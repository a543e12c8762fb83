"""Settings and schedules of a job, without a training."""

import math
from dataclasses import replace

import pytest

import lrkit
from lrkit.tasks.job import Job, folder_name, resumed, schedule

JOB = Job()
PLAN = JOB.plan(10_000)


def of(text, **changes):
    return schedule(text, replace(JOB, **changes), PLAN)


def test_the_default_run_has_3130_updates():
    assert (PLAN.batches_per_epoch, PLAN.updates) == (313, 3130)


def test_cosine_goes_over_the_whole_run():
    curve = of("cosine")
    assert curve(0) == 0.001
    assert curve(3130) == 0.0
    assert math.isclose(curve(1565), 0.0005, rel_tol=1e-12)


@pytest.mark.parametrize("epoch", range(10))
def test_exponential_is_exact_from_the_first_update_of_an_epoch(epoch):
    curve = of("exponential")
    assert curve(313 * epoch) == 0.001 * 0.9**epoch == curve(313 * epoch + 312)


@pytest.mark.parametrize("epoch", range(10))
def test_step_halves_every_third_epoch(epoch):
    curve = of("step")
    assert curve(313 * epoch) == 0.001 * 0.5 ** (epoch // 3) == curve(313 * epoch + 312)


def test_constant():
    curve = of("constant")
    assert curve(0) == curve(10**6) == 0.001


@pytest.mark.parametrize("text", ["cosine", "exponential", "step", "constant"])
def test_peak_and_lowest_rate(text):
    curve = of(text, peak=0.02, min_lr=0.01)
    values = curve.values(PLAN.updates)
    assert values[0] == 0.02
    assert values.min() >= 0.01
    assert curve(3130) == (0.02 if text == "constant" else 0.01)


def test_a_text_knows_epoch_updates_and_peak():
    curve = of("peak * (warmup(epoch) >> cosine(updates - epoch))", peak=0.003)
    assert repr(curve) == "0.003 * (warmup(313) >> cosine(2817))"


def test_the_lowest_rate_holds_for_a_text_too():
    curve = of("peak * cosine(updates)", min_lr=1e-5)
    assert curve(3129) == curve(3130) == 1e-5
    assert curve(0) == 0.001


@pytest.mark.parametrize("text", ["cosine", "exponential", "step", "peak * linear(updates)"])
def test_text_is_canonical(text):
    curve = of(text, min_lr=1e-6)
    assert lrkit.read(repr(curve)) == curve


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"min_lr": 0.002}, r"`min_lr` must be 0 to `peak`=0\.001, got min_lr=0\.002"),
        ({"min_lr": -1e-9}, r"got min_lr=-1e-09"),
        ({"min_lr": math.nan}, r"got min_lr=nan"),
        ({"peak": math.inf}, r"got .*inf"),
    ],
)
def test_wrong_rates(changes, message):
    with pytest.raises(ValueError, match=message):
        of("cosine", **changes)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("cosin", "got schedule='cosin'. Did you mean cosine?"),
        ("exponetial", "Did you mean exponential?"),
        ("zzz", 'Try "cosine".'),
        ("", 'Try "cosine".'),
    ],
)
def test_misspelt_strategy(text, message):
    with pytest.raises(
        ValueError, match="must be cosine, exponential, step, constant or"
    ) as caught:
        of(text)
    assert str(caught.value).endswith(message)


@pytest.mark.parametrize("text", ["cosine(", "peak * cosine(epohc)", "1e-3 * import os", "0.1"])
def test_wrong_text(text):
    with pytest.raises(ValueError, match=r"\w"):
        of(text)


def test_settings_go_round():
    job = Job(schedules=("cosine", "peak*hold()"), seed=3, backend="jax", data="a.npz")
    assert resumed(job.settings(), {}) == job
    assert resumed(job.settings(), {"seed": 3, "schedules": ("cosine", "peak*hold()")}) == job


def test_every_difference_is_named():
    given = {"seed": 1, "epochs": 10, "schedules": ("step",)}
    message = r"got seed=1 instead of 0, schedules=\('step',\) instead of \('cosine',\)\. Leave"
    with pytest.raises(ValueError, match=message):
        resumed(JOB.settings(), given)


def test_settings_of_a_version_without_jit():
    stored = JOB.settings()
    del stored["jit"]
    assert resumed(stored, {}) == JOB
    with pytest.raises(ValueError, match="got jit=True instead of None"):
        resumed(stored, {"jit": True})


def test_settings_of_another_version():
    stored = JOB.settings()
    del stored["seed"]
    with pytest.raises(ValueError, match="Another version of lrkit wrote them"):
        resumed(stored, {})


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("cosine", "1-cosine"),
        ("1e-3 * cosine(updates)", "1-1e-3-cosine-updates"),
        ("../../etc", "1-etc"),
        ("<>", "1"),
        ("a" * 100, "1-" + "a" * 40),
    ],
)
def test_folder_names_are_plain(text, name):
    assert folder_name(0, text) == name
