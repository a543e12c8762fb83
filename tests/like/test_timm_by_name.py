"""timm's factory: the names of its training script, in epochs or updates.

Its rates are compared with all others in `test_timm.py`.
"""

import pytest

from lrkit.like import timm as like

REFUSED_BY_NAME = {
    "what answers to a metric": ({"sched": "plateau"}, ValueError, "a function of the step"),
    "an unknown name": ({"sched": "cosin"}, ValueError, "one of 'cosine', 'tanh'"),
    "updates without their number": (
        *({"step_on_epochs": False}, AssertionError),
        "`updates_per_epoch` must be positive",
    ),
    "a decay that is longer than the run": (
        *({"sched": "wsd", "num_epochs": 9, "decay_epochs": 9, "warmup_epochs": 2}, ValueError),
        "`decay_epochs` must be at least a step",
    ),
}


@pytest.mark.parametrize("title", REFUSED_BY_NAME)
def test_the_factory_refuses(title):
    call, kind, match = REFUSED_BY_NAME[title]
    with pytest.raises(kind, match=match):
        like.create_scheduler_v2(**call)


@pytest.mark.parametrize(("shares", "steps"), [([0.25, 0.75], [20, 60]), ([0.5], 40), (0.5, 40)])
def test_noise_of_the_factory_is_in_shares_of_the_run(shares, steps):
    s = like.create_scheduler_v2(
        "step", 40, 10, noise=shares, noise_std=0.1, step_on_epochs=False, updates_per_epoch=2
    )
    same = like.StepLRScheduler(20, 0.1, warmup_lr_init=1e-5, noise_range_t=steps, noise_std=0.1)
    assert s.values(100) == pytest.approx(same.values(100), rel=1e-12)
    assert s.values(100) != pytest.approx(like.StepLRScheduler(20, 0.1).values(100), rel=1e-3)
