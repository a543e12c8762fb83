"""Processes of their own for trainings: each is a fork of one that has only imported.

The import of the frameworks takes longer than the trainings. That process trains nothing itself, so
that no framework has started anything that a fork loses.
"""

import multiprocessing
import os
import signal
import socket
import sys
import traceback
import warnings
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(
    ["torch", "accelerate", "transformers.trainer", "lightning.pytorch", "lrkit.torch"]
)


@dataclass
class Done:
    """How a process ended.

    Args:
        result: What its function returned.
        warnings: The texts of all warnings that it gave.
        status: Its exit status, below 0 where a signal ended it.
        error: The traceback where its function raised.
    """

    result: Any = None
    warnings: list[str] = field(default_factory=list)
    status: int | None = 0
    error: str = ""

    def said(self, text: str) -> list[str]:
        """The warnings with this text in them."""
        return [warning for warning in self.warnings if text in warning]


def _child(pipe: Any, environment: dict[str, str], function: Any, arguments: Any) -> None:
    import torch

    os.environ.update(environment)
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    torch.set_num_threads(1)
    done = Done()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            done.result = function(*arguments[0], **arguments[1])
        except BaseException:
            done.error = traceback.format_exc()
    done.warnings = [str(one.message) for one in caught]
    with suppress(BrokenPipeError):
        pipe.send(done)
    pipe.close()
    sys.exit(bool(done.error))


@dataclass
class Started:
    """A process that runs."""

    process: Any
    pipe: Any

    def wait(self) -> Done:
        """How it ended."""
        done = Done()
        with suppress(EOFError, ConnectionResetError):
            done = self.pipe.recv()
        self.process.join()
        done.status = self.process.exitcode
        return done


def start(
    function: Callable[..., Any],
    *args: Any,
    environment: dict[str, str] | None = None,
    **named: Any,
) -> Started:
    """Call a function in a process of its own."""
    ours, theirs = PROCESSES.Pipe(duplex=False)
    given = (theirs, environment or {}, function, (args, named))
    process = PROCESSES.Process(target=_child, args=given)
    process.start()
    theirs.close()
    return Started(process, ours)


def run(function: Callable[..., Any], *args: Any, **named: Any) -> Done:
    """Call a function in a process of its own, and see that it did not fail."""
    done = start(function, *args, **named).wait()
    assert done.status in (0, -signal.SIGKILL), done.error or done.status
    return done


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def run_group(count: int, function: Callable[..., Any], *args: Any) -> Sequence[Done]:
    """Call a function in processes that train one model together, over loopback."""
    shared = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(_free_port())}
    shared |= {"WORLD_SIZE": str(count), "LOCAL_WORLD_SIZE": str(count), "GLOO_SOCKET_IFNAME": "lo"}
    shared |= {"ACCELERATE_USE_CPU": "true"}
    started = [
        start(
            function,
            *args,
            environment={**shared, "RANK": str(rank), "LOCAL_RANK": str(rank)},
        )
        for rank in range(count)
    ]
    found = [one.wait() for one in started]
    assert [one.status for one in found] == [0] * count, "\n".join(one.error for one in found)
    return found
