"""Calls of constructors, as formatters lay them out; those that came from `lrkit.like` too."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any

from lrkit.core.dialects import dialects
from lrkit.core.schedule import Schedule
from lrkit.source.words import operators

_COLUMNS = 88
_LONGEST = 96
_NOT_THEIRS = ("base_lr", "length")
"""Arguments that a dialect has, with a default, and its library does not."""


def call(name: str, *arguments: str, before: int = 16, **keywords: str | None) -> str:
    """`name(a, key=b)`; keywords that are None are left out. Long ones get a line for each."""
    given = [*arguments, *(f"{key}={v}" for key, v in keywords.items() if v is not None)]
    return bracketed(f"{name}(", given, ")", before)


def bracketed(opening: str, items: Iterable[str], closing: str, before: int = 13) -> str:
    """Items in brackets, on one line if they fit after as many columns."""
    items = list(items)
    flat = f"{opening}{', '.join(items)}{closing}"
    if "\n" not in flat and len(flat) <= _COLUMNS - before:
        return flat
    rows = "".join(f"{indented(item)},\n" for item in items)
    return f"{opening}\n{rows}{closing}"


def indented(text: str, columns: int = 4) -> str:
    """Every line further to the right."""
    return re.sub("(?m)^", " " * columns, text)


def statement(text: str, before: str) -> str:
    """A line of a function; one that is too long is broken at its operators."""
    if len(before + text) <= _LONGEST or text.startswith("if"):
        return before + text
    head, between, value = text.partition(" = " if " = " in text else " ")
    cuts = operators(value, "+-") or operators(value, "*/")
    rows = [value[a:b].strip() for a, b in pairwise([0, *cuts, len(value)])]
    return "\n".join(
        [f"{before}{head}{between}(", *(f"{before}    {row}" for row in rows), f"{before})"]
    )


def given_arguments(s: Any) -> dict[str, Any]:
    """What a call of `lrkit.like` was told that its library must be told too."""
    parameters = inspect.signature(dialects()[s.name]).parameters
    return {
        key: value
        for key, value in s.arguments.items()
        if not _same(value, default := parameters[key].default)
        and (key not in _NOT_THEIRS or default is inspect.Parameter.empty)
    }


def _same(given: Any, default: Any) -> bool:
    return type(given) is type(default) and bool(given == default)


def library_of(s: Schedule) -> str:
    """The library whose call a schedule is: "torch" for `like.torch.StepLR`; "" for none."""
    name = getattr(s, "name", "")
    return name.split(".")[1] if hasattr(s, "arguments") and name.startswith("like.") else ""


def plain(value: Any) -> str:
    """A plain value of a call."""
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{plain(k)}: {plain(v)}' for k, v in value.items())}}}"
    if isinstance(value, tuple):
        return f"[{', '.join(map(plain, value))}]"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)
