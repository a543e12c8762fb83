"""The catalogue: every schedule of the field that has a name, explained from the code."""

from __future__ import annotations

import difflib
import inspect
import re
from dataclasses import dataclass
from functools import cache

from lrkit.core.dialects import dialects
from lrkit.core.schedule import Schedule
from lrkit.core.text import NAMES, read
from lrkit.draw.catalogue import FAMILIES, SPAN, Row
from lrkit.draw.docstring import Explained, explained
from lrkit.draw.svg import svg

#: As many names are told that hold a part of a name.
MOST_NAMES = 5

__all__ = ["SPAN", "Entry", "entries", "find", "picture"]


@dataclass(frozen=True)
class Entry:
    """One named schedule.

    Attributes:
        name: The public function, or the field's name for an expression of pieces.
        family: The group that it is listed in.
        title: What it is, in a few words.
        example: An expression that is drawn over the first `SPAN` updates.
        also: Its names in the literature and in other libraries.
        of: The public function whose formula and source it has.
    """

    name: str
    family: str
    title: str
    example: str
    also: tuple[str, ...]
    of: str

    @property
    def schedule(self) -> Schedule:
        """The example."""
        return read(self.example)

    @property
    def explained(self) -> Explained:
        """Line, formula and source, from the docstring of the function."""
        found = explained(NAMES[self.of].__doc__)
        return found if self.of == self.name else found._replace(line=f"{self.title}.")

    @property
    def exact(self) -> tuple[str, ...]:
        """The calls of `lrkit.like` that give other libraries' own values, quirks included.

        >>> find("rex").exact
        ()
        """
        names = sorted(dialects())
        return tuple(name for name in names if _known().get(_folded(name.split(".")[-1])) is self)

    @property
    def call(self) -> str:
        """How the function is called: its arguments and their defaults.

        >>> find("wsd").call[:42]
        'wsd(length, *, warmup, cooldown, curve="on'
        """
        parameters = inspect.signature(NAMES[self.of]).parameters.values()
        shown = [p.replace(annotation=inspect.Parameter.empty) for p in parameters]
        return f"{self.of}{inspect.Signature(shown)}".replace("'", '"')


@cache
def entries() -> tuple[Entry, ...]:
    """Every entry of the catalogue, family by family.

    >>> [entry.name for entry in entries()][:3]
    ['hold', 'linear', 'cosine']
    """
    return tuple(_entry(family, row) for family, rows in FAMILIES.items() for row in rows)


def _entry(family: str, row: Row) -> Entry:
    also = tuple(name for name in row.also.split(", ") if name)
    return Entry(row.name, family, row.title, row.example, also, row.of or row.name)


def find(name: str) -> Entry:
    """The entry of a name; case, blanks and signs do not matter, other names count too.

    Args:
        name: lrkit's own name, that of the literature, or another library's.

    Raises:
        ValueError: There is none; the message has the nearest.

    >>> find("CosineAnnealingWarmRestarts").name, find("1-sqrt").name
    ('cosine_restarts', 'one_minus_sqrt')
    """
    known = _known()
    found = known.get(_folded(name.rpartition(".")[2]))
    if found is None:
        raise ValueError(
            f"shapes: `name` must be the name of a schedule, got name={name[:100]!r}. "
            f"{_nearest(_folded(name))} `lrkit shapes` lists them all."
        )
    return found


@cache
def _known() -> dict[str, Entry]:
    """Entries by folded name; lrkit's own names come before those of others."""
    others = {_folded(name): entry for entry in entries() for name in entry.also}
    return others | {_folded(entry.name): entry for entry in entries()}


def _folded(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _nearest(folded: str) -> str:
    """The names that have this one in them, or else the one that is spelt most like it."""
    known = _known()
    names = {known[name].name for name in known if len(folded) > 2 and folded in name}
    if 0 < len(names) <= MOST_NAMES:
        return f"It is in {', '.join(f'`{name}`' for name in sorted(names))}."
    nearest = difflib.get_close_matches(folded, known, n=1, cutoff=0.6)
    if "plateau" in folded:
        return "What answers to a metric is no function of the step, and not a schedule."
    return f"The nearest name is `{known[nearest[0]].name}`." if nearest else "None is near it."


def picture(entry: Entry, *, width: int = 420, height: int = 150) -> str:
    """The example as an SVG document, its text grey, to be read on a light and on a dark page.

    Args:
        entry: What to draw.
        width: In pixels, at least 200.
        height: In pixels, at least 100.

    >>> picture(find("cosine"))[:26]
    '<svg style="color:#808080"'
    """
    drawn = svg(entry.schedule, width=width, height=height, span=SPAN)
    # A picture in a file of its own does not know the colour of the page that shows it.
    return drawn.replace("<svg ", '<svg style="color:#808080" ', 1) + "\n"
