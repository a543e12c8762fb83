"""The CSV file of the recorded rates: appended to, cut back, and safe against a kill."""

import os
import re
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from lrkit.core.notice import warn
from lrkit.record.columns import RATE, Columns

_HEADER = re.compile(rb"step,epoch,learning_rate((?:,[a-z_][a-z0-9_]*)*)")


class RateFile:
    """One row per update that led to the weights as they are.

    Rows are appended at the end of an epoch and pushed to the disk. A kill in the middle can only
    tear the last line, which the next `resume` drops. What is cut is cut in a copy, which then
    takes the file's place.

    Args:
        path: The file; its folder must exist.
        restore: What to do before a run that goes on with the file, in the framework's words.
        kind: The type of the values.

    Raises:
        TypeError: If it is no path.
        ValueError: If the folder is missing, or the file holds something else.
    """

    def __init__(
        self, path: str | os.PathLike[str], restore: str = "", kind: type[np.floating] = np.float32
    ) -> None:
        if not isinstance(path, str | os.PathLike):
            raise TypeError(
                f"Recorder: `csv` must be the name of a file, got csv={path!r}. Write for example "
                'csv="rates.csv".'
            )
        self.path = Path(path)
        self._restore, self._kind = restore, kind
        self.was_torn = False  # whether `resume` found a last line that a kill had torn
        self.set_aside = 0  # rows of an earlier run, moved to a file beside
        self._names = [RATE]  # of the columns after step and epoch
        self._next: int | None = None  # the step that would follow the last row
        if not self.path.parent.is_dir():
            raise ValueError(
                "Recorder: `csv` must be a file in a folder that exists, got "
                f"csv={str(self.path)!r}. Make the folder first."
            )
        if self._exists():
            self._rows()  # a wrong file is refused before the training, not after its first epoch

    def resume(self, counter: int, names: Iterable[str] = (RATE,)) -> Columns | None:
        """Keeps the rows before `counter` and returns them as columns; None where no file was.

        Rows of a run that starts again from the beginning are moved to a file beside, not lost.

        Args:
            counter: The updates that the weights have had.
            names: What the run records of each update, `learning_rate` first.

        Raises:
            ValueError: If rows are to be continued that hold something else.
        """
        self._names = list(names)
        if not self._exists():
            if counter == 0:  # so that a file without rows says: recorded from the first update
                self._replace([])
            return None
        rows, lines, self.was_torn = self._rows()
        if counter == 0 and lines:
            self._set_aside(len(lines))
        keep = int(np.searchsorted(rows.steps, counter))
        others = list(rows.values) != self._names
        if keep and others:
            raise self._other(list(rows.values))
        if keep < len(lines) or self.was_torn or others:
            self._replace(lines[:keep])
        self._next = int(rows.steps[keep - 1]) + 1 if keep else None
        return rows.part(slice(keep)) if keep else self._parsed([], self._names)

    def _exists(self) -> bool:
        return self.path.exists() and self.path.stat().st_size > 0

    def fits(self, counter: int, names: list[str]) -> bool:
        """Whether rows from update `counter` on can be appended as it is."""
        return names == self._names and (self._next is None or self._next <= counter)

    def append(self, columns: Columns) -> None:
        """Writes the rows to the disk."""
        if not len(columns):
            return
        values = [columns.values[name] for name in self._names]
        rows = zip(columns.steps.tolist(), columns.epochs.tolist(), *values, strict=True)
        text = "".join(",".join(map(str, row)) + "\n" for row in rows).encode()
        if not self._exists():
            self._replace([])
        with self.path.open("ab") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        self._next = int(columns.steps[-1]) + 1

    def _rows(self) -> tuple[Columns, list[bytes], bool]:
        """Its columns, its lines as they stand, and whether a kill tore the last line."""
        header, *lines = self.path.read_bytes().split(b"\n")
        found = _HEADER.fullmatch(header)
        if found is None or not lines:
            raise self._wrong(1, header)
        torn = lines.pop()
        names = [RATE, *found[1].decode().split(",")[1:]]
        return self._parsed(lines, names), lines, bool(torn)

    def _parsed(self, lines: list[bytes], names: list[str]) -> Columns:
        steps = np.empty(len(lines), np.int64)
        epochs = np.empty(len(lines), np.int64)
        values = np.empty((len(names), len(lines)), self._kind)
        for i, line in enumerate(lines):
            try:
                step, epoch, *cells = line.split(b",", maxsplit=len(names) + 1)
                steps[i], epochs[i] = int(step), int(epoch)
                for column, cell in zip(values, cells, strict=True):
                    column[i] = self._kind(cell.decode())
            except ValueError as error:
                raise self._wrong(i + 2, line) from error
            if i and steps[i] <= steps[i - 1]:
                raise self._wrong(i + 2, line)
        return Columns(steps, epochs, dict(zip(names, values, strict=True)))

    def _other(self, names: list[str]) -> ValueError:
        return ValueError(
            "Recorder: `csv` must hold what this run records of each update, "
            f"{', '.join(self._names)}, got csv={str(self.path)!r}, which holds "
            f"{', '.join(names)}. Give another name, or move the file away."
        )

    def _wrong(self, number: int, line: bytes) -> ValueError:
        return ValueError(
            "Recorder: `csv` must be a new file or one that Recorder wrote, got "
            f"csv={str(self.path)!r}, whose line {number} is {line[:80].decode(errors='replace')!r}"
            ". Give another name, or move the file away."
        )

    def _set_aside(self, count: int) -> None:
        number = 1
        while (aside := self.path.with_name(f"{self.path.name}.{number}")).exists():
            number += 1
        self.path.replace(aside)
        self.set_aside = count
        warn(
            f"Recorder: {str(self.path)!r} held {count} updates of an earlier run, and this run "
            f"starts from the first update. They are kept in {aside.name!r}; to continue that run, "
            f"{self._restore}",
        )

    def _replace(self, lines: list[bytes]) -> None:
        header = ",".join(["step", "epoch", *self._names]).encode()
        aside = self.path.with_name(self.path.name + ".tmp")
        with aside.open("wb") as file:
            file.write(b"\n".join([header, *lines, b""]))
            file.flush()
            os.fsync(file.fileno())
        aside.replace(self.path)
        self._next = int(lines[-1].split(b",")[0]) + 1 if lines else None
