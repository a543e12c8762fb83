"""What is said of a procedure over its runs, as a table and beside the bars."""

import math
from collections.abc import Sequence

import numpy as np

from finding.answer import Run

#: Of the confirmed answer: what may be at most, and what must be at least.
MEDIAN, LARGEST, NEAR, SPREAD, COST = 0.2, 0.6, 80.0, 0.15, 2.0

Figures = dict[str, float]


def figures(runs: Sequence[Run]) -> Figures:
    """Errors over the answers that were given, costs over all runs."""
    given = [run for run in runs if run.error is not None]
    errors = np.array([abs(run.error or 0.0) for run in given]) if given else np.array([math.nan])
    spreads = list(_spreads(given).values()) or [math.nan]
    return {
        "median": float(np.median(errors)),
        "largest": float(errors.max()),
        "near %": 100 * sum(run.near for run in given) / max(len(given), 1),
        "bad %": 100 * sum(run.bad for run in given) / max(len(given), 1),
        "spread": float(np.median(spreads)),
        "worst": max(spreads),
        "cost": float(np.mean([run.cost for run in runs])),
        "most": max(run.cost for run in runs),
        "refused": len(runs) - len(given),
    }


def _spreads(given: Sequence[Run]) -> dict[str, float]:
    """The standard deviation of each case that has two answers."""
    of: dict[str, list[float]] = {}
    for run in given:
        of.setdefault(run.case.name, []).append(run.error or 0.0)
    return {name: float(np.std(own, ddof=1)) for name, own in of.items() if len(own) > 1}


def table(runs: dict[str, list[Run]]) -> list[str]:
    """A line for each procedure; for lrkit's also one for each half of the cases."""
    rows: dict[str, Figures] = {}
    for name, own in runs.items():
        rows[name] = figures(own)
        if not name.startswith("lrkit"):
            continue
        for half, is_half in (("chosen on", True), ("others", False)):
            part = [run for run in own if run.case.chosen_on is is_half]
            if part and len(part) < len(own):
                rows[f"{name}: {half}"] = figures(part)
    names = list(next(iter(rows.values())))
    lines = [" " * 28 + "".join(f"{name:>9}" for name in names)]
    return lines + [_row(name, row) for name, row in rows.items()]


def _row(name: str, row: Figures) -> str:
    kinds = {"near %": "9.0f", "bad %": "9.1f", "refused": "9.0f"}
    return f"{name:28}" + "".join(f"{value:{kinds.get(k, '9.2f')}}" for k, value in row.items())


def bars(runs: dict[str, list[Run]], refused: dict[str, tuple[int, int]]) -> list[tuple[str, bool]]:
    """Each bar with its figure, and whether it is met."""
    confirmed, swept = figures(runs["lrkit, confirm"]), runs["lrkit, sweep"]
    near = f"confirm: {confirmed['near %']:.0f} % near-optimal, at least {NEAR:.0f}"
    result = [
        _at_most("confirm: median error, decades", confirmed["median"], MEDIAN),
        _at_most("confirm: largest error", confirmed["largest"], LARGEST),
        (near, confirmed["near %"] >= NEAR),
        _at_most("confirm: % worse than twice the best loss", confirmed["bad %"], 0.0),
        _at_most("confirm: spread of the typical case", confirmed["spread"], SPREAD),
        _at_most("confirm: spread of the worst case", confirmed["worst"], SPREAD),
        _at_most("confirm: whole trainings, at most", confirmed["most"], COST),
    ]
    for name in runs:
        if not name.startswith("lrkit"):
            result.append(
                (f"sweep: better than {name} on four figures", _better(swept, runs[name]))
            )
    for kind, (count, of) in refused.items():
        result.append((f"{kind}: {count} of {of} refused", count == of))
    return result


def _at_most(what: str, value: float, bar: float) -> tuple[str, bool]:
    return f"{what}: {value:.2f}, at most {bar:g}", value <= bar


def _better(ours: Sequence[Run], theirs: Sequence[Run]) -> bool:
    """On all runs, and on those that both answer, since refusing the hard ones is no merit."""
    both = [
        (mine, other)
        for mine, other in zip(ours, theirs, strict=True)
        if mine.error is not None and other.error is not None
    ]
    pairs = [(ours, theirs), ([mine for mine, _ in both], [other for _, other in both])]
    return bool(both) and all(_ahead(figures(mine), figures(other)) for mine, other in pairs)


def _ahead(mine: Figures, other: Figures) -> bool:
    """Smaller errors, more near-optimal, and not more that are bad."""
    return (
        mine["median"] < other["median"]
        and mine["largest"] < other["largest"]
        and mine["near %"] > other["near %"]
        and mine["bad %"] <= other["bad %"]
    )
