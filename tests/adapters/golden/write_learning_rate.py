"""Writes the golden file of this version: run it once, before a release, and never again.

    python tests/adapters/golden/write_learning_rate.py

A golden file holds what a user of that version has on the disk; every later version reads it.
"""

from pathlib import Path

import keras
import numpy as np

import lrkit
from lrkit.keras import LearningRate

TEXT = "0.01 * (warmup(4) >> hold(3) >> cosine(5, stop=0.1) | 0.05 * hold())"
BATCHES = 6


def main() -> None:
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.layers.Input((2,)), keras.layers.Dense(1, name="only")])
    rate = LearningRate(TEXT, gradient_accumulation_steps=2)
    optimizer = keras.optimizers.SGD(rate, gradient_accumulation_steps=2)
    model.compile(optimizer, loss="mse", jit_compile=False)  # for any backend
    x = np.arange(2.0 * BATCHES).reshape(-1, 2)
    model.fit(x, x[:, :1], batch_size=1, verbose=0)
    model.save(Path(__file__).with_name(f"learning_rate-{lrkit.__version__}.keras"))


if __name__ == "__main__":
    main()
