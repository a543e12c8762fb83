"""What a function's docstring says: its first line, its formula and its source."""

from __future__ import annotations

import re
from inspect import cleandoc
from textwrap import dedent
from typing import NamedTuple

_SECTION = re.compile(r"(Args|Returns|Raises|Attributes):(\n|$)|>>> ")
_SOURCE = re.compile(r"Sources?: ")


class Explained(NamedTuple):
    """The parts of a docstring that the catalogue shows; empty where there is none."""

    line: str
    """What it is, in one line."""
    formula: str
    """The indented paragraphs before the arguments, with their line ends."""
    source: str
    """The paper or programme that it is from, in one line."""


def explained(docstring: str | None) -> Explained:
    """The parts of a docstring in the house's form.

    >>> explained('''Half of it.
    ...
    ...     value(t) = t / 2
    ...
    ... Args:
    ...     t: A time.
    ...
    ... Source: A paper
    ... (arXiv 1).
    ...
    ... >>> 1 / 2
    ... 0.5
    ... ''')
    Explained(line='Half of it.', formula='value(t) = t / 2', source='A paper (arXiv 1).')
    """
    paragraphs = re.split(r"\n\s*\n", cleandoc(docstring or ""))
    line = " ".join(paragraphs[0].split())
    formulas: list[str] = []
    source = ""
    in_arguments = False
    for paragraph in paragraphs[1:]:
        in_arguments = in_arguments or bool(_SECTION.match(paragraph))
        if _SOURCE.match(paragraph):
            source = _SOURCE.sub("", " ".join(paragraph.split()), count=1)
        elif not in_arguments and paragraph.startswith("    "):
            formulas.append(dedent(paragraph))
    return Explained(line, "\n\n".join(formulas), source)
