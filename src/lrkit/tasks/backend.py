"""Which backend Keras runs on, and on which device."""

import importlib.util
import os
import platform
import sys
from importlib import metadata

BACKENDS = ("tensorflow", "jax", "torch")


def choose(name: str | None = None) -> str:
    """Settle Keras's backend for this process and return its name.

    `name`, else the environment's `KERAS_BACKEND`, else the first of TensorFlow, JAX and torch that
    is installed. Keras reads its backend once, when it is imported, so this comes before that.

    Args:
        name: "tensorflow", "jax" or "torch".

    Raises:
        ValueError: The backend cannot train, is not installed, or Keras runs on another already.
    """
    if "keras" in sys.modules:
        return _already(name)
    wanted = name or os.environ.get("KERAS_BACKEND") or _first_installed()
    if wanted not in BACKENDS:
        origin = "" if name else " from the environment's KERAS_BACKEND"
        raise ValueError(
            f"choose: `backend` must be one of {', '.join(BACKENDS)}, got backend={wanted}{origin}."
        )
    if not _installed(wanted):
        raise ValueError(
            f"choose: `backend` must be installed, got backend={wanted}, which is not. "
            f'pip install "lrkit[{wanted}]"'
        )
    os.environ["KERAS_BACKEND"] = wanted
    _quieten()
    return wanted


def _already(name: str | None) -> str:
    import keras

    current: str = keras.config.backend()
    if name is not None and name != current:
        raise ValueError(
            f"choose: `backend` must be the one that Keras runs on in this process, {current}, "
            f"got backend={name}. Start a new process."
        )
    return current


def _installed(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ValueError:  # a module without a spec, or with None in its place
        return False


def _first_installed() -> str:
    for name in BACKENDS:
        if _installed(name):
            return name
    raise ValueError(
        f"choose: one of {', '.join(BACKENDS)} must be installed, got none. "
        'pip install "lrkit[tensorflow]"'
    )


def _quieten() -> None:
    """Defaults that have to be in the environment before a framework is imported."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # its start-up messages drown ours
    os.environ.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")  # JAX's memory growth


def grow_memory() -> None:
    """Let TensorFlow take GPU memory as it needs it; JAX is told by `choose`, torch does so."""
    import keras

    if keras.config.backend() != "tensorflow":
        return
    import tensorflow as tf

    for gpu in tf.config.list_physical_devices("GPU"):
        try:
            tf.config.experimental.set_memory_growth(gpu, True)
        except RuntimeError:  # the GPU is in use already, so that was decided elsewhere
            return


def device() -> str:
    """The device on which Keras puts its arrays, in words: asked of an array, not guessed."""
    import keras

    array = keras.ops.zeros(())
    backend = keras.config.backend()
    if backend == "tensorflow":
        return _tensorflow_device(array.device)
    if backend == "jax":
        (held_by,) = array.devices()
        return _words(held_by.platform, held_by.device_kind)
    import torch

    kind = array.device.type
    return _words(kind, torch.cuda.get_device_name(array.device) if kind == "cuda" else "")


def _tensorflow_device(place: str) -> str:
    import tensorflow as tf

    if "GPU" not in place:
        return _words("cpu", "")
    gpu = tf.config.list_physical_devices("GPU")[int(place.rsplit(":", 1)[1])]
    details = tf.config.experimental.get_device_details(gpu)
    return _words("gpu", details.get("device_name", ""))


def _words(kind: str, name: str) -> str:
    if kind == "cpu":
        return f"CPU ({os.cpu_count()} cores)"
    return f"{'GPU' if kind == 'cuda' else kind.upper()} {name}".strip()


def versions() -> dict[str, str]:
    """Versions of what a run depends on."""
    import keras

    import lrkit

    found = {
        "lrkit": lrkit.__version__,
        "python": platform.python_version(),
        "keras": keras.__version__,
        "numpy": metadata.version("numpy"),
    }
    backend = keras.config.backend()
    found[backend] = sys.modules[backend].__version__
    return found
