"""A plan of Keras's own data, against what `fit` makes of it, on every backend."""

import keras
import numpy as np
import pytest

from lrkit import Plan


class Batches(keras.utils.PyDataset):
    """Twelve batches of four."""

    def __len__(self):
        return 12

    def __getitem__(self, index):
        return np.ones((4, 2), "float32"), np.ones((4, 1), "float32")


class Endless(Batches):
    """The same, told that it never ends."""

    @property
    def num_batches(self):
        return None


def updates_of_fit(data, accumulation=None, **options):
    """The updates that a training makes."""
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(0.1, gradient_accumulation_steps=accumulation), loss="mse")
    model.fit(data, verbose=0, shuffle=False, **options)
    return int(model.optimizer.iterations)


@pytest.mark.parametrize("accumulation", [None, 5])
def test_the_updates_of_fit(accumulation):
    plan = Plan.of(Batches(), epochs=3, accumulation=accumulation or 1)
    assert (plan.batches_per_epoch, plan.examples) == (12, None)
    assert plan.updates == updates_of_fit(Batches(), accumulation, epochs=3)


def test_what_the_data_do_not_say_can_be_told():
    plan = Plan.of(Batches(), epochs=3, batch_size=4, tokens_per_example=10)
    assert (plan.examples_at(), plan.tokens_at()) == (144, 1440)
    assert Plan.of(Batches(), epochs=3, examples=47, batch_size=4).examples_at() == 141
    shared = Plan.of(Batches(), epochs=3, batch_size=2, replicas=2)
    assert (shared.updates, shared.examples_at()) == (36, 144)


def test_steps_per_epoch_are_the_batches():
    plan = Plan.of(Batches(), epochs=2, batches=5)
    assert plan.updates == updates_of_fit(Batches(), epochs=2, steps_per_epoch=5) == 10
    assert Plan.of(Endless(), epochs=2, batches=5).updates == 10


def test_what_cannot_be_known_is_asked_for():
    with pytest.raises(ValueError, match=r"Plan.of: how many batches this PyDataset has cannot be"):
        Plan.of(Endless(), epochs=2)
    with pytest.raises(TypeError, match="Plan: `epochs` is missing"):
        Plan.of(Batches())
    with pytest.raises(ValueError, match=r"`examples` needs `batch_size`.*the data has 12 batches"):
        Plan.of(Batches(), epochs=3, examples=48)
    with pytest.raises(ValueError, match=r"`examples` must fill the batches of the data, 12, got"):
        Plan.of(Batches(), epochs=3, examples=52, batch_size=4)
