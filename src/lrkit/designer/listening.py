"""What listens: a thread a connection, on this machine only, and a bound on how many."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import ThreadingHTTPServer
from typing import Any

from lrkit.designer import limits
from lrkit.designer.guard import LOOPBACK, Guard
from lrkit.designer.handler import Handler


class Server(ThreadingHTTPServer):
    """An HTTP server on 127.0.0.1.

    Args:
        port: The port; 0 takes a free one.

    Raises:
        OSError: The port is taken.
    """

    daemon_threads = True
    block_on_close = False
    allow_reuse_address = False  # a port is ours alone
    request_queue_size = limits.CONNECTIONS

    def __init__(self, port: int) -> None:
        super().__init__((LOOPBACK, port), Handler)
        self._lock = threading.Lock()
        #: The connections that no question is being answered for, the oldest first.
        self._waiting: dict[int, Any] = {}
        self._open = 0

    def answer(
        self, *, guard: Guard, page: bytes, policy: str, ask: Callable[[bytes], bytes]
    ) -> None:
        """Say what is served, and to whom.

        Args:
            guard: What a request must show.
            page: The page.
            policy: Its content security policy.
            ask: What answers a question.
        """
        settings = {"guard": guard, "page": page, "policy": policy, "ask": staticmethod(ask)}
        self.RequestHandlerClass = type("Answering", (Handler,), settings)

    def process_request(self, request: Any, client_address: Any) -> None:
        """One more connection; where there are too many, in place of the one that waits longest.

        So whoever opens many, and sends slowly or nothing, shuts out nobody but himself.
        """
        with self._lock:
            oldest = next(iter(self._waiting), None)
            is_full = self._open >= limits.CONNECTIONS
            evicted = self._waiting.pop(oldest) if is_full and oldest is not None else None
            is_refused = is_full and evicted is None
            if not is_refused:
                self._open += 1
                self._waiting[id(request)] = request
        if evicted is not None:
            with suppress(OSError):  # it may have ended by itself
                evicted.shutdown(socket.SHUT_RDWR)
        if is_refused:
            self.shutdown_request(request)
        else:
            super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Give the place back when the connection ends."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            with self._lock:
                self._open -= 1
                self._waiting.pop(id(request), None)

    @contextmanager
    def answering(self, connection: Any) -> Iterator[None]:
        """While this connection's question is answered, it gives its place to nobody."""
        with self._lock:
            self._waiting.pop(id(connection), None)
        try:
            yield
        finally:
            with self._lock:
                self._waiting[id(connection)] = connection

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A connection that breaks is nobody's concern."""

    def server_bind(self) -> None:
        """Take the port; the base class would look up a name, which may ask the network."""
        socket_address = self.server_address
        self.socket.bind(socket_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = LOOPBACK, self.server_address[1]
