"""What was found, as a short table."""

from __future__ import annotations

from lrkit.draw import axis
from lrkit.finder.choice import is_open
from lrkit.finder.found import Found
from lrkit.finder.rules import OWN, PEERS

#: Median distance, in decades, of what a sweep alone suggests from the best rate of a whole run:
#: measured on small problems.
SWEEP_ERROR = 0.12
#: What the spread is of each effort.
SPREAD = {"sweep": "spread", "confirm": "9/10 within"}
#: Characters of a line, and of its first column.
WIDTH, FIRST = 88, 13


def report(found: Found) -> str:
    """The suggestion, its range and spread, all rules, and what they cost.

    Args:
        found: What to write.

    >>> print(report(Found(suggestion=0.01, effort="confirm", cost=1200)))
    learning rate  0.01
    effort         confirm: 0 trainings, 1,200 updates in all
    """
    rows = [("learning rate", _rate(found.suggestion))]
    if found.suggestion is None:
        rows = [("learning rate", "none")]
    if found.low is not None and found.high is not None:
        rows.append(("range", f"{_rate(found.low)} to {_rate(found.high)}"))
    if found.limit is not None:
        rows.append(("diverges at", _rate(found.limit)))
    if found.spread is not None:
        times = f"a factor of {10**found.spread:.2f}"
        rows.append((SPREAD[found.effort], f"{found.spread:.2f} decades, {times}"))
    if found:
        rows += [(name, text) for name, text in _rules(found) if text]
    rows.append(("effort", _effort(found)))
    lines = [line for name, text in rows for line in _row(name, text)]
    if found.reason is not None:
        lines += ["", found.reason]
    elif found.effort == "sweep":
        lines += ["", _honest()]
    elif found.trials and is_open(found.trials):
        lines += ["", _open(found)]
    return "\n".join(lines)


def _rate(value: float | None) -> str:
    return "none" if value is None else axis.rate(value, 3)


def _rules(found: Found) -> list[tuple[str, str]]:
    rows = []
    for name, group in (("rules", OWN), ("others say", PEERS)):
        values = {rule.__name__: found.rules.get(rule.__name__) for rule in group}
        known = [f"{key} {_rate(value)}" for key, value in values.items() if value is not None]
        rows.append((name, ", ".join(known)))
    return rows


def _effort(found: Found) -> str:
    if found.effort == "sweep":
        count = len(found.repeats) + 1
        many = "" if count == 1 else f"{count} sweeps, "
        return f"sweep: {many}{found.cost:,} updates"
    trainings = f"{len(found.trials)} training{'' if len(found.trials) == 1 else 's'}"
    return f"{found.effort}: {trainings}, {found.cost:,} updates in all"


def _honest() -> str:
    return (
        f"A sweep alone had a median error of about {SWEEP_ERROR:g} decades, a factor of "
        f"{10**SWEEP_ERROR:.1f}."
    )


def _open(found: Found) -> str:
    longest = max(trial.updates for trial in found.trials)
    last = [trial for trial in found.trials if trial.updates == longest]
    best = min(last, key=lambda trial: trial.loss_or_more)
    which = "lowest" if best.peak == min(trial.peak for trial in last) else "highest"
    return (
        f"The best training had the {which} peak that was tried, {best.peak:.3g}: there may be a "
        "better one beyond. Search again with more updates."
    )


def _row(name: str, text: str) -> list[str]:
    """One row of the table, its text broken at commas."""
    lines, line = [], ""
    for part in text.split(", "):
        if line and len(f"{line}, {part},") > WIDTH - FIRST - 2:
            lines.append(line + ",")
            line = part
        else:
            line = f"{line}, {part}" if line else part
    lines.append(line)
    names = [name, *[""] * (len(lines) - 1)]
    return [f"{a:<{FIRST}}  {b}" for a, b in zip(names, lines, strict=True)]
