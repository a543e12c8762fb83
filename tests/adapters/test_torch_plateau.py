"""`lrkit.torch.Plateau`: counts as PyTorch's, on top of any schedule, saved with the scheduler."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from lrkit import cosine, hold, warmup
from lrkit.torch import Plateau, Recorder, Scheduler
from tests.adapters.torch_training import Moves, close, sgd

LR = warmup(4) >> cosine(12)
METRICS = st.lists(
    st.sampled_from([1.0, 0.99995, 0.999, 0.9, 0.5, 0.0, -0.5, -0.50004, 2.0, math.nan]),
    min_size=1,
    max_size=40,
)


@given(
    METRICS,
    st.integers(0, 4),
    st.integers(0, 4),
    st.sampled_from(["min", "max"]),
    st.sampled_from([("relative", "rel"), ("absolute", "abs")]),
    st.sampled_from([0.0, 1e-4, 0.05]),
)
@settings(max_examples=150)
def test_cuts_when_pytorch_does(metrics, patience, cooldown, mode, threshold_mode, threshold):
    _, theirs = sgd()
    torchs = torch.optim.lr_scheduler.ReduceLROnPlateau(
        theirs, mode, 0.5, patience, threshold, threshold_mode[1], cooldown, 0, 0.0
    )
    _, ours = sgd()
    if threshold_mode[0] == "relative":
        metrics = [abs(metric) for metric in metrics]  # below 0, see the next test
    options = {"threshold": threshold, "threshold_mode": threshold_mode[0], "mode": mode}
    plateau = Plateau(Scheduler(ours, hold()), 0.5, patience, cooldown=cooldown, **options)
    for metric in metrics:
        torchs.step(metric)
        plateau.step(metric)
        assert ours.param_groups[0]["lr"] == theirs.param_groups[0]["lr"]


def test_relative_to_a_best_below_zero():
    """PyTorch takes what is worse for an improvement there; here the bar is beyond the best."""
    theirs = torch.optim.lr_scheduler.ReduceLROnPlateau(sgd()[1], patience=0, threshold=0.1)
    ours = Plateau(Scheduler(sgd()[1], hold()), patience=0, threshold=0.1)
    cuts = []
    for metric in (-1.0, -0.95, -1.05, -1.2):
        theirs.step(metric)
        cuts.append(ours.step(metric))
    assert cuts == [False, True, True, False]
    assert theirs.get_last_lr() == [1.0]


def test_it_multiplies_the_schedule_from_the_next_update_on():
    model, optimizer = sgd(2)
    scheduler = Scheduler(optimizer, LR, multipliers={1: 0.1})
    plateau, moves, recorder = Plateau(scheduler, 0.5, 0), Moves(optimizer), Recorder(scheduler)
    for k in range(16):
        optimizer.zero_grad()
        model().backward()
        optimizer.step()
        moves.take()
        scheduler.step()
        if k % 4 == 3:
            plateau.step(1.0)  # better than nothing, then three times no better
    wanted = [LR(k) * 0.5 ** max(k // 4 - 1, 0) for k in range(16)]
    assert close(moves.of(0), wanted)
    assert close(moves.of(1), [0.1 * rate for rate in wanted])
    assert recorder.factors == [(0, 1.0), (8, 0.5), (12, 0.25)]


def test_the_floor():
    scheduler = Scheduler(sgd()[1], hold())
    plateau = Plateau(scheduler, 0.1, 0, min_factor=0.05)
    assert [plateau.step(1.0) for _ in range(5)] == [False, True, True, False, False]
    assert scheduler.factor == 0.05


def test_a_tensor_is_a_metric():
    plateau = Plateau(Scheduler(sgd()[1], hold()))
    plateau.step(torch.tensor(0.5))
    assert plateau.best == 0.5


def test_two_of_one_scheduler():
    scheduler = Scheduler(sgd()[1], hold())
    one, other = Plateau(scheduler, 0.5, 0), Plateau(scheduler, 0.1, 1, name="other")
    for _ in range(3):
        one.step(1.0)
        other.step(1.0)
    assert scheduler.factor == pytest.approx(0.5 * 0.5 * 0.1)
    assert set(scheduler.notes) == {"plateau", "other"}


def test_its_own_state_is_the_same_again():
    scheduler = Scheduler(sgd()[1], hold())
    plateau = Plateau(scheduler, 0.5, 1)
    for metric in (1.0, 1.0, 1.0, 1.0):
        plateau.step(metric)
    state = plateau.state_dict()
    assert state == {"factor": 0.5, "best": 1.0, "waited": 1, "resting": 0}
    again = Plateau(Scheduler(sgd()[1], hold()), 0.5, 1)
    again.load_state_dict(state)
    assert again.get_last_lr() == again.get_lr() == [0.5]
    assert again.step(1.0) is True


def test_it_says_what_it_does(capsys):
    plateau = Plateau(Scheduler(sgd()[1], hold(), at=7), 0.5, 0, verbose=True)
    for metric in (math.nan, 0.5, 0.75):
        plateau.step(metric)
    assert capsys.readouterr().out.splitlines() == [
        "Update 7: the metric has not been a number for 1 evaluation: factor 0.5",
        "Update 7: the metric has not improved on 0.5 for 1 evaluation: factor 0.25",
    ]


def test_it_is_a_scheduler_of_pytorch():
    """Lightning looks."""
    _, optimizer = sgd()
    plateau = Plateau(Scheduler(optimizer, hold()))
    assert isinstance(plateau, torch.optim.lr_scheduler.LRScheduler)
    assert plateau.optimizer is optimizer
