"""Writes the golden file of a scheduled optimizer: run it once per version, before a release.

    python tests/adapters/golden/write_scheduled.py

See write_learning_rate.py for what a golden file is.
"""

from pathlib import Path

import keras
import numpy as np

import lrkit
from lrkit.keras import scheduled

RATE = "0.01 * (warmup(4) >> cosine(8, stop=0.1))"
BATCHES = 6


def main() -> None:
    keras.utils.set_random_seed(0)
    layers = [keras.layers.Dense(2, name="below"), keras.layers.Dense(1, name="top")]
    model = keras.Sequential([keras.layers.Input((2,)), *layers], name="net")
    optimizer = scheduled(
        keras.optimizers.AdamW,
        RATE,
        weight_decay="0.1 * cosine(12)",
        beta_1="linear(12, start=0.9, stop=0.8)",
        multipliers={"bias": "cosine(12)", "^net/below/kernel": 0.5},
        layerwise_decay=0.75,
        layers=["below", "top"],
        decoupled=True,
        gradient_accumulation_steps=2,
    )
    model.compile(optimizer, loss="mse", jit_compile=False)  # for any backend
    x = np.arange(2.0 * BATCHES).reshape(-1, 2)
    model.fit(x, x[:, :1], batch_size=1, verbose=0)
    optimizer.set_factor(0.5)
    optimizer.notes["tests"] = {"best": 0.25, "waited": [1, 2]}
    model.save(Path(__file__).with_name(f"scheduled-{lrkit.__version__}.keras"))


if __name__ == "__main__":
    main()
