"""Every library's way to ask for one number, and for many at once."""

from collections.abc import Callable
from typing import Any

import jax
import keras
import numpy as np

from evaluation.curves import RATE, Curve, stepper

#: float32 near the end of a long cycle, and torch's warmup, which cannot begin at 0.
SAME = 4e-6 * RATE


def scalars(curve: Curve) -> dict[str, Callable[[int], object]]:
    """By library: a function from a step to a number on the host."""
    scheduler = stepper(curve.torch)
    jitted = jax.jit(curve.optax)
    found: dict[str, Callable[[int], object]] = {
        "lrkit": curve.lrkit,
        "lrsched": curve.lrsched,
        "torch": lambda _: scheduler.step(),
        "optax": lambda step: float(curve.optax(step)),
        "optax, jit": lambda step: float(jitted(step)),
    }
    if curve.keras is not None:
        found["Keras"] = lambda step: float(curve.keras(step))
    return found


def arrays(curve: Curve, n: int) -> dict[str, Callable[[], object]]:
    """By library: the values of the steps 0…n-1; the array of steps is made there too."""
    jitted = jax.jit(curve.optax)
    found: dict[str, Callable[[], object]] = {
        "lrkit": lambda: curve.lrkit.values(n),
        "NumPy": lambda: curve.bare(np.arange(n)),
        "optax": lambda: curve.optax(jax.numpy.arange(n)).block_until_ready(),
        "optax, jit": lambda: jitted(jax.numpy.arange(n)).block_until_ready(),
    }
    if curve.keras is not None and _takes_arrays(curve.keras):
        found["Keras"] = lambda: np.asarray(curve.keras(keras.ops.arange(n)))
    return found


def _takes_arrays(schedule: Any) -> bool:
    """Keras has schedules with a condition on the step, which an array cannot answer."""
    try:
        schedule(keras.ops.arange(3))
    except ValueError:
        return False
    return True


def assert_same(curve: Curve, n: int) -> None:
    """All give the same numbers: else their times say nothing."""
    steps = np.arange(n)
    wanted = curve.bare(steps)
    functions = scalars(curve)
    torch_values = []
    scheduler = stepper(curve.torch)
    for _ in steps:
        torch_values.append(scheduler.get_last_lr()[0])
        scheduler.step()
    np.testing.assert_allclose(torch_values, wanted, rtol=0, atol=SAME, err_msg=curve.name)
    for name in functions.keys() - {"torch"}:
        few = steps[:: max(1, n // 100)]
        got = [functions[name](int(step)) for step in few]
        np.testing.assert_allclose(got, wanted[few], rtol=0, atol=SAME, err_msg=curve.name)
    for name, values in arrays(curve, n).items():
        np.testing.assert_allclose(values(), wanted, rtol=0, atol=SAME, err_msg=name)
