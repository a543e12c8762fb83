"""The private names of Keras and its backends that only the finder relies on."""

import keras
import numpy as np

from tests.adapters.keras_training import BACKEND, network, regression

ONES = np.ones((2, 2), "float32")


def _symbolic_build() -> None:
    """Builds model, optimizer, loss and metrics from one batch (inputs, targets, weights)."""
    model = keras.Sequential([keras.layers.Dense(1)])
    model.compile("adam", loss="mse", metrics=["mae"])
    model._symbolic_build(data_batch=(ONES, ONES[:, :1], None))
    parts = [model, model.optimizer, model._compile_loss, model._compile_metrics]
    assert all(part.built for part in parts)


def _flatten_layers() -> None:
    """A model and all layers in it."""
    inner = keras.Sequential([keras.layers.Input((2,)), keras.layers.Dense(1)])
    outer = keras.Sequential([keras.layers.Input((2,)), inner])
    found = list(outer._flatten_layers())
    assert {id(one) for one in (outer, inner, inner.layers[0])} <= {id(one) for one in found}


def _compile_loss() -> None:
    """The losses of a compiled model, not built before the first batch; None without."""
    model = network(keras.optimizers.SGD(0.5))
    assert not model._compile_loss.built
    model.fit(*regression(), verbose=0)
    assert model._compile_loss.built


def _compile_metrics() -> None:
    """The same of metrics; None without."""
    assert network(keras.optimizers.SGD(0.5))._compile_metrics is None
    assert not network(keras.optimizers.SGD(0.5), metrics=["mae"])._compile_metrics.built


def _rng() -> None:
    """Of TensorFlow: what seeds operations where a global seed is set; a `random.Random`."""
    if BACKEND == "tensorflow":
        import tensorflow as tf
        from tensorflow.python.eager import context

        tf.random.set_seed(1)
        state = context.context()._rng.getstate()
        one = tf.random.uniform(())
        assert context.context()._rng.getstate() != state
        assert float(one) != float(tf.random.uniform(()))


def _iterator() -> None:
    """Of a torch DataLoader: what holds the workers that persist; None before the first pass."""
    if BACKEND == "torch":
        import torch

        assert torch.utils.data.DataLoader(torch.zeros(2))._iterator is None


OF_THE_FINDER = (
    _symbolic_build,
    _flatten_layers,
    _compile_loss,
    _compile_metrics,
    _rng,
    _iterator,
)
