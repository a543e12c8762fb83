"""Schedules written in epochs, per cent, examples or tokens become schedules in updates."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING

from lrkit.core.curve import assert_bounded
from lrkit.core.parse import TextError
from lrkit.core.schedule import Schedule
from lrkit.core.text import number_of_the_user, read
from lrkit.core.validate import refuse
from lrkit.plan import progress

if TYPE_CHECKING:
    from lrkit.plan.plan import Plan

NAMES = {
    "batches": "batch",
    "epochs": "epoch",
    "percent": "percent",
    "examples": "example",
    "tokens": "token",
}
"""What time may be counted in beside updates, and what a text calls one of it."""
_TELL = {
    "epochs": "`batches`, or `examples` and `batch_size`",
    "examples": "`batch_size`, and `examples` where an epoch has an incomplete batch",
    "tokens": "`tokens_per_batch`, or `batch_size` and `tokens_per_example`",
    "seconds": "`updates_per_second`, or measure it with `plan.timed(update)`",
}
UNSAID = "The run does not say what"
"""How the error of a unit in a text begins that the plan does not know."""
RUN = "run"
"""Any unit: the schedule becomes as long as the run."""


def updates_of_one(who: str, plan: Plan, unit: str) -> Fraction:
    """The updates of one epoch, one per cent of the run, one example and so on, exactly.

    Raises:
        ValueError: The unit is unknown, or the plan does not say what it is.
    """
    if unit not in ("updates", *NAMES):
        raise refuse(who, "unit", f"one of {', '.join(map(repr, (RUN, 'updates', *NAMES)))}", unit)
    if not is_known(plan, unit):
        raise unknown(who, plan, unit)
    match unit:
        case "percent":
            return Fraction(plan.updates, 100)
        case "epochs":
            return plan._updates_per_epoch
        case "batches":
            return _of_amount(plan, progress.batches)
        case "examples":
            return _of_amount(plan, progress.examples)
        case "tokens":
            return _of_amount(plan, progress.tokens)
    return Fraction(1)


def is_known(plan: Plan, unit: str) -> bool:
    """Whether the plan was told enough for a unit."""
    needed = {
        "epochs": (plan.batches_per_epoch,),
        "examples": (plan.batch_size,),
        "tokens": (plan.tokens_per_batch, plan.tokens_per_example),
    }
    return any(needed.get(unit, (True,)))


def _of_amount(plan: Plan, amount: Callable[[Plan, int], int | Fraction]) -> Fraction:
    """Updates of one of what `amount` counts: the average of as many as make whole epochs."""
    whole = plan._updates_per_epoch.numerator if plan.batches_per_epoch is not None else 1
    return whole / Fraction(amount(plan, whole))


def unknown(who: str, plan: Plan, what: str) -> ValueError:
    """The error of a plan that was not told enough, with what to tell it."""
    must = f"{who}: the plan must say what its {what} are, got {plan!r}."
    return ValueError(f"{must} Give {_TELL[what]}.")


def named(plan: Plan, text: str, **names: float) -> Schedule:
    """The schedule of a text that may use these names, the plan's own or some more.

    Raises:
        TextError: The text is no schedule; a unit that the plan does not know is said to be one.
    """
    try:
        return read(text, **names)
    except TextError as error:
        raise _about_a_unit(plan, error) or error from None


def _about_a_unit(plan: Plan, error: TextError) -> TextError | None:
    """What a plan says of the name of a unit, in place of what a text alone can."""
    for unit, name in {"updates": "updates", **NAMES}.items():
        if error.reason != number_of_the_user(name):
            continue
        article = "an" if name[0] in "aeiou" else "a"
        reason = (
            f"`{name}` has a number only in plan.read(text), not here: a text for `lay` is in one "
            "unit throughout."
            if is_known(plan, unit)
            else f"{UNSAID} {article} {name} is: add {_TELL[unit]}."
        )
        return TextError(reason, error.text, error.position)
    return None


def laid(plan: Plan, schedule: Schedule, unit: str) -> Schedule:
    """The schedule in updates, its joins on whole ones.

    Raises:
        ValueError: The unit is unknown or cannot be told, an endless schedule is laid over the run,
            or a piece would get no update.
    """
    if unit == RUN:
        assert_bounded("lay", schedule, 'Say its unit: unit="epochs", or end it with `.take(n)`.')
        return schedule.over(plan.updates)
    one = updates_of_one("lay", plan, unit)
    if unit == "updates":
        return schedule
    if math.isinf(schedule.length):
        return schedule.stretch(one)  # type: ignore[arg-type]  # a fraction is as good as a float
    length = math.floor(Fraction(schedule._length) * one)
    if length < 1:
        raise refuse("lay", "schedule", f"at least an update long in {unit}", schedule)
    return schedule.over(length)
