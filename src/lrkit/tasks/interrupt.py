"""Ctrl-C that is neither lost nor comes at a bad moment."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any


class Interrupt:
    """What becomes of Ctrl-C while a `with` block of this runs.

    It raises KeyboardInterrupt as ever. But Keras converts its logs under a bare `except`, and
    where batches are computed asynchronously that is where the main thread mostly waits, so the
    exception may vanish there: `check` raises it again. And while files are written, under `held`,
    it waits until they are whole.

    A handler that somebody else has set stays; then this does nothing.
    """

    def __init__(self) -> None:
        self._came = self._holds = False
        self._before: Any = None

    def __enter__(self) -> "Interrupt":
        is_ours = (
            threading.current_thread() is threading.main_thread()
            and signal.getsignal(signal.SIGINT) is signal.default_int_handler
        )
        if is_ours:
            self._before = signal.signal(signal.SIGINT, self._handle)
        return self

    def __exit__(self, *_: object) -> None:
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)
            self._before = None

    def _handle(self, number: int, frame: FrameType | None) -> None:
        self._came = True
        if not self._holds:
            raise KeyboardInterrupt

    @contextmanager
    def held(self) -> Iterator[None]:
        """Ctrl-C waits for the end of this block."""
        self._holds = True
        try:
            yield
        finally:
            self._holds = False
        self.check()

    def check(self) -> None:
        """Raise KeyboardInterrupt if Ctrl-C came, whatever became of it."""
        if self._came:
            raise KeyboardInterrupt
