"""The record of a Recorder and its files, written when it is time."""

from __future__ import annotations

import os

import numpy as np

from lrkit.core.notice import warn
from lrkit.record.columns import Columns, Record
from lrkit.record.rate_file import RateFile
from lrkit.torch.columns import Column, Rows

_MOST_ROWS = 1000  # updates that are kept before they are written
_RESTORE = "load the state of its Scheduler, or of its Recorder, before the first update."


class Log:
    """Updates one below the other, in memory, in a CSV file and on a TensorBoard.

    Args:
        csv: The file, or None.
        tensorboard: The folder, or None.

    Attributes:
        columns: By title, each column that there has been.
    """

    def __init__(
        self, csv: str | os.PathLike[str] | None, tensorboard: str | os.PathLike[str] | None
    ) -> None:
        self.record = Record()
        self.file = None if csv is None else RateFile(csv, _RESTORE, np.float64)
        self.board = None
        if tensorboard is not None:
            from lrkit.record.tensorboard import Scalars

            self.board = Scalars(tensorboard, _RESTORE)
        self._rows: Rows | None = None
        self._titles: list[str] = []  # of the file
        self.columns: dict[str, Column] = {}

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
        is_first = self._rows is None
        self._rows = Rows(columns)
        titles = [column.title for column in columns]
        self.columns |= {column.title: column for column in columns}
        if self.file is not None:
            self._begin_file(self.file, update, titles, is_first)
        if self.board is not None:
            counters = dict.fromkeys(titles, update)
            if not self.board.fits(counters):
                self.board.resume(counters)

    def _begin_file(self, file: RateFile, update: int, titles: list[str], is_first: bool) -> None:
        if is_first:
            self._titles = titles
        elif new := [title for title in titles if title not in self._titles]:
            warn(
                f"Recorder: {str(file.path)!r} has the columns of the groups that it began with: "
                f"{', '.join(new)} of a group that has come is in the record only."
            )
        if is_first or not file.fits(update, self._titles):
            kept = file.resume(update, self._titles)
            if kept is not None and is_first:
                self.record.append(kept)

    def add(self, update: int, epoch: int, factor: float) -> None:
        """One more update, with the numbers that the groups have now."""
        rows = self._rows
        assert rows is not None, "begin comes first"
        rows.add(update, epoch, factor)
        if len(rows) >= _MOST_ROWS:
            self.flush()

    def flush(self) -> None:
        """Bring the record and the files up to the last update."""
        if self._rows is None or not len(self._rows):
            return
        added = self._rows.take()
        self.record.append(added)
        if self.file is not None:
            nothing = np.full(len(added), np.nan)
            values = {title: added.values.get(title, nothing) for title in self._titles}
            self.file.append(Columns(added.steps, added.epochs, values, added.factors))
        if self.board is not None:
            self.board.append(added, {title: title for title in added.values})
            self.board.flush()
