"""One thing that is wrong, or worth a look, in words."""

from __future__ import annotations

from dataclasses import dataclass

ERROR, WARNING, NOTE = "error", "warning", "note"
SEVERITIES = (ERROR, WARNING, NOTE)
"""From what spoils a run to what is only worth knowing."""


@dataclass(frozen=True)
class Finding:
    """Something found in a plan or in a run.

    Args:
        code: A short name that stays the same from version to version, for programs.
        text: Whole sentences with the numbers, and what to write instead.
        severity: "error", "warning" or "note".
        step: The update at which it happens; None where it is at no single one.
        mend: The text of a schedule that has it no more, for `lrkit.read`; None where no
            expression mends it.

    >>> print(Finding("short", "The run is short. Train for one epoch more."))
    The run is short. Train for one epoch more.
    """

    code: str
    text: str
    severity: str = WARNING
    step: int | None = None
    mend: str | None = None

    def __str__(self) -> str:
        return self.text


def number(value: float) -> str:
    """A count, or a length of a schedule, with separated thousands.

    >>> number(35190), number(35190.0), number(12.5)
    ('35,190', '35,190', '12.5')
    """
    return f"{int(value):,}" if value == int(value) else f"{float(value):,.6g}"


def counted(count: float, thing: str) -> str:
    """A number of things in words.

    >>> counted(1, "update"), counted(35190, "update"), counted(3, "batch")
    ('1 update', '35,190 updates', '3 batches')
    """
    many = f"{thing}{'es' if thing.endswith('ch') else 's'}"
    return f"{number(count)} {thing if count == 1 else many}"
