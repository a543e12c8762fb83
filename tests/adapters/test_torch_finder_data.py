"""`lrkit.torch.find_lr` leaves data as they were, with all that they wrap and keep."""

import copy
import random
import tracemalloc
from contextlib import nullcontext
from functools import partial

import numpy as np
import pytest
import torch
from torch.utils.data import ConcatDataset, DataLoader, Dataset, random_split

from lrkit.finder.kept import OwnState
from lrkit.torch import find_lr
from tests.adapters.torch_finding import MAKERS, Twin, examples, one_thread, same

pytestmark = pytest.mark.usefixtures(one_thread.__name__)


class Augment:
    """A transform with a generator and a counter."""

    def __init__(self):
        self.rng, self.count = random.Random(2), {"calls": [0]}

    def __call__(self, x):
        self.count["calls"][0] += 1
        return x + 1e-3 * self.rng.random()


class Noisy(Dataset):
    """All that may change when it is gone through: generators, counters, orders, in any depth."""

    def __init__(self):
        self.pairs = examples()
        self.rng, self.calls = np.random.default_rng(0), 0
        self.order, self.places = np.arange(96), torch.arange(96)
        self.transform = partial(Compose([Augment()]))

    def __len__(self):
        return 96

    def __getitem__(self, index):
        self.calls += 1
        if self.calls % 40 == 0:
            self.rng.shuffle(self.order)
            self.places.copy_(self.places.flip(0).roll(1))
        x, y = self.pairs[int(self.order[self.places[index]])]
        return self.transform(x) + 1e-3 * self.rng.standard_normal(), y.float()

    def state(self):
        augment = self.transform.func.transforms[0]
        drawn = (self.rng.bit_generator.state, augment.rng.getstate())
        return [*drawn, self.calls, augment.count, self.order.tolist(), self.places.tolist()]


class Compose:
    def __init__(self, transforms):
        self.transforms = transforms

    def __call__(self, x):
        for transform in self.transforms:
            x = transform(x)
        return x.float()


def split():
    train, _ = random_split(Noisy(), [80, 16], generator=torch.Generator().manual_seed(0))
    return DataLoader(ConcatDataset([train]), 16, shuffle=True)


def test_the_next_epoch_is_that_of_a_twin():
    epochs = []
    for is_probed in (True, False):
        twin = Twin(MAKERS["momentum"], data=split)
        epochs.append([twin.epoch()])
        if is_probed:
            twin.find(repeats=2)
        epochs[-1] += [twin.epoch(), twin.epoch(), twin.everything()]
    assert same(*epochs)


@pytest.mark.parametrize("error", [None, KeyboardInterrupt])
def test_what_is_within_wrapped_data(error):
    twin = Twin(MAKERS["sgd"], data=split)
    twin.epoch()
    noisy = twin.data.dataset.datasets[0].dataset
    before, calls = copy.deepcopy(noisy.state()), []

    def loss(model, batch):
        calls.append(1)
        if error and len(calls) == 20:
            raise error
        return twin.loss(model, batch)

    with pytest.raises(error) if error else nullcontext():
        find_lr(twin.model, twin.optimizer, twin.data, loss, per_decade=6, repeats=2)
    assert len(calls) >= 20
    assert noisy.state() == before


def test_arrays_of_the_data_are_not_copied():
    class Large(Noisy):
        def __init__(self):
            super().__init__()
            self.images, self.masks = np.zeros((4000, 1000)), torch.zeros(4000, 1000)
            self.tokens = np.zeros(20_000_000, "u1")

    large = Large()
    tracemalloc.start()
    try:
        kept = OwnState([DataLoader(large, 16)])
        assert tracemalloc.get_traced_memory()[1] < 1e6
    finally:
        tracemalloc.stop()
    large.calls, large.extra = 3, 1
    kept.restore()
    assert (large.calls, hasattr(large, "extra")) == (0, False)


def test_what_was_drawn_from_an_iterator_stays_drawn():
    class Stream:
        def __init__(self):
            self.rng, self.drawn = np.random.default_rng(0), 0

        def __iter__(self):
            return self

        def __next__(self):
            self.drawn += 1
            x = torch.tensor(self.rng.standard_normal((4, 6)), dtype=torch.float32)
            return x, x.sum(1, keepdim=True)

    twin, stream, kept = Twin(MAKERS["sgd"]), Stream(), []
    find_lr(twin.model, twin.optimizer, stream, twin.loss, per_decade=5, buffer=kept)
    other = Stream()
    assert stream.drawn == len(kept) > 10
    for x, y in [*kept, next(stream)]:
        assert same((x, y), next(other))
