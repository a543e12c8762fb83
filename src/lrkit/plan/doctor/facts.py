"""What may be told to the doctor beside the plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lrkit.core.validate import at_least_zero, positive, refuse, whole
from lrkit.plan.counts import number_of_updates
from lrkit.plan.plan import Plan

#: Significant bits of the numbers that weights are kept in, the first one included.
BITS = {"float64": 53, "float32": 24, "float16": 11, "bfloat16": 8}


@dataclass(frozen=True, kw_only=True)
class Facts:
    """The arguments of `check`, checked; it describes them."""

    beta2: float | None = None
    stable_rate: float | None = None
    base_rate: float | None = None
    base_batch_size: int | None = None
    base_replicas: int | None = None
    accumulation_told: int | None = None
    dtype: str = "float32"
    updates_done: int = 0

    @staticmethod
    def of(plan: Plan, **told: Any) -> Facts:
        """What was told.

        Raises:
            TypeError: A number is none, or what belongs together is told in part.
            ValueError: A number is out of range.
        """
        done = number_of_updates("check", "updates_done", told["updates_done"])
        facts = Facts(**told | {"updates_done": done})
        if facts.beta2 is not None and at_least_zero("check", "beta2", facts.beta2) >= 1.0:
            raise refuse("check", "beta2", "less than 1", facts.beta2, "Adam's default is 0.999.")
        for name in ("stable_rate", "base_rate"):
            if told[name] is not None:
                positive("check", name, told[name])
        for name in ("base_batch_size", "base_replicas", "accumulation_told"):
            if told[name] is not None:
                whole("check", name, told[name])
        if facts.dtype not in BITS:
            raise refuse("check", "dtype", f"one of {', '.join(map(repr, BITS))}", facts.dtype)
        facts._check_base(plan)
        return facts

    def _check_base(self, plan: Plan) -> None:
        """A rate, and the size that it is from."""
        sizes = [self.base_batch_size, self.base_replicas]
        if sizes.count(None) + (self.base_rate is None) not in (1, 3) or None not in sizes:
            raise TypeError(
                "check: give `base_rate`, the highest rate of an earlier run, and `base_batch_size`"
                " or `base_replicas`, how large that run was, together."
            )
        if self.base_batch_size is not None and plan.batch_size is None:
            raise TypeError(
                f"check: `base_batch_size` needs the batch of the plan, got {plan!r}. Give the "
                "plan its `batch_size`."
            )

    @property
    def resumed(self) -> bool:
        """Whether the optimizer has made updates before."""
        return self.updates_done > 0
