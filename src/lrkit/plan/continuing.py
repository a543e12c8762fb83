"""A run that goes on differently than planned: a longer or shorter rest, a cooldown at any step."""

from __future__ import annotations

import difflib
import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from lrkit.core.around import Pointwise
from lrkit.core.combine import Scaled, scaled
from lrkit.core.curve import assert_bounded
from lrkit.core.curves import Hold
from lrkit.core.cut import Skipped, Taken
from lrkit.core.given import schedule_of_user
from lrkit.core.join import Join
from lrkit.core.schedule import Schedule, TooFewSteps
from lrkit.core.shapes import one_minus_sqrt
from lrkit.core.text import NAMES
from lrkit.core.validate import at_least_zero, plain, refuse, whole

KEPT = ("shape", "rate")
_PLACES = 8  # before a step, that say whether the rate has fallen to it
_MEETS = 1e-9
"""How far apart, of the larger value, two ends may be that `>>` joins."""

Cooldown = Schedule | str | Callable[..., Schedule]
"""What a cooldown goes along: a schedule from 1, a constructor, or its name."""


def extend(schedule: Schedule | str, *, at: float, to: float, keep: str = "shape") -> Schedule:
    """The same run with another end: as it was up to step `at`, and `to` steps long.

        value(t) = schedule(t)                                                for t < at
        value(t) = schedule(at + (t - at) * (length - at) / (to - at))        keep="shape"
        value(t) = schedule(at) for to - length steps, then the rest          keep="rate"

    With "shape" what remained is stretched, or squeezed, as `over` does it. With "rate" the rate
    that update `at` has is held for the added steps, then the rest comes at its own pace. The two
    parts are joined with `>>`, which is refused, now and whenever the text is read, unless the new
    part starts at the rate where the old one was. Where the old schedule jumps at exactly `at`, so
    does the new one, with `|`: update `at` has the rate that it would have had.

    Args:
        schedule: The schedule so far, or its text. It has an end.
        at: Updates that have been made, as a checkpoint counts them. A whole number of 0 or more,
            before the end; with keep="rate" also after it.
        to: The new length. A whole number above `at`; with keep="rate" not below the old length.
        keep: "shape" or "rate".

    Raises:
        ValueError: The schedule is endless, nothing of it remains to be stretched, `to` leaves a
            piece without a step or is out of range, `keep` is another word, or a text is no
            schedule.
        TypeError: `schedule` is neither schedule nor text, or a count is no number.

    Source: stretching what remains is how Hu et al. 2024, "MiniCPM", section 4.2, picture training
    that goes on (arXiv 2404.06395).

    >>> from lrkit import warmup, hold, cosine
    >>> lr = 3e-4 * (warmup(500) >> hold(7500) >> cosine(2000))
    >>> extend(lr, at=6000, to=14_000)
    0.0003 * (warmup(500) >> hold(5500) >> hold(4000) >> cosine(4000))
    >>> extend(lr, at=6000, to=14_000, keep="rate")
    0.0003 * (warmup(500) >> hold(5500) >> hold(4000) >> hold(2000) >> cosine(2000))
    """
    schedule = schedule_of_user("extend", "schedule", schedule)
    begin = _updates("extend", "at", at)
    assert_bounded("extend", schedule, "Give its end with `.take(n)`, or use `cooldown_from`.")
    end = whole("extend", "to", to, "Steps are counted in whole updates.")
    if keep not in KEPT:
        raise refuse("extend", "keep", "'shape' or 'rate'", keep)
    if end <= begin:
        raise refuse("extend", "to", f"above at={begin}", to, "It is the new length of the whole.")
    length = plain(schedule._length)
    if keep == "rate" and end < length:
        way_out = "keep='shape' makes a schedule shorter."
        raise refuse(
            "extend", "to", f"at least the length {length!r} with keep='rate'", to, way_out
        )
    if keep == "shape" and begin >= length:
        raise refuse(
            *("extend", "at", f"below the length {length!r}, so that something remains", at),
            "keep='rate' holds the last rate; a new cycle is joined with `|`.",
        )
    if end == length:
        return schedule
    height, inner = peeled(schedule)
    return scaled(height, (_reshaped if keep == "shape" else _delayed)(inner, begin, end))


def cooldown_from(
    schedule: Schedule | str, step: float, length: float, curve: Cooldown = one_minus_sqrt
) -> Schedule:
    """The schedule up to a step, and from exactly its rate down: the end of a WSD run, anywhere.

        value(t) = schedule(t)                                for t < step
        value(t) = schedule(step) * curve((t - step))         then, for `length` steps

    One long run at a constant rate gives the results of many shorter ones: branch off a cooldown
    from any of its checkpoints. The two parts are joined with `>>`, which is refused unless the
    cooldown starts at the rate where the run was; where the schedule jumps at exactly `step`, the
    cooldown starts after the jump.

    Args:
        schedule: The schedule so far, or its text; it may be endless, and holds its last value
            after its end.
        step: Updates that have been made, as a checkpoint counts them. A whole number of 0 or more.
        length: Updates of the cooldown. A whole number of 1 or more.
        curve: A constructor such as `one_minus_sqrt` (the default), `linear` or `cosine`, its
            name, or a schedule that starts at 1, which is laid over `length`.

    Raises:
        ValueError: The rate at `step` is 0, a number is out of range, or the curve is
            unknown, endless or does not start at 1.
        TypeError: `schedule` is neither schedule nor text, a count is no number, or the curve is
            none.

    Source: Hägele et al. 2024, "Scaling Laws and Compute-Optimal Training Beyond Fixed Training
    Durations" (arXiv 2405.18392).

    >>> from lrkit import warmup, hold
    >>> lr = 3e-4 * (warmup(500) >> hold())
    >>> cooldown_from(lr, 8000, 2000)
    0.0003 * (warmup(500) >> hold(7500) >> one_minus_sqrt(2000))
    """
    schedule = schedule_of_user("cooldown_from", "schedule", schedule)
    begin = _updates("cooldown_from", "step", step)
    n = whole("cooldown_from", "length", length, "Steps are counted in whole updates.")
    down = _over(curve, n)
    height, inner = peeled(schedule)
    rate = inner(begin)
    if rate == 0.0:
        was_higher = any(inner(begin * place / _PLACES) for place in range(_PLACES))
        where = "an earlier step" if was_higher else "a later step, when the rate has risen"
        raise ValueError(
            f"cooldown_from: the rate at `step` must not be 0, got step={begin} of `{schedule}`. "
            f"Branch off from {where}."
        )
    return scaled(height, _joined(_past(inner, begin), scaled(rate, down)))


# ---- checks -------------------------------------------------------------------------------------


def _updates(who: str, name: str, step: Any) -> int:
    """How many updates have been made."""
    made = at_least_zero(who, name, step)
    if made != math.floor(made):
        raise refuse(who, name, "a whole number of updates", step, "A checkpoint counts them.")
    return int(made)


def _over(given: Any, n: int) -> Schedule:
    """The cooldown from 1, n steps long."""
    curve = given
    if isinstance(curve, str):
        if curve not in NAMES:
            raise refuse("cooldown_from", "curve", "the name of a schedule", curve, _near(curve))
        curve = NAMES[curve]
    if isinstance(curve, Schedule):
        assert_bounded("cooldown_from", curve, "End the curve with `.take(n)` first.")
        curve = curve.over(n)
    elif callable(curve):
        curve = _called(curve, n)
    else:
        raise TypeError(
            f"cooldown_from: `curve` must be a schedule or what makes one, got curve={curve!r}."
        )
    if not _meet(1.0, curve._start):
        rule = f"a curve that starts at 1, not at {curve._start!r}"
        raise refuse("cooldown_from", "curve", rule, curve, "It is scaled to the rate at `step`.")
    return curve


def _near(name: str) -> str:
    near = difflib.get_close_matches(name, NAMES, n=1, cutoff=0.0)
    return f"The nearest known name is {near[0]!r}."


def _called(constructor: Callable[..., Any], n: int) -> Schedule:
    """The constructor's schedule of n steps."""
    name = getattr(constructor, "__name__", repr(constructor))
    way_out = f"Give a schedule that starts at 1, such as curve={name}(1, …)."
    try:
        made = constructor(n)
    except TypeError as error:
        raise TypeError(
            f"cooldown_from: `curve` must be a schedule of its length alone, got curve={name}: "
            f"{error}. {way_out}"
        ) from None
    if not isinstance(made, Schedule) or made._length != n:
        raise TypeError(
            f"cooldown_from: `curve` must make a schedule of a given length, got curve={name}, "
            f"which makes {made!r} of {n}. {way_out}"
        )
    return made


# ---- two parts ----------------------------------------------------------------------------------


def peeled(s: Schedule) -> tuple[float, Schedule]:
    """The one factor in front, which stays there, and what it scales."""
    return (s.height, s.inner) if isinstance(s, Scaled) else (1.0, s)


def _reshaped(s: Schedule, at: int, to: int) -> Schedule:
    """What remains at `at`, over to - at steps."""
    rest = split(s, Fraction(at))[1] if at else s
    try:
        reshaped = rest._exactly_over(to - at)
    except TooFewSteps as error:
        least = at + rest._enough_steps()
        raise refuse(
            *("extend", "to", f"at least {least}, so that `{error.piece}` gets a step", to),
            "Shorten or drop that piece first.",
        ) from None
    return _joined(_past(s, at), reshaped)


def _delayed(s: Schedule, at: int, to: int) -> Schedule:
    """What remains at `at`, after the rate there has been held for the added steps."""
    added = to - Fraction(s._length)
    if at >= s._length:
        return s >> Hold(added, s._stop)
    rest = split(s, Fraction(at))[1] if at else s
    return _joined(_past(s, at), Hold(added, rest._start) >> rest)


def _past(s: Schedule, at: int) -> Schedule | None:
    """The first `at` steps; the last value is held where there are fewer."""
    if at == 0:
        return None
    if at < s._length:
        return split(s, Fraction(at))[0]
    ended = getattr(s, "expression", s)
    return ended if at == s._length else ended >> Hold(at - Fraction(s._length), s._stop)


def _joined(past: Schedule | None, rest: Schedule) -> Schedule:
    """Both parts; `|` only where the old schedule itself jumps at that step."""
    if past is None:
        return rest
    return past >> rest if _meet(past._stop, rest._start) else past | rest


def split(s: Schedule, at: Fraction) -> tuple[Schedule, Schedule]:
    """The first steps and the rest, told by their own pieces where there are some."""
    s = _told(s)
    if isinstance(s, Pointwise):
        first, rest = split(s.inner, at)
        return s._rebuilt(first), s._rebuilt(rest)
    if isinstance(s, Hold):
        return Hold(at, s._start), Hold(s._length - at, s._start)
    if not isinstance(s, Join):
        return s.take(plain(at)), s.skip(plain(at))
    i = sum(begin <= at for begin in s._begins) - 1
    own = at - s._begins[i]
    if own == 0:
        return _part(s, 0, i), _part(s, i, len(s.parts))
    first, rest = split(s.parts[i], own)
    if i:
        first = Join.build([_part(s, 0, i), first], s.seams[i - 1])
    if i + 1 < len(s.parts):
        rest = Join.build([rest, _part(s, i + 1, len(s.parts))], s.seams[i])
    return first, rest


def _told(s: Schedule) -> Schedule:
    """`s` as pieces, where it is the first or the last of some."""
    s = getattr(s, "expression", s)  # of another library's call: half of it is not that any more
    if isinstance(s, Taken | Skipped):
        cut = split(s.inner, s.n)[isinstance(s, Skipped)]
        return cut if isinstance(cut, Join | Pointwise | Hold) else s
    return s


def _part(s: Join, begin: int, end: int) -> Schedule:
    """Some pieces of a join that follow each other."""
    if end - begin == 1:
        return s.parts[begin]
    return Join(s.parts[begin:end], s.seams[begin : end - 1])


def _meet(a: float, b: float) -> bool:
    """Whether `>>` joins what ends at a and what starts at b."""
    return abs(a - b) <= _MEETS * max(abs(a), abs(b))
