"""The recorded values as TensorBoard scalars, each update once, whatever was killed or restored.

TensorBoard reads all the event files of a folder, in the order of their names, as one story. Where
a file says START at a step, it forgets what it has read from that step on. So what a restored run
makes again is told again, behind a START, and nothing that was written is ever touched.
"""

import os
import struct
import time
from collections.abc import Iterator, Mapping
from functools import cache
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from lrkit.core.notice import warn
from lrkit.record.columns import Columns

_PREFIX, _SUFFIX = "events.out.tfevents.", ".lrkit"
_LENGTH = struct.Struct("<Q")
_CHECKSUM = 4  # bytes, behind the length and behind the record

Points = dict[str, dict[int, float]]  # by tag and step


class Scalars:
    """A folder of event files, one for each process that trained.

    Args:
        folder: The folder, for nothing else; made if it is missing.
        restore: What to do before a run that goes on with it, in the framework's words.

    Raises:
        ImportError: tensorboard is not installed.
        ValueError: If it is a file, or holds event files of another writer.
    """

    def __init__(
        self, folder: str | os.PathLike[str], restore: str = "restore its model before fit."
    ) -> None:
        self._restore = restore
        _protocol()  # without the package: an error now and not after the first epoch
        self.folder = Path(folder)
        self._file: Path | None = None  # the one that this process writes
        self._unwritten = BytesIO()
        self._next: dict[str, int] = {}  # by tag, one past the last step
        if self.folder.exists() and not self.folder.is_dir():
            raise ValueError(
                "Recorder: `tensorboard` must be a folder, got "
                f"tensorboard={str(self.folder)!r}, which is a file. Give another name."
            )
        others = [path.name for path in self.folder.glob(f"*{_PREFIX}*") if not _is_ours(path)]
        if others:
            raise ValueError(
                "Recorder: `tensorboard` must be a folder of its own, got "
                f"tensorboard={str(self.folder)!r} with {others[0]!r} of another writer, in which "
                "TensorBoard would mix the two up. Give a folder beside it, such as "
                f"{str(self.folder / 'updates')!r}."
            )

    def fits(self, counters: Mapping[str, int]) -> bool:
        """Whether updates from these counters on can be appended as it is."""
        if self._file is None or self._next.keys() != counters.keys():
            return False
        return all(self._next[tag] <= counter for tag, counter in counters.items())

    def resume(self, counters: Mapping[str, int]) -> dict[str, int | None]:
        """Goes on at the updates that the weights have had.

        Args:
            counters: By tag, the number of those updates.

        Returns:
            By tag, the first update that is not written yet, at most its counter; None where
            nobody knows whether updates are missing, since the folder is new.
        """
        self.flush()
        ours = sorted(filter(_is_ours, self.folder.glob(f"{_PREFIX}*")))
        if ours and not any(counters.values()) and (count := _count(_points(ours))):
            self._set_aside(ours, count)
            ours = []
        points = _points(ours)
        begin = min(counters.values())
        self._start(ours, begin)
        # START makes TensorBoard forget all tags from there on; one that is further on stays.
        for tag, counter in counters.items():
            kept = {step: value for step, value in points.get(tag, {}).items() if step < counter}
            for step, value in kept.items():
                if step >= begin:
                    self._write(step, {tag: value})
            self._next[tag] = max(kept, default=-1) + 1
        self.flush()
        is_known = bool(ours) or begin == 0
        return {tag: self._next[tag] if is_known else None for tag in counters}

    def append(self, columns: Columns, tags: Mapping[str, str]) -> None:
        """Writes updates; they are on the disk after `flush`.

        Args:
            columns: The updates.
            tags: By the name of a column, its tag.
        """
        values = {tag: columns.values[name].tolist() for name, tag in tags.items()}
        for row, step in enumerate(columns.steps.tolist()):
            self._write(step, {tag: column[row] for tag, column in values.items()})
            self._next.update(dict.fromkeys(values, step + 1))

    def flush(self) -> None:
        """Pushes all to the disk."""
        if self._file is None or not self._unwritten.tell():
            return
        with self._file.open("ab") as file:
            file.write(self._unwritten.getvalue())
            file.flush()
            os.fsync(file.fileno())
        self._unwritten = BytesIO()

    def _write(self, step: int, values: Mapping[str, float]) -> None:
        summary = _protocol().Summary()
        for tag, value in values.items():
            summary.value.add(tag=tag, simple_value=value)
        self._put(step=step, summary=summary)

    def _put(self, **what: Any) -> None:
        event = _protocol().Event(wall_time=time.time(), **what)
        _protocol().RecordWriter(self._unwritten).write(event.SerializeToString())

    def _start(self, ours: list[Path], step: int) -> None:
        """Begins a file that TensorBoard reads after all the others."""
        self.folder.mkdir(parents=True, exist_ok=True)
        seconds = int(time.time())
        if ours:
            seconds = max(seconds, _seconds(ours[-1]) + 1)
        self._file = self.folder / f"{_PREFIX}{seconds:010d}{_SUFFIX}"
        self._put(file_version="brain.Event:2")
        session_log = _protocol().SessionLog
        self._put(step=step, session_log=session_log(status=session_log.START))

    def _set_aside(self, ours: list[Path], count: int) -> None:
        number = 1
        while (aside := self.folder.with_name(f"{self.folder.name}.{number}")).exists():
            number += 1
        aside.mkdir()
        for path in ours:
            path.replace(aside / path.name)
        warn(
            f"Recorder: {str(self.folder)!r} held {count} updates of an earlier run, and this run "
            f"starts from the first update. They are kept in {aside.name!r}; to continue that run, "
            f"{self._restore}",
        )


@cache
def _protocol() -> Any:
    """The parts of tensorboard that need no TensorFlow; its `EventFileWriter` would import it."""
    try:
        from tensorboard.compat.proto.event_pb2 import Event, SessionLog
        from tensorboard.compat.proto.summary_pb2 import Summary
        from tensorboard.summary.writer.record_writer import RecordWriter
    except ImportError as error:
        raise ImportError(
            "Recorder: `tensorboard` needs the package of that name. Install it with: pip install "
            '"lrkit[tensorboard]"'
        ) from error
    return SimpleNamespace(
        Event=Event, SessionLog=SessionLog, Summary=Summary, RecordWriter=RecordWriter
    )


def _is_ours(path: Path) -> bool:
    return path.name.startswith(_PREFIX) and path.name.endswith(_SUFFIX)


def _seconds(path: Path) -> int:
    return int(path.name.removeprefix(_PREFIX).removesuffix(_SUFFIX))


def _count(points: Points) -> int:
    return max(map(len, points.values()), default=0)


def _points(paths: list[Path]) -> Points:
    """What TensorBoard shows of these files."""
    points: Points = {}
    for path in paths:
        for event in _events(path):
            if event.session_log.status == _protocol().SessionLog.START:
                for tag, steps in points.items():
                    points[tag] = {step: v for step, v in steps.items() if step < event.step}
            for value in event.summary.value:
                points.setdefault(value.tag, {})[event.step] = value.simple_value
    return points


def _events(path: Path) -> Iterator[Any]:
    """The events of a file, up to where a kill tore it."""
    data, at = path.read_bytes(), 0
    while at + _LENGTH.size <= len(data):
        (length,) = _LENGTH.unpack_from(data, at)
        begin = at + _LENGTH.size + _CHECKSUM
        at = begin + length + _CHECKSUM
        if at > len(data):
            return
        yield _protocol().Event.FromString(data[begin : begin + length])
