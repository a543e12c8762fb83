"""The doctor's findings on every text, against the plan."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from lrkit.designer.asked import Asked, schedule_of
from lrkit.designer.drawing import planned
from lrkit.plan import Plan
from lrkit.plan import check as diagnose


def check(asked: Asked) -> dict[str, Any]:
    """What is wrong with each schedule under the plan.

    Fields: `texts`, `plan`, `names`. The answer has a list of findings for each text: none for one
    that does not read, and none without a plan.
    """
    plan, about = planned(asked)
    names = asked.names(plan)
    found = [[] if plan is None else _findings(text, names, plan) for text in asked.texts()]
    return {"plan": about, "findings": found}


def _findings(text: str, names: dict[str, float], plan: Plan) -> list[dict[str, Any]]:
    try:
        schedule = schedule_of(text, names)
    except ValueError:  # told where it is drawn
        return []
    return [asdict(finding) for finding in diagnose(schedule, plan).findings]
