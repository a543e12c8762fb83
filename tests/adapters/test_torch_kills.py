"""Trainings that are killed at any moment go on in a fresh process, to the last bit."""

from tests.adapters.killed import KINDS
from tests.adapters.soaking import check_sample
from tests.adapters.torch_soak import draw, factors_of
from tests.adapters.torch_soak_run import EXTENDED_AT, LONGER, METRICS, OPTIMIZERS, RATE

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
    check_sample("tests.adapters.torch_soak", FIRST, COUNT)


def test_the_extension_is_another_schedule_with_the_same_past():
    assert LONGER.length > RATE.length
    assert [LONGER(k) for k in range(EXTENDED_AT)] == [RATE(k) for k in range(EXTENDED_AT)]


def test_the_plateau_cuts_three_times():
    assert factors_of(METRICS) == [1.0, 1.0, 1.0, 0.5, 0.25, 0.25]
