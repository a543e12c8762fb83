"""Before the run: the plan, and what it makes of a schedule."""

from lrkit.plan.plan import Plan

__all__ = ["Plan"]
