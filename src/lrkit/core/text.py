"""Text to schedule: the one language of the API, the CLI, config files and checkpoints.

The text is parsed into a tree and walked; nothing in it is ever evaluated, imported or run. Only
numbers, the given names, calls of the public names, their methods and the operators mean anything.
"""

from __future__ import annotations

import ast
import difflib
import math
import operator
from collections.abc import Callable
from typing import Any, NoReturn, TypeGuard

from lrkit.core import endless, join, noise, points, ramps, recipes, shapes, table
from lrkit.core.dialects import dialects
from lrkit.core.packing import MOST_VALUES
from lrkit.core.parse import TextError, check_size, offset, parse
from lrkit.core.repeat import repeat
from lrkit.core.schedule import Schedule
from lrkit.core.validate import number

MOST_NESTED = 200

_PUBLIC: tuple[Callable[..., Any], ...] = (
    *(shapes.hold, shapes.linear, shapes.warmup, shapes.cosine, shapes.polynomial),
    *(shapes.one_minus_sqrt, shapes.geometric),
    *(ramps.rex, ramps.tanh, ramps.hyperbolic, ramps.exponential_ramp),
    *(endless.exponential, endless.inverse_time, endless.inverse_sqrt, noise.noise),
    *(repeat, points.points, table.table, join.then, join.jump),
    *recipes.ALL,
)
NAMES = {function.__name__: function for function in _PUBLIC}
UNITS = ("updates", "percent", "epoch", "batch", "example", "token")
"""What a plan calls its numbers; `read` knows none of them by itself."""
METHODS = frozenset({"over", "stretch", "take", "skip", "at_least", "at_most", "plus", "staircase"})

# What a call may raise that is given the wrong arguments: other libraries have their own ways.
_REFUSALS = (ValueError, TypeError, ArithmeticError, LookupError, RuntimeError, AssertionError)

_ON_NUMBERS: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
}
_SYMBOLS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//"}
_SYMBOLS |= {ast.RShift: ">>", ast.BitOr: "|"}


def read(text: str, /, **names: float) -> Schedule:
    """The schedule that a text describes; `read(repr(s)) == s`.

    The text may hold numbers with + - * / //, the given names, calls of lrkit's public names and of
    the libraries' own after `like.`, the methods over, stretch, take, skip, at_least, at_most, plus
    and staircase, and the operators >>, | and *. It never runs code.

    Args:
        text: At most 100,000 characters, packed tables aside.
        **names: Numbers that the text may use by name.

    Raises:
        ValueError: The text is no schedule; the message points at the place and names the nearest
            known name. Its attributes `reason`, `text` and `position` say the same to a program.
        TypeError: `text` is no string, or a name's value is no number.

    >>> read("1e-3 * (warmup(500) >> cosine(10*epoch - 500))", epoch=1875)
    0.001 * (warmup(500) >> cosine(18250))
    """
    if not isinstance(text, str):
        raise TypeError(f"read: `text` must be a string, got {text!r}.")
    values = {name: _given(name, v) for name, v in names.items()}
    check_size(text)
    reader = _Reader(text, values)
    result = reader.read(parse(text))
    if not isinstance(result, Schedule):
        raise TextError(
            f"A schedule was expected, got {result!r}. Write hold(value={result!r}) for a constant."
            if _is_number(result)
            else "A schedule was expected.",
            text,
            0,
        )
    return result


def _given(name: str, v: Any) -> int | float:
    number("read", name, v)
    return int(v) if float(v).is_integer() else float(v)


def number_of_the_user(name: str) -> str:
    """What is said of a name that stands for a number, and was not given."""
    return f"`{name}` is a number that you give: read(text, {name}=…)."


class _Reader:
    """Walks one parsed text."""

    def __init__(self, text: str, names: dict[str, int | float]) -> None:
        self.text, self.names, self.depth = text, names, 0
        self.stored = 0  # values of all tables so far: a short text must not fill the memory

    def fail(self, node: ast.AST, reason: str) -> NoReturn:
        """Point at `node`."""
        at = offset(self.text, getattr(node, "lineno", 2), getattr(node, "col_offset", 0))
        raise TextError(reason, self.text, at) from None

    def read(self, node: ast.expr) -> Any:
        """The number, schedule or literal that a node stands for."""
        self.depth += 1
        if self.depth > MOST_NESTED:
            self.fail(node, f"The text must have at most {MOST_NESTED} levels of nesting.")
        try:
            handler = getattr(self, f"_{type(node).__name__}", None)
            if handler is None:
                self.fail(node, "This has no meaning here: a text has numbers, names and calls.")
            return handler(node)
        finally:
            self.depth -= 1

    def _Constant(self, node: ast.Constant) -> Any:
        if node.value is None or isinstance(node.value, (str, bool)):
            return node.value
        if not isinstance(node.value, (int, float)):
            self.fail(node, f"A number was expected, got {node.value!r}.")
        return self._number(node, node.value)

    def _number(self, node: ast.AST, v: Any) -> int | float:
        """`v`, finite; long integers become floats, so that the work stays small."""
        try:
            bounded: int | float = float(v) if isinstance(v, int) and abs(v) >= 2**63 else v
        except OverflowError:
            bounded = math.inf
        if not math.isfinite(bounded):
            self.fail(node, "A number must be finite: this one is too large.")
        return bounded

    def _Name(self, node: ast.Name) -> int | float:
        if node.id in self.names:
            return self.names[node.id]
        if node.id in NAMES:
            self.fail(node, f"`{node.id}` must be called: write {node.id}(…).")
        if node.id == "optimizer":
            self.fail(node, "Leave the optimizer out; the rate that it begins with is base_lr=….")
        if node.id in UNITS:
            self.fail(node, number_of_the_user(node.id))
        self.unknown(node, node.id, [*NAMES, *self.names], is_number=True)

    def unknown(
        self, node: ast.AST, name: str, known: list[str], is_number: bool = False
    ) -> NoReturn:
        """Name the nearest known name, and how to give a number a name."""
        name = name[:100]
        near = difflib.get_close_matches(name, known, n=1, cutoff=0.0)
        hint = f"; the nearest known name is `{near[0]}`" if near else ""
        give = f" For a number of your own give its value: read(text, {name}=…)."
        self.fail(node, f"Unknown name `{name}`{hint}.{give if is_number else ''}")

    def _UnaryOp(self, node: ast.UnaryOp) -> int | float:
        v = self.read(node.operand)
        if not _is_number(v) or not isinstance(node.op, (ast.UAdd, ast.USub)):
            self.fail(node, "A sign must stand before a number.")
        return -v if isinstance(node.op, ast.USub) else v

    def _BinOp(self, node: ast.BinOp) -> Any:
        # Long chains lean to the left: unrolled here, so that their depth is that of their parts.
        chain: list[ast.BinOp] = []
        left: ast.expr = node
        while isinstance(left, ast.BinOp):
            chain.append(left)
            left = left.left
        value = self.read(left)
        for link in reversed(chain):
            value = self._apply(link, value, self.read(link.right))
        return value

    def _apply(self, node: ast.BinOp, a: Any, b: Any) -> Any:
        kind, symbol = type(node.op), _SYMBOLS.get(type(node.op))
        numbers = [_is_number(v) for v in (a, b)]
        schedules = [isinstance(v, Schedule) for v in (a, b)]
        try:
            if all(numbers) and kind in _ON_NUMBERS:
                return self._number(node, _ON_NUMBERS[kind](a, b))
            if kind is ast.Mult and any(schedules) and all(map(operator.or_, numbers, schedules)):
                return a * b
            if symbol in (">>", "|") and all(schedules):
                return a >> b if symbol == ">>" else a | b
        except (ValueError, ArithmeticError) as error:
            self.fail(node.right, _first_line(error))
        if symbol is None:
            self.fail(node.right, "Operators: + - * / // on numbers, >> | * on schedules.")
        self.fail(node.right, f"`{symbol}` cannot join {_kind(a)} and {_kind(b)}.")

    def _Call(self, node: ast.Call) -> Any:
        function = self._function(node.func)
        arguments = [self.read(a) for a in node.args]
        keywords: dict[str, Any] = {}
        for keyword in node.keywords:
            if keyword.arg is None or keyword.arg in keywords:
                self.fail(keyword, "Arguments must be given one by one, each once.")
            keywords[keyword.arg] = self.read(keyword.value)
        try:
            result = function(*arguments, **keywords)
        except TextError:
            raise
        except _REFUSALS as error:
            self.fail(node, _first_line(error))
        if isinstance(result, Schedule):
            self.stored += result._stores
            if self.stored > MOST_VALUES:
                self.fail(node, f"The tables of a text must hold at most {MOST_VALUES:,} values.")
        return result

    def _function(self, node: ast.expr) -> Callable[..., Any]:
        if isinstance(node, ast.Name):
            if node.id == "custom":
                self.fail(
                    node, "`custom` takes a function, which a text cannot hold; its repr can."
                )
            if node.id not in NAMES:
                self.unknown(node, node.id, list(NAMES))
            return NAMES[node.id]
        if isinstance(node, ast.Constant) and _is_number(node.value):
            self.fail(node, f"`*` is missing: write {node.value} * (…).")
        if not isinstance(node, ast.Attribute):
            self.fail(node, "Only lrkit's public names and their methods can be called.")
        name = _dotted(node)
        if name.startswith("like."):
            known = dialects()
            if name not in known:
                self.unknown(node, name, list(known))
            return known[name]
        receiver = self.read(node.value)
        if not isinstance(receiver, Schedule):
            self.fail(node, f"`.{node.attr}` belongs to a schedule, got {_kind(receiver)}.")
        if node.attr not in METHODS:
            self.unknown(node, node.attr, sorted(METHODS))
        method: Callable[..., Any] = getattr(receiver, node.attr)
        return method

    def _List(self, node: ast.List) -> list[Any]:
        return [self.read(item) for item in node.elts]

    def _Dict(self, node: ast.Dict) -> dict[Any, Any]:
        levels: dict[Any, Any] = {}
        for key, item in zip(node.keys, node.values, strict=True):
            if key is None:
                self.fail(node, "Entries are written one by one: {step: value, …}.")
            step = self.read(key)
            if not (_is_number(step) or isinstance(step, str)) or step in levels:
                self.fail(key, "A key must be a number or a name in quotes, each given once.")
            levels[step] = self.read(item)
        return levels


def _dotted(node: ast.expr) -> str:
    """`like.torch.StepLR` of the tree for it; empty for anything but names and dots."""
    if isinstance(node, ast.Attribute):
        before = _dotted(node.value)
        return f"{before}.{node.attr}" if before else ""
    return node.id if isinstance(node, ast.Name) else ""


def _is_number(v: Any) -> TypeGuard[int | float]:
    return isinstance(v, (int, float)) and not isinstance(v, bool)


def _kind(v: Any) -> str:
    if isinstance(v, Schedule):
        return "a schedule"
    return "a number" if _is_number(v) else f"a {type(v).__name__}"


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0] or type(error).__name__
