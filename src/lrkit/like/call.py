"""What a call of another library's name becomes: a schedule that is written as that call."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import wraps
from typing import Any, ParamSpec, final

from lrkit.core.around import Around
from lrkit.core.curve import Number
from lrkit.core.dialects import register
from lrkit.core.lazy import lazy
from lrkit.core.phase import Array
from lrkit.core.schedule import Schedule
from lrkit.core.shapes import hold
from lrkit.core.validate import refuse
from lrkit.like.arguments import frozen, has_functions, plain_arguments, spelled
from lrkit.like.stored import worked_out

Arguments = ParamSpec("Arguments")


@final
@dataclass(frozen=True, eq=False, repr=False)
class Dialect(Around):
    """A schedule in the words of another library.

    Attributes:
        name: The dotted name, `like.torch.StepLR`.
        arguments: What it was called with, defaults included, as plain values.
        expression: The same curve in lrkit's own words.
        work: How much each value that it has worked out counts.
        missing: What functions among the arguments raised at step 0, where they need no value.
    """

    name: str
    arguments: Mapping[str, Any]
    inner: Schedule
    given: str
    work: int = 1
    missing: Mapping[str, Exception] = field(default_factory=dict)

    @property
    def expression(self) -> Schedule:
        """The same curve in lrkit's own words."""
        return self.inner

    @lazy
    def _stores(self) -> int:
        return self.work * worked_out(self.inner, self.arguments)

    @lazy
    def _number(self) -> Number:
        return self.inner._number

    def _at_steps(self) -> Callable[[int], float]:
        return self.inner._at_steps()

    def _curve(self, elapsed: Array, remaining: Array, xp: Any) -> Array:
        return self.inner._curve(elapsed, remaining, xp)

    def _lower(self) -> list[Any]:
        return self.inner._lower()

    def _is_constant(self) -> bool:
        return self.inner._is_constant()

    # Another length is not that library's any more: it is told in lrkit's words.

    def _stretched(self, k: Fraction) -> Schedule:
        return self.inner._stretched(k)

    def _over(self, n: int) -> Schedule:
        return self.inner._over(n)

    def _in_units(self, k: Fraction) -> Schedule:
        return self.inner._in_units(k)

    def _shortest(self) -> Fraction:
        return self.inner._shortest()

    def _is_whole(self) -> bool:
        return self.inner._is_whole()

    @lazy
    def _text(self) -> str:
        return f"{self.name}({self.given})"


def dialect(
    *,
    from_one: Callable[[Mapping[str, Any]], tuple[str, ...]] = lambda given: (),
    work: Callable[[Mapping[str, Any]], int] = lambda given: 1,
) -> Callable[[Callable[Arguments, Schedule]], Callable[Arguments, Schedule]]:
    """Make a function, which returns the curve in lrkit's words, a name of another library.

    The name is registered for texts. Arguments come to the function as plain values: numbers of
    any library as Python's, tuples as lists, functions as tables of their values for the steps
    0…length-1, where `length` is an argument. `last_epoch=k` is seen to here: the schedule goes on
    at step k + 1.

    Args:
        from_one: Names of the arguments that are functions and need no value at step 0.
        work: How much each value counts that the function has worked out and kept: as many as can
            be read from a text in the time that it takes.
    """

    def of(body: Callable[Arguments, Schedule]) -> Callable[Arguments, Schedule]:
        name = f"like.{body.__module__.split('.')[2]}.{body.__name__}"
        signature = inspect.signature(body)
        defaults = {key: p.default for key, p in signature.parameters.items()}

        @wraps(body)
        def call(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Schedule:
            _refuse_optimizer(name, args, kwargs)
            try:
                bound = signature.bind(*args, **kwargs)
            except TypeError as error:
                raise TypeError(f"{name}: {error}. Its arguments are {signature}.") from None
            bound.apply_defaults()
            given = bound.arguments
            arguments, missing = plain_arguments(name, given, from_one(given))
            curve = body(**arguments)  # type: ignore[call-arg]  # the same arguments, by name
            curve = _resumed(name, curve, arguments.get("last_epoch", -1))
            if has_functions(given):  # their values are told, not how many were asked for
                arguments.pop("length", None)
            text = spelled(arguments, defaults)
            return Dialect(name, frozen(arguments), curve, text, work(arguments), missing)

        register(name, call)
        return call

    return of


def _refuse_optimizer(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    """Say what to leave out of a call that was pasted as it is."""
    given = [*args, *kwargs.values()]
    if "optimizer" in kwargs or any(hasattr(one, "param_groups") for one in given):
        raise TypeError(
            f"{name}: an optimizer was given. Leave it out: a schedule stands for itself. Give the "
            "rate that the optimizer begins with as base_lr=… where that is an argument."
        )


def _resumed(name: str, s: Schedule, last_epoch: Any) -> Schedule:
    """`s` as a scheduler gives it that is told how many steps are behind it."""
    if not isinstance(last_epoch, int) or last_epoch < -1:
        way_out = "-1 begins at the beginning; k goes on at step k + 1."
        raise refuse(name, "last_epoch", "a whole number of -1 or more", last_epoch, way_out)
    skipped = last_epoch + 1
    if skipped == 0:
        return s
    return s.skip(skipped) if skipped < s.length else hold(value=s(math.ceil(s.length)))
