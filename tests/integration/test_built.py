"""What is in the wheel and the source distribution, and what is not."""

import tarfile
import zipfile
from email.parser import Parser
from pathlib import Path, PurePosixPath

import lrkit

ROOT = Path(__file__).parent.parent.parent


def test_the_wheel_holds_every_file_of_the_package(wheel: Path) -> None:
    """Every source file, the embedded data, `py.typed`; nothing beside it."""
    there = {name for name in zipfile.ZipFile(wheel).namelist() if name.startswith("lrkit/")}
    package = ROOT / "src" / "lrkit"
    here = {
        path.relative_to(package.parent).as_posix()
        for path in package.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert there == here
    assert "lrkit/py.typed" in there
    data = [name for name in there if name.startswith("lrkit/tasks/data/")]
    assert any(zipfile.ZipFile(wheel).getinfo(name).file_size > 1_000_000 for name in data)


def test_the_wheel_is_described(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    info = f"lrkit-{lrkit.__version__}.dist-info"
    metadata = Parser().parsestr(archive.read(f"{info}/METADATA").decode())
    assert metadata["License-Expression"] == "Apache-2.0"
    assert "Apache License" in archive.read(f"{info}/licenses/LICENSE").decode()
    assert metadata["Requires-Python"] == ">=3.11"
    assert len(metadata.get_payload()) > 1000, "the README"
    assert {r.split(">")[0] for r in metadata.get_all("Requires-Dist") if "extra" not in r} == {
        "click",
        "numpy",
        "rich",
    }
    assert set(metadata.get_all("Provides-Extra")) == {
        "dev",
        "jax",
        "optax",
        "peers",
        "plot",
        "tensorboard",
        "tensorflow",
        "tensorflow-cpu",
        "torch",
    }
    assert "lrkit = lrkit.cli:main" in archive.read(f"{info}/entry_points.txt").decode()


def test_the_wheel_is_small(wheel: Path) -> None:
    assert wheel.stat().st_size < 4_500_000  # 3.5 MB of data and the code


def test_the_sdist_holds_what_a_developer_needs_and_no_junk(sdist: Path) -> None:
    with tarfile.open(sdist) as archive:
        names = [PurePosixPath(*PurePosixPath(m.name).parts[1:]) for m in archive if m.isfile()]
    tops = {name.parts[0] for name in names}
    allowed = {"README.md", "LICENSE", "CHANGELOG.md", "CONTRIBUTING.md", "pyproject.toml"}
    allowed |= {"mkdocs.yml", "PKG-INFO", ".gitignore"}  # hatchling always adds these two last
    assert tops - allowed == {
        "src",
        "tests",
        "docs",
        "tools",
        "benchmarks",
        "constraints.txt",
        "Makefile",
        "web",
    }
    junk = {"__pycache__", "node_modules", ".venv", ".hypothesis", "site"}
    assert [str(name) for name in names if junk & set(name.parts) or name.suffix == ".pyc"] == []
