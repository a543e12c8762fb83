"""The rate of single updates, for the pointer, and of a stretch of them, for a CSV file."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from lrkit.designer import limits
from lrkit.designer.asked import MOST, Asked, BadQuestion, schedule_of
from lrkit.designer.drawing import planned


def values(asked: Asked) -> dict[str, Any]:
    """The rates of each text at every step of a stretch.

    Fields: `texts`, `plan`, `names`; `begin` and `end`, steps. The answer stops after
    `limits.ROWS` rates: `end` says where to go on. It has one list of rates a text; null for one
    without.
    """
    begin = asked.count("begin", 0, MOST)
    end = min(asked.count("end", begin, MOST), begin + limits.ROWS)
    names = asked.names(planned(asked)[0])
    rates = [_rates(text, names, range(begin, end)) for text in asked.texts()]
    return {"begin": begin, "end": end, "rates": rates}


def at(asked: Asked) -> dict[str, Any]:
    """The rate of each text at one update.

    Fields: `texts`, `plan`, `names`; `step`, of which the update is the whole part.
    """
    step = math.floor(asked.number("step", 0, MOST))
    names = asked.names(planned(asked)[0])
    found = [_rates(text, names, (step,)) for text in asked.texts()]
    return {"step": step, "values": [rates and rates[0] for rates in found]}


def _rates(text: str, names: dict[str, float], steps: Iterable[int]) -> list[float] | None:
    try:
        schedule = schedule_of(text, names)
        return [float(schedule(step)) for step in steps]
    except BadQuestion:
        raise
    except (ValueError, ArithmeticError):
        return None
