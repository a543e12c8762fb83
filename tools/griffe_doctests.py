"""For the reference pages: fence the doctests of a docstring, so that they are shown as code.

Markdown reads a line that begins with `>>>` as a quotation in a quotation in a quotation.
"""

import re
from typing import Any

import griffe

# A run of lines from a prompt to the next empty line: what doctest reads as one example.
EXAMPLES = re.compile(r"(?m)^( *)>>> .*(?:\n(?! *$).*)*")


def fenced(docstring: str) -> str:
    """The docstring with a fence around each run of examples."""

    def fence(found: re.Match[str]) -> str:
        return f"{found[1]}```pycon\n{found[0]}\n{found[1]}```"

    return EXAMPLES.sub(fence, docstring)


class FenceDoctests(griffe.Extension):
    def on_instance(self, *, obj: griffe.Object, **kwargs: Any) -> None:
        if obj.docstring is not None:
            obj.docstring.value = fenced(obj.docstring.value)
