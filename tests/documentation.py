"""The pages of the documentation and the examples in them, for the tests that run them."""

import doctest
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
FENCE = re.compile(
    r"^(?P<indent> *)```(?P<language>\w*)[^\n]*\n(?P<code>.*?)^(?P=indent)```", re.M | re.S
)
FRAMEWORKS = re.compile(r"\b(keras|tensorflow|jax|torch|optax|lrkit\.tasks)\b")
# Pages about one framework are run beside Keras on it; the others with Keras on all backends.
OF_ONE = {"optax": "jax", "pytorch": "torch"}
# These are run by `make test-integrations`.
INTEGRATIONS = {"accelerate", "lightning", "one-run", "transformers"}


@dataclass(frozen=True)
class Block:
    """One fenced block of a page."""

    page: Path
    line: int  # of its first line of code, counted from 1
    language: str
    code: str

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


@dataclass(frozen=True)
class Page:
    path: Path

    @cached_property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    def blocks(self, *languages: str) -> list[Block]:
        return [
            Block(
                self.path,
                self.text.count("\n", 0, found.start("code")) + 1,
                found["language"],
                re.sub(f"(?m)^{found['indent']}", "", found["code"]),
            )
            for found in FENCE.finditer(self.text)
            if found["language"] in languages
        ]

    @property
    def examples(self) -> list[Block]:
        return self.blocks("python", "pycon")

    @property
    def needs_framework(self) -> bool:
        return any(FRAMEWORKS.search(block.code) for block in self.examples)

    def runs_on(self, backend: str) -> bool:
        """Whether its examples are run beside Keras on a backend."""
        name = self.path.stem
        if not self.needs_framework or name in INTEGRATIONS:
            return False
        return OF_ONE.get(name, backend) == backend


PAGES = [Page(ROOT / "README.md"), *map(Page, sorted((ROOT / "docs").rglob("*.md")))]
PAGES = [page for page in PAGES if page.path.exists()]


def name(page: Page) -> str:
    return page.path.relative_to(ROOT).as_posix()


def run_examples(page: Page) -> int:
    """Run the examples of a page one after another in one namespace; how many there were.

    Raises:
        AssertionError: an example printed something else than the page shows.
    """
    namespace: dict[str, Any] = {"__name__": "__main__"}
    for block in page.examples:
        if ">>> " in block.code:
            run_session(block, namespace)
        else:
            code = compile("\n" * (block.line - 1) + block.code, str(page.path), "exec")
            exec(code, namespace)
    return len(page.examples)


def run_session(block: Block, namespace: dict[str, Any]) -> None:
    """Run one interactive example; see `run_examples`."""
    test = doctest.DocTestParser().get_doctest(
        block.code, namespace, str(block), str(block.page), block.line - 1
    )
    assert test.examples, f"{block}: no example"
    assert not any(doctest.SKIP in e.options for e in test.examples), f"{block}: skipped"
    test.globs = namespace  # the parser made a copy; names must reach the next block
    complaints: list[str] = []
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS, verbose=False)
    runner.run(test, out=complaints.append, clear_globs=False)
    assert not complaints, "".join(complaints)
