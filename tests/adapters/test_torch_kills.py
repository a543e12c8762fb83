"""Trainings that are killed at any moment go on in a fresh process, to the last bit."""

import json
import os
import subprocess
import sys

from tests.adapters.killed import KINDS
from tests.adapters.torch_soak import draw, factors_of
from tests.adapters.torch_soak_run import EXTENDED_AT, LONGER, METRICS, OPTIMIZERS, RATE
from tests.documentation import ROOT

FIRST, COUNT = 6, 3  # the seeds of the sample; `make soak` has more


def test_the_sample_is_of_several_kinds():
    drawn = [draw(seed) for seed in range(FIRST, FIRST + COUNT)]
    assert len({moment.kind for moments, _ in drawn for moment in moments}) >= 3
    assert {options["extended"] for _, options in drawn} == {True, False}
    many = [draw(seed) for seed in range(50)]
    assert {moment.kind for moments, _ in many for moment in moments} == set(KINDS)
    assert {options["kind"] for _, options in many} == set(OPTIMIZERS)


def test_killed_at_random_moments_the_results_are_the_same():
    """Weights, slots, scheduler, plateau, dropout, and the file of rates."""
    command = [sys.executable, "-m", "tests.adapters.torch_soak"]
    command += ["--trainings", str(COUNT), "--first", str(FIRST)]
    env = dict(os.environ, PYTHONPATH=str(ROOT))
    done = subprocess.run(command, cwd=ROOT, env=env, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert found.pop("kills") >= COUNT
    assert found == {"trainings": COUNT, "missed": 0, "different": 0, "other_rates": []}


def test_the_extension_is_another_schedule_with_the_same_past():
    assert LONGER.length > RATE.length
    assert [LONGER(k) for k in range(EXTENDED_AT)] == [RATE(k) for k in range(EXTENDED_AT)]


def test_the_plateau_cuts_three_times():
    assert factors_of(METRICS) == [1.0, 1.0, 1.0, 0.5, 0.25, 0.25]
