"""The installed package works with nothing beside its own requirements."""

from pathlib import Path

import pytest

from tests.integration.conftest import Run

TEXT = "1e-3*(warmup(500) >> cosine(9500))"


def test_nothing_else_is_there(run: Run) -> None:
    """Else the tests below would prove nothing."""
    code = "import importlib.metadata as m; print(*{d.name for d in m.distributions()})"
    done = run("python", "-c", code)
    found = {name.lower() for name in done.stdout.split()}
    assert {"lrkit", "numpy", "click", "rich"} <= found
    assert not found & {"pytest", "matplotlib", "keras", "tensorflow", "jax", "torch", "optax"}


def test_import(run: Run) -> None:
    done = run(
        "python", "-W", "error", "-c", "import lrkit; print(lrkit.__version__, lrkit.__file__)"
    )
    assert done.returncode == 0, done.stderr
    assert "site-packages" in done.stdout


@pytest.mark.parametrize("start", [["lrkit"], ["python", "-m", "lrkit"]], ids=["script", "module"])
def test_help(run: Run, start: list[str]) -> None:
    done = run(*start, "--help")
    assert done.returncode == 0, done.stderr
    assert {"show", "plot", "mnist"} <= set(done.stdout.split())


def test_show(run: Run) -> None:
    done = run("lrkit", "show", TEXT)
    assert done.returncode == 0, done.stderr
    assert "10000" in done.stdout.replace(",", "").replace("_", "")
    assert done.stderr == ""


def test_values_with_numpy(run: Run) -> None:
    code = f"import lrkit; v = lrkit.read({TEXT!r}).values(); print(v.dtype, len(v), v.max())"
    done = run("python", "-c", code)
    assert done.stdout.split() == ["float64", "10000", "0.001"], done.stderr


def test_wrong_text_is_one_line_and_two(run: Run) -> None:
    done = run("lrkit", "show", "warmpu(500)")
    assert done.returncode == 2
    assert "lrkit: error: " in done.stderr
    assert "warmup" in done.stderr, "the nearest known name"
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("module", "way_out"),
    [
        ("lrkit.keras", 'pip install "lrkit[tensorflow]"'),
        ("lrkit.tasks.mnist", 'pip install "lrkit[tensorflow]"'),
        ("lrkit.torch", "pip install torch"),
        ("lrkit.optax", 'pip install "lrkit[optax]"'),
    ],
)
def test_without_a_framework_it_says_what_to_install(run: Run, module: str, way_out: str) -> None:
    done = run("python", "-c", f"import {module}")
    assert done.returncode == 1
    assert done.stderr.strip().splitlines()[-1].startswith("ImportError: ")
    assert way_out in done.stderr


def test_mnist_without_keras(run: Run, tmp_path: Path) -> None:
    done = run("lrkit", "mnist", "--out", "out")
    assert done.returncode == 2
    assert "lrkit: error: " in done.stderr
    assert 'pip install "lrkit[' in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()


def test_plot_without_matplotlib(run: Run, tmp_path: Path) -> None:
    done = run("lrkit", "plot", TEXT, "-o", "curve.png")
    assert done.returncode == 2
    assert "lrkit: error: " in done.stderr
    assert 'pip install "lrkit[plot]"' in done.stderr
    assert list(tmp_path.iterdir()) == []
