"""Trainings with Transformers and Lightning that are killed go on, to the last bit."""

from pathlib import Path

from tests.integration.torch_frameworks_soak import KINDS, draw, soak
from tests.integration.torch_frameworks_soak_run import FRAMEWORKS, OPTIMIZERS

FIRST, COUNT = 2, 3  # the seeds of the sample; the soak has more


def test_the_sample_is_of_several_kinds() -> None:
    for framework in FRAMEWORKS:
        drawn = [draw(seed, framework) for seed in range(FIRST, FIRST + COUNT)]
        assert "writing" in {kind for moments, _ in drawn for kind, _ in moments}
        assert {options["accumulation"] for _, options in drawn} == {1, 4}
        many = [draw(seed, framework) for seed in range(50)]
        assert {kind for moments, _ in many for kind, _ in moments} == set(KINDS)
        assert {options["optimizer"] for _, options in many} == set(OPTIMIZERS)


def test_killed_at_random_moments_the_results_are_the_same(tmp_path: Path) -> None:
    """Weights, slots, scheduler, plateau, and the file of rates."""
    found = soak(tmp_path, FIRST, COUNT)
    assert found.pop("kills") >= 2 * COUNT
    assert found.pop("torn_checkpoints") >= 0
    assert found == {"trainings": 2 * COUNT, "never_killed": 0, "different": 0, "other_rates": []}
