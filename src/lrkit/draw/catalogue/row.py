"""What the catalogue holds of each schedule."""

from __future__ import annotations

from typing import NamedTuple


class Row(NamedTuple):
    """One line of the catalogue."""

    name: str
    """The public function, or the field's name for an expression of pieces."""
    title: str
    """What it is, in a few words."""
    example: str
    """An expression, drawn over `SPAN` updates."""
    also: str = ""
    """Its names in the literature and in other libraries, separated by commas."""
    of: str = ""
    """The public function that is explained with it; the one of its name by default."""
