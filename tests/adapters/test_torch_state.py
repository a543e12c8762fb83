"""What a scheduler saves, and what it does with it: also under a schedule that was changed."""

import copy
import io
import json
import pickle
import warnings

import pytest
import torch

from lrkit import cosine, extend, hold, linear, read, warmup
from lrkit.torch import Plateau, Scheduler, parameter_groups
from tests.adapters.torch_training import close, sgd, train

LR = warmup(4) >> hold(3) >> cosine(9)


def saved(value):
    """Through a file, as a checkpoint that is loaded safely."""
    file = io.BytesIO()
    torch.save(value, file)
    file.seek(0)
    return torch.load(file, weights_only=True)


def test_it_is_a_number_and_texts():
    _, optimizer = sgd(momentum=0.9)
    state = Scheduler(optimizer, LR, momentum=0.9 * cosine(16), at=5).state_dict()
    assert state == {"step": 5, "lr": repr(LR), "momentum": repr(0.9 * cosine(16))}
    assert json.loads(json.dumps(state)) == state
    assert pickle.loads(pickle.dumps(state)) == state
    assert saved(state) == state
    assert read(state["lr"]) == LR


def test_with_groups_multipliers_and_initial_rates():
    _, optimizer = sgd(2, lr=0.5)
    scheduler = Scheduler(
        optimizer, {"group 0": LR, 1: "hold()"}, relative=True, multipliers={1: linear(9), 0: 2.0}
    )
    assert saved(scheduler.state_dict()) == {
        "step": 0,
        "lr": {"group 0": repr(LR), "1": "hold()"},
        "multipliers": [2.0, "linear(9)"],
        "initial": {"lr": [0.5, 0.5]},
    }


@pytest.mark.parametrize("order", ["scheduler first", "optimizer first"])
def test_the_optimizer_has_the_rate_at_once(order):
    model, optimizer = sgd()
    scheduler = Scheduler(optimizer, LR)
    train(model, optimizer, scheduler, 9)
    states = saved([scheduler.state_dict(), optimizer.state_dict()])
    again, other = sgd()
    loaded = Scheduler(other, LR)
    objects = [loaded, other]
    if order == "optimizer first":
        objects, states = objects[::-1], states[::-1]
    for one, state in zip(objects, states, strict=True):
        one.load_state_dict(state)
    assert other.param_groups[0]["lr"] == LR(9)
    assert close(train(again, other, loaded, 7).of(), [LR(k) for k in range(9, 16)])


@pytest.mark.parametrize("order", ["scheduler first", "optimizer first"])
def test_a_changed_schedule_is_kept_and_it_says_so(order):
    model, optimizer = sgd()
    scheduler = Scheduler(optimizer, LR)
    train(model, optimizer, scheduler, 9)
    longer = extend(LR, at=9, to=30)
    again, other = sgd()
    loaded = Scheduler(other, longer)
    said = r"saved with lr=warmup\(4\) .* this scheduler has lr=.*, which it keeps\. At update 9,"
    if order == "optimizer first":
        other.load_state_dict(optimizer.state_dict())
    with pytest.warns(UserWarning, match=said):
        loaded.load_state_dict(scheduler.state_dict())
    if order == "scheduler first":
        other.load_state_dict(optimizer.state_dict())
    assert close(train(again, other, loaded, 25).of(), [longer(k) for k in range(9, 34)])


def test_it_says_what_the_change_means():
    _, optimizer = sgd()
    state = Scheduler(optimizer, cosine(10), at=5).state_dict()
    with pytest.warns(UserWarning, match=r"Update 5, the next, has 0\.853553, and .* had 0\.5\."):
        Scheduler(sgd()[1], cosine(20)).load_state_dict(state)


def test_a_hyperparameter_more_or_less_is_told():
    state = Scheduler(sgd()[1], LR, weight_decay=cosine(9)).state_dict()
    with pytest.warns(UserWarning, match=r"with weight_decay=cosine\(9\), and this .* has none"):
        Scheduler(sgd()[1], LR).load_state_dict(state)
    with pytest.warns(UserWarning, match=r"saved without one, and .* momentum=cosine\(9\), which"):
        Scheduler(sgd()[1], LR, momentum=cosine(9), weight_decay=cosine(9)).load_state_dict(state)


def test_new_initial_rates_are_kept_and_told():
    """`relative=True` takes its height from the optimizer that the program makes."""
    _, optimizer = sgd(lr=0.5)
    scheduler = Scheduler(optimizer, LR, relative=True, at=5)
    _, other = sgd(lr=0.25)
    loaded = Scheduler(other, LR, relative=True)
    with pytest.warns(
        UserWarning, match=r"with initial=\{'lr': \[0\.5\]\}.*initial=\{'lr': \[0\.25"
    ):
        loaded.load_state_dict(scheduler.state_dict())
    other.load_state_dict(optimizer.state_dict())
    assert other.param_groups[0]["lr"] == 0.25


def test_the_same_schedule_is_loaded_without_a_word():
    state = Scheduler(sgd()[1], LR, at=3).state_dict()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        Scheduler(sgd()[1], repr(LR)).load_state_dict(state)


def test_factor_and_plateau_are_saved_with_it():
    _, optimizer = sgd()
    scheduler = Scheduler(optimizer, LR, at=5)
    plateau = Plateau(scheduler, factor=0.5, patience=0)
    assert [plateau.step(loss) for loss in (1.0, 1.0)] == [False, True]
    state = saved(scheduler.state_dict())
    memory = {"best": 1.0, "waited": 0, "resting": 0}
    assert state == {"step": 5, "lr": repr(LR), "factor": 0.5, "notes": {"plateau": memory}}
    _, other = sgd()
    loaded = Scheduler(other, LR)
    again = Plateau(loaded, factor=0.5, patience=0)
    loaded.load_state_dict(state)
    assert other.param_groups[0]["lr"] == 0.5 * LR(5)
    assert again.best == 1.0
    assert again.step(1.0) is True


@pytest.mark.parametrize("way", ["pickle", "deepcopy"])
def test_a_copy_trains_on_by_itself(way):
    """Optimizer and scheduler together, as a process pool or a search takes them."""
    model, optimizer = sgd()
    scheduler = Scheduler(optimizer, LR)
    train(model, optimizer, scheduler, 3)
    whole = (model, optimizer, scheduler)
    copied = copy.deepcopy(whole) if way == "deepcopy" else pickle.loads(pickle.dumps(whole))
    assert copied[2].optimizer is copied[1]
    assert close(train(*copied, 5).of(), [LR(k) for k in range(3, 8)])
    assert (scheduler.updates, copied[2].updates) == (3, 8)


def test_json_says_the_same():
    _, optimizer = sgd(2, momentum=0.9)
    given = {"lr": {0: LR, "group 1": "hold()"}, "multipliers": {1: 0.5}, "momentum": 0.5}
    scheduler = Scheduler(optimizer, **given, relative=["momentum"], at=4)
    Plateau(scheduler).step(1.0)
    state = json.loads(json.dumps(scheduler.state_dict()))
    assert state == scheduler.state_dict()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        again = Scheduler(sgd(2, momentum=0.9)[1], **given, relative=["momentum"])
        again.load_state_dict(state)
    assert again.state_dict() == state


def layered(decay):
    torch.manual_seed(0)
    net = torch.nn.Sequential(torch.nn.Linear(1, 1), torch.nn.Linear(1, 1))
    return torch.optim.SGD(parameter_groups(net, layerwise_decay=decay), lr=1.0)


def test_multiples_are_those_of_the_program():
    """Not those of a checkpoint that was made with others; and it is told."""
    before, now = layered(0.5), layered(0.25)
    state = Scheduler(before, hold()).state_dict()
    scheduler = Scheduler(now, hold())
    with pytest.warns(UserWarning, match=r"lr_scale=0\.5 in a group, and this .* lr_scale=0\.25"):
        now.load_state_dict(before.state_dict())
    assert [group["lr"] for group in now.param_groups] == [0.25, 1.0]
    said = r"multipliers=\[0\.5, 1\.0\].*multipliers=\[0\.25, 1\.0\], which it keeps"
    with pytest.warns(UserWarning, match=said):
        scheduler.load_state_dict(state)


def test_names_are_those_of_the_program():
    """A checkpoint from before the groups had names."""
    weights = [torch.nn.Parameter(torch.zeros(1)) for _ in range(2)]
    nameless = torch.optim.SGD([{"params": [weight]} for weight in weights], lr=9.0)
    _, optimizer = sgd(2)
    scheduler = Scheduler(optimizer, {"group 0": 0.5, "group 1": 0.25})
    optimizer.load_state_dict(nameless.state_dict())
    told = [(group["name"], group["lr"]) for group in optimizer.param_groups]
    assert told == [("group 0", 0.5), ("group 1", 0.25)]
    assert scheduler.get_last_lr() == [0.5, 0.25]


def test_a_text_that_cannot_be_read_any_more_does_not_matter():
    scheduler = Scheduler(sgd()[1], LR)
    with pytest.warns(UserWarning, match=r"saved with lr=newshape\(10\), and this .* it keeps\.$"):
        scheduler.load_state_dict({"step": 7, "lr": "newshape(10)"})
    assert scheduler.get_last_lr() == [LR(7)]


def test_loading_an_optimizer_gives_each_group_its_own_tensor():
    """A checkpoint of an optimizer that shared one tensor between its groups."""
    _, shared = sgd(2, lr=torch.tensor(1.0))
    model, optimizer = sgd(2, lr=torch.tensor(1.0))
    scheduler = Scheduler(optimizer, LR, multipliers={1: 0.5}, at=7)
    optimizer.load_state_dict(shared.state_dict())
    moves = train(model, optimizer, scheduler, 3)
    assert close(moves.of(1), [0.5 * rate for rate in moves.of(0)])


@pytest.mark.parametrize(
    ("state", "error", "said"),
    [
        ([1], TypeError, "`state_dict` must be a dict, got list"),
        ({"last_epoch": 7, "T_max": 9}, ValueError, r"another scheduler of PyTorch.*at=7\)"),
        ({}, ValueError, "must be of a Scheduler, with a `step`"),
        ({"step": -1}, ValueError, "must be a whole number of 0 or more, got step=-1"),
        ({"step": 1, "notes": [1]}, ValueError, "`notes` must be a dict"),
        ({"step": 1, "lr": "hold()", "factor": -1}, ValueError, "`factor` must be 0 or more"),
    ],
)
def test_a_wrong_state_is_refused_and_changes_nothing(state, error, said):
    scheduler = Scheduler(sgd()[1], LR, at=5)
    with pytest.raises(error, match=said):
        scheduler.load_state_dict(state)
    assert scheduler.state_dict() == {"step": 5, "lr": repr(LR)}
