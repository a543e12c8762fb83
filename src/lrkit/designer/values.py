"""The rate of every update, for a CSV file that `lrkit diff` and the designer read again."""

from __future__ import annotations

import math
from typing import Any

from lrkit.designer import limits
from lrkit.designer.asked import Asked, BadQuestion, schedule_of
from lrkit.designer.drawing import planned


def values(asked: Asked) -> dict[str, Any]:
    """The rates of each text at the same steps.

    Fields: `texts`, `plan`, `names`; `updates`, how many. The answer has the distance of the
    steps, 1 unless there are too many, and one list of rates a text; null for one without.
    """
    plan, _ = planned(asked)
    names = asked.names(plan)
    texts = asked.texts()
    updates = asked.count("updates", 1, 2**53)
    every = math.ceil(updates * max(len(texts), 1) / limits.ROWS)
    steps = range(0, updates, every)
    return {"every": every, "updates": updates, "rates": [_rates(t, names, steps) for t in texts]}


def _rates(text: str, names: dict[str, float], steps: range) -> list[float] | None:
    try:
        schedule = schedule_of(text, names)
        return [float(schedule(step)) for step in steps]
    except BadQuestion:
        raise
    except (ValueError, ArithmeticError):
        return None
