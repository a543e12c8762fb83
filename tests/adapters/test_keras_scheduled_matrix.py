"""Every optimizer in every mode applies what the plan says, for each layer."""

from typing import Any

import keras
import numpy as np
import pytest

from lrkit import Schedule, cosine, hold, linear, warmup
from lrkit.keras import scheduled
from tests.adapters.keras_reference import UPDATES, branched, by_hand, fit
from tests.adapters.keras_training import BACKEND

RATE = 0.03 * (warmup(3, start=0.2) >> hold(1) >> cosine(UPDATES - 4, stop=0.1))
PEAK = 0.03  # so that no weight comes near 1, where float32 itself has steps of 1e-7
DECAY = 0.3 * linear(UPDATES, start=1.0, stop=0.2)
MOMENTUM = linear(UPDATES, start=0.95, stop=0.85)
RHO = linear(UPDATES, start=0.8, stop=0.95)

OPTIMIZERS: dict[str, dict[str, Schedule]] = {
    "SGD": {"momentum": MOMENTUM, "weight_decay": DECAY},
    "Adam": {"beta_1": MOMENTUM, "beta_2": RHO},
    "AdamW": {"weight_decay": DECAY, "beta_1": MOMENTUM},
    "Lion": {"weight_decay": DECAY, "beta_1": MOMENTUM},
    "RMSprop": {"rho": RHO, "momentum": MOMENTUM},
    "Muon": {"momentum": MOMENTUM, "weight_decay": DECAY},
    "LossScale": {"weight_decay": DECAY, "beta_1": MOMENTUM},
}
pytestmark = pytest.mark.usefixtures("torch_without_cpp")

MODES: dict[str, dict[str, Any]] = {
    "plain": {},
    "accumulation": {"gradient_accumulation_steps": 4},
    "ema": {"use_ema": True, "ema_momentum": 0.5},
    "jit": {},
}


def trained(name: str, mode: str, kind: Any) -> dict[str, np.ndarray]:
    """The weights of each branch after each update."""
    planned, options = OPTIMIZERS[name], MODES[mode]
    multipliers = {"half": 0.5, "frozen": 0.0}
    optimizer = scheduled(kind, RATE, multipliers=multipliers, **planned, **options)
    wrapped = keras.optimizers.LossScaleOptimizer(optimizer) if name == "LossScale" else optimizer
    model = branched(wrapped, jit_compile=True if mode == "jit" else "auto")
    weights = fit(model, UPDATES * options.get("gradient_accumulation_steps", 1))
    assert optimizer.updates == UPDATES
    return weights


# Dynamo compiles `fit` no more than eight times, and runs what comes after these as "plain" does.
COMPILED = ("SGD", "AdamW") if BACKEND == "torch" else OPTIMIZERS
CASES = [(name, mode) for name in OPTIMIZERS for mode in MODES if mode != "jit" or name in COMPILED]


@pytest.mark.parametrize(("name", "mode"), CASES)
def test_applied_is_planned(name: str, mode: str) -> None:
    kind = keras.optimizers.AdamW if name == "LossScale" else getattr(keras.optimizers, name)
    applied = trained(name, mode, kind)

    frozen = applied["frozen"]
    assert all(np.array_equal(frozen[0], weights) for weights in frozen)

    accumulation = MODES[mode].get("gradient_accumulation_steps", 1)
    told = by_hand(kind, RATE, OPTIMIZERS[name], accumulation=accumulation)
    moved, expected = np.diff(applied["whole"], axis=0), np.diff(told, axis=0)
    direction = np.abs(expected).max() / PEAK
    rounding = 4 * np.spacing(np.abs(told).max())
    assert np.abs(moved - expected).max() <= 1e-6 * PEAK * direction + rounding
    assert np.abs(moved).max() > 1e3 * rounding  # or there would be nothing to see

    half_rate = by_hand(kind, 0.5 * RATE, OPTIMIZERS[name], accumulation=accumulation)
    np.testing.assert_allclose(applied["half"], half_rate, rtol=0, atol=1e-7)
