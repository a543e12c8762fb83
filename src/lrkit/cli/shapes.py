"""`lrkit shapes`: the catalogue in the terminal. Loads neither NumPy nor a framework."""

from __future__ import annotations

import os
import shutil
import sys
from itertools import groupby
from operator import attrgetter
from textwrap import fill
from typing import TYPE_CHECKING, Any
from unicodedata import combining, normalize

import click

from lrkit.cli.group import write
from lrkit.cli.options import as_json, print_json

if TYPE_CHECKING:
    from lrkit.draw.gallery import Entry
    from lrkit.draw.terminal import Style

#: Characters of a curve in the list, which fits 80 columns.
CURVE = 20
#: Lines of the chart of one schedule.
HEIGHT = 10


@click.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@as_json
def shapes(names: tuple[str, ...], as_json: bool) -> None:
    """List every schedule that has a name, or explain some.

    Without a NAME: one line and a small curve each. With one: what it is, its formula, where it is
    from, an expression, and a chart. A NAME may be lrkit's own, the literature's, or that of
    another library's class.

    \b
    lrkit shapes
    lrkit shapes wsd "cosine restarts" OneCycleLR
    lrkit shapes --json
    """
    from lrkit.draw.gallery import entries, find
    from lrkit.draw.terminal import Style

    found = [find(name) for name in names] or list(entries())
    if as_json:
        print_json({"shapes": [describe(entry) for entry in found]})
        return
    style = Style.of(sys.stdout, os.environ)
    if names:
        columns = max(30, min(shutil.get_terminal_size().columns, 100))
        write("\n\n\n".join(page(entry, columns, style) for entry in found))
    else:
        write(f"{listing(found, style)}\n\n`lrkit shapes NAME` explains one.")


def listing(found: list[Entry], style: Style) -> str:
    """One line each, by family: name, curve, title."""
    from lrkit.draw.gallery import SPAN
    from lrkit.draw.sparkline import sparkline

    broadest = max(len(entry.name) for entry in found)
    blocks = []
    for family, members in groupby(found, key=attrgetter("family")):
        lines = [style.paint(family, "1")]
        for entry in members:
            curve = sparkline(entry.schedule, SPAN, width=CURVE, style=style)
            lines.append(f"  {entry.name:{broadest}}  {style.paint(curve, '36')}  {entry.title}")
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks)


def page(entry: Entry, columns: int, style: Style) -> str:
    """All about one: words, formula, expression, chart."""
    from lrkit.draw.gallery import SPAN
    from lrkit.draw.series import series
    from lrkit.draw.terminal import chart

    said = entry.explained
    facts = {
        "call": entry.call,
        "source": said.source,
        "also": ", ".join(entry.also),
        "exact": ", ".join(entry.exact),
        "example": entry.example,
    }
    lines = [style.paint(entry.name, "1"), fill(said.line, columns), ""]
    for line in said.formula.splitlines():
        lines.append(f"  {line}".rstrip() if len(line) < columns - 1 else _wrapped(line, columns))
    lines.append("")
    for name, text in facts.items():
        if text:
            written = fill(text, columns, initial_indent=" " * 9, subsequent_indent=" " * 9)
            lines.append(style.paint(name.ljust(9), "2") + written[9:])
    words = "\n".join(lines) if style.unicode else _without_accents("\n".join(lines))
    drawn = series(entry.schedule, SPAN)
    return f"{words}\n\n{chart(drawn, width=columns, height=HEIGHT, style=style)}"


def _wrapped(formula: str, columns: int) -> str:
    """A long line of a formula in several, the rest further in than the first."""
    indent = " " * (2 + len(formula) - len(formula.lstrip()))
    return fill(
        formula.lstrip(),
        columns,
        initial_indent=indent,
        subsequent_indent=f"{indent}    ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def _without_accents(text: str) -> str:
    """The text in signs that more streams know: Hagele, and three dots for an ellipsis."""
    return "".join(sign for sign in normalize("NFKD", text) if not combining(sign))


def describe(entry: Entry) -> dict[str, Any]:
    """The same as a JSON object."""
    said = entry.explained
    return {
        "name": entry.name,
        "family": entry.family,
        "title": entry.title,
        "line": said.line,
        "formula": said.formula,
        "source": said.source or None,
        "call": entry.call,
        "also": list(entry.also),
        "exact": list(entry.exact),
        "example": entry.example,
    }
