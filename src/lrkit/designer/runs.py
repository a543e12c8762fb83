"""Recorded runs: the curve of a CSV file, and planned against applied in the audit's words."""

from __future__ import annotations

import hashlib
import tempfile
from collections import OrderedDict
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from lrkit.designer import limits
from lrkit.designer.asked import Asked, BadQuestion, schedule_of
from lrkit.designer.drawing import flat, planned
from lrkit.draw.sampling import thin
from lrkit.plan import Recorded, read_csv
from lrkit.plan.audit_csv import audit_csv

#: A change by this part of the height, from one row to the next, is drawn as a step.
STEP = 0.02

_kept: OrderedDict[str, Recorded] = OrderedDict()
"""The last runs, so that an audit after every change need not send the file again."""


def run(asked: Asked) -> dict[str, Any]:
    """The curve of a recorded run.

    Fields: `name`, of the file; `csv`, what is in it. The answer has `key`, by which `audit` knows
    it, its points and numbers; or an `error` in words.
    """
    name, text = asked.text("name", 500), asked.text("csv", limits.BODY)
    key = hashlib.sha256(text.encode(errors="replace")).hexdigest()[:32]
    recorded = _kept.get(key) or _parsed(name, text)
    _kept[key] = recorded
    _kept.move_to_end(key)
    while len(_kept) > limits.RUNS:
        _kept.popitem(last=False)
    points = [(float(s), v) for s, v in zip(recorded.steps, recorded.values, strict=True)]
    highest = max(points, key=lambda point: (point[1], -point[0]))
    return {
        "key": key,
        "points": flat(thin(points, (jumps(points, highest[1]),), limits.POINTS)),
        "updates": len(points),
        "first": list(points[0]),
        "highest": list(highest),
        "last": list(points[-1]),
    }


def jumps(points: Sequence[tuple[float, float]], height: float) -> set[int]:
    """The places on both sides of each change that one would see as a step.

    Args:
        points: The rates, by growing step.
        height: The highest of them.

    >>> jumps([(0, 1.0), (1, 0.99), (2, 0.5), (3, 0.5)], 1.0)
    {1, 2}
    """
    least = STEP * abs(height)
    pairs = enumerate(pairwise(points))
    found = [at for at, (one, other) in pairs if abs(other[1] - one[1]) > least]
    return {place for at in found for place in (at, at + 1)}


def _parsed(name: str, text: str) -> Recorded:
    # `read_csv` takes a file, so that its words are those of the command line.
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "run.csv")
        path.write_text(text, encoding="utf-8", errors="replace")
        try:
            return read_csv(path)
        except ValueError as error:
            said = str(error).replace(repr(str(path)), repr(name)).removeprefix("diff: ")
            raise BadQuestion(said) from None


def audit(asked: Asked) -> dict[str, Any]:
    """What the audit of a recorded run says, against a text and a plan.

    Fields: `key`, of the run; `text`, the schedule that was planned; `plan`; `names`. Without a
    plan the run is meant to be as long as the schedule. The answer has `missing` where the run has
    to be sent again.
    """
    recorded = _kept.get(asked.text("key", 64))
    if recorded is None:
        return {"missing": True}
    plan, _ = planned(asked)
    try:
        schedule = schedule_of(asked.text(), asked.names(plan))
    except BadQuestion:
        raise
    except ValueError:
        return {"ok": None, "summary": "", "findings": []}
    found = audit_csv(recorded, schedule, plan)
    return {
        "ok": found.ok,
        "summary": found.summary if found.ok else " ".join(found.notes),
        "findings": [{"code": one.code, "text": one.text} for one in found.findings],
    }
