"""`lrkit.torch.find_lr`: what the rates of the groups are to each other, whenever it is called."""

import copy

import numpy as np
import pytest
import torch

from lrkit import cosine, hold, warmup
from lrkit.torch import Scheduler, find_lr, parameter_groups
from tests.adapters.torch_finding import one_thread
from tests.adapters.torch_training import Ones, sgd

pytestmark = pytest.mark.usefixtures(one_thread.__name__)
FROM_ZERO = 1e-3 * (warmup(10) >> cosine(20))


def made(*extras):
    """A model with these numbers in its groups."""
    model, optimizer = sgd(len(extras), lr=1e-3)
    for group, extra in zip(optimizer.param_groups, extras, strict=True):
        group.update(extra)
    return model, optimizer


def swept(model, optimizer):
    """How far each group moves in the first update of a sweep, as parts of the farthest."""
    weights, seen = [group["params"][0] for group in optimizer.param_groups], []

    def loss(model, batch):
        seen.append([float(weight.detach()) for weight in weights])
        return model()

    find_lr(model, optimizer, [()], loss, lr_min=1e-2, lr_max=1.0, per_decade=5)
    moves = np.subtract(seen[0], seen[1])
    return pytest.approx((moves / moves.max()).tolist(), rel=1e-3)


def at_each_update(model, optimizer, scheduler, updates=5):
    """The same before each of some updates, and after them."""
    found = [swept(model, optimizer)]
    for _ in range(updates):
        optimizer.zero_grad()
        model().backward()
        optimizer.step()
        scheduler.step()
        found.append(swept(model, optimizer))
    return found


def test_lr_scale_counts_before_there_is_a_scheduler():
    scales = {"lr_scale": 0.1}, {"lr_scale": 1.0}, {"lr_scale": 0.0}, {}
    assert swept(*made(*scales)) == [0.1, 1, 0, 1]
    text = made({"lr_scale": "0.25 * cosine(10)"}, {"lr_scale": 1.0})
    assert swept(*text) == [0.25, 1]
    zero = made({"lr": 0.0, "lr_scale": 0.1}, {"lr": 0.0, "lr_scale": 0.2})
    assert swept(*zero) == [0.5, 1]


def test_groups_of_lrkit():
    model = Ones(2)
    groups = parameter_groups(model, multipliers={"weights.0": 0.1})
    assert swept(model, torch.optim.SGD(groups, lr=1e-3)) == [0.1, 1]


def test_rates_that_have_their_lr_scale_in_them():
    """As a scheduler of timm leaves them."""
    scaled = made({"lr": 1e-4, "lr_scale": 0.1}, {"lr": 1e-3, "lr_scale": 1.0})
    assert swept(*scaled) == [0.1, 1]


@pytest.mark.parametrize(
    ("extras", "given", "wanted"),
    [
        ([{"lr_scale": 0.1}, {"lr_scale": 1.0}], {}, [0.1, 1]),
        ([{"lr": 1e-3}, {"lr": 1e-4}], {}, [1, 1]),
        ([{"lr": 1e-3}, {"lr": 1e-4}], {"relative": True}, [1, 0.1]),
        ([{"lr_scale": 0.5}, {}], {"multipliers": {0: 0.5, "group 1": 0.0}}, [1, 0]),
        ([{}, {}, {}], {"multipliers": {2: 0.0, 1: 0.5}}, [1, 0.5, 0]),
        ([{"lr": torch.tensor(1e-3)}, {"lr": torch.tensor(1e-4)}], {}, [1, 1]),
    ],
)
def test_a_scheduler_says_it_at_each_update(extras, given, wanted):
    model, optimizer = made(*extras)
    scheduler = Scheduler(optimizer, FROM_ZERO, **given)
    assert at_each_update(model, optimizer, scheduler) == [wanted] * 6


def test_multipliers_that_are_schedules():
    model, optimizer = made({"lr_scale": "hold(2, value=0) | hold(8)"}, {})
    scheduler = Scheduler(optimizer, FROM_ZERO, multipliers={1: hold(3) | 0.5 * hold(7)})
    found = at_each_update(model, optimizer, scheduler, 4)
    assert found == [[0, 1], [0, 1], [1, 1], [1, 0.5], [1, 0.5]]


def test_a_schedule_of_each_group():
    model, optimizer = made({}, {}, {"lr": 1e-4})
    scheduler = Scheduler(optimizer, {0: 10 * FROM_ZERO, "group 1": 2e-3 * warmup(5)})
    assert at_each_update(model, optimizer, scheduler, 3) == [[1, 0.2, 0.01]] * 4


def test_the_youngest_that_lives_and_sets_the_rate():
    model, optimizer = made({"lr_scale": 0.1}, {"lr_scale": 1.0})
    first = Scheduler(optimizer, FROM_ZERO)
    second = Scheduler(optimizer, FROM_ZERO, multipliers={0: 5.0})
    momentum = Scheduler(optimizer, momentum=0.9 * hold(10))
    assert swept(model, optimizer) == [0.5, 1]
    del second, momentum
    assert swept(model, optimizer) == [0.1, 1]
    assert first.updates == 0
    model, optimizer, _ = copy.deepcopy((model, optimizer, first))
    assert swept(model, optimizer) == [0.1, 1]


def test_all_frozen():
    model, optimizer = made({}, {})
    frozen = Scheduler(optimizer, FROM_ZERO, multipliers={0: 0.0, 1: 0.0})
    with pytest.raises(ValueError, match="`optimizer` must have a rate above 0 in some group"):
        swept(model, optimizer)
    assert frozen.updates == 0
