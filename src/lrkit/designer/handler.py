"""One HTTP request: guarded, bounded, answered with the page or with JSON, errors too."""

from __future__ import annotations

import json
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any

from lrkit.designer import limits
from lrkit.designer.guard import JSON, Guard, Refused

if TYPE_CHECKING:
    from lrkit.designer.listening import Server

Ask = Callable[[bytes], bytes]


class Handler(BaseHTTPRequestHandler):
    """Serves one page at one path and answers questions at another; logs nothing."""

    protocol_version = "HTTP/1.1"  # a question a key press: the connection stays
    timeout = limits.SILENCE
    server_version, sys_version = "lrkit", ""
    # Headers and body leave in two writes: without this the second would wait for an answer.
    disable_nagle_algorithm = True

    server: Server
    guard: Guard
    page: bytes
    policy: str
    ask: Ask

    def do_GET(self) -> None:
        """The page."""
        if self._may_pass():
            self._send(200, self.page, "text/html; charset=utf-8", self.policy)

    def do_POST(self) -> None:
        """A question."""
        if not self._may_pass():
            return
        try:
            body = self._body()
        except Refused as refused:
            self._refuse(refused)
            return
        with self.server.answering(self.connection):
            answer = type(self).ask(body)
        self._send(200, answer, JSON)

    def __getattr__(self, name: str) -> Any:
        """Every other method goes through the same guard, which refuses it."""
        if name.startswith("do_"):
            return self._may_pass
        raise AttributeError(name)

    def _may_pass(self) -> bool:
        # As it was sent: the base class has taken slashes off `path`.
        target = self.requestline.split()[1]
        try:
            self.guard.check(self.command, target, self.headers)
        except Refused as refused:
            self._refuse(refused)
            return False
        return True

    def _body(self) -> bytes:
        if self.headers.get_all("Transfer-Encoding"):
            raise Refused(411, "A question comes with its Content-Length.")
        lengths = self.headers.get_all("Content-Length", [])
        if len(lengths) != 1 or not (lengths[0].isascii() and lengths[0].isdigit()):
            raise Refused(411, "A question comes with its Content-Length.")
        if len(lengths[0]) > 12 or int(lengths[0]) > limits.BODY:
            raise Refused(413, f"A question must have at most {limits.BODY:,} bytes.")
        body = self.rfile.read(int(lengths[0]))
        if len(body) < int(lengths[0]):
            raise Refused(400, "The question breaks off.")
        return body

    def _refuse(self, refused: Refused) -> None:
        self.send_error(refused.status, refused.reason)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Errors are JSON, and end the connection: what follows in it is not trusted."""
        self.close_connection = True
        reason = message or "The request is not understood."
        self._send(code, json.dumps({"error": {"reason": reason}}).encode(), JSON)

    def _send(self, status: int, body: bytes, kind: str, policy: str | None = None) -> None:
        try:
            self.send_response(status)
            for name, value in (
                ("Content-Type", kind),
                ("Content-Length", str(len(body))),
                ("Content-Security-Policy", policy or "default-src 'none'; frame-ancestors 'none'"),
                ("Cache-Control", "no-store"),
                ("Cross-Origin-Opener-Policy", "same-origin"),
                ("Cross-Origin-Resource-Policy", "same-origin"),
                ("Referrer-Policy", "no-referrer"),
                ("X-Content-Type-Options", "nosniff"),
                ("Connection", "close" if self.close_connection else "keep-alive"),
            ):
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)
        except OSError:  # the other side has gone
            self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: the terminal is the user's."""
