"""The network of the MNIST run: two convolutions and two dense layers, 421,642 parameters."""

from typing import Any

import numpy as np

from lrkit.keras.framework import keras


def network(seed: int) -> Any:
    """An untrained, compiled-for-nothing model whose weights are a function of the seed.

    Conv 32 3×3 same relu, max-pool 2, Conv 64 3×3 same relu, max-pool 2, flatten, dense 128 relu,
    dense 10 softmax. No random number generator outside the model is touched.

    Args:
        seed: 0 or more. The same seed on the same backend gives the same weights.

    >>> network(0).count_params()
    421642
    """
    seeds = iter(np.random.SeedSequence(seed).generate_state(4))

    def weights() -> Any:  # 31 bits, as JAX wants them
        return keras.initializers.GlorotUniform(seed=int(next(seeds)) >> 1)

    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((28, 28, 1), name="image"),
            layers.Conv2D(
                32, 3, padding="same", activation="relu", kernel_initializer=weights(), name="conv1"
            ),
            layers.MaxPooling2D(2, name="pool1"),
            layers.Conv2D(
                64, 3, padding="same", activation="relu", kernel_initializer=weights(), name="conv2"
            ),
            layers.MaxPooling2D(2, name="pool2"),
            layers.Flatten(name="flatten"),
            layers.Dense(128, activation="relu", kernel_initializer=weights(), name="dense"),
            layers.Dense(10, activation="softmax", kernel_initializer=weights(), name="digit"),
        ],
        name="mnist",
    )
