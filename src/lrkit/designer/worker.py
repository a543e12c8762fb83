"""What runs in the process that evaluates: a question a line in, an answer a line out."""

from __future__ import annotations

import signal
import sys

from lrkit.designer import (
    drawing,  # noqa: F401  # while the browser loads the page
    limits,
)
from lrkit.designer.answers import answer

#: Bytes of memory, where the system can limit them: a machine with little stays usable.
MEMORY = 4 * 2**30


def main() -> None:
    """Answer until the input ends."""
    # Ctrl-C in the terminal reaches every process of the command; this one ends with its input.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _limit_memory()
    for line in sys.stdin.buffer:
        # Who asked ends this process when it takes too long; where he has gone, this does.
        _alarm(limits.SECONDS + 1)
        sys.stdout.buffer.write(answer(line) + b"\n")
        sys.stdout.buffer.flush()
        _alarm(0)


def _alarm(seconds: float) -> None:
    if hasattr(signal, "setitimer"):  # not on Windows
        signal.setitimer(signal.ITIMER_REAL, seconds)


def _limit_memory() -> None:
    try:
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        most = MEMORY if hard == resource.RLIM_INFINITY else min(MEMORY, hard)
        resource.setrlimit(resource.RLIMIT_AS, (most, hard))
    except (ImportError, OSError, ValueError):
        return  # a system without limits: the time limit remains


if __name__ == "__main__":
    main()
