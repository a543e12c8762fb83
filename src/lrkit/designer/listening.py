"""What listens: a thread a connection, on this machine only, and a bound on how many."""

from __future__ import annotations

import threading
from collections.abc import Callable
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
        self._free = threading.BoundedSemaphore(limits.CONNECTIONS)

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
        """One more connection, unless there are too many."""
        if self._free.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Give the place back when the connection ends."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._free.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A connection that breaks is nobody's concern."""

    def server_bind(self) -> None:
        """Take the port; the base class would look up a name, which may ask the network."""
        socket_address = self.server_address
        self.socket.bind(socket_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = LOOPBACK, self.server_address[1]
