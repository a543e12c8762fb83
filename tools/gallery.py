"""Write docs/gallery.md and its pictures from the catalogue with `--write`; else print the page."""

import re
import sys
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from textwrap import indent

from lrkit.draw.gallery import SPAN, Entry, entries, picture

DOCS = Path(__file__).resolve().parent.parent / "docs"
PAGE = DOCS / "gallery.md"
PICTURES = DOCS / "assets" / "gallery"
INTRODUCTION = f"""\
# Gallery

Every schedule of the field that has a name, as one expression of lrkit. Each picture shows the
expression below it over {SPAN} updates; a run has a height in front of it, `3e-4 * …`, and its own
length, most simply by `.over(n)`. `lrkit shapes` lists the same in the terminal, and finds a
schedule by any of its names: `lrkit shapes OneCycleLR`.

An expression here follows lrkit's own rules: lengths include the warmup, a minimum is reached *at*
the length, a cycle begins at its boundary. For the values of another library to the step, quirks
included, take its own call, after "exactly theirs": see [dialects](dialects.md).

This page is written by `make gallery-page` from the code: formulas and sources are those of the
docstrings.
"""


def slug(entry: Entry) -> str:
    """The name as the name of a file."""
    return re.sub(r"[^a-z0-9]+", "-", entry.name.lower()).strip("-")


def section(entry: Entry) -> str:
    """Heading, picture, words, formula and the facts of one entry."""
    said = entry.explained
    facts = {
        "drawn": f"`{entry.example}`",
        "call": f"`{entry.call}`",
        "source": said.source,
        "also called": ", ".join(entry.also),
        "exactly theirs": ", ".join(
            f"[`{name}`](dialects.md#lrkit.{name})" for name in entry.exact
        ),
    }
    return "\n\n".join(
        (
            f"### {entry.name}",
            f"![{entry.title}](assets/gallery/{slug(entry)}.svg)",
            said.line,
            indent(said.formula, "    "),
            "\n".join(f"- {name}: {text}" for name, text in facts.items() if text),
        )
    )


def page() -> str:
    """The whole page."""
    parts = [INTRODUCTION.strip()]
    for family, members in groupby(entries(), key=attrgetter("family")):
        parts += [f"## {family}", *map(section, members)]
    return "\n\n".join(parts) + "\n"


def pictures() -> dict[str, str]:
    """Every picture by the name of its file."""
    return {f"{slug(entry)}.svg": picture(entry) for entry in entries()}


def write() -> None:
    """Write the page and the pictures, and take away pictures of what is no more."""
    PAGE.write_text(page(), encoding="utf-8")
    PICTURES.mkdir(parents=True, exist_ok=True)
    wanted = pictures()
    for name, text in wanted.items():
        (PICTURES / name).write_text(text, encoding="utf-8")
    for file in PICTURES.glob("*.svg"):
        if file.name not in wanted:
            file.unlink()


if __name__ == "__main__":
    if sys.argv[1:] == ["--write"]:
        write()
    else:
        sys.stdout.write(page())
