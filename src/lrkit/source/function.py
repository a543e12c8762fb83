"""Functions of the step: the expression tree, written formula by formula.

Every function holds its first value before 0 and its last after the end. A function of a plain
number chooses with `if`; one of arrays works all pieces out and chooses with the library's `where`.
Times stay integers until a formula takes them: boundaries and periods are exact.
"""

from __future__ import annotations

from fractions import Fraction
from textwrap import wrap
from typing import Any

from lrkit.core.combine import Adjusted, Product, Scaled
from lrkit.core.curves import Decay, Hold, Ramp
from lrkit.core.cut import Skipped, Staircase, Taken
from lrkit.core.repeat import Repeat
from lrkit.core.schedule import Schedule
from lrkit.core.table import Table
from lrkit.core.validate import Time
from lrkit.source.calls import indented, statement
from lrkit.source.leaves import LEAVES, leaf, powers
from lrkit.source.pieces import CannotSay, assert_few, ends_itself, pieces
from lrkit.source.words import Words, atom, factor, number, power, span

_WIDE = 44
"""What is longer gets a line of its own before it is chosen."""

TOO_LONG = "its times are longer than counters of 32 bits reach"
FARTHEST = 2**31
"""A counter of 32 bits does not reach further."""


class Module:
    """The constants and functions that a piece of code consists of, in order."""

    def __init__(self, words: Words) -> None:
        """Begin with nothing."""
        self.words = words
        self.constants: list[str] = []
        self.functions: list[str] = []
        self.reach: int | None = None
        """The last update whose rate is right, where counters of 32 bits go further."""
        self._names: set[str] = set()

    def name(self, wanted: str) -> str:
        """`wanted`, with a number if it is taken."""
        name, i = wanted, 1
        while name in self._names:
            i += 1
            name = f"{wanted}_{i}"
        self._names.add(name)
        return name

    def constant(self, wanted: str, values: list[str]) -> str:
        """A list of numbers, in lines of 88 columns."""
        name = self.name(wanted)
        flat = f"{name} = [{', '.join(values)}]"
        if len(flat) > 88:
            rows = indented("\n".join(wrap(", ".join(values), 84)))
            flat = f"{name} = [\n{rows},\n]  # fmt: skip"
        self.constants.append(flat)
        return name

    def function(self, wanted: str, s: Schedule, says: str, parts: int = 1) -> str:
        """Write the function of a schedule; its name."""
        name = self.name(wanted)
        body = Body(self)
        if parts > 1:
            if self.words.arrays:
                last = (FARTHEST - 1) // parts
                if isinstance(s._length, Fraction):
                    if s._length >= FARTHEST:
                        raise CannotSay(TOO_LONG)
                    last = int(-(-s._length // parts))
                else:
                    self.reach = last
                body.line(f"step = {self.words.least('step', str(last))}")
            body.line(f"step = {parts} * step  # {parts} parts make a step")
        body.chain(s)
        docstring = f'    """{says}"""'
        self.functions.append("\n".join([f"def {name}(step):", docstring, *body.lines]))
        return name

    def text(self) -> str:
        """Everything so far, as formatters lay it out."""
        blocks = ["\n".join(self.constants)] if self.constants else []
        return "\n\n\n".join([*blocks, *self.functions])


class Body:
    """The lines of one function."""

    def __init__(self, module: Module, indent: int = 1) -> None:
        """Begin with nothing."""
        self.module, self.words, self.indent = module, module.words, indent
        self.lines: list[str] = []
        self._taken: set[str] = set()

    def line(self, text: str) -> None:
        """Write a line; one that is too long, operator by operator."""
        self.lines.append(statement(text, "    " * self.indent))

    def let(self, wanted: str, value: str) -> str:
        """Give a value a name, unless it is one."""
        if value.isidentifier():
            return value
        name, i = wanted, 1
        while name in self._taken:
            i += 1
            name = f"{wanted}{i}"
        self._taken.add(name)
        self.line(f"{name} = {value}")
        return name

    # ---- one piece after the other -----------------------------------------------------------

    def chain(self, s: Schedule) -> None:
        """Return the value at `step`."""
        found = pieces(s)
        assert_few(found)
        begins = [Fraction(0)]
        for piece in found[:-1]:
            begins.append(begins[-1] + Fraction(piece._length))
        if self.words.arrays:  # its counters reach no further
            found = found[: sum(begin < FARTHEST for begin in begins)]
        holds = ends_itself(found[-1]) and found[-1]._stop == s._stop
        end = None if holds else s._length
        (self._by_where if self.words.arrays else self._by_if)(found, begins, end, s._stop)

    def _by_if(
        self, found: list[Schedule], begins: list[Fraction], end: Time | None, stop: float
    ) -> None:
        """`end` is where the value must be said to stay; None where the last formula knows."""
        for i, (piece, begin) in enumerate(zip(found, begins, strict=True)):
            t = f"step - {span(begin)}" if begin else "step"
            if i == len(found) - 1 and not isinstance(end, Fraction):
                if isinstance(piece._length, Fraction):
                    t = self.words.least(t, span(piece._length))
                self.line(f"return {self.value(piece, t)}")
                return
            inner = Body(self.module, self.indent + 1)
            inner.line(f"return {inner.value(piece, t)}")
            self.line(f"if step < {span(begin + Fraction(piece._length))}:")
            self.lines += inner.lines
        self.line(f"return {number(stop)}")

    def _by_where(
        self, found: list[Schedule], begins: list[Fraction], end: Time | None, stop: float
    ) -> None:
        rate = ""
        for i, (piece, begin) in enumerate(zip(found, begins, strict=False)):
            value = self.value(piece, self._clipped(begin, piece._length))
            if rate:
                if len(value) > _WIDE:
                    value = self.let("value", value)
                value = self.words.where(f"step < {span(begin)}", rate, value)
            if i == len(found) - 1 and not (isinstance(end, Fraction) and end < FARTHEST):
                self.line(f"return {value}")
                return
            self.line(f"rate = {value}")
            rate = "rate"
            self._taken.clear()  # the next piece has a time of its own
        assert isinstance(end, Fraction)
        self.line(f"return {self.words.where(f'step < {span(end)}', rate, number(stop))}")

    def _clipped(self, begin: Fraction, length: Time) -> str:
        t = f"step - {span(begin)}" if begin else "step"
        if isinstance(length, Fraction) and length < FARTHEST:
            return self.words.clip(t, span(length))
        return self.words.most(t, "0")

    # ---- the value of one piece --------------------------------------------------------------

    def value(self, s: Schedule, t: str) -> str:
        """The value at time t, an integer of 0 or more that is not after the end."""
        if isinstance(s, LEAVES):
            constant = isinstance(s, Hold) or (isinstance(s, Ramp) and s._start == s._stop)
            return leaf(s, t if constant else self.let("t", self.words.real(t)), self.words)
        found = pieces(s)
        if len(found) > 1:
            name = self.module.function("part", s, "A part of the rate, counted from its start.")
            return f"{name}({t})"
        if found[0] is not s and not isinstance(found[0], Scaled):
            return self.value(found[0], t)
        if isinstance(found[0], Scaled):
            return f"{number(found[0].height)} * {factor(self.value(found[0].inner, t))}"
        writers: dict[type, Any] = {
            Adjusted: self._adjusted,
            Product: self._product,
            Repeat: self._repeat,
            Table: self._table,
            Staircase: self._staircase,
            Skipped: self._skipped,
            Taken: lambda s, t: self.value(s.inner, t),
        }
        return str(writers[type(s)](s, t))

    def held(self, s: Schedule, t: str) -> str:
        """The value at any time of 0 or more, after the end too."""
        if not isinstance(s._length, Fraction) or len(pieces(s)) > 1:
            return self.value(s, t)
        end = span(s._length)
        t = self.let("t", t)
        value = self.value(s, self.words.least(t, end))
        if ends_itself(s):
            return value
        return self.words.where(f"{t} < {end}", value, number(s._stop))

    def _adjusted(self, s: Adjusted, t: str) -> str:
        value = self.value(s.inner, t)
        if s.method == "plus":
            sign = "+" if s.value >= 0 else "-"
            return f"{value} {sign} {number(abs(s.value))}"
        limit = self.words.most if s.method == "at_least" else self.words.least
        return limit(value, number(s.value))

    def _product(self, s: Product, t: str) -> str:
        t = self.let("t", t)
        return " * ".join(factor(self.held(each, t)) for each in s.factors)

    def _skipped(self, s: Skipped, t: str) -> str:
        return self.value(s.inner, f"{t} + {span(s.n)}")

    def _staircase(self, s: Staircase, t: str) -> str:
        n, inner = span(s.n), s.inner
        decay = pieces(inner)[0]
        height, decay = (decay.height, decay.inner) if isinstance(decay, Scaled) else (1.0, decay)
        if isinstance(decay, Decay) and decay.curve == "exponential" and decay.every == s.n:
            i = self.let("periods", self.words.real(f"{atom(t)} // {n}"))
            value = powers(decay.rate, i, self.words)
            return value if height == 1.0 else f"{number(height)} * {value}"
        foot = f"{atom(t)} // {n} * {n}"
        if isinstance(inner._length, Fraction) and inner._length % s.n:
            foot = self.words.least(foot, span(inner._length))
        return self.value(inner, self.let("foot", foot))

    def _table(self, s: Table, t: str) -> str:
        values = self.module.constant("VALUES", [number(v) for v in s.stored])
        i = t if s.unit == 1 else f"{atom(t)} // {span(s.unit)}"
        i = self.words.least(i, str(len(s.stored) - 1))
        if not self.words.arrays:
            return f"{values}[{i}]"
        i = self.let("i", i)
        if self.words.cast:
            return f'ops.take(ops.convert_to_tensor({values}, "float32"), {i})'
        return f"jnp.array({values})[{i}]"

    # ---- cycles ------------------------------------------------------------------------------

    def _repeat(self, s: Repeat, t: str) -> str:
        if s.growth != 1.0:
            return self._ladder(s, t)
        period = span(s._span)
        t = self.let("t", t)
        own = self.let("own", f"{t} % {period}")
        value = self.value(s._run, own)
        if s.drop == 1.0:
            return value
        index = self.let("cycle", self.words.real(f"{t} // {period}"))
        return f"{self._drops(s.drop, index)} * {factor(value)}"

    def _drops(self, drop: float, index: str) -> str:
        if drop == 0.0:
            return power("0.0", index)
        return powers(drop, index, self.words)

    def _ladder(self, s: Repeat, t: str) -> str:
        """Cycles of different lengths, looked up among their ends."""
        ends = [end * s.unit for end in s._ends]
        most = FARTHEST if self.words.arrays else 2**63
        known = [span(end) for end in ends if end < most]
        if len(known) < 2:
            raise CannotSay(f"`{s}` has no cycle that ends within 2**31 steps")
        if self.words.arrays and not isinstance(s._length, Fraction):
            self.module.reach = int(known[-1]) - 1
        i, begin, end, t = self._rung(self.module.constant("ENDS", known), len(known) - 2, t)
        real, n = self.words.real, span(Fraction(s.inner._length))
        own, length = f"{t} - {begin}", f"{end} - {begin}"
        share = f"{real(own)} / {real(length)}" if self.words.cast else f"({own}) / ({length})"
        value = leaf(pieces(s.inner)[0], self.let("own", f"{share} * {n}"), self.words)
        if s.drop == 1.0:
            return value
        return f"{self._drops(s.drop, self.let('cycle', real(i)))} * {factor(value)}"

    def _rung(self, ends: str, last: int, t: str) -> tuple[str, str, str, str]:
        """Names for the index of the cycle, its begin, its end and the time."""
        t = self.let("t", t)
        if not self.words.arrays:
            i = self.let("i", f"min(bisect.bisect_right({ends}, {t}) - 1, {last})")
            self.line(f"begin, end = {ends}[{i}], {ends}[{i} + 1]")
            return i, "begin", "end", t
        if not self.words.cast:
            ends = self.let("ends", f"jnp.array({ends})")
            found = f'jnp.searchsorted({ends}, {t}, side="right")'
            i = self.let("i", self.words.least(f"{found} - 1", str(last)))
            return i, self.let("begin", f"{ends}[{i}]"), self.let("end", f"{ends}[{i} + 1]"), t
        ends = self.let("ends", f'ops.convert_to_tensor({ends}, "int32")')
        begun = self.let("begun", f'ops.cast(ops.expand_dims({t}, -1) >= {ends}, "int32")')
        i = self.let("i", self.words.least(f"ops.sum({begun}, axis=-1) - 1", str(last)))
        begin = self.let("begin", f"ops.take({ends}, {i})")
        return i, begin, self.let("end", f"ops.take({ends}, {i} + 1)"), t
