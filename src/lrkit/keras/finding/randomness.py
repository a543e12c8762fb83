"""The state of every source of randomness that training draws from."""

import random
import sys
from typing import Any

import keras
import numpy as np
from keras.src.backend.common import global_state

from lrkit.finder.kept import Attributes, Undo, random_states
from lrkit.keras.finding.state import Variables

#: Of a step from one seed to the next: odd and far from any power of 2.
_STRIDE = 0x9E3779B9
_SEED = "seed_generator_state"


class Randomness:
    """Python, NumPy, Keras, TensorFlow and torch, where they are loaded."""

    def __init__(self) -> None:
        self._undo: list[Undo] = [*random_states(), *_keras(), *_tensorflow(), *_cuda()]

    def restore(self) -> None:
        """Puts everything back, as often as one likes."""
        for undo in self._undo:
            undo()


def known_of_keras(one: Any) -> list[Undo] | None:
    """What puts back the seeds in a generator, a layer or a model that data hold."""
    if isinstance(one, keras.random.SeedGenerator):
        return [Variables([one.state]).restore]
    if isinstance(one, keras.Layer):
        return [Variables([each for each in one.variables if each.name == _SEED]).restore]
    return None


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
        # Not torch.manual_seed: where CUDA is not in use yet, it would leave this seed for it.
        torch.default_generator.manual_seed(seed)
        if torch.cuda.is_available() and torch.cuda.is_initialized():
            torch.cuda.manual_seed_all(seed)
    for variable in model.variables:
        if variable.name == _SEED:
            state = keras.ops.convert_to_numpy(variable).copy()
            state[0] = (int(state[0]) + seed * _STRIDE) % 2**31
            variable.assign(state)


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


def _cuda() -> list[Undo]:
    torch = sys.modules.get("torch")
    if torch is None or not (torch.cuda.is_available() and torch.cuda.is_initialized()):
        return []
    of_cuda = torch.cuda.get_rng_state_all()
    return [lambda: torch.cuda.set_rng_state_all(of_cuda)]
