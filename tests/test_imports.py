"""Imports point one way, and the light commands stay light."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

SRC = Path(__file__).parent.parent / "src"

# A part may import parts of a lower number, and itself. Parts of one number do not know each other.
LEVEL = {
    "core": 0,
    "like": 1, "plan": 1, "laws": 1, "draw": 1, "multipliers": 1,
    "record": 1.25, "source": 1.25, "finder": 1.25,
    "keras": 2, "torch": 2, "optax": 2, "designer": 2,
    "tasks": 3,
    "experiment": 4,
    "cli": 5,
    "__main__": 6,
}  # fmt: skip
FACADE = 1.5  # `lrkit/__init__.py` gathers what is below; adapters and what is above may use it

# The exceptions, one by one: (file, function, what it imports there when it is called).
ALLOWED_INSIDE = {
    ("core/dialects.py", "dialects", "lrkit.like"),
    ("core/schedule.py", "Schedule.plot", "lrkit.draw"),
    ("core/schedule.py", "Schedule._repr_html_", "lrkit.draw"),
}
# Inside a function of core, when an array is asked for.
CORE_INSIDE_FUNCTIONS = {"numpy"}
# A part's own libraries, imported at the top of its files. Everything else stands in a function.
OWN_LIBRARIES = {
    "draw": {"matplotlib", "numpy"},  # figure.py only: see HEAVY_FILES
    "record": {"numpy"},
    "keras": {"keras", "numpy"},
    "torch": {"torch", "numpy", "transformers", "lightning", "pytorch_lightning"},
    "optax": {"optax", "jax", "numpy"},
    "finder": {"numpy"},
    "laws": {"numpy", "scipy"},
    "tasks": {"keras", "numpy"},
    "cli": {"click", "rich"},
}
HEAVY = ("jax", "keras", "matplotlib", "numpy", "optax", "tensorflow", "torch")


@dataclass(frozen=True)
class Import:
    file: str  # relative to src/lrkit
    name: str  # absolute, dotted
    function: str  # the function it stands in, "" at the top of the file
    for_types: bool  # under `if TYPE_CHECKING:`

    def __str__(self) -> str:
        return f"{self.file}: {self.name}" + (f" in {self.function}" if self.function else "")


class _Imports(ast.NodeVisitor):
    def __init__(self, path: Path, package: list[str]) -> None:
        self.file = path.relative_to(SRC / "lrkit").as_posix()
        self.package = package
        self.scope: list[str] = []
        self.inside_function = 0
        self.for_types = False
        self.found: list[Import] = []

    def _add(self, name: str) -> None:
        function = ".".join(self.scope) if self.inside_function else ""
        self.found.append(Import(self.file, name, function, self.for_types))

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            self._add(alias.name)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        base = self.package[: len(self.package) - node.level + 1] if node.level else []
        module = ".".join([*base, *([node.module] if node.module else [])])
        for alias in node.names:
            # `from lrkit import draw` names a part, `from lrkit import Plan` a name of the facade.
            is_part = module == "lrkit" and alias.name in LEVEL
            self._add(f"lrkit.{alias.name}" if is_part else module)

    def visit_Call(self, node: ast.Call) -> None:
        called = ast.unparse(node.func).split(".")[-1]
        if called in ("import_module", "__import__") and node.args:
            name = node.args[0]
            self._add(name.value if isinstance(name, ast.Constant) else f"?{ast.unparse(name)}")
        self.generic_visit(node)

    def visit_If(self, node: ast.If) -> None:
        before, self.for_types = self.for_types, "TYPE_CHECKING" in ast.unparse(node.test)
        for child in node.body:
            self.visit(child)
        self.for_types = before
        for child in node.orelse:
            self.visit(child)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self.scope.append(node.name)
        self.generic_visit(node)
        self.scope.pop()

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self.scope.append(node.name)
        self.inside_function += 1
        self.generic_visit(node)
        self.inside_function -= 1
        self.scope.pop()


def read_imports(path: Path) -> list[Import]:
    """Every import of a file, whatever it stands in."""
    package = list(path.relative_to(SRC).parent.parts)
    visitor = _Imports(path, package)
    visitor.visit(ast.parse(path.read_text(encoding="utf-8")))
    return visitor.found


def part_of(file: str) -> str:
    return Path(file).parts[0].removesuffix(".py")


def level_of(part: str) -> float:
    return FACADE if part == "__init__" else LEVEL[part]


def all_imports() -> Iterator[Import]:
    for path in sorted((SRC / "lrkit").rglob("*.py")):
        yield from read_imports(path)


def wrong_direction(found: Import) -> bool:
    """Whether this import of one of our own parts points the wrong way."""
    if found.name.split(".")[0] != "lrkit" or found.for_types:
        return False
    if (found.file, found.function, ".".join(found.name.split(".")[:2])) in ALLOWED_INSIDE:
        return False
    here = part_of(found.file)
    there = found.name.split(".")[1] if "." in found.name else "__init__"
    return here != there and level_of(there) >= level_of(here)


def wrong_library(found: Import) -> bool:
    """Whether this import of somebody else's library stands where it must not."""
    library = found.name.split(".")[0]
    if library in ("lrkit", "__future__") or library in sys.stdlib_module_names or found.for_types:
        return False
    part = part_of(found.file)
    if part in ("core", "plan", "__init__", "__main__"):
        return not (found.function and library in CORE_INSIDE_FUNCTIONS)
    return not found.function and library not in OWN_LIBRARIES.get(part, set())


def test_every_part_has_a_level() -> None:
    parts = {part_of(found.file) for found in all_imports()} - {"__init__"}
    assert parts <= set(LEVEL)
    assert "core" in parts


def test_imports_point_one_way() -> None:
    assert [str(found) for found in all_imports() if wrong_direction(found)] == []


def test_libraries_stand_where_they_belong() -> None:
    assert [str(found) for found in all_imports() if wrong_library(found)] == []


def test_exceptions_are_used() -> None:
    """An exception that nothing needs any more goes."""
    used = {(i.file, i.function, ".".join(i.name.split(".")[:2])) for i in all_imports()}
    assert used >= ALLOWED_INSIDE


@pytest.mark.parametrize(
    ("file", "source"),
    [
        ("core/shapes.py", "import lrkit.plan"),
        ("core/shapes.py", "import numpy"),
        ("core/shapes.py", "def f():\n    from ..keras import Recorder"),
        ("core/shapes.py", "def f():\n    import torch"),
        ("core/shapes.py", "class A:\n    import numpy"),
        ("draw/svg.py", "from lrkit.plan import Plan"),
        ("keras/recorder.py", "from lrkit import torch"),
        ("torch.py", "from lrkit.keras import Recorder"),
        ("tasks/mnist.py", "from lrkit import cli"),
        ("tasks/mnist.py", "from lrkit.cli.show import show"),
        ("cli/show.py", "import numpy as np"),
        ("cli/show.py", "from lrkit import __main__"),
        ("plan/plan.py", "import importlib\nimportlib.import_module('lrkit.keras')"),
        ("plan/plan.py", "from .. import cli"),
    ],
)
def test_the_test_sees_a_wrong_import(file: str, source: str) -> None:
    path = SRC / "lrkit" / file
    visitor = _Imports(path, list(path.relative_to(SRC).parent.parts))
    visitor.visit(ast.parse(source))
    assert any(wrong_direction(found) or wrong_library(found) for found in visitor.found)


RUN_CLI = """
import sys
from lrkit.cli import main
sys.argv = ["lrkit", *{arguments}]
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
"""
USE_CORE = """
import lrkit
schedule = 1e-3 * (lrkit.warmup(5) >> lrkit.cosine(95))
schedule(7), schedule.knots(), lrkit.read(repr(schedule))
"""


@pytest.mark.parametrize(
    "code",
    [
        pytest.param("import lrkit\n", id="import"),
        pytest.param(USE_CORE, id="use"),
        pytest.param(RUN_CLI.format(arguments=["--help"]), id="help"),
        pytest.param(RUN_CLI.format(arguments=["--version"]), id="version"),
        pytest.param(
            RUN_CLI.format(arguments=["show", "1e-3*(warmup(500) >> cosine(9500))"]), id="show"
        ),
    ],
)
def test_nothing_heavy_is_loaded(code: str) -> None:
    report = f"import sys; print([n for n in {HEAVY} if n in sys.modules], file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", f"{code}{report}"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr.strip() == "[]"
