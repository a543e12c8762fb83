"""What schedules that are made of one other have in common."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from fractions import Fraction

from lrkit.core.lazy import lazy
from lrkit.core.schedule import ATOM, Schedule
from lrkit.core.validate import ZERO, Time


class Around(Schedule):
    """A schedule around `inner`: like it, but for what a subclass says."""

    inner: Schedule

    @lazy
    def _length(self) -> Time:
        return self.inner._length

    @lazy
    def _start(self) -> float:
        return self.inner._start

    @lazy
    def _stop(self) -> float:
        return self.inner._stop

    def _breaks(self, after: Fraction = ZERO) -> Iterator[Fraction]:
        return self.inner._breaks(after)

    def _before(self, t: Fraction) -> float:
        return self.inner._before(t)

    def _method(self, call: str) -> str:
        """The text of a method's call on the inner schedule."""
        return f"{self._atom(self.inner)}.{call}"

    @staticmethod
    def _atom(s: Schedule) -> str:
        """The text of `s`, in parentheses unless a method can follow it."""
        return s._text if s._binds == ATOM else f"({s._text})"


class Pointwise(Around):
    """A schedule whose values are those of `inner`, each changed by itself."""

    @abstractmethod
    def _changed(self, value: float) -> float:
        """What becomes of a value."""

    @abstractmethod
    def _rebuilt(self, inner: Schedule) -> Schedule:
        """The same around another schedule."""

    @lazy
    def _start(self) -> float:
        return self._changed(self.inner._start)

    @lazy
    def _stop(self) -> float:
        return self._changed(self.inner._stop)

    def _before(self, t: Fraction) -> float:
        return self._changed(self.inner._before(t))

    def _stretched(self, k: Fraction) -> Schedule:
        return self._rebuilt(self.inner._stretched(k))

    def _over(self, n: int) -> Schedule:
        return self._rebuilt(self.inner._over(n))

    def _is_whole(self) -> bool:
        return self.inner._is_whole()

    def _shortest(self) -> Fraction:
        return self.inner._shortest()
