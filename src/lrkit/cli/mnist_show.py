"""What `lrkit mnist` prints while it trains and at the end."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lrkit.cli.group import write
from lrkit.tasks.show import Show

#: Characters of a schedule's text in the table.
LABEL = 44


class Terminal(Show):
    """Lines on stdout, or on stderr where stdout is for a document; a bar on a terminal.

    Args:
        err: Print to stderr.
        is_compiled: Whether each step is compiled as a whole, which takes its time.
    """

    def __init__(self, *, err: bool, is_compiled: bool = False) -> None:
        self._err = err
        self._is_compiled = is_compiled
        self._stream = sys.stderr if err else sys.stdout
        self.counts_batches = self._stream.isatty()
        self._has_summary = False
        self._bar: Any = None
        self._task: Any = None

    def begin(self, device: str, source: str, examples: int) -> None:
        """The device and the data."""
        self._say(f"device    {device}\ndata      {source}, {examples} training images")
        if self._is_compiled:
            self._say("jit       each step is compiled as a whole: the first epoch takes longer")

    def train(self, number: int, of: int, label: str, expression: str, model: Any) -> None:
        """The model, once, and the schedule."""
        if not self._has_summary:
            model.summary(print_fn=lambda text, **_: self._say(text))
            self._has_summary = True
        place = f" ({number} of {of})" if of > 1 else ""
        named = "" if label == expression else f"{label}: "
        self._say(f"schedule  {named}{expression}{place}")

    def resume(self, label: str, done: int, epochs: int) -> None:
        """From which epoch it goes on."""
        if done == epochs:
            self._say(f"{label}: finished before, all {epochs} epochs: nothing left to train")
        else:
            self._say(f"{label}: goes on after epoch {done} of {epochs}")

    def epoch_begin(self, number: int, of: int, batches: int) -> None:
        """A fresh bar."""
        if not self.counts_batches:
            return
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

        self.close()
        columns = ("{task.description}", BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        console = Console(file=self._stream)
        self._bar = Progress(*columns, console=console, transient=True)
        self._task = self._bar.add_task(f"epoch {number:2d}/{of}", total=batches)
        self._bar.start()

    def batch(self, done: int) -> None:
        """Move the bar."""
        if self._bar is not None:
            self._bar.update(self._task, completed=done)

    def epoch(self, row: dict[str, Any], of: int) -> None:
        """One line in place of the bar."""
        self.close()
        metrics = "  ".join(
            f"{name} {row[name]:.4f}" for name in ("loss", "accuracy", "val_loss", "val_accuracy")
        )
        rate = f"learning rate {row['learning_rate']:<11.6g}"
        self._say(f"epoch {row['epoch']:2d}/{of}  {rate}  {metrics}")

    def close(self) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None

    def _say(self, text: str) -> None:
        write(text, err=self._err)


def table(rows: Sequence[dict[str, Any]]) -> str:
    """The end of each training in columns, the names on the left and the numbers on the right."""
    lines = [
        (
            "schedule",
            "first rate",
            "last rate",
            "loss",
            "val_loss",
            "val_accuracy",
            "best (epoch)",
            "seconds",
        )
    ]
    for row in rows:
        label = row["schedule"]
        lines.append(
            (
                label if len(label) <= LABEL else label[: LABEL - 3] + "...",
                f"{row['first_rate']:.4g}",
                f"{row['last_rate']:.4g}",
                f"{row['last_loss']:.4f}",
                f"{row['last_val_loss']:.4f}",
                f"{row['last_val_accuracy']:.4f}",
                f"{row['best_val_accuracy']:.4f} ({row['best_epoch']})",
                f"{row['seconds']:.1f}",
            )
        )
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if place else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        for line in lines
    )


def picture(path: Path | None) -> str:
    """Where the picture is, or how to get one."""
    if path is None:
        return 'no picture, since matplotlib is not installed: pip install "lrkit[plot]"'
    return f"picture   {path}"
