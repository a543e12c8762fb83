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


def counted(count: float, thing: str) -> str:
    """A number of things in words.

    >>> counted(1, "update"), counted(2, "update"), counted(3, "batch")
    ('1 update', '2 updates', '3 batches')
    """
    many = thing if count == 1 else f"{thing}{'es' if thing.endswith('ch') else 's'}"
    return f"{count:g} {many}" if isinstance(count, float) else f"{count} {many}"
