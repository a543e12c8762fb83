"""What a `Plateau` remembers, as it stands in every checkpoint."""

from dataclasses import asdict, dataclass, field
from typing import Any

from lrkit.plan.plateau import PlateauState

_FORMAT = 1  # a note of a newer format is refused, never guessed at


@dataclass(frozen=True)
class Memory:
    """The state of one `Plateau`, kept in the notes of the optimizer.

    Attributes:
        plateau: The state of the rule.
        epoch: The last epoch that is over, from 0; -1 before the first.
        good_loss: The training loss at the last good look.
        restores: How often the weights went back.
    """

    plateau: PlateauState = field(default_factory=PlateauState)
    epoch: int = -1
    good_loss: float | None = None
    restores: int = 0

    def note(self) -> dict[str, Any]:
        """Plain JSON."""
        own = {"epoch": self.epoch, "good_loss": self.good_loss, "restores": self.restores}
        return {"format": _FORMAT, **asdict(self.plateau), **own}

    @classmethod
    def read(cls, key: str, note: dict[str, Any]) -> "Memory":
        """What `note` wrote.

        Raises:
            ValueError: If a newer lrkit wrote it.
        """
        expected = set(cls().note())
        if note.get("format") != _FORMAT or set(note) != expected:
            raise ValueError(
                f"Plateau: the note {key!r} in the checkpoint must be of format {_FORMAT}, got "
                f"{note!r}. A newer lrkit wrote it: pip install --upgrade lrkit."
            )
        return cls(
            PlateauState(note["best"], note["waited"], note["resting"]),
            note["epoch"],
            note["good_loss"],
            note["restores"],
        )
