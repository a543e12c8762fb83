"""The state of every source of randomness that training draws from."""

import random
import sys
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from keras.src.backend.common import global_state

from lrkit.keras.finding.attributes import Attributes
from lrkit.keras.finding.state import Variables

#: Of a step from one seed to the next: odd and far from any power of 2.
_STRIDE = 0x9E3779B9
Undo = Callable[[], Any]


class Randomness:
    """Python, NumPy, Keras, TensorFlow and torch, where they are loaded."""

    def __init__(self) -> None:
        self._undo: list[Undo] = [*_python(), *_keras(), *_tensorflow(), *_torch()]

    def restore(self) -> None:
        """Puts everything back, as often as one likes."""
        for undo in self._undo:
            undo()


def seed_all(model: Any, seed: int) -> None:
    """Other randomness for another seed; 0 leaves everything as it is.

    Args:
        model: Its layers' seeds are moved on.
        seed: 0 or more.
    """
    if not seed:
        return
    random.seed(seed)
    np.random.seed(seed % 2**32)
    torch = sys.modules.get("torch")
    if torch is not None:
        torch.manual_seed(seed)
    for variable in model.variables:
        if variable.name == "seed_generator_state":
            state = keras.ops.convert_to_numpy(variable).copy()
            state[0] = (int(state[0]) + seed * _STRIDE) % 2**31
            variable.assign(state)


def _python() -> list[Undo]:
    state, of_numpy = random.getstate(), np.random.get_state()
    return [lambda: random.setstate(state), lambda: np.random.set_state(of_numpy)]


def _keras() -> list[Undo]:
    """The seeds that nobody gave, and the numbers in the names of layers."""
    tracker = global_state.GLOBAL_STATE_TRACKER
    undo: list[Undo] = [Attributes([tracker]).restore]
    for value in vars(tracker).values():
        if isinstance(value, keras.random.SeedGenerator):
            undo.append(Variables([value.state]).restore)
    return undo


def _tensorflow() -> list[Undo]:
    if "tensorflow" not in sys.modules:
        return []
    from tensorflow.python.eager import context
    from tensorflow.python.ops import stateful_random_ops

    now = context.context()
    undo: list[Undo] = []
    if getattr(now, "_rng", None) is not None:
        seeds, state = now._rng, now._rng.getstate()
        undo.append(lambda: seeds.setstate(state))
    generator = stateful_random_ops.global_generator
    if generator is None:
        undo.append(lambda: setattr(stateful_random_ops, "global_generator", None))
    else:
        value = generator.state.read_value()
        undo.append(lambda: generator.state.assign(value))
    return undo


def _torch() -> list[Undo]:
    torch = sys.modules.get("torch")
    if torch is None:
        return []
    state = torch.get_rng_state()
    undo: list[Undo] = [lambda: torch.set_rng_state(state)]
    if torch.cuda.is_available() and torch.cuda.is_initialized():
        of_cuda = torch.cuda.get_rng_state_all()
        undo.append(lambda: torch.cuda.set_rng_state_all(of_cuda))
    return undo
