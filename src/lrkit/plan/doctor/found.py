"""What a rule has found, before its mend is known to mend."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lrkit.core.schedule import Schedule

Way = Callable[[], Schedule]
"""Makes a schedule that may mend it; it may raise a ValueError where it cannot be made."""


@dataclass(frozen=True)
class Found:
    """As a `Finding`, with ways to mend it, of which the first that does is taken."""

    code: str
    severity: str
    text: str
    step: int | None = None
    ways: tuple[Way, ...] = ()
