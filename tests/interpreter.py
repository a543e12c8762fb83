"""The value of a whole expression, from `reference*.py` alone: nothing is taken from lrkit."""

import ast
from functools import lru_cache

from tests import reference as r
from tests import reference_algebra as laws
from tests.reference_algebra import Joined, Shape
from tests.reference_recipes import RECIPES


def join(*parts):
    return Joined(parts)


METHODS = {
    **{f.__name__: f for f in (laws.over, laws.stretch, laws.take, laws.skip, laws.staircase)},
    **{f.__name__: f for f in (laws.at_least, laws.at_most, laws.plus)},
}
NAMES = {
    **{f.__name__: f for f in (r.hold, r.linear, r.warmup, r.polynomial, r.geometric)},
    **{f.__name__: f for f in (r.rex, r.tanh, r.hyperbolic, r.exponential_ramp)},
    **{f.__name__: f for f in (r.exponential, r.inverse_time, r.inverse_sqrt, r.noise)},
    **{f.__name__: f for f in (r.points, r.table, r.custom)},
    **RECIPES,
    "cosine": r.cosine_piece,
    "one_minus_sqrt": r.one_minus_sqrt_piece,
    "repeat": laws.repeat,
    "then": join,
    "jump": join,
}
NUMBERS = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b,
    ast.FloorDiv: lambda a, b: a // b,
}


def combine(operator, a, b):
    """Numbers by Python's rules, schedules by the laws."""
    if not isinstance(a, Shape) and not isinstance(b, Shape):
        return NUMBERS[operator](a, b)
    if operator in (ast.RShift, ast.BitOr):
        return join(a, b)
    assert operator is ast.Mult
    if isinstance(a, Shape) and isinstance(b, Shape):
        return laws.product(a, b)
    k, s = (b, a) if isinstance(a, Shape) else (a, b)
    return s.mapped(lambda v: k * v, abs(k) * s.peak)


def walk(node, names):
    """What a node of the tree stands for: a number, a literal or a `Shape`."""
    match node:
        case ast.Constant(value=value):
            return value
        case ast.Name(id=name):
            return names[name]
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -walk(operand, names)
        case ast.BinOp(left=left, op=op, right=right):
            return combine(type(op), walk(left, names), walk(right, names))
        case ast.List(elts=items):
            return [walk(item, names) for item in items]
        case ast.Dict(keys=keys, values=values):
            pairs = zip(keys, values, strict=True)
            return {walk(k, names): walk(v, names) for k, v in pairs}
        case ast.Call(func=function, args=args, keywords=keywords):
            given = [walk(a, names) for a in args]
            named = {k.arg: walk(k.value, names) for k in keywords}
            if isinstance(function, ast.Attribute):
                return METHODS[function.attr](walk(function.value, names), *given, **named)
            return names[function.id](*given, **named)
    raise AssertionError(ast.dump(node))


@lru_cache(maxsize=1000)
def _interpret(text, functions):
    return walk(ast.parse(text, mode="eval").body, {**NAMES, **dict(functions)})


def interpret(text, **functions):
    """The reference of the schedule that `text` builds; `functions` may be used in `custom`."""
    return _interpret(text, tuple(functions.items()))
