"""The batches of a training run, in an order that is a pure function of the seed and the epoch.

Shuffled by example, anew for each epoch, with no generator whose state would have to be saved: a
run that starts at epoch 7 gets the batches that an uninterrupted run gets there, on any backend.
The images are scaled once and kept; a batch is then one gather from them.

Both feeds are one sequence over all epochs, to be used with `steps_per_epoch` (so that `fit` goes
on in it where the epoch before has ended) and, for the second kind, with `shuffle=False`.
"""

from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from lrkit.keras.framework import keras


def scaled(images: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """Bytes 0 to 255 as float32 from -1 to 1, with a last axis for the one channel.

    Args:
        images: Shape (n, 28, 28).
    """
    return (images.astype(np.float32) / np.float32(127.5) - np.float32(1))[..., np.newaxis]


def order(seed: int, epoch: int, examples: int) -> npt.NDArray[np.int64]:
    """The order of the examples in an epoch: a permutation of 0 to `examples` - 1.

    Args:
        seed: Of the run, 0 or more.
        epoch: Counted from 0.
        examples: How many there are.

    >>> order(0, 3, 5).tolist() == order(0, 3, 5).tolist() != order(0, 4, 5).tolist()
    True
    """
    return np.random.default_rng([seed, epoch]).permutation(examples)


def feed(
    x: npt.NDArray[np.float32],
    y: npt.NDArray[np.int32],
    *,
    batch_size: int,
    seed: int,
    epochs: int,
    initial_epoch: int = 0,
) -> Any:
    """What `fit` is given as `x`: the batches of all epochs from `initial_epoch` to `epochs`.

    A `tf.data` pipeline on the TensorFlow backend; on the others a `keras.utils.PyDataset`, so that
    they need no TensorFlow.

    Args:
        x: Scaled images.
        y: Their labels.
        batch_size: Examples in a batch; the last batch of an epoch has the rest.
        seed: Of the order.
        epochs: The epoch at which the run ends.
        initial_epoch: The epoch at which it starts, counted from 0.
    """
    if keras.backend.backend() == "tensorflow":
        return _pipeline(x, y, batch_size, seed, epochs, initial_epoch)
    return Feed(x, y, batch_size, seed, epochs, initial_epoch)


def _pipeline(
    x: npt.NDArray[np.float32],
    y: npt.NDArray[np.int32],
    batch_size: int,
    seed: int,
    epochs: int,
    initial_epoch: int,
) -> Any:
    import tensorflow as tf

    with tf.device("CPU:0"):  # the whole set stays in main memory; batches are copied ahead
        images, labels = tf.constant(x), tf.constant(y)

    def batches_of(epoch: Any) -> Any:
        indices = tf.numpy_function(lambda e: order(seed, int(e), len(x)), [epoch], tf.int64)
        indices.set_shape([len(x)])
        return tf.data.Dataset.from_tensor_slices(indices).batch(batch_size)

    def gather(indices: Any) -> Any:
        return tf.gather(images, indices), tf.gather(labels, indices)

    indices = tf.data.Dataset.range(initial_epoch, epochs).flat_map(batches_of)
    return indices.map(gather).prefetch(tf.data.AUTOTUNE)


class Feed(keras.utils.PyDataset):
    """The batches as a sequence: item i is batch i mod b of epoch i div b, whenever it is asked."""

    def __init__(
        self,
        x: npt.NDArray[np.float32],
        y: npt.NDArray[np.int32],
        batch_size: int,
        seed: int,
        epochs: int,
        initial_epoch: int,
    ) -> None:
        super().__init__()
        self._x, self._y = x, y
        self._batch_size, self._seed = batch_size, seed
        self._epochs, self._initial_epoch = epochs, initial_epoch
        self._batches_per_epoch = -(-len(x) // batch_size)
        self._order = lru_cache(maxsize=2)(self._new_order)  # two: JAX looks one batch ahead

    def _new_order(self, epoch: int) -> npt.NDArray[np.int64]:
        return order(self._seed, epoch, len(self._x))

    @property
    def num_batches(self) -> int:
        """How many batches there are in all."""
        return self._batches_per_epoch * (self._epochs - self._initial_epoch)

    def __getitem__(self, index: int) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int32]]:
        epoch, batch = divmod(index, self._batches_per_epoch)
        start = batch * self._batch_size
        rows = self._order(self._initial_epoch + epoch)[start : start + self._batch_size]
        return self._x[rows], self._y[rows]
