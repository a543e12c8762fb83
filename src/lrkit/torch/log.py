"""The record of a Recorder and its files, written when it is time."""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from lrkit.record.columns import Record
from lrkit.record.rate_file import RateFile
from lrkit.torch.columns import Column, Rows

_MOST_ROWS = 1000  # updates that are kept before they are written
_RESTORE = "load the state of its Scheduler, or of its Recorder, before the first update."


class Log:
    """Updates one below the other, in memory, in a CSV file and on a TensorBoard.

    Args:
        csv: The file, or None.
        tensorboard: The folder, or None.
    """

    def __init__(
        self, csv: str | os.PathLike[str] | None, tensorboard: str | os.PathLike[str] | None
    ) -> None:
        self.record = Record()
        self.file = None if csv is None else RateFile(csv, _RESTORE, np.float64)
        self.board = None
        if tensorboard is not None:
            from lrkit.record.tensorboard import Scalars

            self.board = Scalars(tensorboard)
        self._rows: Rows | None = None
        self._has_begun = False

    @property
    def columns(self) -> list[Column] | None:
        """What is in a row; None before the first update."""
        return None if self._rows is None else self._rows.columns

    @property
    def set_aside(self) -> int:
        """Updates of an earlier run that the file held."""
        return 0 if self.file is None else self.file.set_aside

    def begin(self, update: int, columns: list[Column]) -> None:
        """Go on at an update; what the files hold from there on is cut.

        Args:
            update: The next one.
            columns: What is in a row from now on.
        """
        self.flush()
        self._rows = Rows(columns)
        titles = [column.title for column in columns]
        if self.file is not None and not (self._has_begun and self.file.fits(update, titles)):
            kept = self.file.resume(update, titles)
            if kept is not None and not self._has_begun:
                self.record.append(kept)
        self._has_begun = True
        if self.board is not None:
            counters = dict.fromkeys(titles, update)
            if not self.board.fits(counters):
                self.board.resume(counters)

    def add(self, update: int, epoch: int, factor: float, groups: Any) -> None:
        """One more update, with the numbers that the groups have now."""
        rows = self._rows
        assert rows is not None, "begin comes first"
        rows.add(update, epoch, factor, groups)
        if len(rows) >= _MOST_ROWS:
            self.flush()

    def flush(self) -> None:
        """Bring the record and the files up to the last update."""
        if self._rows is None or not len(self._rows):
            return
        added = self._rows.take()
        self.record.append(added)
        if self.file is not None:
            self.file.append(added)
        if self.board is not None:
            self.board.append(added, {title: title for title in added.values})
            self.board.flush()
