"""`lrkit.torch.Scheduler` sets what was planned: measured by how far parameters move."""

import math

import pytest
import torch
from hypothesis import assume, given, settings

from lrkit import cosine, hold, linear, read, repeat, warmup
from lrkit.core.extremes import extremes
from lrkit.torch import Scheduler
from tests.adapters.torch_training import close, sgd, train
from tests.strategies import schedules

LR = warmup(4) >> hold(3) >> cosine(9)
N = 20
PLAN = [LR(k) for k in range(N)]


def test_every_update_has_the_rate_of_the_schedule():
    model, optimizer = sgd()
    moves = train(model, optimizer, Scheduler(optimizer, LR), N)
    assert close(moves.of(), PLAN)


@given(schedules())
@settings(max_examples=60)
def test_any_schedule(schedule):
    assume(extremes(schedule)[0] >= 0.0)
    _, optimizer = sgd()
    scheduler = Scheduler(optimizer, schedule)
    for k in range(30):
        assert optimizer.param_groups[0]["lr"] == schedule(k)
        optimizer.step()
        scheduler.step()
    again = Scheduler(sgd()[1], schedule)
    again.load_state_dict(scheduler.state_dict())
    assert again.get_last_lr() == [schedule(30)]


@pytest.mark.parametrize("lr", ["warmup(4) >> hold(3) >> cosine(9)", LR, {0: LR}, {"group 0": LR}])
def test_a_schedule_its_text_or_a_mapping(lr):
    _, optimizer = sgd()
    scheduler = Scheduler(optimizer, lr)
    assert scheduler.get_last_lr() == [0.0]
    scheduler.step(7)
    assert scheduler.get_last_lr() == [1.0]


def test_a_number_is_a_constant_schedule():
    _, optimizer = sgd()
    assert Scheduler(optimizer, lr=0.25).schedules == {"lr": hold(value=0.25)}
    assert optimizer.param_groups[0]["lr"] == 0.25


def test_groups_by_number_and_name_and_one_that_keeps_its_rate():
    model, optimizer = sgd(3, lr=0.5)
    scheduler = Scheduler(optimizer, {0: LR, "group 2": 0.1 * LR})
    moves = train(model, optimizer, scheduler, N)
    assert close(moves.of(0), PLAN)
    assert close(moves.of(1), [0.5] * N)
    assert close(moves.of(2), [0.1 * rate for rate in PLAN])


def test_multipliers_are_numbers_and_schedules():
    model, optimizer = sgd(4)
    rises = linear(10, start=0.0, stop=1.0)
    multipliers = {"group 1": 0.25, 2: rises, "group 3": 0.0}
    moves = train(model, optimizer, Scheduler(optimizer, LR, multipliers=multipliers), N)
    assert close(moves.of(0), PLAN)
    assert close(moves.of(1), [0.25 * rate for rate in PLAN])
    assert close(moves.of(2), [rises(k) * rate for k, rate in enumerate(PLAN)])
    assert moves.of(3) == [0.0] * N


def test_the_scale_that_timm_writes_into_groups_counts():
    model, optimizer = sgd(2)
    optimizer.param_groups[1]["lr_scale"] = 0.5
    moves = train(model, optimizer, Scheduler(optimizer, LR, multipliers={1: 0.5}), N)
    assert close(moves.of(1), [0.25 * rate for rate in PLAN])


def test_relative_multiplies_the_rate_of_each_group():
    model, optimizer = sgd(2, lr=0.5)
    optimizer.param_groups[1]["lr"] = 0.05
    moves = train(model, optimizer, Scheduler(optimizer, LR, relative=True), N)
    assert close(moves.of(0), [0.5 * rate for rate in PLAN])
    assert close(moves.of(1), [0.05 * rate for rate in PLAN])


def test_momentum_and_weight_decay_follow_their_schedules():
    """SGD by its formula, in float64."""
    momentum = linear(N, start=0.5, stop=0.95)
    decay = 0.1 * cosine(N)
    weight = torch.nn.Parameter(torch.ones(1, dtype=torch.float64))
    optimizer = torch.optim.SGD([weight], lr=1.0, momentum=0.9)
    scheduler = Scheduler(optimizer, 0.1 * LR, momentum=momentum, weight_decay=decay)
    w, buffer = 1.0, None
    for k in range(N):
        weight.grad = torch.full((1,), 0.3, dtype=torch.float64)
        optimizer.step()
        gradient = 0.3 + decay(k) * w
        buffer = gradient if buffer is None else momentum(k) * buffer + gradient
        w -= 0.1 * LR(k) * buffer
        assert weight.item() == pytest.approx(w, abs=1e-12)
        scheduler.step()


def test_betas_and_epsilon_follow_their_schedules():
    """AdamW by its formula, in float64."""
    beta_1, beta_2 = linear(N, start=0.95, stop=0.85), linear(N, start=0.99, stop=0.9)
    weight = torch.nn.Parameter(torch.ones(1, dtype=torch.float64))
    optimizer = torch.optim.AdamW([weight], lr=1.0, weight_decay=0.01)
    given = {"betas": (beta_1, repr(beta_2)), "eps": 1e-4 * hold(), "weight_decay": 0.2 * cosine(N)}
    scheduler = Scheduler(optimizer, 0.1 * LR, **given)
    w, m, v = 1.0, 0.0, 0.0
    for k in range(N):
        g = 0.5 + 0.1 * k
        weight.grad = torch.full((1,), g, dtype=torch.float64)
        optimizer.step()
        b1, b2, rate = beta_1(k), beta_2(k), 0.1 * LR(k)
        w *= 1 - rate * 0.2 * cosine(N)(k)
        m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g * g
        corrected = math.sqrt(v / (1 - b2 ** (k + 1)))
        w -= rate * m / (1 - b1 ** (k + 1)) / (corrected + 1e-4)
        assert weight.item() == pytest.approx(w, abs=1e-12)
        scheduler.step()


def test_a_group_keeps_a_beta_that_is_a_number():
    optimizer = torch.optim.Adam([torch.nn.Parameter(torch.zeros(1))], lr=0.1)
    scheduler = Scheduler(optimizer, betas=(linear(10, start=0.95, stop=0.85), 0.99))
    scheduler.step(10)
    assert optimizer.param_groups[0]["betas"] == (0.85, 0.99)
    assert optimizer.param_groups[0]["lr"] == 0.1


@pytest.mark.parametrize("name", ["alpha", "eps"])
def test_any_number_of_the_groups(name):
    optimizer = torch.optim.RMSprop([torch.nn.Parameter(torch.zeros(1))], lr=0.1)
    Scheduler(optimizer, **{name: linear(10, start=0.9, stop=0.5)}).step(5)
    assert optimizer.param_groups[0][name] == 0.7


def test_weight_decay_only_where_there_is_some():
    """One schedule for all would switch it on for biases and norms."""
    _, optimizer = sgd(2, weight_decay=0.1)
    optimizer.param_groups[1]["weight_decay"] = 0.0
    with pytest.raises(ValueError, match=r"weight_decay=\{'group 0': schedule\}"):
        Scheduler(optimizer, weight_decay=cosine(10))
    Scheduler(optimizer, weight_decay={"group 0": cosine(10)})
    scheduler = Scheduler(optimizer, weight_decay=linear(10), relative=["weight_decay"])
    scheduler.step(5)
    assert [group["weight_decay"] for group in optimizer.param_groups] == [0.5, 0.0]


def test_tensors_keep_their_identity_and_are_not_shared():
    """`lr=tensor` puts one tensor into all groups: setting that of one would set that of all."""
    rate = torch.tensor(1.0)
    model, optimizer = sgd(3, lr=rate)
    assert optimizer.param_groups[2]["lr"] is optimizer.param_groups[0]["lr"]
    scheduler = Scheduler(optimizer, LR, multipliers={1: 0.5, 2: 0.25})
    tensors = [group["lr"] for group in optimizer.param_groups]
    assert tensors[0] is rate
    moves = train(model, optimizer, scheduler, N)
    for group, scale in enumerate([1.0, 0.5, 0.25]):
        assert close(moves.of(group), [scale * value for value in PLAN])
        assert optimizer.param_groups[group]["lr"] is tensors[group]
    told = scheduler.get_last_lr()
    told[0].fill_(7.0)  # a copy
    assert float(rate) == LR(N)


def test_a_rate_becomes_a_tensor_or_a_number_later():
    _, optimizer = sgd()
    scheduler = Scheduler(optimizer, LR)
    group = optimizer.param_groups[0]
    rate = group["lr"] = torch.tensor(9.0)
    scheduler.step(7)
    assert group["lr"] is rate
    assert float(rate) == 1.0
    group["lr"] = 1
    scheduler.step(2)
    assert group["lr"] == 0.5


def test_a_group_that_comes_later():
    """It has its rate at once, relative to its own."""
    model, optimizer = sgd(2)
    late = optimizer.param_groups.pop()
    scheduler = Scheduler(optimizer, LR, relative=True)
    train(model, optimizer, scheduler, 5)
    optimizer.add_param_group({**late, "lr": 0.1})
    assert scheduler.get_last_lr() == [LR(5), 0.1 * LR(5)]
    moves = train(model, optimizer, scheduler, 15)
    assert close(moves.of(0), PLAN[5:])
    assert close(moves.of(1), [0.1 * rate for rate in PLAN[5:]])


def test_a_group_without_weight_decay_that_comes_later_stays_without():
    _, optimizer = sgd(2, weight_decay=0.1)
    late = {**optimizer.param_groups.pop(), "weight_decay": 0.0}
    scheduler = Scheduler(optimizer, weight_decay=cosine(10))
    with pytest.warns(UserWarning, match="has no weight decay, and it stays without"):
        optimizer.add_param_group(late)
    scheduler.step(5)
    assert [group["weight_decay"] for group in optimizer.param_groups] == [cosine(10)(5), 0.0]


@pytest.mark.parametrize("change", ["gone", "reversed"])
def test_groups_keep_what_is_theirs(change):
    _, optimizer = sgd(2, lr=0.5)
    optimizer.param_groups[1]["lr"] = 0.05
    scheduler = Scheduler(optimizer, LR, relative=True, multipliers={"group 1": 0.1}, at=7)
    if change == "gone":
        del optimizer.param_groups[0]
    else:
        optimizer.param_groups.reverse()
    scheduler.step(7)
    assert optimizer.param_groups[0]["lr"] == 0.1 * 0.05
    optimizer.load_state_dict(optimizer.state_dict())
    assert optimizer.param_groups[0]["lr"] == 0.1 * 0.05
    assert scheduler.multipliers[0] == 0.1
    scheduler.describe()


def test_betas_that_are_tensors_are_not_shared():
    weights = [torch.nn.Parameter(torch.zeros(1)) for _ in range(2)]
    optimizer = torch.optim.Adam(
        [{"params": [weight]} for weight in weights],
        lr=torch.tensor(0.1),
        betas=(torch.tensor(0.9), torch.tensor(0.99)),
    )
    Scheduler(optimizer, betas={0: (0.5, 0.75)})
    found = [[round(float(beta), 6) for beta in g["betas"]] for g in optimizer.param_groups]
    assert found == [[0.5, 0.75], [0.9, 0.99]]


def test_an_endless_schedule_of_many_groups_is_looked_at_once(monkeypatch):
    from lrkit.torch import hyperparameters

    seen = []
    looked = hyperparameters.extremes
    monkeypatch.setattr(hyperparameters, "extremes", lambda s: seen.append(s) or looked(s))
    Scheduler(sgd(50)[1], lr=repeat(cosine(100)))
    assert len(seen) == 1


def test_it_begins_where_it_is_told():
    _, optimizer = sgd()
    scheduler = Scheduler(optimizer, LR, at=9)
    assert optimizer.param_groups[0]["lr"] == LR(9)
    assert (scheduler.updates, scheduler.last_epoch) == (9, 9)


def test_it_is_a_scheduler_of_pytorch():
    _, optimizer = sgd(2)
    scheduler = Scheduler(optimizer, LR)
    assert isinstance(scheduler, torch.optim.lr_scheduler.LRScheduler)
    assert scheduler.optimizer is optimizer
    assert scheduler.base_lrs == [1.0, 1.0]
    assert scheduler._last_lr == scheduler.get_last_lr() == scheduler.get_lr() == [0.0, 0.0]
    assert repr(scheduler) == f"Scheduler(SGD, lr={LR}), at update 0"
    assert read(scheduler.state_dict()["lr"]) == LR


def test_schedulers_of_different_numbers_stand_beside_each_other():
    _, optimizer = sgd(momentum=0.9)
    rate, momentum = Scheduler(optimizer, LR), Scheduler(optimizer, momentum=0.9 * cosine(N))
    for _ in range(5):
        optimizer.step()
        rate.step()
        momentum.step()
    group = optimizer.param_groups[0]
    assert (group["lr"], group["momentum"]) == (LR(5), 0.9 * cosine(N)(5))


def test_describe(capsys):
    _, optimizer = sgd(2, weight_decay=0.5)
    scheduler = Scheduler(optimizer, {0: LR}, weight_decay=cosine(10), multipliers={0: 0.5})
    scheduler.describe(7)
    told = capsys.readouterr().out.splitlines()
    assert told[0] == "SGD: update 7"
    assert told[1].split() == ["group", "parameters", "multiplier", "lr", "weight_decay"]
    assert told[2].split() == ["group", "0", "1", "0.5", "0.5", f"{cosine(10)(7):.6g}"]
    assert told[3].split()[:6] == ["group", "1", "1", "1", "as", "it"]
