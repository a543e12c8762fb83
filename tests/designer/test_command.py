"""`lrkit design`: prints the address, opens the browser, ends with Ctrl-C."""

import json
import signal
import subprocess
import sys
import webbrowser
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from lrkit.cli import main
from lrkit.designer import Designer, assets, server
from tests.designer.wire import PARTS, path_of, request

Run = Callable[..., Result]


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, content in PARTS.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    monkeypatch.setattr(server, "load", lambda _: assets.load(tmp_path))
    return tmp_path


@pytest.fixture
def started(built: Path, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What each page begins with; Ctrl-C comes at once."""
    pages: list[dict[str, Any]] = []

    def interrupted(designer: Designer) -> None:
        page = request(designer, "GET", path_of(designer), Origin=None).body.decode()
        data = page.partition('id="start">')[2].partition("</script>")[0]
        pages.append(json.loads(data) | {"url": designer.url})
        raise KeyboardInterrupt

    monkeypatch.setattr(Designer, "wait", interrupted)
    return pages


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["design", *arguments])


def test_it_prints_the_address_and_opens_it(
    started: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(webbrowser, "open", opened.append)
    done = run()
    assert done.exit_code == 0, done.output
    assert [done.output.strip()] == opened == [started[0]["url"]]
    assert started[0]["texts"] == [server.EXAMPLE]


def test_texts_plan_and_names_are_in_the_page(started: list[dict[str, Any]]) -> None:
    options = ["--epochs", "3", "--examples", "100", "--batch-size", "10", "--drop-last"]
    done = run("a", "cosine(b)", "--no-browser", "--let", "b=7", *options)
    assert done.exit_code == 0, done.output
    (page,) = started
    assert page["texts"] == ["a", "cosine(b)"]
    assert page["names"] == {"b": 7}
    assert page["plan"] == {"epochs": 3, "examples": 100, "batch_size": 10, "drop_last": True}


def test_over_is_written_into_the_texts(started: list[dict[str, Any]]) -> None:
    assert run("warmup(1) >> cosine(9)", "--over", "50", "--no-browser").exit_code == 0
    assert started[0]["texts"] == ["(warmup(1) >> cosine(9)).over(50)"]


def test_a_link_brings_its_state(started: list[dict[str, Any]]) -> None:
    assert run("http://127.0.0.1:5/old/#s=ab-_9", "--no-browser").exit_code == 0
    assert started[0]["url"].endswith("/#s=ab-_9")
    assert started[0]["texts"] == []


def test_a_wrong_plan_is_refused_before_the_page() -> None:
    done = run("--epochs", "0")
    assert done.exit_code == 2


def test_without_the_built_page_it_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "load", lambda _: assets.load(tmp_path))
    done = run("--no-browser")
    assert done.exit_code == 2
    assert done.output.startswith("lrkit: error: design: the page must be built")
    assert "designer.js and designer.css and licences.txt" in done.output
    assert len(done.output.splitlines()) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="has no SIGINT for one process")
def test_ctrl_c_ends_it_and_its_process(built: Path) -> None:
    code = (
        "import sys, signal, pathlib\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from lrkit.designer import assets, server\n"
        f"server.load = lambda _: assets.load(pathlib.Path({str(built)!r}))\n"
        "from lrkit.cli import main\n"
        "sys.argv = ['lrkit', 'design', '--no-browser']\n"
        "main()\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        assert child.stdout.readline().startswith("http://127.0.0.1:")
        child.send_signal(signal.SIGINT)
        assert child.wait(10) == 0
        assert child.stdout.read() == ""
