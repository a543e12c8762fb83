"""The designer's server: on this machine only, at a free port, behind a secret."""

from __future__ import annotations

import threading
import webbrowser
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import lrkit
from lrkit.core.validate import refuse
from lrkit.designer.assets import FOLDER, Assets, load
from lrkit.designer.page import page
from lrkit.designer.process import Evaluator

if TYPE_CHECKING:
    from lrkit.designer.listening import Server

#: What the page begins with where no text is given.
EXAMPLE = "1e-3 * (warmup(500) >> cosine(9500))"


class Designer:
    """A running designer; use it in a `with` statement, or call `close`.

    Args:
        texts: Schedules to begin with, or one link that the page made. Default: an example.
        plan: The run: `epochs`, `examples`, `batch_size`, …, as `Plan` takes them.
        names: Numbers that the texts use by name.
        port: The port on 127.0.0.1. Default: a free one.
        assets: The folder of the built page.

    Attributes:
        url: The address of the page, with the secret.

    Raises:
        MissingAssets: The page is not built.
        ValueError: The port is out of range.
        OSError: The port is taken.

    >>> with Designer(["cosine(100)"]) as designer:  # doctest: +SKIP
    ...     print(designer.url)
    """

    def __init__(
        self,
        texts: Iterable[str] = (),
        *,
        plan: dict[str, Any] | None = None,
        names: dict[str, float] | None = None,
        port: int = 0,
        assets: Path = FOLDER,
    ) -> None:
        if not 0 <= port < 2**16:
            raise refuse("Designer", "port", "from 0 to 65535", port, "0 takes a free one.")
        parts = load(assets)
        self._evaluator = Evaluator()
        # Before the rest is imported: what it does until then costs no time.
        self._evaluator.start()
        try:
            self._server, self.url = self._listening(parts, list(texts), plan, names, port)
        except BaseException:
            self._evaluator.close()
            raise
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), daemon=True
        )
        self._thread.start()

    def _listening(
        self,
        parts: Assets,
        given: list[str],
        plan: dict[str, Any] | None,
        names: dict[str, float] | None,
        port: int,
    ) -> tuple[Server, str]:
        """The server, not yet running, and the address of its page."""
        from lrkit.designer.guard import LOOPBACK, Guard
        from lrkit.designer.listening import Server
        from lrkit.draw.palette import COLOURS, DASHES

        fragment = link_state(given)
        start = {
            "texts": [EXAMPLE] if fragment or not given else given,
            "plan": plan,
            "names": names or {},
            "colours": COLOURS,
            "dashes": DASHES,
            "version": lrkit.__version__,
        }
        body, policy = page(parts, start)
        try:
            server = Server(port)
        except OSError as error:
            # The class and the number stay: a program may ask for them.
            raise type(error)(
                error.errno,
                f"Designer: `port` must be a port that is free to take, got port={port}: "
                f"{error.strerror}. Leave it out for one that is.",
            ) from None
        guard = Guard.of(server.server_port)
        server.answer(guard=guard, page=body, policy=policy, ask=self._evaluator.ask)
        return server, f"http://{LOOPBACK}:{guard.port}{guard.page}{fragment}"

    @property
    def address(self) -> tuple[str, int]:
        """Where it listens: always on 127.0.0.1."""
        host, port = self._server.socket.getsockname()[:2]
        return host, port

    def wait(self) -> None:
        """Stay until the server ends; Ctrl-C raises KeyboardInterrupt."""
        while self._thread.is_alive():
            self._thread.join(0.2)

    def close(self) -> None:
        """End the server and its process."""
        self._server.shutdown()
        self._server.server_close()
        self._evaluator.close()

    def __enter__(self) -> Designer:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def serve(texts: Iterable[str] = (), *, browser: bool = True, **options: Any) -> None:
    """Print the address of a designer, open it, and stay until Ctrl-C.

    Args:
        texts: Schedules to begin with.
        browser: Whether to open the page in the browser.
        **options: As `Designer` takes them.

    >>> serve(["cosine(100)"])  # doctest: +SKIP
    """
    with suppress(KeyboardInterrupt), Designer(texts, **options) as designer:
        print(designer.url, flush=True)
        if browser:
            webbrowser.open(designer.url)
        designer.wait()


def link_state(texts: list[str]) -> str:
    """The fragment of a link that the page made, with its sign; empty for texts of schedules.

    >>> link_state(["http://127.0.0.1:8000/secret/#s=abc"]), link_state(["cosine(10)"])
    ('#s=abc', '')
    """
    if len(texts) != 1 or "#s=" not in texts[0] or not texts[0].startswith(("http://", "#s=")):
        return ""
    return f"#s={quote(texts[0].partition('#s=')[2], safe='-_.~')}"
