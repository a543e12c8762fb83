"""What the calls of other libraries say, and lrkit's own pieces do not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from lrkit.core.around import Pointwise
from lrkit.core.join import Join
from lrkit.core.schedule import Schedule

Arguments = Mapping[str, Any]

#: Of the calls that rise again after their end: where that was meant to be.
_RISING: dict[str, Callable[[Arguments], float]] = {
    "like.torch.CosineAnnealingLR": lambda a: abs(a["T_max"]),
    "like.transformers.get_cosine_schedule_with_warmup": lambda a: a["num_training_steps"],
    "like.transformers.get_cosine_with_min_lr_schedule_with_warmup": (
        lambda a: a["num_training_steps"]
    ),
    "like.transformers.get_cosine_with_min_lr_schedule_with_warmup_lr_rate": (
        lambda a: a["num_training_steps"] - 1
    ),
}


def nominal_ends(schedule: Schedule) -> Iterator[float]:
    """The ends that calls were told and go on after, where they are what the schedule ends with."""
    name, arguments = getattr(schedule, "name", ""), getattr(schedule, "arguments", {})
    if name in _RISING:
        end = _RISING[name](arguments) - arguments["last_epoch"] - 1
        if end > 0:
            yield end
    elif name == "like.torch.SequentialLR" and arguments["milestones"]:
        begin = arguments["milestones"][-1]
        for end in nominal_ends(arguments["schedulers"][-1]):
            yield begin + end
    elif isinstance(schedule, Pointwise):
        yield from nominal_ends(schedule.inner)
    elif isinstance(schedule, Join):
        begin = float(schedule._begins[-1])
        for end in nominal_ends(schedule.parts[-1]):
            yield begin + end
