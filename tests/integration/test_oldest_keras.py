"""The oldest Keras that pyproject.toml allows: private names, and scheduled optimizers on it."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
ADAPTERS = ROOT / "tests" / "adapters"
# Whatever backend runs, the private names are looked at; the rest where it is fastest.
FILES = {
    "tensorflow": ["test_keras_private.py"],
    "jax": ["test_keras_private.py"],
    "torch": [
        "test_keras_private.py",
        "test_keras_scheduled.py",
        "test_keras_scheduled_files.py",
        "test_keras_multipliers.py",
    ],
}


@pytest.fixture(scope="module")
def oldest(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """The version, and a folder that holds that Keras and nothing else."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    (version,) = set(re.findall(r'"keras>=([\d.]+)"', text))
    folder = tmp_path_factory.mktemp("oldest")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    command = [*pip, "--no-deps", "--target", str(folder), f"keras=={version}.0"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return version, folder


@pytest.mark.parametrize("backend", FILES)
def test_on_the_oldest(backend: str, oldest: tuple[str, Path]) -> None:
    version, folder = oldest
    env = dict(os.environ, KERAS_BACKEND=backend, PYTHONPATH=str(folder), TF_CPP_MIN_LOG_LEVEL="3")
    asked = [sys.executable, "-c", "import keras; print(keras.__version__)"]
    found = subprocess.run(asked, env=env, capture_output=True, text=True, check=True).stdout
    assert found.strip().endswith(f"{version}.0")
    files = [str(ADAPTERS / name) for name in FILES[backend]]
    pytest_here = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *files]
    done = subprocess.run(
        pytest_here, cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
    assert re.search(r"\d+ passed", done.stdout)
