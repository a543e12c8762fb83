"""`lrkit.torch.find_lr` with several seeds: which devices it seeds."""

import types

import numpy as np
import pytest
import torch

from lrkit.torch.randomness import sow
from tests.adapters.torch_finding import MAKERS, Twin, one_thread

pytestmark = pytest.mark.usefixtures(one_thread.__name__)


def test_the_seed_that_waits_for_a_device():
    """A device that is not in use yet begins with the seed that the program gave."""
    twin = Twin(MAKERS["sgd"])
    torch.manual_seed(7)
    before = list(torch.cuda._lazy_seed_tracker.get_calls())
    found = twin.find(repeats=2, per_decade=5)
    assert not np.array_equal(found.losses[:5], found.repeats[0].losses[:5])
    assert torch.cuda._lazy_seed_tracker.get_calls() == before


def test_a_device_in_use_is_seeded(monkeypatch):
    seeds = []
    for device in (torch.cuda, torch.xpu):
        monkeypatch.setattr(device, "is_initialized", lambda: True)
        monkeypatch.setattr(device, "manual_seed_all", seeds.append)
    sow(3, [])
    assert seeds == [3, 3]
    assert torch.initial_seed() == 3


def test_the_seed_that_waits_for_a_device_in_keras():
    pytest.importorskip("keras")
    from lrkit.keras.finding import randomness

    torch.manual_seed(7)
    before, was = list(torch.cuda._lazy_seed_tracker.get_calls()), randomness.Randomness()
    drawn = torch.rand(3)
    randomness.seed_all(types.SimpleNamespace(variables=[]), 1)
    assert torch.initial_seed() == 1
    was.restore()
    assert torch.equal(torch.rand(3), drawn)
    assert torch.cuda._lazy_seed_tracker.get_calls() == before
