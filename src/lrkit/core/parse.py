"""From a text to its tree, and from a place in the tree back to one in the text."""

from __future__ import annotations

import ast
import keyword
import re
import warnings
from typing import Any

MOST_CHARACTERS = 100_000
MOST_PACKED_CHARACTERS = 120_000_000

# Strings and comments are passed over as a whole: a bracket in them is none.
_BRACKETS = re.compile(r"""'[^'\n]*'|"[^"\n]*"|#[^\n]*|[][(){}]""")
_TEXTS = re.compile(r"""'[^'\n]*'|"[^"\n]*"|#[^\n]*""")
# Atomic: thousands of digits are looked at once.
_NUMBER = r"(?<![\w.])((?>\d[\d_]*(?:\.[\d_]*)?|\.\d[\d_]*)(?:[eE][-+]?\d++)?)"
_PER_CENT = re.compile(_NUMBER + r"\s*%(?=\s*(?:[]),*/>|]|$))")
_NO_TIMES = re.compile(_NUMBER + r"\s*(?![eExXoObBjJ]\d*\b)([^\W\d]\w*)")
_PACKED = re.compile(r'"lr1:[0-9a-f:]*[A-Za-z0-9+/=]*"')


class TextError(ValueError):
    """A text that is no schedule; says where.

    Attributes:
        reason: One sentence: what is wrong and what to write.
        text: The whole text.
        position: The offset of the place in the text.
    """

    def __init__(self, reason: str, text: str, position: int) -> None:
        """Point at `position` in `text`."""
        self.reason, self.text = reason, text
        self.position = max(0, min(position, len(text)))
        super().__init__(f"{reason}\n{self.pointer()}")

    def pointer(self, width: int = 72) -> str:
        """The place, on two lines: a part of the text, and a caret under it."""
        begin = self.text.rfind("\n", 0, self.position) + 1
        end = self.text.find("\n", self.position)
        line = self.text[begin : len(self.text) if end < 0 else end]
        column = self.position - begin
        left = max(0, min(column - width // 2, len(line) - width))
        shown = line[left : left + width].replace("\t", " ")
        return f"  {shown}\n  {' ' * (column - left)}^"

    def __reduce__(self) -> tuple[Any, ...]:
        return TextError, (self.reason, self.text, self.position)


def check_size(text: str) -> None:
    """Refuse a text that is too long, packed tables aside."""
    size = len(text)
    if size > MOST_CHARACTERS and size <= MOST_PACKED_CHARACTERS:
        size -= sum(len(match[0]) for match in _PACKED.finditer(text))
    if size > MOST_CHARACTERS:
        raise TextError(
            f"A text must have at most {MOST_CHARACTERS:,} characters beside packed tables, "
            f"got {size:,}. Store long data with `table` or `custom`.",
            text[:MOST_CHARACTERS],
            MOST_CHARACTERS,
        )


def parse(text: str) -> ast.expr:
    """The tree of a text that stands for one expression."""
    if not text.strip():
        raise TextError("The text is empty. Write a schedule, for example cosine(1000).", text, 0)
    _check_characters(text)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the parser, about places in our parentheses
            # Leading blanks would be an indent, and newlines are welcome: so inside parentheses.
            return ast.parse(f"(\n{text}\n)", mode="eval").body
    except SyntaxError as error:
        place = offset(text, error.lineno or 2, error.offset or 1, characters=True)
        raise _slip(text) or TextError(_reason(error.msg), text, place) from None
    except (ValueError, MemoryError, RecursionError, OverflowError):
        raise TextError("The text is nested too deeply to be parsed.", text, 0) from None


def _slip(text: str) -> TextError | None:
    """What is written as on paper, and is no expression: 5%, 0.1 cosine(9)."""
    bare = _TEXTS.sub(lambda match: " " * len(match[0]), text)
    if match := _PER_CENT.search(bare):
        reason = f"A text has no sign for per cent: write {match[1][:30]}*percent."
        return TextError(reason, text, match.end() - 1)
    for match in _NO_TIMES.finditer(bare):
        if not keyword.iskeyword(match[2]):
            reason = f"`*` is missing: write {match[1][:30]} * {match[2][:100]}."
            return TextError(reason, text, match.start(2))
    return None


def _reason(message: str) -> str:
    """What the parser of Python says, where it knows no comma for an operator."""
    if "forgot a comma" in message:
        return "A comma or an operator is missing, such as `*` or `>>`."
    return f"The text breaks off or goes wrong: {message.rstrip('.?')}."


def _check_characters(text: str) -> None:
    """Refuse what would close the parentheses that the text is parsed in, or end it early."""
    if "\0" in text:
        raise TextError("The text must hold no null character.", text, text.index("\0"))
    depth = 0
    for match in _BRACKETS.finditer(text):
        depth += (match[0] in "([{") - (match[0] in ")]}")
        if depth < 0:
            raise TextError("This bracket closes none.", text, match.start())


def offset(text: str, line: int, column: int, *, characters: bool = False) -> int:
    """The offset in `text` of a place in the parsed text, whose first line is ours."""
    lines = text.splitlines(keepends=True)
    before = sum(map(len, lines[: line - 2]))
    if not 0 <= line - 2 < len(lines):
        return len(text)
    if characters:
        return before + column - 1
    return before + len(lines[line - 2].encode()[:column].decode(errors="ignore"))
