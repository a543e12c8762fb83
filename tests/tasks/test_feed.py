"""The order of the data: a pure function of seed and epoch, the same on every backend."""

import hashlib
import itertools

import keras
import numpy as np
import pytest

from lrkit.tasks.feed import feed, order, scaled

BACKEND = keras.backend.backend()


def batches(source):
    """What `fit` is fed, as pairs of NumPy arrays."""
    if BACKEND == "tensorflow":
        return [(x.numpy(), y.numpy()) for x, y in source]
    return [source[index] for index in range(source.num_batches)]


def numbered(n):
    """Images that hold their own number, so that each can be told from the others."""
    return np.arange(n, dtype=np.float32).reshape(n, 1, 1, 1), np.arange(n, dtype=np.int32)


def seen(n, **options):
    """The number of each example in each batch."""
    found = batches(feed(*numbered(n), **options))
    for x, y in found:
        assert x.dtype == np.float32
        assert x[:, 0, 0, 0].tolist() == y.tolist()
    return [y.tolist() for _, y in found]


def test_scaled_to_minus_one_to_one():
    images = np.array([0, 51, 127, 128, 255], np.uint8).reshape(5, 1, 1)
    values = scaled(images)
    assert values.shape == (5, 1, 1, 1)
    assert values.dtype == np.float32
    np.testing.assert_allclose(values.ravel(), [-1, -0.6, -1 / 255, 1 / 255, 1], atol=1e-7)


def test_order_is_a_permutation_and_pure():
    first = order(3, 5, 1000)
    order(0, 0, 10)
    np.random.default_rng().permutation(3)
    assert (order(3, 5, 1000) == first).all()
    assert sorted(first.tolist()) == list(range(1000))


def test_order_differs_by_seed_and_by_epoch():
    orders = {order(seed, epoch, 100).tobytes() for seed in range(5) for epoch in range(5)}
    assert len(orders) == 25


def test_order_is_the_same_in_every_process_and_release():
    """Else a run that is resumed after an upgrade would see another order."""
    digest = hashlib.sha256(order(0, 0, 10_000).astype("<i8").tobytes()).hexdigest()
    assert digest == "596f4167fb6ee8335ad7280323ae7998bc3c5aacdd715258edfb97ed4c05de88"


def test_each_epoch_has_each_example_once_in_batches_of_the_right_size():
    found = seen(100, batch_size=32, seed=1, epochs=3)
    assert [len(batch) for batch in found] == [32, 32, 32, 4] * 3
    for start in (0, 4, 8):
        epoch = list(itertools.chain(*found[start : start + 4]))
        assert epoch == order(1, start // 4, 100).tolist()
        assert sorted(epoch) == list(range(100))


def test_shuffled_by_example_not_by_batch():
    first, second = (
        {frozenset(batch) for batch in seen(96, batch_size=32, seed=0, epochs=2)[part]}
        for part in (slice(0, 3), slice(3, 6))
    )
    assert not first & second


@pytest.mark.parametrize("epoch", [1, 2])
def test_starting_later_gives_the_rest(epoch):
    options = {"batch_size": 8, "seed": 4, "epochs": 3}
    assert seen(20, **options, initial_epoch=epoch) == seen(20, **options)[3 * epoch :]


def test_asking_again_gives_the_same():
    source = feed(*numbered(20), batch_size=8, seed=0, epochs=2)
    first, again = ([y.tolist() for _, y in batches(source)] for _ in range(2))
    assert first == again


@pytest.mark.parametrize("epochs", [(0, 3), (1, 3)])
def test_fit_sees_this_order(epochs):
    """Through `fit` itself: the loss of each batch is the sum of the numbers in it."""

    class Sums(keras.callbacks.Callback):
        def __init__(self):
            super().__init__()
            self.sums = []

        def on_train_batch_end(self, batch, logs=None):
            self.sums.append(round(float(logs["loss"])))

    def total(y_true, y_pred):  # of weights 0 and a rate 0, so of the labels alone
        return keras.ops.sum(keras.ops.cast(y_true, "float32")) + 0.0 * keras.ops.sum(y_pred)

    class Last(keras.losses.Loss):  # the mean over the batches seen is undone below
        def call(self, y_true, y_pred):
            return total(y_true, y_pred)

    model = keras.Sequential(
        [keras.Input((1, 1, 1)), keras.layers.Flatten(), keras.layers.Dense(1)]
    )
    model.compile(keras.optimizers.SGD(0.0), loss=Last(reduction=None))
    sums = Sums()
    start, stop = epochs
    model.fit(
        feed(*numbered(24), batch_size=8, seed=2, epochs=stop, initial_epoch=start),
        steps_per_epoch=3, initial_epoch=start, epochs=stop, shuffle=False, verbose=0,
        callbacks=[sums],
    )  # fmt: skip
    expected = []
    for epoch in range(start, stop):
        per_batch = order(2, epoch, 24).reshape(3, 8).sum(axis=1)
        expected += (per_batch.cumsum() / np.arange(1, 4)).round().astype(int).tolist()
    assert sums.sums == expected
