"""Processes that are killed at a chosen moment: by themselves, or from outside.

One process imports the framework, and each training is a fork of it: the import takes longer than
the training. It trains nothing itself, so that nothing is started that a fork would lose.
"""

import faulthandler
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

from tests.documentation import ROOT


class Moment(NamedTuple):
    """When a process is killed.

    `batch`: after batch number `at`, before its checkpoint. `half`, `aside`: while its checkpoint
    is half written, or not yet renamed. `outside`: by the parent, at mark number `at`.
    """

    kind: str
    at: int


KINDS = ("batch", "half", "aside", "outside")


def die() -> None:
    """As a power cut to this process: nothing more is run or written."""
    os.kill(os.getpid(), signal.SIGKILL)


def write(path: Path, data: bytes, killed: str) -> None:
    """The bytes aside, then the name: whatever is killed in between, one whole file is there."""
    if killed == "batch":
        die()
    aside = path.with_suffix(".aside")
    with aside.open("wb") as file:
        if killed == "half":
            file.write(data[: len(data) // 2])
            file.flush()
            die()
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    if killed == "aside":
        die()
    aside.replace(path)


class Processes:
    """Runs a training in processes of its own.

    Of forkservers there is one for all of these: it imports what each of them asks for.

    Args:
        modules: What is imported once, ahead.
        train: `train(folder, moment, mark, **options)`.
    """

    _all_modules: ClassVar[list[str]] = []

    def __init__(self, modules: list[str], train: Callable[..., None]) -> None:
        # Of the parent's path the forkserver knows only this, and without it imports nothing ahead.
        os.environ.setdefault("PYTHONPATH", str(ROOT))
        self._context = multiprocessing.get_context("forkserver")
        self._all_modules.extend(modules)
        self._context.set_forkserver_preload(self._all_modules)
        self._train = train
        self._lock = threading.Lock()

    def run(self, folder: Path, moment: Any, **options: Any) -> int:
        """One process: its exit status, below 0 where a signal ended it.

        What it prints is in a text file beside the folder.
        """
        ours, theirs = self._context.Pipe(duplex=False)
        arguments = (self._train, folder, moment, theirs, options)
        process = self._context.Process(target=_child, args=arguments)
        with self._lock:
            process.start()
        theirs.close()
        marks = 0
        with suppress(EOFError):
            while True:
                ours.recv_bytes()
                marks += 1
                if moment and (moment.kind, moment.at) == ("outside", marks):
                    with suppress(ProcessLookupError):  # it ended in between
                        os.kill(process.pid, signal.SIGKILL)
        # To start a process reads how others ended, of which there is one notice: whoever reads it
        # must not be interrupted by whoever waits for it.
        wait([process.sentinel])
        with self._lock:
            process.join()
        return process.exitcode


def _child(train: Callable[..., None], folder: Path, moment: Any, pipe: Any, options: Any) -> None:
    with folder.with_suffix(".txt").open("a") as said:
        os.dup2(said.fileno(), 1)
        os.dup2(said.fileno(), 2)
    faulthandler.enable()

    def mark() -> None:
        with suppress(BrokenPipeError):
            pipe.send_bytes(b".")

    train(folder, moment, mark, **options)
