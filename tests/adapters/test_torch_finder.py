"""`lrkit.torch.find_lr`: what is trained, with which rates, and what it answers."""

import itertools

import numpy as np
import pytest
import torch
from torch import nn
from torch.utils.data import DataLoader

from lrkit.finder import Sweep
from lrkit.torch import find_lr
from tests.adapters.torch_finding import Twin, examples, loader, net, one_thread, same
from tests.adapters.torch_training import Ones, sgd

pytestmark = pytest.mark.usefixtures(one_thread.__name__)
RATES = Sweep(1e-4, 1.0, 5).rates


def of_sum(model, batch):
    return model()


def seen_rates(model, optimizer, loss=of_sum, data=((),), **given):
    """How far the parameter of each group moves in each update."""
    before, moves = [], []

    def watched(model, batch):
        now = [float(group["params"][0].detach()) for group in optimizer.param_groups]
        if before:
            moves.append([a - b for a, b in zip(before, now, strict=True)])
        before[:] = now
        return loss(model, batch)

    find_lr(model, optimizer, data, watched, lr_min=1e-4, lr_max=1.0, per_decade=5, **given)
    return np.array(moves)


def test_each_update_has_its_rate():
    moves = seen_rates(*sgd())
    assert np.allclose(moves[:, 0], RATES[: len(moves)], rtol=2e-4, atol=1e-6)
    assert len(moves) == len(RATES) - 1  # the last is not followed by a loss


def test_the_ratios_of_the_groups_stay():
    model, optimizer = sgd(3)
    for group, rate in zip(optimizer.param_groups, (0.5, 0.125, 0.0), strict=True):
        group["lr"] = rate
    moves = seen_rates(model, optimizer)
    assert np.allclose(moves[:, 0], RATES[: len(moves)], rtol=2e-4, atol=1e-6)
    assert np.allclose(moves[:, 1], RATES[: len(moves)] / 4, rtol=2e-4, atol=1e-6)
    assert (moves[:, 2] == 0).all()
    assert [group["lr"] for group in optimizer.param_groups] == [0.5, 0.125, 0.0]


def test_a_rate_that_is_a_tensor_stays_that_tensor():
    model = Ones()
    optimizer = torch.optim.SGD(model.parameters(), lr=torch.tensor(0.25))
    rate = optimizer.param_groups[0]["lr"]
    moves = seen_rates(model, optimizer)
    assert np.allclose(moves[:, 0], RATES[: len(moves)], rtol=2e-4, atol=1e-6)
    assert optimizer.param_groups[0]["lr"] is rate
    assert rate == 0.25


def test_accumulated_batches_are_averaged():
    data = [torch.tensor(1.0), torch.tensor(3.0)]

    def loss(model, batch):
        return batch * model()

    moves = seen_rates(*sgd(), loss=loss, data=data, accumulation=2)
    # A loss in each of the two batches: the weights stand still before the second of them.
    assert (moves[::2] == 0).all()
    assert np.allclose(moves[1::2, 0], 2 * RATES[: len(moves[1::2])], rtol=2e-4, atol=2e-6)


def test_clipped_gradients():
    def loss(model, batch):
        return 50 * model()

    moves = seen_rates(*sgd(), loss=loss, clip_norm=1.0)
    assert np.allclose(moves[:, 0], RATES[: len(moves)], rtol=2e-4, atol=1e-6)


def test_warmup_from_zero_keeps_the_ratios_of_the_beginning():
    model, optimizer = sgd(2)
    optimizer.param_groups[1]["lr"] = 0.25
    torch.optim.lr_scheduler.LambdaLR(optimizer, lambda k: k / 10)
    assert [group["lr"] for group in optimizer.param_groups] == [0, 0]
    moves = seen_rates(model, optimizer)
    assert np.allclose(moves[:, 1], RATES[: len(moves)] / 4, rtol=2e-4, atol=1e-6)
    bare = [{"params": [weight], "lr": 0.0} for weight in model.weights]
    with pytest.raises(ValueError, match="`optimizer` must have a rate above 0 in some group"):
        find_lr(model, torch.optim.SGD(bare), [()], of_sum)


def test_a_rate_is_found_and_trains():
    twin = Twin(lambda model: torch.optim.Adam(model.parameters()))
    found = twin.find(per_decade=40)
    assert found
    assert 1e-3 < found.rate < 1, found
    assert found.cost < Sweep().updates  # it diverges before the end
    assert found.rates[0] == 1e-6


def test_the_same_seed_gives_the_same_losses_and_others_do_not():
    twin = Twin(lambda model: torch.optim.SGD(model.parameters(), 0.1))
    first, again, other = (twin.find(seed=seed).losses for seed in (0, 0, 3))
    assert np.array_equal(first, again)
    assert not np.array_equal(first[:20], other[:20])
    # What seed 0 draws is what the training draws next.
    assert twin.epoch()[0] == first[0]


def test_repeats_have_batches_of_their_own():
    twin = Twin(lambda model: torch.optim.SGD(model.parameters(), 0.1))
    found = twin.find(repeats=3)
    curves = [found.losses, *(curve.losses for curve in found.repeats)]
    assert len({curve[0] for curve in curves}) == 3


@pytest.mark.parametrize("with_validation", [None, "batches", "function"])
def test_confirmed_by_short_trainings(with_validation):
    twin = Twin(lambda model: torch.optim.SGD(model.parameters(), 0.1))
    asked = []

    def judge(model):
        asked.append(model.training)
        return float(nn.functional.mse_loss(model(examples().tensors[0]), examples().tensors[1]))

    held_out = {"batches": DataLoader(examples(), 40), "function": judge}.get(with_validation)
    before, told = twin.everything(), []
    found = twin.find(
        effort="confirm",
        updates=640,
        per_decade=40,
        validation=held_out,
        progress=lambda *of: told.append(of),
    )
    assert same(before, twin.everything())
    assert found.effort == "confirm"
    assert found.cost <= 2 * 640
    assert len(found.trials) >= 6  # three in each round, at least
    assert {what for what, _, _ in told} == {"sweep", "training"}
    assert asked == [False] * len([t for t in found.trials if not t.diverged]) * (held_out is judge)


def test_validation_counts_examples():
    sizes = [torch.zeros(30), torch.full((10,), 4.0)]
    model, optimizer = sgd()
    from lrkit.torch.probe import TorchProbe, Training

    training = Training(model, optimizer, lambda model, batch: batch.mean() + 0 * model())
    probe = TorchProbe(training, sizes, sizes, False)
    assert probe.score() == 1.0


def test_a_criterion_for_pairs():
    model = net()
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    by_criterion = find_lr(
        model, optimizer, loader(), criterion=nn.MSELoss(), per_decade=5
    )  # dropout and order: the global generator is as before each time
    by_loss = find_lr(
        model,
        optimizer,
        loader(),
        lambda model, batch: nn.functional.mse_loss(model(batch[0]), batch[1]),
        per_decade=5,
    )
    assert np.array_equal(by_criterion.losses, by_loss.losses)


def test_batches_that_come_once():
    twin = Twin(lambda model: torch.optim.SGD(model.parameters(), 0.1))
    batches = list(loader(shuffle=False)) * 20
    stream = iter(batches)
    with pytest.raises(TypeError, match=r"must be iterable more than once, .* buffer=\[\]"):
        find_lr(twin.model, twin.optimizer, stream, twin.loss)
    assert next(stream) is batches[0]  # nothing was drawn
    kept = []
    stream = iter(batches)
    found = find_lr(twin.model, twin.optimizer, stream, twin.loss, buffer=kept, per_decade=5)
    assert len(kept) >= found.cost
    rest = list(itertools.chain(kept, stream))
    assert all(a is b for a, b in zip(rest, batches, strict=True))


def test_one_that_runs_out_is_replayed():
    twin = Twin(lambda model: torch.optim.SGD(model.parameters(), 0.1))
    stream = (batch for batch in loader(shuffle=False))
    found = find_lr(twin.model, twin.optimizer, stream, twin.loss, buffer=True, per_decade=5)
    assert found.cost > 6


class OneShot:
    def __init__(self, batches):
        self.batches = iter(batches)

    def __iter__(self):
        return self.batches


def refusals():
    model = net()
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    data, loss = loader(), lambda model, batch: model(batch[0]).mean()
    good = {"model": model, "optimizer": optimizer, "data": data, "loss": loss}
    frozen = net().requires_grad_(False)
    lazy = nn.LazyLinear(2)
    yield TypeError, "`model` must be a torch.nn.Module", {**good, "model": 3}
    yield ValueError, r"training mode.*model\.train\(\)", {**good, "model": net().eval()}
    yield ValueError, "lazy ones", {**good, "model": lazy}
    yield ValueError, "that needs a gradient, got none", {**good, "model": frozen}
    yield TypeError, "`optimizer` must be an optimizer of PyTorch", {**good, "optimizer": 3}
    lbfgs = torch.optim.LBFGS(model.parameters())
    yield TypeError, r"must make an update with step\(\), got LBFGS", {**good, "optimizer": lbfgs}
    yield TypeError, "`data` must be a list of batches, .* type int", {**good, "data": 3}
    yield TypeError, "`data` must be batches, got a tensor", {**good, "data": torch.ones(3)}
    yield ValueError, "`data` must give batches, got none", {**good, "data": []}
    used_up = OneShot(list(data)[:2])
    yield ValueError, "got none the second time", {**good, "data": used_up}
    yield TypeError, "either `loss` or `criterion` must be given, got none", {**good, "loss": None}
    both = {**good, "criterion": nn.MSELoss()}
    yield TypeError, "either `loss` or `criterion` must be given, got both", both
    yield TypeError, r"Write criterion=MSELoss\(…\)", {**good, "loss": nn.MSELoss()}
    yield TypeError, "`loss` must be a function, got loss=3", {**good, "loss": 3}
    yield TypeError, r"one number as a tensor, got 0\.5", {**good, "loss": lambda m, b: 0.5}
    no_mean = {**good, "loss": lambda m, b: m(b[0])}
    yield TypeError, r"one number as a tensor, got a tensor of shape \(16, 1\)", no_mean
    yield TypeError, "`autocast` must be a dtype", {**good, "autocast": True}
    yield TypeError, "`scaler` must be a GradScaler", {**good, "scaler": 2.0}
    yield ValueError, "`accumulation` must be a whole number", {**good, "accumulation": 0}
    yield ValueError, "`clip_norm` must be positive", {**good, "clip_norm": 0}
    pairs = {"criterion": nn.MSELoss(), "loss": None, "data": [torch.ones(2, 6)] * 2}
    yield TypeError, "must give pairs of inputs and targets", {**good, **pairs}
    yield TypeError, "`updates` must say how long", {**good, "effort": "confirm"}
    yield ValueError, "`effort` must be", {**good, "effort": "much"}


CASES = list(refusals())


@pytest.mark.parametrize(("error", "match", "given"), CASES, ids=[case[1] for case in CASES])
def test_refused(error, match, given):
    with pytest.raises(error, match=match):
        find_lr(**given)


def test_several_processes_are_refused(monkeypatch):
    model, optimizer = sgd()
    monkeypatch.setattr(torch.distributed, "is_initialized", lambda: True)
    monkeypatch.setattr(torch.distributed, "get_world_size", lambda: 4)
    with pytest.raises(ValueError, match=r"must be one process, got 4 .* accumulation=4"):
        find_lr(model, optimizer, [()], of_sum)
