"""What a schedule is: a pure function of the step.

Every kind of schedule says four things about itself: its exact length, its values at both ends,
its curve in between, and its text. Values at numbers and arrays, and knots, follow from them here;
the algebra follows from them in `schedule.py`.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import islice
from typing import TYPE_CHECKING, Any, overload

from lrkit.core.lazy import lazy
from lrkit.core.moments import Moment
from lrkit.core.phase import NUMBERS, Array, Arrays
from lrkit.core.validate import ZERO, Time, at_least_zero, plain, refuse, whole

if TYPE_CHECKING:
    import numpy

MOST_KNOTS = 10_000

Number = Callable[[float, float], float]
"""(elapsed, remaining) to a value, both as plain numbers."""


class Curve(ABC):
    """A pure function of the step, defined on 0…length and constant outside."""

    # ---- what each kind of schedule says of itself -------------------------------------------

    _length: Time
    """Exact length, `math.inf` if endless."""
    _start: float
    """Value at 0 and below."""
    _stop: float
    """Value at the length and after; the limit where the schedule is endless."""

    @abstractmethod
    def _curve(self, elapsed: Array, remaining: Array, xp: Any) -> Array:
        """The value at `elapsed`, within 0…length; `remaining` is length - elapsed, or None.

        The one formula of this schedule: `xp` is `NUMBERS`, or an array library.
        """

    @lazy
    @abstractmethod
    def _text(self) -> str:
        """The expression that builds this schedule."""

    def _breaks(self, after: Fraction = ZERO) -> Iterator[Fraction]:
        """The times after `after`, ascending, where one piece ends and another begins."""
        return iter(())

    def _before(self, t: Fraction) -> float:
        """The value just before time t, 0 < t <= length: differs from `self(t)` at a jump."""
        return self._stop if t == self._length else self._exactly(t)

    def _lower(self) -> list[Any]:
        """This schedule as a flat list of pieces to evaluate one after the other."""
        return [self]

    def _is_constant(self) -> bool:
        """Whether the value is the same at all times."""
        return False

    # ---- evaluation ----------------------------------------------------------------------------

    @property
    def length(self) -> int | float:
        """How long it is, in steps: an int where it is whole, `math.inf` where it is endless.

        >>> from lrkit import warmup, hold
        >>> (warmup(10) >> hold()).length
        inf
        """
        return plain(self._length)

    @lazy
    def _moment(self) -> Moment | None:
        """The end as evaluation needs it; None where there is none."""
        return Moment(self._length) if isinstance(self._length, Fraction) else None

    @lazy
    def _number(self) -> Number:
        curve = self._curve
        return lambda elapsed, remaining: curve(elapsed, remaining, NUMBERS)

    _of_step: Callable[[int], float]
    """The value at a whole step. No default, and not `lazy`: an attribute that the class knows
    nothing of is read twice as fast, and this one is read at every call."""

    def _prepared(self) -> Callable[[int], float]:
        """Set `_of_step`, at the first call."""
        of_step = self.__dict__["_of_step"] = self._at_steps()
        return of_step

    def _at_steps(self) -> Callable[[int], float]:
        """The values at any whole steps, outside 0…length too."""
        number, end, start, stop = self._number, plain(self._length), self._start, self._stop

        def value(step: int) -> float:
            if 0 < step < end:
                return number(step, end - step)
            return start if step <= 0 else stop

        return value

    def _of_float(self, step: float) -> float:
        end = plain(self._length)
        if 0 < step < end:
            return self._number(step, end - step)
        if step <= 0 and step != -math.inf:
            return self._start
        if step >= end and step != math.inf:
            return self._stop
        raise refuse("Schedule", "step", "finite", step, "Steps count updates from 0.")

    @overload
    def __call__(self, step: float) -> float: ...
    @overload
    def __call__(self, step: Array) -> Array: ...

    def __call__(self, step: Any = None) -> Any:
        """The value at `step`: a float for a number, an array for an array of any library.

        Args:
            step: Updates already made; update k uses `schedule(k)`. Integers are exact below
                2**53 on the host; fractions give the curve between two steps.

        Returns:
            float64 for NumPy integers, the library's own default float for other libraries.

        Raises:
            TypeError: The step is no number and no array.
            ValueError: The step is a number that is not finite.

        >>> from lrkit import cosine
        >>> cosine(100)(0), cosine(100)(200)
        (1.0, 0.0)
        >>> import numpy as np
        >>> cosine(100)(np.array([0, 100, 200]))
        array([1., 0., 0.])
        """
        if step.__class__ is int:
            try:
                return self._of_step(step)
            except AttributeError:
                return self._prepared()(step)
            except OverflowError:
                raise refuse("Schedule", "step", "small enough for a float", step) from None
        if step.__class__ is float:
            return self._of_float(step)
        return self._of_any(step)

    def _of_any(self, step: Any) -> Any:
        """The value at what is neither int nor float: a NumPy scalar, an array, a mistake."""
        from lrkit.core.namespace import of_array

        if step is None:
            raise TypeError(
                "A schedule is called with a step: lr(0). Keras, which calls a plain function with "
                "nothing, wants lrkit.keras.LearningRate(lr) around it."
            )
        if isinstance(step, (bool, str)):
            raise TypeError(f"`step` must be a number or an array of numbers, got step={step!r}.")
        if getattr(step, "shape", 0) == () and type(step).__module__ == "numpy":
            return self(step.item())
        if isinstance(step, Fraction):
            return self._exactly(step)
        xp, x = of_array(step)
        return self._of_array(x, xp)

    def at(self, step: Any, xp: Any) -> Array:
        """The values at `step` with the functions of the array namespace `xp`.

        Args:
            step: A number or an array; integer counters are subtracted as integers.
            xp: `numpy`, `jax.numpy`, `torch`, `tensorflow` or `keras.ops`. With `keras.ops` the
                result is float32, whatever the dtype policy.

        Raises:
            TypeError: `xp` is none of these, or `step` holds no numbers.

        >>> import numpy as np
        >>> from lrkit import linear
        >>> linear(4).at([0, 1, 2], np)
        array([1.  , 0.75, 0.5 ])
        """
        from lrkit.core.namespace import of_module

        if getattr(xp, "__name__", "").startswith("keras"):
            step = xp.convert_to_tensor(step)
        return self._of_array(step, of_module(xp))

    def _of_array(self, step: Any, xp: Arrays) -> Array:
        x = xp.array(step)
        if type(x).__module__ == "numpy":
            from lrkit.core.host import evaluate

            return evaluate(self, x, xp)
        return self._held(x, xp)

    def _held(self, x: Array, xp: Any) -> Array:
        """The value at any time x, constant outside 0…length."""
        if xp is NUMBERS:
            return self(x)
        end = self._moment
        if end is None:
            return self._curve(xp.maximum(x, 0), None, xp)
        inside = xp.clip(x, end)
        value = self._curve(inside, xp.until(inside, end), xp)
        over = xp.reached(x, end)
        return value if over is None else xp.where(over, self._stop, value)

    def _exactly(self, t: Fraction) -> float:
        """The value at exactly t and after, also where no float is t."""
        if t.denominator == 1:
            return float(self(int(t)))
        # In parts of a step t is whole, and whole steps are exact.
        q = t.denominator
        if q not in self._in_parts:
            self._in_parts[q] = self._in_units(Fraction(q))
        return float(self._in_parts[q](t.numerator))

    @lazy
    def _in_parts(self) -> dict[int, Curve]:
        return {}

    @abstractmethod
    def _in_units(self, k: Fraction) -> Curve:
        """What to evaluate for this curve with every time in it multiplied by k."""

    def values(self, n: int | None = None) -> numpy.ndarray[Any, Any]:
        """The values for updates 0…n-1, as a float64 NumPy array.

        Args:
            n: How many; the schedule's own length, rounded up, by default.

        Raises:
            ValueError: The schedule is endless and n is not given, or n is negative.

        >>> from lrkit import linear
        >>> linear(4).values()
        array([1.  , 0.75, 0.5 , 0.25])
        """
        from lrkit.core.host import first_values

        if n is None:
            assert_bounded("values", self, "Say how many: values(n).")
            n = math.ceil(self._length)
        at_least_zero("values", "n", n)
        return first_values(self, 0 if n == 0 else whole("values", "n", n))

    def knots(self) -> list[tuple[int | float, float, float]]:
        """The start, every place where a piece ends and another begins, and the end.

        Returns:
            (step, value just before, value there and after), at most the first 10,000.

        >>> from lrkit import warmup, hold
        >>> (warmup(5) >> hold(10) | 0.1 * hold(10)).knots()
        [(0, 0.0, 0.0), (5, 1.0, 1.0), (15, 1.0, 0.1), (25, 0.1, 0.1)]
        """
        found: list[tuple[int | float, float, float]] = [(0, self._start, self._start)]
        for t in islice(self._breaks(), MOST_KNOTS):
            found.append((plain(t), self._before(t), self._exactly(t)))
        if isinstance(self._length, Fraction) and len(found) <= MOST_KNOTS:
            found.append((self.length, self._before(self._length), self._stop))
        return found

    # ---- text, equality, pickling --------------------------------------------------------------

    def __repr__(self) -> str:
        return self._text

    def __eq__(self, other: object) -> bool:
        return self._text == other._text if isinstance(other, Curve) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._text)

    def __reduce__(self) -> tuple[Any, ...]:
        from lrkit.core.text import read

        return read, (self._text,)

    def __copy__(self) -> Curve:
        return self

    def __deepcopy__(self, memo: Any) -> Curve:
        return self


def assert_bounded(who: str, s: Curve, way_out: str = "End it with `.take(n)` first.") -> None:
    """Refuse an endless schedule."""
    if not isinstance(s._length, Fraction):
        raise ValueError(f"{who}: the schedule must have an end, got the endless `{s}`. {way_out}")
