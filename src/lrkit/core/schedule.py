"""How schedules combine: the algebra, the text, equality, and what a notebook shows."""

from __future__ import annotations

import math
from abc import abstractmethod
from fractions import Fraction
from itertools import islice
from numbers import Real
from typing import Any

from lrkit.core.curve import MOST_KNOTS, Curve, assert_bounded
from lrkit.core.validate import duration, whole

MOST_LEVELS = 60

# How tightly a text binds; what binds looser is put in parentheses.
ATOM, PRODUCT, FLOW, JUMP = 3, 2, 1, 0


class TooFewSteps(Exception):
    """`over` left a joined piece without a step."""

    def __init__(self, piece: Schedule) -> None:
        """Name the piece."""
        super().__init__(piece)
        self.piece = piece


class Schedule(Curve):
    """A learning-rate schedule, or any other hyperparameter's: a value for each step.

        schedule(k) is the value for update k, counted from 0

    It is defined on 0…length and constant outside: at its start value below 0, at its stop value
    from its length on. It is immutable, equal to and hashed as its text, and pickled as its text.

    Build one from `warmup`, `hold`, `cosine` and the other pieces with `a >> b` (flows),
    `a | b` (jumps), `k * s` (height) and `a * b` (pointwise), or read it from its text.

    >>> from lrkit import warmup, hold, cosine
    >>> shape = warmup(5) >> hold(75) >> cosine(20)
    >>> lr = 3e-4 * shape.over(10_000)
    >>> lr
    0.0003 * (warmup(500) >> hold(7500) >> cosine(2000))
    >>> lr(250)
    0.00015
    >>> lr.length
    10000
    """

    # NumPy must leave `numpy.float64(3e-4) * schedule` to us.
    __array_ufunc__ = None

    # ---- what each kind of schedule says of itself, beside what `Curve` asks -----------------

    _binds: int = ATOM
    _depth: int
    _stores: int = 0
    """How many values the call that made it has worked out and kept."""

    def __post_init__(self) -> None:
        """Refuse what is nested deeper than its text can be read back."""
        fields = (v if isinstance(v, tuple) else (v,) for v in vars(self).values())
        inner = [v._depth for field in fields for v in field if isinstance(v, Schedule)]
        self._nest(1 + max(inner, default=0))

    def _nest(self, levels: int) -> None:
        if levels > MOST_LEVELS:
            raise ValueError(
                f"Schedule: at most {MOST_LEVELS} schedules can be nested in each other, got "
                f"{levels}. Write it with fewer methods, or keep its values with `table`."
            )
        object.__setattr__(self, "_depth", levels)

    @abstractmethod
    def _stretched(self, k: Fraction) -> Schedule:
        """The same with every time in it multiplied by k."""

    def _over(self, n: int) -> Schedule:
        """The same, exactly n steps long."""
        from lrkit.core.cut import Warped

        assert_bounded("over", self)
        return Warped.build(self, Fraction(n) / Fraction(self._length))

    def _in_units(self, k: Fraction) -> Schedule:
        """What to evaluate for this schedule warped by k; unlike `_stretched` it has no text."""
        return self._stretched(k)

    def _raised(self, height: float) -> Schedule | None:
        """This piece with the height inside it, where its own numbers can hold it."""
        return None

    # ---- the algebra ---------------------------------------------------------------------------

    def __rshift__(self, other: Any) -> Schedule:
        """`a >> b`: a, then b; a ValueError unless b starts where a stops, to 1e-9."""
        from lrkit.core.join import Join

        if not isinstance(other, Schedule):
            return NotImplemented
        return Join.build([self, other], ">>")

    def __or__(self, other: Any) -> Schedule:
        """`a | b`: a, then b, where a jump is meant."""
        from lrkit.core.join import Join

        if not isinstance(other, Schedule):
            return NotImplemented
        return Join.build([self, other], "|")

    def __mul__(self, other: Any) -> Schedule:
        """`a * b` pointwise, as long as the longer one; `s * k` is `k * s`."""
        from lrkit.core.combine import Product

        if isinstance(other, Schedule):
            return Product.build(self, other)
        return self.__rmul__(other)

    def __rmul__(self, other: Any) -> Schedule:
        """`k * s`: s at k times its height."""
        if isinstance(other, bool) or not isinstance(other, Real):
            return NotImplemented
        from lrkit.core.combine import scaled

        return scaled(other, self)

    def __add__(self, other: Any) -> Schedule:
        """Refused with the way out: schedules have no sum."""
        raise TypeError(
            f"+: a schedule has no sum, got schedule + {other!r}. Write s.plus(value) for an "
            "offset, s.at_least(value) for a floor, and a >> b to join."
        )

    __radd__ = __add__

    def over(self, length: float) -> Schedule:
        """The same shape, exactly `length` steps long.

        Each joined piece is warped onto its share; the ends are rounded to whole steps, so lengths
        add up, end values stay, and joins that flow still flow.

        Args:
            length: Whole number of steps.

        Raises:
            ValueError: Too few steps for every piece to get one, or the schedule is endless.

        >>> from lrkit import warmup, cosine
        >>> (warmup(5) >> cosine(95)).over(313)
        warmup(16) >> cosine(297)
        """
        n = whole("over", "length", length, "Steps are counted in whole updates.")
        assert_bounded("over", self)
        try:
            return self._exactly_over(n)
        except TooFewSteps as error:
            raise ValueError(
                f"over: {n} steps are too few: `{error.piece}` would get none. "
                f"Use at least {self._enough_steps()}."
            ) from None

    def _exactly_over(self, n: int) -> Schedule:
        return self if self._length == n and self._is_whole() else self._over(n)

    def _enough_steps(self) -> int:
        """A length over which every joined piece gets a step."""
        n = math.ceil(Fraction(self._length) / self._shortest())
        while True:
            try:
                self._over(n)
            except TooFewSteps:  # the rounding around a nested join can take a step from it
                n += 1
            else:
                return n

    def _shortest(self) -> Fraction:
        """The length of the shortest joined piece."""
        return Fraction(self._length)

    def _is_whole(self) -> bool:
        return all(t.denominator == 1 for t in islice(self._breaks(), MOST_KNOTS))

    def stretch(self, k: float) -> Schedule:
        """The same shape with every time in it multiplied by k, for shapes written in epochs.

        Args:
            k: Positive; for example the updates of an epoch.

        Raises:
            ValueError: k is not positive.

        >>> from lrkit import warmup, cosine
        >>> (warmup(1) >> cosine(9)).stretch(313)
        warmup(313) >> cosine(2817)
        """
        return self._stretched(duration("stretch", "k", k))

    def take(self, n: float) -> Schedule:
        """The first n steps, then the value just before n, held.

        Args:
            n: Steps to keep, at most the length. Positive.

        Raises:
            ValueError: n is not positive, or more than the length.

        >>> from lrkit import exponential
        >>> exponential(rate=0.5, every=10).take(20)(100)
        0.25
        """
        from lrkit.core.cut import Taken

        return Taken.build(self, duration("take", "n", n))

    def skip(self, n: float) -> Schedule:
        """All but the first n steps.

        Args:
            n: Steps to leave out, less than the length. Positive.

        Raises:
            ValueError: n is not positive, or leaves nothing.

        >>> from lrkit import linear
        >>> linear(10).skip(4)(0)
        0.6
        """
        from lrkit.core.cut import Skipped

        way_out = "Skipping nothing is the schedule itself."
        return Skipped.build(self, duration("skip", "n", n, way_out))

    def at_least(self, value: float) -> Schedule:
        """The same, never below `value`: max(s(t), value).

        Args:
            value: A rate, not a share of the height; finite, or it is a ValueError.

        >>> from lrkit import cosine
        >>> (0.001 * cosine(100)).at_least(1e-5)(100)
        1e-05
        """
        from lrkit.core.combine import Adjusted

        return Adjusted.build(self, "at_least", value)

    def at_most(self, value: float) -> Schedule:
        """The same, never above `value`: min(s(t), value).

        Args:
            value: A rate, not a share of the height; finite, or it is a ValueError.

        >>> from lrkit import linear
        >>> linear(4).at_most(0.5)(0)
        0.5
        """
        from lrkit.core.combine import Adjusted

        return Adjusted.build(self, "at_most", value)

    def plus(self, value: float) -> Schedule:
        """The same, `value` higher: s(t) + value, so that `(k * s).plus(v)` is any line of s.

        Args:
            value: Finite, or it is a ValueError; the offset of a curve that ends above 0.

        >>> from lrkit import cosine, repeat
        >>> (0.9 * repeat(cosine(10), height=0.5)).plus(0.1)(10)
        0.55
        """
        from lrkit.core.combine import Adjusted

        return Adjusted.build(self, "plus", value)

    def staircase(self, n: float) -> Schedule:
        """The value of the last multiple of n, held until the next: ⌈length/n⌉·n long.

        Args:
            n: For example the updates of an epoch, which may be fractional. A ValueError unless
                it is positive.

        >>> from lrkit import linear
        >>> linear(10).staircase(5)(9)
        0.5
        """
        from lrkit.core.cut import Staircase

        return Staircase.build(self, duration("staircase", "n", n))

    # ---- seeing --------------------------------------------------------------------------------

    def plot(self, **options: Any) -> Any:
        """A matplotlib figure of this schedule: `lrkit.draw.plot(self, **options)`.

        >>> from lrkit import cosine
        >>> figure = cosine(100).plot(title="cosine")
        """
        from lrkit.draw import plot

        return plot(self, **options)

    def _repr_html_(self) -> str:
        from lrkit.draw import html

        return str(html(self))
