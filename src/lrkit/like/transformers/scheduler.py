"""Any of transformers' schedules by its name."""

from __future__ import annotations

from collections.abc import Callable
from types import NoneType
from typing import Any

from lrkit.core.schedule import Schedule
from lrkit.core.validate import refuse
from lrkit.like.call import dialect
from lrkit.like.transformers.cosines import (
    get_cosine_schedule_with_warmup,
    get_cosine_with_hard_restarts_schedule_with_warmup,
    get_cosine_with_min_lr_schedule_with_warmup,
    get_cosine_with_min_lr_schedule_with_warmup_lr_rate,
)
from lrkit.like.transformers.decays import (
    get_constant_schedule,
    get_constant_schedule_with_warmup,
    get_inverse_sqrt_schedule,
    get_linear_schedule_with_warmup,
    get_polynomial_decay_schedule_with_warmup,
)
from lrkit.like.transformers.stable import get_wsd_schedule

WHO = "like.transformers.get_scheduler"
SCHEDULES: dict[str, Callable[..., Schedule]] = {
    "linear": get_linear_schedule_with_warmup,
    "cosine": get_cosine_schedule_with_warmup,
    "cosine_with_restarts": get_cosine_with_hard_restarts_schedule_with_warmup,
    "polynomial": get_polynomial_decay_schedule_with_warmup,
    "constant": get_constant_schedule,
    "constant_with_warmup": get_constant_schedule_with_warmup,
    "inverse_sqrt": get_inverse_sqrt_schedule,
    "cosine_with_min_lr": get_cosine_with_min_lr_schedule_with_warmup,
    "cosine_warmup_with_min_lr": get_cosine_with_min_lr_schedule_with_warmup_lr_rate,
    "warmup_stable_decay": get_wsd_schedule,
}
REACTIVE = ("reduce_lr_on_plateau", "greedy")
"""They answer to a metric: no function of the step."""

_WITHOUT_WARMUP = ("constant",)
_WITHOUT_TOTAL = ("constant", "constant_with_warmup", "inverse_sqrt")
_WITHOUT_MORE = ("constant", "constant_with_warmup")


@dialect()
def get_scheduler(
    name: str,
    num_warmup_steps: float | None = None,
    num_training_steps: float | None = None,
    scheduler_specific_kwargs: dict[str, Any] | None = None,
    *,
    base_lr: float = 1.0,
) -> Schedule:
    """The schedule that transformers has under a name, as `lr_scheduler_type` gives it.

        get_scheduler("linear", W, T) = get_linear_schedule_with_warmup(W, T)

    What a name has no use for is ignored, as the peer does it: "constant" the steps,
    "constant_with_warmup" the specific arguments.

    Args:
        name: "linear", "cosine", "cosine_with_restarts", "polynomial", "constant",
            "constant_with_warmup", "inverse_sqrt", "cosine_with_min_lr",
            "cosine_warmup_with_min_lr" or "warmup_stable_decay".
        num_warmup_steps: Steps of the warmup; needed by all but "constant".
        num_training_steps: Steps of the whole run; needed by those that end.
        scheduler_specific_kwargs: Further arguments of the schedule that is named.
        base_lr: The rate that the optimizer would have. 0 or more.

    Raises:
        ValueError: The name is unknown or stands for what is no function of the step, or the
            steps that it needs are not given.
        TypeError: The schedule has no such argument.

    Source: transformers 5.23, `optimization.py`.

    >>> get_scheduler("cosine_with_restarts", 2, 10, {"num_cycles": 2})(6)
    1.0
    """
    if name in REACTIVE:
        raise refuse(
            *(WHO, "name", "a function of the step", name),
            "It answers to a metric, which no schedule can know in advance.",
        )
    if name not in SCHEDULES:
        raise refuse(WHO, "name", f"one of {', '.join(map(repr, SCHEDULES))}", name)
    if not isinstance(scheduler_specific_kwargs, (dict, NoneType)):
        raise TypeError(
            f"{WHO}: `scheduler_specific_kwargs` must be {{name: value}}, got "
            f"scheduler_specific_kwargs={scheduler_specific_kwargs!r}."
        )
    arguments = {} if name in _WITHOUT_MORE else dict(scheduler_specific_kwargs or {})
    if name not in _WITHOUT_WARMUP:
        arguments["num_warmup_steps"] = _needed(name, "num_warmup_steps", num_warmup_steps)
    if name == "warmup_stable_decay":
        arguments["num_training_steps"] = num_training_steps
    elif name not in _WITHOUT_TOTAL:
        arguments["num_training_steps"] = _needed(name, "num_training_steps", num_training_steps)
    return SCHEDULES[name](**arguments, base_lr=base_lr)


def _needed(name: str, argument: str, given: float | None) -> float:
    if given is None:
        raise refuse(WHO, argument, f"given for {name!r}", given, "It is in steps.")
    return given
