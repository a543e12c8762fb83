"""What a library says to a program, in the words of the command line."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection

import click

WORDS = "lrkit.words"
"""In the meta of a command's context: what makes its errors speak of options."""


def in_options(
    ctx: click.Context, functions: Collection[str], aliases: dict[str, str]
) -> Callable[[str], str]:
    """Turns the arguments that a message names into the options of a command.

    Args:
        ctx: The command's.
        functions: The functions that messages begin with, as in ``load: `path` must be``.
        aliases: By argument, the parameter of the command that it comes from.
    """
    named = {param.name: param.opts[0] for param in ctx.command.params}
    options = named | {argument: named[parameter] for argument, parameter in aliases.items()}

    def words(message: str) -> str:
        who, _, said = message.partition(": ")
        text = said if who in functions else message
        for argument, option in options.items():
            if f"`{argument}`" not in text:
                continue
            text = re.sub(rf"\b(got|and) {argument}=", rf"\1 {option} ", text)
            text = text.replace(f"`{argument}`=", f"{option} ").replace(f"`{argument}`", option)
        return text

    return words
