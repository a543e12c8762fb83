"""The house: short files, short functions, one version, a public surface that is explained."""

import ast
import inspect
import re
import tomllib
from pathlib import Path

import pytest

import lrkit

ROOT = Path(__file__).parent.parent
SOURCES = sorted(
    path for top in ("src", "tests", "tools", "benchmarks") for path in (ROOT / top).rglob("*.py")
)
LONGEST_FILE = 320
LONGEST_FUNCTION = 40
PUBLIC = [name for name in lrkit.__all__ if not name.startswith("_")]


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def body_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines from the first statement after the docstring to the last."""
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    return function.end_lineno - body[0].lineno + 1 if body else 0


def test_files_are_short() -> None:
    lengths = {relative(path): len(path.read_text("utf-8").splitlines()) for path in SOURCES}
    assert {path: n for path, n in lengths.items() if n > LONGEST_FILE} == {}


def test_functions_are_short() -> None:
    long = {
        f"{relative(path)}:{node.lineno} {node.name}": body_lines(node)
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and body_lines(node) > LONGEST_FUNCTION
    }
    assert long == {}


def test_one_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    newest = re.search(r"^## \[?([0-9][^\] ]*)", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.M)
    assert newest is not None
    assert lrkit.__version__ == project["version"] == newest[1]


def exposed(path: Path) -> tuple[list[str], set[str]]:
    """`__all__`, and the public names that an `__init__.py` defines or takes from lrkit."""
    listed: list[str] = []
    names: set[str] = set()
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.ImportFrom) and (node.level or node.module.startswith("lrkit")):
            names |= {alias.asname or alias.name for alias in node.names}
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if ast.unparse(targets[0]) == "__all__":
                listed = ast.literal_eval(node.value)
            names |= {target.id for target in targets if isinstance(target, ast.Name)}
    return listed, {name for name in names if not name.startswith("_")}


# The command line is used from a shell; it is no Python interface.
PACKAGES = [p for p in sorted((ROOT / "src").rglob("__init__.py")) if p.parent.name != "cli"]


@pytest.mark.parametrize("path", PACKAGES, ids=relative)
def test_all_is_what_is_exposed(path: Path) -> None:
    listed, names = exposed(path)
    assert len(listed) == len(set(listed))
    assert set(listed) == names


@pytest.mark.parametrize("name", PUBLIC)
def test_public_names_are_explained(name: str) -> None:
    text = inspect.getdoc(getattr(lrkit, name)) or ""
    assert text.partition("\n")[0].rstrip().endswith("."), "a first line that says what it is"
    assert ">>> " in text, "a doctest"


@pytest.mark.parametrize("name", PUBLIC)
def test_public_names_are_in_the_documentation(name: str) -> None:
    pages = "\n".join(path.read_text("utf-8") for path in sorted((ROOT / "docs").rglob("*.md")))
    code = "\n".join(re.findall(r"```.*?```|`[^`\n]+`", pages, re.S))
    assert re.search(rf"\b{name}\b", code)


SHAPES = [
    node.name
    for node in ast.parse((ROOT / "src/lrkit/core/shapes.py").read_text("utf-8")).body
    if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("place", ["tests/strategies.py", "tests/reference.py"])
def test_a_shape_is_in_its_places(shape: str, place: str) -> None:
    """CONTRIBUTING.md lists the four; the names in `lrkit` and in the docs are tested above."""
    assert shape in PUBLIC
    assert re.search(rf"\b{shape}\b", (ROOT / place).read_text("utf-8"))
