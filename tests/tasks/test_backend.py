"""Which backend a process gets, and what is said about the device."""

import json
import os
import subprocess
import sys

import keras
import pytest

from lrkit.tasks import backend

CURRENT = keras.config.backend()


def fresh(code, **environment):
    """What a new process prints as JSON, in which Keras is not imported yet."""
    env = {k: v for k, v in os.environ.items() if k != "KERAS_BACKEND"} | environment
    program = f"import json, os, sys\nfrom lrkit.tasks import backend\n{code}"
    done = subprocess.run(
        [sys.executable, "-c", program], env=env, capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


TRY = """
try:
    out = backend.choose({name!r})
except ValueError as error:
    out = str(error)
print(json.dumps([out, os.environ.get("KERAS_BACKEND"), "keras" in sys.modules]))
"""
WITHOUT = "import sys\nfor name in {names}:\n    sys.modules[name] = None\n"


def test_the_current_one_is_kept():
    assert backend.choose() == CURRENT == backend.choose(CURRENT)


def test_another_one_is_too_late():
    other = next(name for name in backend.BACKENDS if name != CURRENT)
    with pytest.raises(ValueError, match=rf"in this process, {CURRENT}, got backend={other}\. St"):
        backend.choose(other)


@pytest.mark.parametrize(
    ("name", "environment", "expected"),
    [
        ("torch", {}, "torch"),
        ("torch", {"KERAS_BACKEND": "jax"}, "torch"),
        (None, {"KERAS_BACKEND": "jax"}, "jax"),
        (None, {}, "tensorflow"),
    ],
)
def test_option_then_environment_then_what_is_there(name, environment, expected):
    assert fresh(TRY.format(name=name), **environment) == [expected, expected, False]


def test_first_that_is_installed():
    code = WITHOUT.format(names=["tensorflow", "jax"]) + TRY.format(name=None)
    assert fresh(code) == ["torch", "torch", False]


def test_none_is_installed():
    code = WITHOUT.format(names=list(backend.BACKENDS)) + TRY.format(name=None)
    message, variable, _ = fresh(code)
    assert message.startswith("choose: one of tensorflow, jax, torch must be installed, got none.")
    assert variable is None


def test_not_installed():
    message, variable, _ = fresh(WITHOUT.format(names=["jax"]) + TRY.format(name="jax"))
    assert message == (
        "choose: `backend` must be installed, got backend=jax, which is not. "
        'pip install "lrkit[jax]"'
    )
    assert variable is None


def test_a_backend_that_cannot_train():
    message, *_ = fresh(TRY.format(name=None), KERAS_BACKEND="numpy")
    assert "got backend=numpy from the environment's KERAS_BACKEND" in message


def test_device_names_where_arrays_are():
    name = backend.device()
    on_cpu = {
        "tensorflow": lambda array: "CPU" in array.device,
        "jax": lambda array: {d.platform for d in array.devices()} == {"cpu"},
        "torch": lambda array: array.device.type == "cpu",
    }[CURRENT](keras.ops.zeros(()))
    assert name.startswith("CPU (" if on_cpu else "GPU")


def test_versions_name_the_backend():
    import lrkit

    found = backend.versions()
    assert set(found) == {"lrkit", "python", "keras", "numpy", CURRENT}
    assert found["lrkit"] == lrkit.__version__
    assert found["keras"] == keras.__version__
