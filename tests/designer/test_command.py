"""`lrkit design`: prints the address, opens the browser, ends with Ctrl-C."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import webbrowser
from collections.abc import Callable
from contextlib import suppress
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import pytest
from click.testing import CliRunner, Result

from lrkit.cli import main
from lrkit.designer import Designer, assets, server
from tests.designer.wire import PARTS, path_of, request

Run = Callable[..., Result]


def children(pid: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def process_times(pid: int) -> float:
    """Seconds of the processor that a process has had."""
    user, system = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def ask_slowly(port: int | None, path: str) -> None:
    """A question that nobody waits for; it takes minutes."""
    text = "table([" + "0," * 40_000 + "0]).over(9000000)"
    body = json.dumps({"ask": "values", "texts": [text] * 20, "begin": 0, "end": 50_000}).encode()
    origin = f"http://127.0.0.1:{port}"
    headers = {"Content-Type": "application/json", "Origin": origin}
    with suppress(OSError, HTTPException):
        urlopen(Request(f"{origin}{path}ask", body, headers))


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
    assert started[0]["texts"] == [server.EXAMPLE]  # for a link that is broken
    done = run("http://127.0.0.1:5/old/#s=ab-_9", "--no-browser", "--over", "50")
    assert done.exit_code == 2
    assert "--over is of texts" in done.output


def test_a_port_that_is_taken_is_named(started: list[dict[str, Any]]) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = run("--no-browser", "--port", str(port))
    assert done.exit_code == 2
    assert f"--port must be a port that is free to take, got --port {port}" in done.output


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


@pytest.mark.skipif(sys.platform == "win32", reason="has no signals for one process")
@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGINT, 0), (signal.SIGTERM, 143)], ids=["Ctrl-C", "TERM"]
)
def test_a_signal_ends_it_and_its_process(built: Path, number: signal.Signals, status: int) -> None:
    """Also while a question is being answered: then its end is not seen in its input."""
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
        address = urlsplit(child.stdout.readline().strip())
        (worker,) = children(child.pid)
        busy = threading.Thread(target=ask_slowly, args=(address.port, address.path))
        busy.start()
        while process_times(worker) < 0.5:
            assert child.poll() is None
        child.send_signal(number)
        assert child.wait(10) == status
        busy.join()
        assert not Path(f"/proc/{worker}").exists()
        assert child.stdout.read() == ""
