"""What holds for every test of an adapter."""

import gc
import os
from collections.abc import Iterator
from functools import partial

import pytest

# Before any framework is imported. JAX gets two devices, so that data parallelism is real.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

# What a framework does by itself is tested once, beside Keras on the same framework. So are the
# libraries that need it; what is like Keras is tested on all three.
ALONE = {
    "tensorflow": ["test_arrays_tensorflow.py", "test_plan_tensorflow.py"],
    "jax": ["test_arrays_jax.py", "test_like_optax*.py", "test_optax*.py", "test_source_optax*.py"],
    "torch": [
        "test_arrays_torch.py",
        "test_like_torch*.py",
        "test_like_transformers*.py",
        "test_plan_torch.py",
        "test_source_torch*.py",
        "test_torch*.py",
    ],
}
collect_ignore_glob = [
    files
    for backend, patterns in ALONE.items()
    if backend != os.environ.get("KERAS_BACKEND", "tensorflow")
    for files in patterns
]


@pytest.fixture
def torch_without_cpp(monkeypatch: pytest.MonkeyPatch) -> None:
    """`jit_compile` on torch: captured by Dynamo and run as such, without a minute of C++."""
    if os.environ.get("KERAS_BACKEND") == "torch":
        import torch

        monkeypatch.setattr(torch, "compile", partial(torch.compile, backend="aot_eager"))


@pytest.fixture
def own_garbage() -> Iterator[None]:
    """For what has Python collect its garbage: that of the test, not also that of all before."""
    gc.freeze()
    yield
    gc.unfreeze()
