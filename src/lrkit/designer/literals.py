"""The numbers in a text: where they stand, and what they are, for sliders and for dragging."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from lrkit.core.dialects import dialects
from lrkit.core.parse import TextError, check_size, offset, parse
from lrkit.core.schedule import Schedule
from lrkit.core.text import METHODS, NAMES

#: A longer text is data, not something to slide.
MOST_CHARACTERS = 20_000
#: Arguments that a call may be given where it leaves them out.
ENDS = ("start", "stop", "value")


@dataclass(frozen=True)
class Literal:
    """A number that stands in a text, or an argument that could stand there.

    Attributes:
        begin: Offset of its first character.
        end: Offset after its last.
        value: The number; a sign before it is not part of it.
        label: What it is, in a few words.
        written: How it is spelt; empty for an argument that is left out.
        prefix: What to write before it where it is left out, such as ", stop=".
    """

    begin: int
    end: int
    value: float
    label: str
    written: str
    prefix: str = ""

    @property
    def is_whole(self) -> bool:
        """Whether it is spelt without a point and an exponent."""
        return self.written.isdigit()

    def spelt(self, value: float, digits: int = 7) -> str:
        """A new value in the manner of the old one: whole, or with the same power of ten.

        Args:
            value: The new value.
            digits: How many digits count. Whole numbers have all of theirs.

        >>> Literal(0, 4, 1e-3, "height", "1e-3").spelt(0.00125)
        '1.25e-3'
        >>> Literal(0, 3, 500, "length", "500").spelt(730.0)
        '730'
        """
        _, sign, power = self.written.lower().partition("e")
        if sign and value:
            mantissa = value / 10.0 ** int(power)
            if 0.1 <= abs(mantissa) < 1000:
                return f"{mantissa:.{digits}g}e{power}"
        if self.is_whole and abs(value - round(value)) < 1e-6:
            return str(round(value))
        return f"{value:.{digits}g}"


def literals(text: str) -> list[Literal]:
    """The numbers of a text that parses, from left to right.

    Args:
        text: A schedule's text.

    Raises:
        TextError: The text does not parse.

    >>> [(one.written, one.label) for one in literals("1e-3 * cosine(100, stop=0.1)")]
    [('1e-3', 'height'), ('100', 'cosine: length'), ('0.1', 'cosine: stop')]
    """
    return sorted(_walk(text, _numbers), key=lambda one: one.begin)


def names_in(text: str) -> set[str]:
    """The names of numbers that a text uses.

    >>> sorted(names_in("cosine(10*epoch) >> hold(rest)"))
    ['epoch', 'rest']
    """
    tree = parse(text)  # kept: nodes are told apart by where they are in memory
    calls = {id(n.func) for n in ast.walk(tree) if isinstance(n, ast.Call)}
    found = [n for n in ast.walk(tree) if isinstance(n, ast.Name)]
    return {n.id for n in found if id(n) not in calls and n.id not in NAMES}


def left_out(text: str) -> list[Literal]:
    """The ends of pieces that a text leaves at their defaults, where they could be written.

    >>> [(one.prefix, one.value) for one in left_out("warmup(10)")]
    [(', start=', 0.0), (', stop=', 1.0)]
    """
    return _walk(text, _gaps)


def _walk(text: str, kind: Callable[[str, ast.expr], Iterator[Literal]]) -> list[Literal]:
    check_size(text)
    if len(text) > MOST_CHARACTERS:
        return []
    try:
        return list(kind(text, parse(text)))
    except RecursionError:
        raise TextError("The text is nested too deeply.", text, 0) from None


def _numbers(text: str, tree: ast.expr) -> Iterator[Literal]:
    labels = dict(_labels(tree))
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or isinstance(node.value, bool):
            continue
        if isinstance(node.value, int | float) and abs(node.value) < 1e300:
            begin, end = _place(text, node)
            label = labels.get(id(node), "number")
            yield Literal(begin, end, float(node.value), label, text[begin:end])


def _place(text: str, node: ast.expr) -> tuple[int, int]:
    end_line, end_column = node.end_lineno or node.lineno, node.end_col_offset or 0
    return offset(text, node.lineno, node.col_offset), offset(text, end_line, end_column)


def _labels(tree: ast.expr) -> Iterator[tuple[int, str]]:
    """What each number is, by the identity of its node: the innermost call names it."""
    for node in ast.walk(tree):  # outer nodes first, so that inner ones overrule
        if isinstance(node, ast.Call):
            name = _called(node.func)
            for argument, given in _arguments(node):
                for inner in ast.walk(given):
                    yield id(inner), f"{name}: {argument}"
                if isinstance(given, ast.Dict):
                    yield from _levels(name, given)
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
            for side, other in ((node.left, node.right), (node.right, node.left)):
                if isinstance(side, ast.Constant) and _is_schedule(other):
                    yield id(side), "height"


def _levels(name: str, given: ast.Dict) -> Iterator[tuple[int, str]]:
    for key, value in zip(given.keys, given.values, strict=True):
        yield id(key), f"{name}: step"
        yield id(value), f"{name}: value at {ast.unparse(key) if key else ''}"


def _is_schedule(node: ast.expr) -> bool:
    """Whether it can only be a schedule: it calls something."""
    return any(isinstance(inner, ast.Call) for inner in ast.walk(node))


def _called(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else ast.unparse(function)


def _arguments(node: ast.Call) -> Iterator[tuple[str, ast.expr]]:
    """The names of the arguments of a call, and what is given for them."""
    names = [name for name, _ in _parameters(node.func)]
    for index, given in enumerate(node.args):
        yield names[index] if index < len(names) else f"argument {index + 1}", given
    for keyword in node.keywords:
        yield keyword.arg or "arguments", keyword.value


def _parameters(function: ast.expr) -> list[tuple[str, Any]]:
    """Names and defaults of what a call of a known function or method may be given."""
    name = ast.unparse(function)
    if isinstance(function, ast.Name):
        known: Any = NAMES.get(name)
    elif name.startswith("like."):
        known = dialects().get(name)
    else:
        attribute = function.attr if isinstance(function, ast.Attribute) else ""
        known = getattr(Schedule, attribute) if attribute in METHODS else None
    try:
        parameters = inspect.signature(known).parameters.values() if known else ()
    except (TypeError, ValueError):  # a callable that does not tell
        return []
    return [(p.name, p.default) for p in parameters if p.name != "self"]


def _gaps(text: str, tree: ast.expr) -> Iterator[Literal]:
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
            continue
        given = {name for name, _ in _arguments(node)}
        _, end = _place(text, node)
        for name, default in _parameters(node.func):
            if name in ENDS and name not in given and isinstance(default, float):
                comma = ", " if node.args or node.keywords else ""
                label = f"{node.func.id}: {name}"
                yield Literal(end - 1, end - 1, default, label, "", f"{comma}{name}=")
