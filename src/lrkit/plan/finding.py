"""One thing that is wrong, or worth a look, in words."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """Something found in a plan or in a run.

    Args:
        code: A short name that stays the same from version to version, for programs.
        text: Whole sentences with the numbers, and what to write instead.

    >>> print(Finding("short", "The run is short. Train for one epoch more."))
    The run is short. Train for one epoch more.
    """

    code: str
    text: str

    def __str__(self) -> str:
        return self.text
