"""The table of the parameter groups and their scheduled numbers."""

from __future__ import annotations

from typing import Any

from lrkit.core.schedule import Schedule
from lrkit.torch.arguments import as_update
from lrkit.torch.groups import names_of


def print_table(scheduler: Any, update: int | None) -> None:
    """Print name, parameters, multiple of the rate and scheduled numbers of each group.

    Args:
        scheduler: A `Scheduler`.
        update: Of which update; None: of the next.
    """
    from rich.console import Console
    from rich.table import Table

    k = scheduler.updates if update is None else as_update("describe", "update", update)
    groups = scheduler._inner.param_groups
    columns = dict.fromkeys(one.name for one in scheduler._hyperparameters)
    table = Table(box=None)
    for heading in ("group", "parameters", "multiplier", *columns):
        table.add_column(heading, justify="left" if heading == "group" else "right")
    values = values_at(scheduler, k)
    for i, name in enumerate(names_of(groups)):
        count = sum(parameter.numel() for parameter in groups[i]["params"])
        multiplier = scheduler.multipliers[i]
        told = repr(multiplier) if isinstance(multiplier, Schedule) else f"{multiplier:.6g}"
        cells = [values.get((id(groups[i]), column), "as it is") for column in columns]
        table.add_row(str(name), str(count), told, *cells)
    console = Console(width=1000)  # names are not cut, whatever the window
    with console.capture() as text:
        console.print(table)
    times = "" if scheduler.factor == 1.0 else f" (the factor {scheduler.factor:.6g} in the rates)"
    print(f"{type(scheduler._inner).__name__}: update {k}{times}")
    for line in text.get().splitlines():
        print(line.rstrip())


def values_at(scheduler: Any, k: int) -> dict[tuple[int, str], str]:
    """By identity of the group and name, the numbers of an update in words."""
    found: dict[tuple[int, str], str] = {}
    for schedule, targets in scheduler._targets:
        for target in targets:
            value = f"{schedule(k) * target.scale:.6g}"
            key = (id(target.group), target.name)
            found[key] = f"{found[key]}, {value}" if key in found else value
    return found
