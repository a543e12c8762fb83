"""`lrkit.torch.find_lr` leaves everything as it was: the next epoch is that of an unprobed twin."""

import random

import numpy as np
import pytest
import torch
from torch import nn
from torch.utils.data import DataLoader, IterableDataset

from lrkit.torch import find_lr
from lrkit.torch.remembered import Remembered
from tests.adapters.torch_finding import MAKERS, Twin, loader, net, one_thread, same

pytestmark = pytest.mark.usefixtures(one_thread.__name__)


def own_generator(**given):
    return loader(generator=torch.Generator().manual_seed(3), **given)


class Drawing(IterableDataset):
    """Data with a generator of its own."""

    def __init__(self):
        self.random = np.random.default_rng(4)

    def __iter__(self):
        for _ in range(90):
            x = torch.tensor(self.random.standard_normal(6), dtype=torch.float32)
            yield x, x.sum(0, keepdim=True)


DATA = {
    "loader": loader,
    "generator": own_generator,
    "list": lambda: list(loader(shuffle=False)),
    "drawing": lambda: DataLoader(Drawing(), 16),
}
SETTINGS = [
    *({"make": name} for name in MAKERS),
    *({"make": "momentum", "data": name} for name in DATA),
    {"make": "adam", "accumulation": 4},
    {"make": "adam", "autocast": torch.bfloat16},
    {"make": "momentum", "scaler": lambda: torch.amp.GradScaler("cpu", init_scale=4.0)},
    {
        "make": "adam",
        "scaler": lambda: torch.amp.GradScaler("cpu"),
        "autocast": torch.bfloat16,
        "accumulation": 4,
    },
    {"make": "tensor", "compiled": "aot_eager"},
]


CASES = [(given, 1) for given in SETTINGS]
# Fresh: the optimizer and the scaler have no state yet.
CASES += [(given, 0) for given in SETTINGS if not {"data", "compiled"} & given.keys()]


@pytest.mark.parametrize(("given", "before"), CASES)
def test_the_next_epoch_is_that_of_a_twin(given, before):
    if given.get("compiled"):
        torch._dynamo.reset()
    given = {**given, "make": MAKERS[given["make"]], "data": DATA[given.get("data", "loader")]}
    epochs = []
    for is_probed in (True, False):
        twin = Twin(**given)
        epochs.append([twin.epoch() for _ in range(before)])
        if is_probed:
            was = twin.everything()
            found = twin.find(repeats=2)
            assert found.cost > 40
            assert same(was, twin.everything())
        epochs[-1] += [twin.epoch(), twin.epoch()]
        epochs[-1].append(twin.everything())
    assert same(*epochs)


def test_a_restored_optimizer_holds_the_same_tensors():
    twin = Twin(MAKERS["adam"])
    twin.epoch()
    before = [id(slot) for one in twin.optimizer.state.values() for slot in one.values()]
    places = [p.data_ptr() for p in twin.model.parameters()]
    twin.find()
    assert before == [id(slot) for one in twin.optimizer.state.values() for slot in one.values()]
    assert places == [p.data_ptr() for p in twin.model.parameters()]


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError("in the loss")])
@pytest.mark.parametrize("at", [1, 20])
def test_after_an_error(error, at):
    twin = Twin(MAKERS["adam"])
    twin.epoch()
    before, calls = twin.everything(), []

    def loss(model, batch):
        calls.append(1)
        if len(calls) == at:
            raise error
        return twin.loss(model, batch)

    with pytest.raises(type(error) if isinstance(error, Exception) else error):
        find_lr(twin.model, twin.optimizer, twin.data, loss)
    assert same(before, twin.everything())


def test_ctrl_c_while_it_puts_back(monkeypatch):
    twin = Twin(MAKERS["adam"])
    twin.epoch()
    before, calls, real = twin.everything(), [], Remembered.put_back

    def interrupted(self):
        calls.append(1)
        if len(calls) == 2:  # the first is at the beginning of the sweep
            raise KeyboardInterrupt
        real(self)

    monkeypatch.setattr(Remembered, "put_back", interrupted)
    with pytest.raises(KeyboardInterrupt):
        twin.find()
    assert same(before, twin.everything())


def test_gradients_are_the_same_ones():
    twin = Twin(MAKERS["sgd"])
    twin.epoch()
    gradients = [p.grad for p in twin.model.parameters()]
    copies = [None if g is None else g.clone() for g in gradients]
    assert any(g is not None for g in gradients)
    twin.find()
    assert all(a is p.grad for a, p in zip(gradients, twin.model.parameters(), strict=True))
    assert same(copies, gradients)


def test_what_the_loss_changes_in_the_model():
    twin = Twin(MAKERS["sgd"])
    twin.model.counter, twin.model.seen, twin.model.cache = 0, [], torch.zeros(2)

    def loss(model, batch):
        model.counter += 1
        model.seen.append(1)
        model.cache += 1
        model.mask = torch.zeros(7)
        model.frozen.requires_grad_(True)
        model[1].eval()
        return twin.loss(model, batch) + model.frozen.sum()

    before, cache = twin.everything(), twin.model.cache
    find_lr(twin.model, twin.optimizer, twin.data, loss, per_decade=8)
    assert same(before, twin.everything())
    assert (twin.model.counter, twin.model.seen) == (0, [])
    assert twin.model.cache is cache
    assert cache.tolist() == [0, 0]


def test_a_criterion_with_buffers():
    class Counting(nn.MSELoss):
        def __init__(self):
            super().__init__()
            self.register_buffer("calls", torch.zeros(()))

        def forward(self, outputs, targets):
            self.calls += 1
            return super().forward(outputs, targets)

    criterion, model = Counting(), net()
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    find_lr(model, optimizer, loader(), criterion=criterion, per_decade=5)
    assert criterion.calls == 0


def test_workers_that_a_loader_keeps():
    def persistent():
        return loader(num_workers=1, persistent_workers=True, generator=torch.Generator())

    losses = []
    for is_probed in (True, False):
        twin = Twin(MAKERS["sgd"], data=persistent)
        losses.append(twin.epoch())
        kept = twin.data._iterator
        if is_probed:
            twin.find(per_decade=5)
            assert twin.data._iterator is kept
        losses[-1] += twin.epoch()
    assert losses[0] == losses[1]


def test_state_that_is_put_into_other_memory():
    tensor = torch.arange(4.0).requires_grad_()
    place = tensor.data_ptr()
    remembered = Remembered([tensor])
    tensor.data = torch.zeros(7)
    remembered.put_back()
    assert (tensor.data_ptr(), tensor.tolist()) == (place, [0, 1, 2, 3])


def test_generators_and_containers():
    made = {
        "python": random.Random(1),
        "numpy": np.random.default_rng(1),
        "legacy": np.random.RandomState(1),
        "torch": torch.Generator().manual_seed(1),
        "set": {1, 2},
        "list": [1, [2]],
    }

    def drawn():
        return (
            made["python"].random(),
            made["numpy"].random(),
            made["legacy"].rand(),
            float(torch.rand(1, generator=made["torch"])),
        )

    remembered = Remembered([made])
    first = drawn()
    made["set"].add(3)
    made["list"][1].append(3)
    made["new"] = 1
    remembered.put_back()
    assert drawn() == first
    assert (made["set"], made["list"], "new" in made) == ({1, 2}, [1, [2]], False)


def wrapped(kind, model):
    if kind == "compiled":
        return torch.compile(model, backend="eager")
    if kind == "parametrized":
        nn.utils.parametrizations.spectral_norm(model[0])
        nn.utils.parametrizations.weight_norm(model[4])
    return model


@pytest.mark.parametrize("kind", ["compiled", "parametrized"])
def test_models_in_other_clothes(kind):
    ends = []
    for is_probed in (True, False):
        twin = Twin(MAKERS["adam"])
        twin.model = wrapped(kind, twin.model)
        twin.optimizer = MAKERS["adam"](twin.model)
        torch.manual_seed(3)
        twin.epoch()
        if is_probed:
            before = twin.everything()
            twin.find(per_decade=5)
            assert same(before, twin.everything())
        ends.append((twin.epoch(), twin.everything()))
    assert same(*ends)
