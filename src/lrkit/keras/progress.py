"""A line on the terminal that says how far a long task is, and nothing of a short one."""

import sys
import time
from collections.abc import Iterable, Iterator

_PATIENCE = 2.0
"""Seconds of silence, and from one line to the next."""
_STRIDE = 64
"""Steps between two looks at the clock."""


def in_turn(task: str, count: int) -> Iterable[int]:
    """The numbers 0 to `count` - 1; each time they are gone through, a line says how far it is.

    Only where stderr is a terminal: a log file has no use for it.

    Args:
        task: What is being done, in words.
        count: How many.
    """
    return _Told(task, count) if sys.stderr.isatty() else range(count)


class _Told:
    def __init__(self, task: str, count: int) -> None:
        self._task, self._count = task, count

    def __iter__(self) -> Iterator[int]:
        last, is_said = time.monotonic(), False
        try:
            for begin in range(0, self._count, _STRIDE):
                yield from range(begin, min(begin + _STRIDE, self._count))
                now = time.monotonic()
                if now - last >= _PATIENCE:
                    last, is_said = now, True
                    self._say(min(begin + _STRIDE, self._count))
        finally:
            if is_said:
                print(file=sys.stderr, flush=True)

    def _say(self, done: int) -> None:
        """Writes over the line before."""
        share = f"{done / self._count:.0%}"
        line = f"{self._task}, one by one: {done:,} of {self._count:,} ({share})"
        print(f"\r{line}", end="", file=sys.stderr, flush=True)
