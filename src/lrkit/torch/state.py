"""What a `Scheduler` saves: a number and texts; and what it makes of them when it loads."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from lrkit.core.notice import warn
from lrkit.core.schedule import Schedule
from lrkit.core.text import read
from lrkit.core.validate import at_least_zero, refuse
from lrkit.torch.arguments import as_at
from lrkit.torch.hyperparameters import Hyperparameter, Schedules

# What is in a state beside the texts of the hyperparameters.
_OTHERS = ("step", "multipliers", "initial", "factor", "notes")
_SHOWN = 120  # letters of a text in a message


def by_name(
    hyperparameters: Sequence[Hyperparameter], told: Callable[[Schedule], Any]
) -> dict[str, Any]:
    """The schedules by the name of what they are for: pairs as lists, those by group as dicts.

    Args:
        hyperparameters: What is scheduled.
        told: What to tell of each schedule.
    """

    def of(given: Schedules) -> Any:
        if isinstance(given, Schedule):
            return told(given)
        return {key: told(schedule) for key, schedule in given.items()}

    found: dict[str, Any] = {}
    for one in hyperparameters:
        if one.place is None:
            found[one.name] = of(one.given)
        else:
            found.setdefault(one.name, []).append(of(one.given))
    return found


def write(scheduler: Any) -> dict[str, Any]:
    """The state as plain data.

    Args:
        scheduler: A `Scheduler`.
    """
    written = {"step": scheduler.last_epoch, **by_name(scheduler._hyperparameters, repr)}
    if scheduler._multipliers:
        written["multipliers"] = {
            place: repr(value) if isinstance(value, Schedule) else value
            for place, value in scheduler._multipliers.items()
        }
    if scheduler._initial:
        written["initial"] = {name: list(values) for name, values in scheduler._initial.items()}
    if scheduler.factor != 1.0 or scheduler.notes:
        written |= {"factor": scheduler.factor, "notes": dict(scheduler.notes)}
    return written


def read_into(scheduler: Any, written: Any) -> None:
    """Take a state over, and say what of it is not taken.

    Args:
        scheduler: A `Scheduler`.
        written: What `write` returned.

    Raises:
        TypeError: It is no dict.
        ValueError: It is of something else.
    """
    step, ours = _step_of(written), write(scheduler)
    factor = at_least_zero("Scheduler", "factor", written.get("factor", 1.0))
    notes = dict(written.get("notes", {}))
    scheduler.last_epoch, scheduler.factor, scheduler.notes = step, factor, notes
    for name in dict.fromkeys([*written, *ours]):
        if name not in ("step", "factor", "notes") and written.get(name) != ours.get(name):
            _say_changed(name, written.get(name), ours.get(name), step)


def _step_of(written: Any) -> int:
    if not isinstance(written, Mapping):
        raise TypeError(
            f"Scheduler: `state_dict` must be a dict, got {type(written).__name__}. Give what "
            "state_dict() returned."
        )
    if "step" in written:
        return as_at(written["step"])
    way_out = "Give what state_dict() of a Scheduler returned."
    if isinstance(written.get("last_epoch"), int):
        way_out = (
            "It is of another scheduler of PyTorch: to go on from there, leave it out and write "
            f"Scheduler(optimizer, ..., at={written['last_epoch']})."
        )
    got = sorted(map(str, written))
    raise refuse("Scheduler", "state_dict", "of a Scheduler, with a `step`", got, way_out)


def _say_changed(name: str, before: Any, now: Any, step: int) -> None:
    if now is None:
        told = f"this scheduler has none: it stays what it is in the optimizer. Write {name}=… too"
    else:
        told = f"this scheduler has {name}={_short(now)}, which it keeps"
    was = "without one" if before is None else f"with {name}={_short(before)}"
    warn(
        f"Scheduler: the state was saved {was}, and {told}."
        f"{_difference(before, now, step) if name not in _OTHERS else ''}"
    )


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


def _difference(before: Any, now: Any, step: int) -> str:
    """What the change does to the next update, where both are one schedule."""
    if not (isinstance(before, str) and isinstance(now, str)):
        return ""
    old, new = read(before)(step), read(now)(step)
    if math.isclose(old, new, rel_tol=1e-9):
        return f" At update {step}, the next, both are {new:.6g}."
    return f" Update {step}, the next, has {new:.6g}, and by the saved one had {old:.6g}."
