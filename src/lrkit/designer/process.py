"""The process that evaluates: whatever a text makes it do, it can be ended and begun anew."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

import lrkit
from lrkit.designer import limits


class Evaluator:
    """Asks a child process, one question at a time, each within a time limit.

    A thread of this process could not be stopped; a child that thinks for too long, or takes too
    much memory, is ended, and the next question has a new one.

    Args:
        seconds: Until a question is given up.
    """

    def __init__(self, seconds: float = limits.SECONDS) -> None:
        self.seconds = seconds
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._closed = False

    def start(self) -> None:
        """Begin the child now, so that the first question does not wait for it."""
        with self._lock:
            self._begin()

    def ask(self, question: bytes) -> bytes:
        """The answer to a question, both JSON; an error has the key `error`.

        Args:
            question: One JSON document.
        """
        # One line is one question: a line break within JSON is only ever a blank.
        line = question.replace(b"\r", b" ").replace(b"\n", b" ") + b"\n"
        with self._lock:
            if self._closed:
                return _error("The designer has ended.")
            child = self._begin()
            late = threading.Event()
            timer = threading.Timer(self.seconds, _give_up, (child, late))
            timer.daemon = True
            timer.start()
            answer = _converse(child, line)
            timer.cancel()
            if answer.endswith(b"\n"):
                return answer
            _end(child)
            self._child = None
        if late.is_set():
            return _error(f"This takes more than {self.seconds:g} seconds. Write it simpler.")
        return _error("This was too much: the evaluation ended. Write it simpler.")

    def close(self) -> None:
        """End the child."""
        self._closed = True
        child = self._child
        if child is not None:
            child.kill()  # whoever waits for its answer waits no longer
        with self._lock:
            if child is not None:
                _end(child)
            self._child = None

    def _begin(self) -> subprocess.Popen[bytes]:
        if self._child is not None and self._child.poll() is not None:
            _end(self._child)
            self._child = None
        if self._child is None:
            home = str(Path(lrkit.__file__).parent.parent)
            paths = [home, *filter(None, [os.environ.get("PYTHONPATH")])]
            self._child = subprocess.Popen(
                # -P: no file of the folder that one happens to be in takes a module's place.
                [sys.executable, "-P", "-m", "lrkit.designer.worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=os.environ | {"PYTHONPATH": os.pathsep.join(paths)},
            )
        return self._child


def _converse(child: subprocess.Popen[bytes], line: bytes) -> bytes:
    assert child.stdin is not None and child.stdout is not None  # noqa: PT018  # both are pipes
    try:
        child.stdin.write(line)
        child.stdin.flush()
        return child.stdout.readline()
    except (OSError, ValueError):
        return b""


def _give_up(child: subprocess.Popen[bytes], late: threading.Event) -> None:
    late.set()
    child.kill()


def _end(child: subprocess.Popen[bytes]) -> None:
    """Only where nobody reads from it: its pipes are closed too."""
    child.kill()
    child.wait()
    for pipe in (child.stdin, child.stdout):
        if pipe is not None:
            with suppress(OSError):  # what was not sent will not be
                pipe.close()


def _error(reason: str) -> bytes:
    return json.dumps({"error": {"reason": reason}}).encode() + b"\n"
