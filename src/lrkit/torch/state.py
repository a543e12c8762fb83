"""What a `Scheduler` saves: a number and texts; and what it makes of them when it loads."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from lrkit.core.notice import warn
from lrkit.core.schedule import Schedule
from lrkit.core.text import read
from lrkit.core.validate import at_least_zero, refuse
from lrkit.torch.arguments import as_update
from lrkit.torch.hyperparameters import RESERVED, Hyperparameter, Schedules
from lrkit.torch.members import as_plain

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
    """The state as plain data, which JSON leaves as it is.

    Args:
        scheduler: A `Scheduler`.
    """
    texts = by_name(scheduler._hyperparameters, repr)
    written = {"step": scheduler.last_epoch, **_as_json(texts)}
    multipliers = [as_plain(one) for one in scheduler.multipliers]
    if any(one != 1.0 for one in multipliers):
        written["multipliers"] = multipliers
    if scheduler._relative:
        members = scheduler._members.all
        first = {name: [one.initial[name] for one in members] for name in scheduler._relative}
        written["initial"] = _as_json(first)
    if scheduler.factor != 1.0 or scheduler.notes:
        written |= {"factor": scheduler.factor, "notes": _as_json(scheduler.notes)}
    return written


def _as_json(value: Any) -> Any:
    """With texts as keys, and lists."""
    if isinstance(value, Mapping):
        return {str(key): _as_json(one) for key, one in value.items()}
    return [_as_json(one) for one in value] if isinstance(value, tuple | list) else value


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
    notes = written.get("notes", {})
    if not isinstance(notes, Mapping):
        way_out = "Give what state_dict() of a Scheduler returned."
        raise refuse("Scheduler", "notes", "a dict", notes, way_out)
    scheduler.last_epoch, scheduler.factor, scheduler.notes = step, factor, dict(notes)
    theirs = _as_json(written)
    for name in dict.fromkeys([*theirs, *ours]):
        if name not in ("step", "factor", "notes") and theirs.get(name) != ours.get(name):
            _say_changed(name, theirs.get(name), ours.get(name), step)


def _step_of(written: Any) -> int:
    if not isinstance(written, Mapping):
        raise TypeError(
            f"Scheduler: `state_dict` must be a dict, got {type(written).__name__}. Give what "
            "state_dict() returned."
        )
    if "step" in written:
        return as_update("Scheduler", "step", written["step"])
    way_out = "Give what state_dict() of a Scheduler returned."
    if isinstance(written.get("last_epoch"), int):
        way_out = (
            "It is of another scheduler of PyTorch: to go on from there, leave it out and write "
            f"Scheduler(optimizer, ..., at={written['last_epoch']})."
        )
    got = sorted(map(str, written))
    raise refuse("Scheduler", "state_dict", "of a Scheduler, with a `step`", got, way_out)


def _say_changed(name: str, before: Any, now: Any, step: int) -> None:
    is_scheduled = name not in (*RESERVED, "multipliers")
    if now is None and is_scheduled:
        told = f"this scheduler has none: it stays what it is in the optimizer. Write {name}=… too"
    elif now is None:
        told = "this scheduler has none"
    else:
        told = f"this scheduler has {name}={_short(now)}, which it keeps"
    was = "without one" if before is None else f"with {name}={_short(before)}"
    warn(
        f"Scheduler: the state was saved {was}, and {told}."
        f"{_difference(before, now, step) if is_scheduled else ''}"
    )


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


def _difference(before: Any, now: Any, step: int) -> str:
    """What the change does to the next update, where both are one schedule."""
    if not (isinstance(before, str) and isinstance(now, str)):
        return ""
    try:
        old = read(before)(step)
    except ValueError:  # a newer lrkit knows more shapes; it is not used anyway
        return ""
    new = read(now)(step)
    if math.isclose(old, new, rel_tol=1e-9):
        return f" At update {step}, the next, both are {new:.6g}."
    return f" Update {step}, the next, has {new:.6g}, and by the saved one had {old:.6g}."
