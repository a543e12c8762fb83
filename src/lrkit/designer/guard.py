"""Who may ask: the page that this server served, opened by its own address, and nobody else.

A page of another origin can make the browser send requests here, and a name that an attacker owns
can be made to mean 127.0.0.1. The secret in the path, the `Host` and the `Origin` each stop that.
"""

from __future__ import annotations

import hmac
import secrets
from email.message import Message
from typing import NamedTuple

#: The only address that is listened on.
LOOPBACK = "127.0.0.1"
#: Names that a browser may call it by.
NAMES = (LOOPBACK, "localhost")
#: What the one endpoint takes. A form of another page cannot send it without being asked first.
JSON = "application/json"


class Refused(Exception):
    """A request that is not answered.

    Attributes:
        status: The HTTP status.
        reason: One sentence.
    """

    def __init__(self, status: int, reason: str) -> None:
        """Say why."""
        super().__init__(reason)
        self.status, self.reason = status, reason


class Guard(NamedTuple):
    """What a request to one server must show."""

    port: int
    token: str

    @classmethod
    def of(cls, port: int) -> Guard:
        """A guard with a new secret."""
        return cls(port, secrets.token_urlsafe(24))

    @property
    def page(self) -> str:
        """The path of the page."""
        return f"/{self.token}/"

    @property
    def endpoint(self) -> str:
        """The path that questions are posted to."""
        return f"/{self.token}/ask"

    def check(self, method: str, path: str, headers: Message) -> None:
        """Refuse what does not come from the page.

        Args:
            method: The HTTP method.
            path: The target as it was sent.
            headers: The headers of the request.

        Raises:
            Refused: With the status to answer.
        """
        hosts = {f"{name}:{self.port}" for name in NAMES}
        if headers.get_all("Host") is None or set(headers.get_all("Host", [])) - hosts:
            raise Refused(403, "The request is for another host.")
        if len(headers.get_all("Host", [])) != 1:
            raise Refused(400, "The request must name one host.")
        wanted = {"GET": self.page, "POST": self.endpoint}.get(method)
        known = [hmac.compare_digest(path.encode(), p.encode()) for p in (self.page, self.endpoint)]
        if not any(known):
            raise Refused(404, "There is nothing here. The address is the one `lrkit design` said.")
        if wanted is None or not hmac.compare_digest(path.encode(), wanted.encode()):
            raise Refused(405, "The page is read with GET, and asked with POST.")
        lengths = set(headers.get_all("Content-Length", [])) - {"0"}
        if method == "GET" and (lengths or headers.get_all("Transfer-Encoding")):
            # It would be taken for the next request.
            raise Refused(400, "The page is read without a body.")
        self._check_origin(method, headers, {f"http://{host}" for host in hosts})

    def _check_origin(self, method: str, headers: Message, own: set[str]) -> None:
        origins = headers.get_all("Origin", [])
        if set(origins) - own or (method == "POST" and len(origins) != 1):
            raise Refused(403, "The request comes from another origin.")
        sites = set(headers.get_all("Sec-Fetch-Site", []))
        if method == "POST" and sites - {"same-origin"}:
            raise Refused(403, "The request comes from another site.")
        # The page may be opened by hand or by a link, but not be a part of another page.
        if method == "GET" and set(headers.get_all("Sec-Fetch-Dest", [])) - {"document"}:
            raise Refused(403, "The page stands alone.")
        if method == "POST" and headers.get_content_type() != JSON:
            raise Refused(415, f"A question is sent as {JSON}.")
