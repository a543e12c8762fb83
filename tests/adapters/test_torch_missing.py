"""What `import lrkit.torch` says where PyTorch is not installed; and that it loads no Keras."""

import runpy
import subprocess
import sys
from pathlib import Path

import pytest

import lrkit.torch

GUARD = Path(lrkit.torch.__file__).with_name("framework.py")


def test_without_pytorch_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(ImportError, match=r"lrkit\.torch needs PyTorch, .* pip install torch"):
        runpy.run_path(str(GUARD))


def test_no_other_framework_is_loaded():
    others = ("keras", "tensorflow", "jax", "optax", "transformers", "lightning", "matplotlib")
    code = f"import lrkit.torch, sys; print([m for m in {others} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
