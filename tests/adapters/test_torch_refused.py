"""Wrong arguments are refused when the scheduler is made, in one sentence."""

import pytest
import torch

from lrkit import cosine, linear
from lrkit.torch import Plateau, Recorder, Scheduler, parameter_groups
from tests.adapters.torch_training import sgd

ADAM = torch.optim.Adam([torch.nn.Parameter(torch.zeros(1))], lr=0.1)


@pytest.mark.parametrize(
    ("given", "error", "said"),
    [
        ({}, TypeError, "a schedule must be given, got none"),
        ({"lr": "cosin(10)"}, ValueError, "cosine"),
        ({"lr": lambda k: 0.1}, TypeError, r"custom\(function, length\)"),
        ({"lr": [0.1]}, TypeError, "`lr` must be one schedule, as the optimizer has lr="),
        ({"lr": True}, TypeError, "`lr` must be a Schedule, the text of one, or a dict"),
        ({"lr": {}}, ValueError, "a mapping with a group in it"),
        ({"lr": {"body": cosine(9)}}, ValueError, "got 'body', and it has 'group 0', 'group 1'"),
        ({"lr": {5: cosine(9)}}, ValueError, "must name groups of the optimizer, got 5"),
        ({"lr": {0.5: cosine(9)}}, TypeError, "numbers or names of parameter groups as keys"),
        ({"lr": {0: cosine(9), "group 0": cosine(8)}}, ValueError, "got two for group 0"),
        ({"lr": linear(9, stop=-1.0)}, ValueError, "0 or more at every update, not -1"),
        ({"lr": -0.1}, ValueError, "0 or more at every update"),
        ({"betas": (0.9, 0.99)}, TypeError, "which have lr, momentum, dampening, weight_decay"),
        ({"learning_rate": cosine(9)}, TypeError, "Did you mean `lr`"),
        ({"momentun": cosine(9)}, TypeError, "Did you mean `momentum`"),
        ({"nesterov": cosine(9)}, TypeError, "`nesterov` must be a number of the optimizer's"),
        ({"weight_decay": cosine(9), "multipliers": {0: 2}}, TypeError, "unless `lr` is given"),
        ({"lr": cosine(9), "step": cosine(9)}, TypeError, "`step` must not be scheduled"),
        ({"lr": linear(9, stop=-0.5) * linear(9, start=0.5, stop=-1)}, ValueError, "not -0.0"),
        ({"lr": cosine(9), "multipliers": [0.5]}, TypeError, "must be a dict by number or name"),
        ({"lr": cosine(9), "multipliers": {0: -1}}, ValueError, "must be 0 or more"),
        ({"lr": cosine(9), "multipliers": {"x": 1}}, ValueError, "`multipliers` must name groups"),
        ({"lr": cosine(9), "relative": "lr"}, TypeError, "must be True, False or a tuple"),
        ({"lr": cosine(9), "relative": ["momentum"]}, ValueError, "These are scheduled: lr"),
        ({"lr": cosine(9), "at": -1}, ValueError, "`at` must be a whole number of 0 or more"),
        ({"lr": cosine(9), "counts": "steps"}, ValueError, '"updates" or "calls"'),
    ],
)
def test_scheduler(given, error, said):
    _, optimizer = sgd(2)
    before = [dict(group) for group in optimizer.param_groups]
    with pytest.raises(error, match=said):
        Scheduler(optimizer, **given)
    assert optimizer.param_groups == before


@pytest.mark.parametrize(
    ("given", "error", "said"),
    [
        ({"momentum": cosine(9)}, TypeError, r"the first of `betas`: betas=\(schedule, 0.999\)"),
        ({"betas": cosine(9)}, TypeError, "must be 2 schedules or numbers, as a tuple"),
        ({"betas": (0.9,)}, TypeError, "must be 2 schedules or numbers, as a tuple, got 1"),
        ({"betas": (0.9, 0.99, 0.999)}, TypeError, "must be 2 schedules or numbers"),
        ({"betas": (0.9, 1.0)}, ValueError, "below 1 at every update"),
    ],
)
def test_scheduler_of_adam(given, error, said):
    with pytest.raises(error, match=said):
        Scheduler(ADAM, **given)


def test_no_optimizer():
    with pytest.raises(TypeError, match="must be an optimizer of PyTorch, got Linear"):
        Scheduler(torch.nn.Linear(1, 1), cosine(9))


@pytest.mark.parametrize(
    ("given", "error", "said"),
    [
        ({"factor": 1.0}, ValueError, "above 0 and below 1"),
        ({"min_factor": 2}, ValueError, "from 0 to 1"),
        ({"patience": -1}, ValueError, "whole number of 0 or more"),
        ({"threshold_mode": "rel"}, ValueError, 'PyTorch writes "abs" and "rel"'),
        ({"mode": "auto"}, ValueError, '"min" or "max"'),
        ({"name": 3}, TypeError, "`name` must be a text"),
    ],
)
def test_plateau(given, error, said):
    with pytest.raises(error, match=said):
        Plateau(Scheduler(sgd()[1], cosine(9)), **given)


def test_plateau_needs_our_scheduler_and_a_number():
    _, optimizer = sgd()
    theirs = torch.optim.lr_scheduler.StepLR(optimizer, 3)
    with pytest.raises(TypeError, match=r"must be a lrkit\.torch\.Scheduler, got StepLR"):
        Plateau(theirs)
    with pytest.raises(TypeError, match="must schedule the rate, which is what is cut"):
        Plateau(Scheduler(optimizer, weight_decay=cosine(9)))
    plateau = Plateau(Scheduler(optimizer, cosine(9)))
    with pytest.raises(TypeError, match=r"`metrics` must be a number, got metrics='0\.5'"):
        plateau.step("0.5")
    with pytest.raises(TypeError, match=r"`metrics` must be a number, got metrics=None"):
        plateau.step()
    with pytest.raises(ValueError, match="must be of a Plateau"):
        plateau.load_state_dict({"best": 1.0})


@pytest.mark.parametrize(
    ("given", "error", "said"),
    [
        ({"print_every": 0}, ValueError, "whole number of updates from 1"),
        ({"csv": 3}, TypeError, "must be the name of a file"),
        ({"csv": "no/such/folder.csv"}, ValueError, "a folder that exists"),
        ({"at": -2}, ValueError, "whole number of 0 or more"),
    ],
)
def test_recorder(given, error, said):
    with pytest.raises(error, match=said):
        Recorder(Scheduler(sgd()[1], cosine(9)), **given)


def test_recorder_of_something_else():
    with pytest.raises(TypeError, match="must be an optimizer of PyTorch, got dict"):
        Recorder({})
    recorder = Recorder(sgd()[1])
    with pytest.raises(ValueError, match="`epoch` must be 0 or more"):
        recorder.epoch = -1
    with pytest.raises(ValueError, match="there must be a recorded update"):
        recorder.plot()


NET = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.Linear(2, 1))


@pytest.mark.parametrize(
    ("given", "error", "said"),
    [
        ({"multipliers": ["bias"]}, TypeError, "must be a dict by pattern"),
        ({"multipliers": {0: 1.0}}, TypeError, "patterns .texts. as keys, got 0"),
        ({"multipliers": {"head": 1.0}}, ValueError, "'head', which none of these paths contains"),
        ({"multipliers": {"bias": -1.0}}, ValueError, "must be 0 or more"),
        ({"multipliers": {"(": 1.0}}, ValueError, "a regular expression"),
        ({"layerwise_decay": 0}, ValueError, "`layerwise_decay` must be positive"),
        ({"layers": ["0", "1"]}, TypeError, "left out unless `layerwise_decay` is given"),
        ({"layerwise_decay": 0.5, "layers": ["0"]}, ValueError, "got no pattern for '1.weight'"),
        ({"no_weight_decay": "bias"}, TypeError, r"no_weight_decay=\['bias'\]"),
        ({"no_weight_decay": [1]}, TypeError, "must be patterns, which are texts, got 1"),
        ({"layerwise_decay": 0.5, "layers": []}, ValueError, "got no pattern for '0.weight'"),
        ({"no_weight_decay": ["norm"]}, ValueError, "`no_weight_decay` must match"),
        ({"weight_decay": -0.1}, ValueError, "`weight_decay` must be 0 or more"),
    ],
)
def test_parameter_groups(given, error, said):
    with pytest.raises(error, match=said):
        parameter_groups(NET, **given)


def test_parameter_groups_of_something_else():
    with pytest.raises(TypeError, match=r"must be a torch\.nn\.Module, got list"):
        parameter_groups(list(NET.parameters()))
    with pytest.raises(ValueError, match="got none that needs a gradient"):
        parameter_groups(torch.nn.Linear(1, 1).requires_grad_(False))
