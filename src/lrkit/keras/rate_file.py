"""The CSV file of the recorded rates: appended to, cut back, and safe against a kill."""

import os
from pathlib import Path

import numpy as np

from lrkit.keras.notice import warn
from lrkit.keras.record import Columns

_HEADER = b"step,epoch,learning_rate"


class RateFile:
    """One row per update that led to the weights as they are.

    Rows are appended at the end of an epoch and pushed to the disk. A kill in the middle can only
    tear the last line, which the next `resume` drops. What is cut is cut in a copy, which then
    takes the file's place.

    Args:
        path: The file; its folder must exist.

    Raises:
        ValueError: If the folder is missing, or the file holds something else.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self.was_torn = False  # whether `resume` found a last line that a kill had torn
        self._next: int | None = None  # the step that would follow the last row
        if not self.path.parent.is_dir():
            raise ValueError(
                "Recorder: `csv` must be a file in a folder that exists, got "
                f"csv={str(self.path)!r}. Make the folder first."
            )
        if self._exists():
            self._rows()  # a wrong file is refused before the training, not after its first epoch

    def resume(self, counter: int) -> Columns | None:
        """Keeps the rows before `counter` and returns them as columns; None where no file was.

        Rows of a run that starts again from the beginning are moved to a file beside, not lost.
        """
        if not self._exists():
            if counter == 0:  # so that a file without rows says: recorded from the first update
                self._replace([])
            return None
        rows, lines, self.was_torn = self._rows()
        if counter == 0 and lines:
            self._set_aside(len(lines))
        keep = int(np.searchsorted(rows[0], counter))
        if keep < len(lines) or self.was_torn:
            self._replace(lines[:keep])
        self._next = int(rows[0][keep - 1]) + 1 if keep else None
        return rows[0][:keep], rows[1][:keep], rows[2][:keep]

    def _exists(self) -> bool:
        return self.path.exists() and self.path.stat().st_size > 0

    def goes_beyond(self, counter: int) -> bool:
        """Whether there is a row of update `counter` or of a later one."""
        return self._next is not None and self._next > counter

    def append(self, steps: np.ndarray, epochs: np.ndarray, rates: np.ndarray) -> None:
        """Writes the rows to the disk."""
        if not steps.size:
            return
        columns = zip(steps.tolist(), epochs.tolist(), rates, strict=True)
        text = "".join(f"{step},{epoch},{rate!s}\n" for step, epoch, rate in columns).encode()
        if not self._exists():
            self._replace([])
        with self.path.open("ab") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        self._next = int(steps[-1]) + 1

    def _rows(self) -> tuple[Columns, list[bytes], bool]:
        """Its columns, its lines as they stand, and whether a kill tore the last line."""
        header, *lines = self.path.read_bytes().split(b"\n")
        if header != _HEADER or not lines:
            raise self._wrong(1, header)
        torn = lines.pop()
        return self._columns(lines), lines, bool(torn)

    def _columns(self, lines: list[bytes]) -> Columns:
        steps = np.empty(len(lines), np.int64)
        epochs = np.empty(len(lines), np.int64)
        rates = np.empty(len(lines), np.float32)
        for i, line in enumerate(lines):
            try:
                step, epoch, rate = line.split(b",")
                steps[i], epochs[i], rates[i] = int(step), int(epoch), np.float32(rate.decode())
            except ValueError as error:
                raise self._wrong(i + 2, line) from error
            if i and steps[i] <= steps[i - 1]:
                raise self._wrong(i + 2, line)
        return steps, epochs, rates

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
        warn(
            f"Recorder: {str(self.path)!r} held {count} updates of an earlier run, and this run "
            f"starts from the first update. They are kept in {aside.name!r}; to continue that run, "
            "restore its model before fit.",
        )

    def _replace(self, lines: list[bytes]) -> None:
        aside = self.path.with_name(self.path.name + ".tmp")
        with aside.open("wb") as file:
            file.write(b"\n".join([_HEADER, *lines, b""]))
            file.flush()
            os.fsync(file.fileno())
        aside.replace(self.path)
        self._next = int(lines[-1].split(b",")[0]) + 1 if lines else None
