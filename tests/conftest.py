"""What holds for every test: hypothesis profiles, seeded randomness, figures without a screen."""

import os
import random
import signal
import tempfile

import pytest
from hypothesis import settings

# Before any framework is imported: figures need no screen, TensorFlow says only what is wrong.
os.environ.setdefault("MPLBACKEND", "Agg")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

# JAX compiles the same training for each new model: here, and in other processes, once.
if os.environ.get("KERAS_BACKEND") == "jax":
    _COMPILED = tempfile.TemporaryDirectory(prefix="lrkit-")  # which goes when this is forgotten
    os.environ.setdefault("JAX_COMPILATION_CACHE_DIR", _COMPILED.name)
    os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0.1")
    os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES", "-1")

# A shell that starts a job in the background makes it deaf to Ctrl-C, and the processes that the
# tests start with it; what is tested here is how they answer.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# No deadline: on a shared machine it measures the neighbours. `ci` is the same examples every time;
# `dev` looks for new ones; HYPOTHESIS_PROFILE=long searches before a release.
settings.register_profile("ci", max_examples=100, deadline=None, derandomize=True)
settings.register_profile("dev", max_examples=50, deadline=None)
settings.register_profile("long", max_examples=5000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if os.environ.get("CI") else "dev"))


@pytest.fixture(autouse=True)
def _seeded() -> None:
    """A test that draws numbers draws the same ones alone and among others."""
    random.seed(0)
