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


def counted(count: float, thing: str) -> str:
    """A number of things in words.

    >>> counted(1, "update"), counted(2, "update"), counted(3, "batch")
    ('1 update', '2 updates', '3 batches')
    """
    many = thing if count == 1 else f"{thing}{'es' if thing.endswith('ch') else 's'}"
    return f"{count:g} {many}" if isinstance(count, float) else f"{count} {many}"
