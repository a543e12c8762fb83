"""A designer without its built page, and HTTP byte by byte."""

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from lrkit.designer import Designer

#: Stands for the built page: what the server does must not depend on it.
PARTS = {
    "designer.js": 'document.title = "</script><!-- " + 1;',
    "designer.css": "body { margin: 0 }",
    "licences.txt": "a licence </script>",
}


class Reply(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@contextmanager
def running(folder: Path, *texts: str, **options: Any) -> Iterator[Designer]:
    for name, content in PARTS.items():
        (folder / name).write_text(content, encoding="utf-8")
    with Designer(texts, assets=folder, **options) as designer:
        yield designer


def port_of(designer: Designer) -> int:
    return urlsplit(designer.url).port or 0


def path_of(designer: Designer) -> str:
    return urlsplit(designer.url).path


def send(designer: Designer, data: bytes, *, finish: bool = False) -> bytes:
    """Everything that comes back for some bytes; `finish` says that no more will come."""
    with socket.create_connection(("127.0.0.1", port_of(designer)), timeout=20) as connection:
        try:
            connection.sendall(data)
            if finish:
                connection.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: connection.recv(65536), b""))
        except ConnectionError:  # refused before all was read
            return b""


def head(method: str, path: str, headers: dict[str, str]) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {text}" for name, text in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("utf-8", "surrogateescape")


def own(designer: Designer, body: bytes = b"") -> dict[str, str]:
    """The headers that the page itself sends."""
    host = f"127.0.0.1:{port_of(designer)}"
    return {
        "Host": host,
        "Origin": f"http://{host}",
        "Sec-Fetch-Site": "same-origin",
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
        "Connection": "close",
    }


def request(
    designer: Designer,
    method: str,
    path: str,
    body: bytes = b"",
    **changed: str | None,
) -> Reply:
    """A request as the page would send it, with some headers changed, or left out with None."""
    headers = own(designer, body)
    for name, text in changed.items():
        key = name.replace("_", "-").title()
        headers.pop(key, None)
        if text is not None:
            headers[key] = text
    return parsed(send(designer, head(method, path, headers) + body))


def parsed(data: bytes) -> Reply:
    top, _, body = data.partition(b"\r\n\r\n")
    first, *lines = top.decode("latin-1").split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines)
    return Reply(int(first.split()[1]), headers, body)


def ask(designer: Designer, **question: Any) -> Any:
    body = json.dumps(question).encode()
    reply = request(designer, "POST", f"{path_of(designer)}ask", body)
    assert reply.status == 200, reply
    return reply.json
