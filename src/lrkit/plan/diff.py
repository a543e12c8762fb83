"""Where and how much two schedules differ: two spellings, two libraries, a plan and its record."""

from __future__ import annotations

import math
import os
from typing import Any

from lrkit.core.schedule import Schedule
from lrkit.core.text import read
from lrkit.core.validate import at_least_zero, whole
from lrkit.plan.align import aligned
from lrkit.plan.compare import Pair
from lrkit.plan.difference import Difference, Place
from lrkit.plan.reach import reach
from lrkit.plan.read_csv import Recorded, read_csv

Comparable = Schedule | Recorded | str | os.PathLike[str]


def diff(
    a: Comparable, b: Comparable, *, steps: int | None = None, tolerance: float = 1e-9
) -> Difference:
    """Where and how much two schedules differ.

        they differ at a step where |a(step) - b(step)| > tolerance * peak,
        peak = the highest |a(step)| or |b(step)| of all steps compared

    Two schedules are compared at every whole step from 0 to a tenth past the longer one's end, at
    least ten steps past it, so that what comes after the end counts too. A schedule without an end
    is compared as far as the other one, two of them up to step 1,000,000; a note says so. A file is
    compared at the steps that are in it, two files at those that are in both.

    Args:
        a: A schedule; its text, such as "like.torch.StepLR(step_size=30)"; or a CSV file of steps
            and rates, as a path or as a text that ends in ".csv": see `lrkit.plan.read_csv`.
        b: The same.
        steps: Compare only steps 0 to `steps` - 1, or so far. 1 to 100,000,000.
        tolerance: The part of the peak by which values may differ and count as equal; 0 or more.
            1e-6 suits rates that a framework computed in float32.

    Returns:
        A `Difference`, true where they differ: `first` is the first differing step, `largest` the
        largest difference and `at` its step; `same` is true where they do not differ.

    Raises:
        TypeError: What is given is neither a schedule nor a text nor a path.
        ValueError: A text or a file cannot be read, the two have no step in common, there are more
            than 100,000,000 steps to compare, or a rate is not finite.
        OSError: A file cannot be opened.

    >>> from lrkit import cosine, linear
    >>> found = diff(cosine(100), linear(100))
    >>> found
    a         cosine(100)
    b         linear(100)
    differ    at 98 of 111 steps, 0 to 110: by more than 1e-09 of the peak, 1
    first     at step 1: a 0.9997532801828658, b 0.99
    largest   0.105257, 0.105 of the peak, at step 22: a 0.8852566213878946, b 0.78
    >>> found.same, found.first, found.at
    (False, 1, 22)
    """
    limit = at_least_zero("diff", "tolerance", tolerance, "0 asks for equality to the last bit.")
    count = None if steps is None else whole("diff", "steps", steps)
    one, other = operand(a, "a"), operand(b, "b")
    pair = _aligned(one, other, count)
    peak, largest, place = pair.extremes()
    differing, first = pair.beyond(limit * peak) if largest > limit * peak else (0, None)
    return Difference(
        a=_name(one),
        b=_name(other),
        compared=len(pair.steps),
        begin=pair.steps[0],
        end=pair.steps[-1],
        left_out=pair.left_out,
        endless=_endless(one, other) if count is None else (),
        tolerance=limit,
        peak=peak,
        differing=differing,
        at_first=None if first is None else Place(pair.steps[first], *pair.at(first)),
        largest=largest,
        at_largest=Place(pair.steps[place], *pair.at(place)) if largest else None,
        _pair=pair,
    )


def operand(given: Any, argument: str = "a") -> Schedule | Recorded:
    """The schedule or the recorded rates that a text, a path or the thing itself names.

    Args:
        given: What `diff` takes.
        argument: Which one it is, for the error.

    Raises:
        TypeError: It is none of these.

    >>> operand("2 * cosine(10*1)")
    2.0 * cosine(10)
    """
    if isinstance(given, Schedule | Recorded):
        return given
    if isinstance(given, str) and not given.lower().endswith(".csv"):
        return read(given)
    if isinstance(given, str | os.PathLike):
        return read_csv(given)
    raise TypeError(
        f"diff: `{argument}` must be a schedule, its text or the path of a CSV file, got "
        f"{argument}={given!r}. Write hold(value=...) for a constant, custom(function, length) for "
        "a Python function."
    )


def _aligned(a: Schedule | Recorded, b: Schedule | Recorded, count: int | None) -> Pair:
    if isinstance(a, Schedule) and isinstance(b, Schedule):
        return aligned(a, b, reach(a, b, count))
    pair = aligned(a, b, None if count is None else range(count))
    if not pair.steps:
        below = "" if count is None else f" below step {count:,}"
        raise ValueError(
            f"diff: `a` and `b` must have a step in common{below}, got a={_name(a)!r} and "
            f"b={_name(b)!r} without one. Look at the column of steps."
        )
    return pair


def _name(side: Schedule | Recorded) -> str:
    return repr(side) if isinstance(side, Schedule) else side.path


def _endless(a: Schedule | Recorded, b: Schedule | Recorded) -> tuple[str, ...]:
    """Which one has no end, so that another range could be chosen."""
    if isinstance(a, Recorded) or isinstance(b, Recorded):  # its steps are all there are
        return ()
    return tuple(name for name, side in (("a", a), ("b", b)) if math.isinf(side.length))
