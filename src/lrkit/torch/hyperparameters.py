"""The numbers of the parameter groups that a `Scheduler` sets: which schedule is for which."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any

from torch import Tensor

from lrkit.core.extremes import extremes
from lrkit.core.schedule import Schedule
from lrkit.core.shapes import hold
from lrkit.core.text import read
from lrkit.core.validate import number, refuse
from lrkit.torch.groups import names_of, places_of

Group = dict[str, Any]
Schedules = Schedule | dict[int | str, Schedule]
WHO = "Scheduler"

RESERVED = ("step", "initial", "factor", "notes")
"""What is in a state beside the hyperparameters, and can so be none."""

# In a group beside hyperparameters, though numbers or texts too.
_NO_HYPERPARAMETERS = {"params", "param_names", "name", "lr_scale", "initial_lr"}


@dataclass(frozen=True)
class Hyperparameter:
    """One scheduled number of the groups.

    Args:
        name: Its key in a group, such as `lr`.
        place: Which of a tuple such as `betas`; None where it is a number.
        given: The schedule of all groups, or by number or name of a group.
    """

    name: str
    place: int | None
    given: Schedules

    def of(self, member: Any) -> Schedule | None:
        """The schedule of a group, a `Member`; None for one that keeps its number."""
        if self.name in member.exempt:
            return None
        if isinstance(self.given, Schedule):
            return self.given
        return next(iter(member.among(self.given)), None)

    def check(self, groups: Sequence[Group], is_relative: bool) -> None:
        """Refuses what the groups do not have, and values that are out of range.

        Args:
            groups: Of the optimizer.
            is_relative: Whether the schedule multiplies what each group has.

        Raises:
            TypeError: A group has no such number.
            ValueError: A schedule leaves the range of the number, or is for no group.
        """
        if isinstance(self.given, Schedule):
            places: list[int] = list(range(len(groups)))
            if self.name == "weight_decay" and not is_relative:
                _check_exempt(groups)
        else:
            places = _places(self.name, self.given, groups)
        for i in places:
            _check_there(self, groups[i])
        given = [self.given] if isinstance(self.given, Schedule) else self.given.values()
        for schedule in dict.fromkeys(given):  # each once: a long one takes a while
            _check_range(self, schedule)


def _places(
    name: str, by_group: Mapping[int | str, Schedule], groups: Sequence[Group]
) -> list[int]:
    """The numbers of the groups that are in the mapping."""
    places: list[int] = []
    for key in by_group:
        found = places_of(WHO, name, key, groups)
        if twice := set(found) & set(places):
            raise ValueError(
                f"{WHO}: `{name}` must have one schedule for each group, got two for group "
                f"{min(twice)}: once by its number, once by its name. Leave one out."
            )
        places += found
    return places


def check_pairs(hyperparameters: Sequence[Hyperparameter], groups: Sequence[Group]) -> None:
    """Refuses a tuple that is shorter than the optimizer's.

    Raises:
        TypeError: A part of it is missing.
    """
    given: dict[str, int] = {}
    for one in hyperparameters:
        if one.place is not None:
            given[one.name] = max(given.get(one.name, 0), one.place + 1)
    for name, count in given.items():
        wanted = len(groups[0][name])
        if count < wanted:
            raise TypeError(
                f"{WHO}: `{name}` must be {wanted} schedules or numbers, as a tuple, got {count}. "
                f"Write the others as numbers, such as {groups[0][name][-1]!r}."
            )


def as_hyperparameters(given: Mapping[str, Any]) -> list[Hyperparameter]:
    """The arguments of a `Scheduler` as hyperparameters.

    Args:
        given: By name: a schedule, its text, a number, a pair of these for `betas`, or a mapping of
            these by group. None is left out.

    Raises:
        TypeError: It is none of these.
        ValueError: A text does not parse.
    """
    made = []
    for name, value in given.items():
        if value is None:
            continue
        if name in RESERVED:
            raise TypeError(
                f"{WHO}: `{name}` must not be scheduled, since the state of a Scheduler has "
                "something else by this name. Set it in the groups yourself."
            )
        by_group = value if isinstance(value, Mapping) else {None: value}
        if not by_group:
            raise refuse(WHO, name, "a mapping with a group in it", value, "Leave it out.")
        places: dict[int | None, dict[Any, Schedule]] = {}
        for key, one in by_group.items():
            parts = enumerate(one) if isinstance(one, tuple | list) else [(None, one)]
            for place, part in parts:
                places.setdefault(place, {})[key] = _as_schedule(name, part)
        for place, schedules in places.items():
            made.append(Hyperparameter(name, place, schedules.get(None, schedules)))
    return made


def _as_schedule(name: str, value: Any) -> Schedule:
    if isinstance(value, str):
        return read(value)
    if isinstance(value, Schedule):
        return value
    if isinstance(value, Real) and not isinstance(value, bool):
        return hold(value=number(WHO, name, value))
    way_out = 'Write for example "1e-3 * cosine(10000)".'
    if callable(value):
        way_out = "Write custom(function, length), the number of updates that it describes."
    raise TypeError(
        f"{WHO}: `{name}` must be a Schedule, the text of one, or a dict of these by group, got "
        f"{name}={value!r} of type {type(value).__name__}. {way_out}"
    )


def numbers_of(group: Mapping[str, Any]) -> list[str]:
    """The names of what can be scheduled in a group."""
    return [
        name
        for name, value in group.items()
        if name not in _NO_HYPERPARAMETERS and not name.startswith("initial_") and _is_number(value)
    ]


def _is_number(value: Any) -> bool:
    if isinstance(value, tuple | list):
        return bool(value) and all(map(_is_number, value))
    return isinstance(value, Real | Tensor) and not isinstance(value, bool)


def _check_there(hyperparameter: Hyperparameter, group: Group) -> None:
    name, place = hyperparameter.name, hyperparameter.place
    possible = numbers_of(group)
    if name not in possible:
        near = difflib.get_close_matches(name, possible, n=1)
        way_out = f"Did you mean `{near[0]}`?" if near else "Leave it out."
        if name == "learning_rate":
            way_out = "Did you mean `lr`?"
        if name == "momentum" and "betas" in group:
            way_out = "Its momentum is the first of `betas`: betas=(schedule, 0.999)."
        raise TypeError(
            f"{WHO}: `{name}` must be a number of the optimizer's groups, which have "
            f"{', '.join(possible)}. {way_out}"
        )
    parts = len(group[name]) if isinstance(group[name], tuple | list) else None
    if (place is None) != (parts is None) or (parts is not None and (place or 0) >= parts):
        what = "one schedule" if parts is None else f"{parts} schedules or numbers, as a tuple"
        raise TypeError(
            f"{WHO}: `{name}` must be {what}, as the optimizer has {name}={group[name]!r}."
        )


def _check_range(hyperparameter: Hyperparameter, schedule: Schedule) -> None:
    least, most = extremes(schedule)
    name = hyperparameter.name
    if least < 0.0:
        way_out = "Negative rates climb the loss." if name == "lr" else "Mend its lowest value."
        raise refuse(WHO, name, f"0 or more at every update, not {least:g}", schedule, way_out)
    if name == "betas" and most >= 1.0:
        way_out = "An average over all gradients forgets none."
        raise refuse(WHO, name, f"below 1 at every update, not {most:g}", schedule, way_out)


def _check_exempt(groups: Sequence[Group]) -> None:
    """Groups without weight decay are without it on purpose: biases, norms."""
    exempt = [not plain(group["weight_decay"]) for group in groups]
    if not any(exempt) or all(exempt):
        return
    names = names_of(groups)
    decaying = ", ".join(
        f"{name!r}: schedule" for name, none in zip(names, exempt, strict=True) if not none
    )
    raise ValueError(
        f"{WHO}: `weight_decay` must say for which groups it is, got one schedule for all, and "
        f"group {names[exempt.index(True)]!r} has weight_decay=0. Write weight_decay="
        f'{{{decaying}}}, or relative=("weight_decay",) for multiples of what each group has.'
    )


def plain(value: Any) -> float:
    """A number of a group, which may be a tensor, as a float."""
    return float(value.item() if isinstance(value, Tensor) else value)
