"""What a run tells while it goes on. The class here says nothing; the command line's says all."""

from typing import Any


class Show:
    """Told of each event of a run, in order. Every method may be overridden; none has to be.

    Attributes:
        counts_batches: Whether `batch` is to be called, which costs a little at every batch.
    """

    counts_batches = False

    def begin(self, device: str, source: str, examples: int) -> None:
        """Before the first training: where, on which images, and how many for training."""

    def train(self, number: int, of: int, label: str, expression: str, model: Any) -> None:
        """Before each training: its number from 1, its schedule's label and text, the model."""

    def resume(self, label: str, done: int, epochs: int) -> None:
        """A training goes on after `done` epochs, or was finished before."""

    def epoch_begin(self, number: int, of: int, batches: int) -> None:
        """An epoch, counted from 1, of so many batches."""

    def batch(self, done: int) -> None:
        """Batches done in this epoch."""

    def epoch(self, row: dict[str, Any], of: int) -> None:
        """The row of the finished epoch, as in `history.csv`."""
