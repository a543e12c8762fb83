"""The tracks of a Recorder on a TensorBoard."""

import math
import os
from collections.abc import Sequence

import numpy as np

from lrkit.keras.track import Track
from lrkit.record.columns import RATE, Columns
from lrkit.record.tensorboard import Scalars

# A kill can cost the epoch that it came in and, between a checkpoint and the end of the epoch's
# record, the one before.
_EPOCHS = 2


class Board:
    """Writes what the tracks record as scalars, named as in the logs.

    Args:
        folder: The folder of the event files.
    """

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self._scalars = Scalars(folder)
        self._is_open = False

    def go_on(self, tracks: Sequence[Track]) -> None:
        """Continues the scalars at the counters of the tracks.

        Args:
            tracks: Those of the epoch that begins, or whose counter went back.
        """
        counters = {tag: track.next for track in tracks for tag in track.keys.values()}
        if not counters or self._scalars.fits(counters):
            return
        first = self._scalars.resume(counters)
        if self._is_open:
            return
        self._is_open = True
        for track in tracks:  # the first time: fill up what a kill cost
            lost = _lost(track, first[track.keys[RATE]])
            if lost is not None:
                self.append(track, lost)

    def append(self, track: Track, added: Columns) -> None:
        """Writes new rows of a track.

        Args:
            track: Any.
            added: Its new rows.
        """
        self._scalars.append(added, track.keys)

    def flush(self) -> None:
        """Pushes all to the disk."""
        self._scalars.flush()


def _lost(track: Track, first: int | None) -> Columns | None:
    """The updates from `first` on that the weights have and the folder has not."""
    if first is None or first >= track.next or track.applied is None:
        return None
    columns = track.record.columns()
    rows = np.flatnonzero((columns.steps >= first) & (columns.steps < track.next))
    if rows.size == track.next - first:  # from the CSV file
        return columns.part(slice(int(rows[0]), int(rows[-1]) + 1))
    per_epoch = (track.epoch.batches or 0) / track.applied.accumulation
    if track.next - first > math.ceil(_EPOCHS * per_epoch):
        return None  # made without the Recorder
    epochs = np.full(track.next - first, track.epoch.number)
    return track.applied.columns(first, epochs, track.setting)
