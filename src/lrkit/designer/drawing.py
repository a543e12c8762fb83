"""Texts become curves: what the page draws at every key press."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from lrkit.core.parse import TextError
from lrkit.core.schedule import Schedule
from lrkit.designer import limits
from lrkit.designer.asked import Asked, BadQuestion, schedule_of
from lrkit.designer.literals import literals
from lrkit.draw.series import Series, series
from lrkit.draw.span import default_span
from lrkit.plan import Plan

Document = dict[str, Any]


def draw(asked: Asked) -> Document:
    """The curve, the knots and the numbers of each text, and the numbers of the plan.

    Fields: `texts`; `plan`; `names`; `view`, the first and last step looked at. The answer has one
    entry a text, either a curve or an `error` with its place.
    """
    view = asked.view()
    plan, about = planned(asked)
    names = asked.names(plan)
    texts = asked.texts()
    found = [_read(text, names) for text in texts]
    spans = [_span(one) for one in found if isinstance(one, Schedule)]
    span = max([*spans, *([plan.updates] if plan else [])], default=1000.0)
    entries = [
        _entry(text, one, span, view) if isinstance(one, Schedule) else {"error": one}
        for text, one in zip(texts, found, strict=True)
    ]
    return {"plan": about, "span": span, "schedules": entries}


def planned(asked: Asked) -> tuple[Plan | None, Document | None]:
    """The plan, and its numbers or what is wrong with it."""
    try:
        plan = asked.plan()
    except BadQuestion:
        raise
    except ValueError as error:
        return None, {"error": told(error)}
    if plan is None:
        return None, None
    return plan, {
        "updates": plan.updates,
        "updates_per_epoch": plan.updates_per_epoch,
        "batches_per_epoch": plan.batches_per_epoch,
    }


def told(error: ValueError) -> Document:
    """What is wrong with a text or a plan, and where in a text."""
    if isinstance(error, TextError):
        return {"reason": error.reason, "position": error.position}
    return {"reason": str(error).partition("\n")[0]}


def _read(text: str, names: dict[str, float]) -> Schedule | Document:
    try:
        return schedule_of(text, names)
    except ValueError as error:
        return told(error)


def _span(schedule: Schedule) -> float:
    try:
        return float(default_span(schedule))
    except (ValueError, ArithmeticError):  # a rate too high to be drawn is told by `series`
        return 1000.0


def _entry(
    text: str, schedule: Schedule, span: float, view: tuple[float, float] | None
) -> Document:
    try:
        return _curve(text, schedule, span, view)
    except (ValueError, ArithmeticError) as error:
        return {"error": {"reason": str(error).partition("\n")[0]}}


def _curve(
    text: str, schedule: Schedule, span: float, view: tuple[float, float] | None
) -> Document:
    whole = series(schedule, span, limit=limits.POINTS if view is None else limits.OVERVIEW)
    seen = whole.points if view is None else looked_at(schedule, whole, *view)
    numbers = literals(text)[: limits.SLIDERS]
    return {
        "text": whole.text,
        "length": None if math.isinf(whole.length) else whole.length,
        "whole": flat(whole.points) if view is not None else None,
        "points": flat(seen),
        "knots": [list(knot) for knot in whole.knots[: limits.KNOTS]],
        "first": list(whole.first),
        "highest": list(whole.highest),
        "last": list(whole.last),
        "after": whole.after,
        "numbers": [[one.begin, one.end, one.value, one.label, one.is_whole] for one in numbers],
    }


def looked_at(
    schedule: Schedule, whole: Series, begin: float, end: float
) -> tuple[tuple[float, float], ...]:
    """The points from one step to another, as many as a whole curve has.

    Args:
        schedule: What is drawn.
        whole: All of it, for where no closer look can be had.
        begin: First step looked at.
        end: Last step.
    """
    try:
        if begin == 0:
            return series(schedule, end).points
        if begin >= schedule.length:
            stop = schedule(begin)
            return (begin, stop), (end, stop)
        part = series(schedule.skip(begin), end - begin)
        return tuple((step + begin, value) for step, value in part.points)
    except ValueError:  # nested too deeply to be cut
        return whole.points


def flat(points: Iterable[tuple[float, float]]) -> list[float]:
    """Step, value, step, value: half as many brackets to send."""
    return [number for point in points for number in point]
