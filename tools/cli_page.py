"""Write docs/cli.md from the help of the commands with `--write`; without it, print the page."""

import sys
from pathlib import Path

import click

from lrkit.cli import main as lrkit

PAGE = Path(__file__).resolve().parent.parent / "docs" / "cli.md"
WIDTH = 88
INTRODUCTION = """\
# Command line

Every command reads its arguments, makes one call of the library and prints. A schedule is given as
[its text](concepts.md#text-is-the-one-language), quoted so that the shell leaves it alone.

A mistake is one line, `lrkit: error: …`, and exit status 2; where a text does not parse, a mark
points at the place.

This page is written by `make cli-page` from what the commands themselves say.
"""


def commands() -> dict[str, click.Command]:
    """Every command of the group; each is imported only here."""
    context = click.Context(lrkit)
    names = lrkit.list_commands(context)
    return {name: command for name in names if (command := lrkit.get_command(context, name))}


def section(command: click.Command, name: str) -> str:
    """The heading and the help of one command, as a terminal of fixed width shows it."""
    context = click.Context(command, info_name=name, terminal_width=WIDTH, max_content_width=WIDTH)
    lines = [line.rstrip() for line in command.get_help(context).splitlines()]
    return f"## `{name}`\n\n```text\n" + "\n".join(lines).strip() + "\n```\n"


def page() -> str:
    """The whole page."""
    parts = [section(lrkit, "lrkit")]
    parts += [section(command, f"lrkit {name}") for name, command in commands().items()]
    return "\n".join([INTRODUCTION, *parts])


if __name__ == "__main__":
    if sys.argv[1:] == ["--write"]:
        PAGE.write_text(page(), encoding="utf-8")
    else:
        sys.stdout.write(page())
