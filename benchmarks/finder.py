"""How near to the best learning rate lrkit's finder comes, beside the rules of other finders.

    python benchmarks/finder.py [--seeds 10] [--first 40] [--cases TEXT] [--grids]

Seventeen small trainings, each with several seeds, which begin `lrkit.torch.find_lr` from a network
and an order of examples of their own. The best peak is known from whole trainings over a grid of
peaks, which `finder_grids.json` keeps; --grids measures them anew, in about 15 minutes. Errors and
spreads are in decades, costs in whole trainings. Near-optimal: at most a tenth above the best loss,
or two of its standard errors. Bad: worse than twice the best loss.
"""

import argparse
import sys
from pathlib import Path

import torch
from finding import ours, peers, refusals
from finding.answer import Run, judged
from finding.cases import CASES, Case
from finding.figures import bars, table
from finding.grids import Grid, known, measured

CACHE = Path(__file__).with_name("finder_grids.json")
#: Seeds with which networks are trained first and must then be refused.
TRAINED = 2


def tell(line: str) -> None:
    print(line, flush=True)


def run(case: Case, grid: Grid, seed: int) -> dict[str, Run]:
    """All procedures on one case with one seed."""
    answers = {
        "lrkit, confirm": ours.answer("confirm", case, seed),
        "lrkit, sweep": ours.answer("sweep", case, seed),
        **peers.answers(case, seed),
    }
    return {name: judged(answer, case, grid, seed) for name, answer in answers.items()}


def told(runs: list[Run]) -> str:
    """The errors of one case."""
    return " ".join("refused" if one.error is None else f"{one.error:+.2f}" for one in runs)


def compare(cases: list[Case], grids: dict[str, Grid], seeds: range) -> dict[str, list[Run]]:
    """All procedures on all cases, with a line of progress for each case."""
    tell(f"errors with seeds {seeds.start} to {seeds.stop - 1}: confirm | sweep")
    result: dict[str, list[Run]] = {}
    for case in cases:
        grid = grids[case.name]
        rows = [run(case, grid, seed) for seed in seeds]
        for name in rows[0]:
            result.setdefault(name, []).extend(row[name] for row in rows)
        shown = [told([row[f"lrkit, {e}"] for row in rows]) for e in ("confirm", "sweep")]
        low, high = grid.range
        best = f"best {grid.best:.2g}, near-optimal {low:.2g} to {high:.2g}"
        tell(f"{case.name}: {best}: {' | '.join(shown)}")
    return result


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=10, help="how many")
    parser.add_argument("--first", type=int, default=40, help="the first seed")
    parser.add_argument("--cases", default="", help="those with this text in their names")
    parser.add_argument("--grids", action="store_true", help="measure the best rates anew")
    asked = parser.parse_args()
    torch.set_num_threads(1)
    cases = [case for case in CASES if asked.cases in case.name]
    if not cases or asked.seeds < 1:
        parser.error("there is no such case" if not cases else "--seeds must be 1 or more")
    if asked.grids:
        measured(CACHE, cases, tell)
    grids = known(CACHE, cases)
    seeds = range(asked.first, asked.first + asked.seeds)
    runs = compare(cases, grids, seeds)
    refused = {
        f"{effort}: {kind}": count
        for effort in ("sweep", "confirm")
        for kind, count in refusals.counted(effort, grids, seeds[:TRAINED]).items()
    }
    tell("\n" + "\n".join(table(runs)) + "\n")
    judgements = bars(runs, refused)
    for what, met in judgements:
        tell(f"{what:<60}{'met' if met else 'MISSED'}")
    missed = sum(not met for _, met in judgements)
    tell(f"{missed} bars were missed" if missed else "all bars held")
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main())
