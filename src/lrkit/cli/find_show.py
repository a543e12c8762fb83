"""What `lrkit find` shows: a bar while it trains, then a table, a chart and the expression."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Mapping
from typing import Any, TextIO


class Bar(contextlib.AbstractContextManager["Bar"]):
    """A bar for each sweep and training, where the stream is a terminal.

    Args:
        stream: Where to draw.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._bar: Any = None
        self._task: Any = None
        self._counts: dict[str, int] = {}

    def __call__(self, what: str, done: int, of: int) -> None:
        """Move it: `done` of `of` updates of a sweep or a training."""
        if not self._stream.isatty():
            return
        if done == 1 or self._bar is None:
            self._begin(what, of)
        self._bar.update(self._task, completed=done)

    def _begin(self, what: str, of: int) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

        number = self._counts[what] = self._counts.get(what, 0) + 1
        if self._bar is None:
            columns = (
                *("{task.description}", BarColumn()),
                *(MofNCompleteColumn(), TimeRemainingColumn()),
            )
            console = Console(file=self._stream)
            self._bar = Progress(*columns, console=console, transient=True)
            self._bar.start()
        if self._task is not None:
            self._bar.remove_task(self._task)
        self._task = self._bar.add_task(f"{what} {number}", total=of)

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()


def shown(found: Any, columns: int, document: Mapping[str, Any], environ: Mapping[str, str]) -> str:
    """The table, the chart, and what to train with.

    Args:
        found: What was found.
        columns: Characters of a line of the chart.
        document: With the expression, and the picture if one was asked for.
        environ: The environment, for the colours.
    """
    from lrkit.draw.canvas import Style

    parts = [str(found)]
    if len(found.rates) > 1:
        parts.append(found.chart(width=columns, style=Style.of(sys.stdout, environ)))
    last = []
    if document["expression"] is not None:
        last.append(f"train with  {document['expression']}")
    if document.get("picture"):
        last.append(f"wrote {document['picture']}")
    elif "picture" in document:
        last.append("no picture, since no loss was recorded")
    return "\n\n".join([*parts, *(["\n".join(last)] if last else [])])
