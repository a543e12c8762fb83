"""lrkit as a user gets it: the built wheel, alone with its dependencies, in a fresh environment."""

import subprocess
import sys
import venv
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent

Run = Callable[..., "subprocess.CompletedProcess[str]"]


def _checked(*command: str | Path, cwd: Path) -> None:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the source distribution and the wheel built from it."""
    folder = tmp_path_factory.mktemp("dist")
    # No --wheel: the wheel is then built from the unpacked sdist, which must hold all it needs.
    _checked(sys.executable, "-m", "build", "--outdir", folder, ROOT, cwd=folder)
    return folder


@pytest.fixture(scope="session")
def wheel(built: Path) -> Path:
    (found,) = built.glob("lrkit-*.whl")
    return found


@pytest.fixture(scope="session")
def sdist(built: Path) -> Path:
    (found,) = built.glob("lrkit-*.tar.gz")
    return found


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of commands of an environment that holds the wheel and what it requires."""
    folder = tmp_path_factory.mktemp("fresh")
    venv.create(folder, with_pip=True)
    commands = folder / ("Scripts" if sys.platform == "win32" else "bin")
    pip = (commands / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    _checked(*pip, "--constraint", ROOT / "constraints.txt", wheel, cwd=folder)
    return commands


@pytest.fixture
def run(installed: Path, tmp_path: Path) -> Run:
    """Run a command of the fresh environment, in an empty folder."""

    def call(command: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [installed / command, *arguments],
            cwd=tmp_path,
            # Nothing of this environment, of the checkout or of the terminal may help or disturb.
            env={"PATH": str(installed), "HOME": str(tmp_path), "COLUMNS": "100"},
            capture_output=True,
            text=True,
            check=False,
        )

    return call
