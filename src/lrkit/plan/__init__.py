"""Before the run: the plan, and what it makes of a schedule."""

from lrkit.plan.continuing import cooldown_from, extend
from lrkit.plan.diff import diff
from lrkit.plan.difference import Difference
from lrkit.plan.doctor import Diagnosis, check
from lrkit.plan.plan import Plan
from lrkit.plan.read_csv import Recorded, read_csv

__all__ = [
    "Diagnosis",
    "Difference",
    "Plan",
    "Recorded",
    "check",
    "cooldown_from",
    "diff",
    "extend",
    "read_csv",
]
