"""The documentation is true: examples run, commands exist, the command-line page is current."""

import re
import shlex
from pathlib import Path

import click
import pytest

from lrkit import like
from lrkit.cli import main as lrkit
from tests.documentation import PAGES, Block, Page, name, run_examples
from tools import cli_page

COMMANDS = cli_page.commands()
LINES = [
    pytest.param(block, line.removeprefix("$ "), id=f"{block}: {line}")
    for page in PAGES
    for block in page.blocks("sh", "console", "bash", "shell")
    for line in re.sub(r"\\\n\s*", "", block.code).splitlines()
    if line.removeprefix("$ ").startswith("lrkit ")
]


# Pages that need a framework are run with it: tests/adapters/test_docs_frameworks.py, and those of
# tests/documentation.INTEGRATIONS in tests/integration.
@pytest.mark.parametrize("page", [page for page in PAGES if not page.needs_framework], ids=name)
def test_examples(page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run_examples(page) == len(page.examples)


def test_there_are_examples() -> None:
    """Else a change of the fences would switch everything off."""
    with_examples = {page.path.stem for page in PAGES if page.examples}
    some = {"index", "tutorial", "concepts", "recipes", "keras", "pytorch", "optax", "README"}
    assert some <= with_examples
    assert len(LINES) >= 4


@pytest.mark.parametrize(("block", "line"), LINES)
def test_commands_exist(block: Block, line: str) -> None:
    """Each `lrkit …` line of a shell block names a command and options that are there."""
    _, *words = shlex.split(line, comments=True)
    command: click.Command = lrkit
    if not words[0].startswith("-"):
        command = COMMANDS[words.pop(0)]
    known = {option for p in command.params for option in (*p.opts, *p.secondary_opts)}
    used = {word.partition("=")[0] for word in words if re.match(r"--?[a-z]", word)}
    assert used - {"--help"} <= known


@pytest.mark.parametrize("library", ["keras", "optax", "tfa", "timm", "torch", "transformers"])
def test_the_page_of_dialects_names_them_all(library: str) -> None:
    (page,) = (page for page in PAGES if page.path.stem == "dialects")
    (row,) = re.findall(rf"^\| `like\.{library}` \| (.*) \|$", page.text, re.M)
    assert re.findall(r"`(\w+)`", row) == getattr(like, library).__all__


def test_the_command_line_page_is_current() -> None:
    assert cli_page.PAGE.read_text(encoding="utf-8") == cli_page.page(), "run `make cli-page`"


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_commands_explain_themselves(command: str) -> None:
    found = COMMANDS[command]
    assert found.help
    assert [p.name for p in found.params if isinstance(p, click.Option) and not p.help] == []


def test_pages_ask_nobody_for_anything() -> None:
    """No script, style or picture comes from elsewhere."""
    outside = re.compile(r"<(?:script|link|img|iframe)[^>]+https?://|!\[[^\]]*\]\(https?://")
    assert [name(page) for page in PAGES if outside.search(page.text)] == []
