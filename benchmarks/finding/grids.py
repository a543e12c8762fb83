"""The best peaks, from the end loss of whole trainings over a grid of peaks with three seeds."""

import hashlib
import inspect
import json
import math
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from finding.cases import Case, Training, train

PER_DECADE = 4
_SEEDS = (0, 1, 2)
_REACH = 2 * PER_DECADE
_FIRST = -5
_LARGE = 1e30


@dataclass(frozen=True)
class Grid:
    """What a case's trainings ended at, by the peak rate in steps of a quarter of a decade.

    `held` has one list for each step, with a loss for each seed; steps whose first seed is hopeless
    have that one. `seconds` is the time of one whole training, `spent` that of all of them.
    """

    held: dict[int, list[float]]
    untrained: float
    updates: int
    seconds: float
    spent: float

    @property
    def means(self) -> dict[int, float]:
        """The mean loss at each step; infinite where a training went to no number."""
        return {step: float(np.mean(self.held[step])) for step in sorted(self.held)}

    @property
    def step(self) -> int:
        """The step with the least mean loss."""
        return min(self.means, key=self.means.__getitem__)

    @property
    def best(self) -> float:
        """The rate at the lowest point of the parabola through the best step and its neighbours."""
        left, middle, right = (min(self.means[self.step + k], _LARGE) for k in (-1, 0, 1))
        bend = left - 2 * middle + right
        shift = 0.5 * (left - right) / bend if bend > 0 else 0.0
        return float(10 ** ((self.step + shift) / PER_DECADE))

    @property
    def least(self) -> float:
        """The least mean loss."""
        return self.means[self.step]

    @property
    def allowed(self) -> float:
        """The loss up to which a rate is near-optimal: a tenth more, or two standard errors."""
        error = float(np.std(self.held[self.step], ddof=1)) / math.sqrt(len(_SEEDS))
        return self.least + max(0.1 * abs(self.least), 2 * error)

    @property
    def range(self) -> tuple[float, float]:
        """The rates from the lowest to the highest that are near-optimal without a gap."""
        return self._edge(-1), self._edge(1)

    def _edge(self, way: int) -> float:
        step, means, share = self.step, self.means, 0.0
        while step + way in means and means[step + way] <= self.allowed:
            step += way
        if means.get(step + way, math.inf) < math.inf:
            share = (self.allowed - means[step]) / (means[step + way] - means[step])
        return float(10 ** ((step + way * share) / PER_DECADE))

    def loss(self, rate: float) -> float:
        """The mean loss at any rate, between steps on a line; at the ends that of the end."""
        place = math.log10(rate) * PER_DECADE
        steps, losses = list(self.means), list(self.means.values())
        low = min(max(math.floor(place), steps[0]), steps[-1])
        high = min(max(math.ceil(place), steps[0]), steps[-1])
        share = min(max(place - low, 0.0), 1.0)
        first, second = losses[low - steps[0]], losses[high - steps[0]]
        return (
            first if share == 0 else second if share == 1 else first * (1 - share) + second * share
        )

    @property
    def twice(self) -> float:
        """The loss beyond which a rate is a bad one: twice the best, for either sign."""
        return self.least + abs(self.least)


def measure(case: Case) -> Grid:
    """The grid of one case, grown until two decades on either side of the best are in it."""
    held: dict[int, list[float]] = {}
    spent: list[float] = []

    def run(step: int, seed: int) -> None:
        outcome = train(case, 10 ** (step / PER_DECADE), seed=seed)
        held.setdefault(step, []).append(outcome.held)
        spent.append(outcome.seconds)

    untrained = Training(case, _SEEDS[0]).held()
    best = _FIRST
    while missing := [k for k in range(best - _REACH, best + _REACH + 1) if k not in held]:
        for step in sorted(missing, key=lambda k: abs(k - best)):
            run(step, _SEEDS[0])
        best = min(held, key=lambda k: held[k][0])
    hopeless = 0.5 * (untrained + held[best][0])
    for seed in _SEEDS[1:]:
        for step in sorted(held):
            if held[step][0] < hopeless or abs(step - best) <= 1:
                run(step, seed)
    whole = float(np.median(spent))
    return Grid(dict(sorted(held.items())), untrained, case.updates, whole, sum(spent))


def code() -> str:
    """A hash of the text of everything the grids depend on."""
    here = Path(__file__).parent
    texts = [(here / name).read_text() for name in ("problems.py", "cases.py")]
    return hashlib.sha256("\0".join([*texts, inspect.getsource(measure)]).encode()).hexdigest()[:16]


def measured(cache: Path, cases: Iterable[Case], tell: Callable[[str], None]) -> None:
    """Measure the grids of these cases anew and keep them, with the others from the same code."""
    stored = json.loads(cache.read_text()) if cache.exists() else {}
    if stored.get("code") != code():
        stored = {"code": code(), "grids": {}}
    for case in cases:
        grid = measure(case)
        stored["grids"][case.name] = asdict(grid)
        cache.write_text(json.dumps(stored, indent=1) + "\n")
        tell(f"{case.name}: grid measured in {grid.spent:.0f} s")


def known(cache: Path, cases: Iterable[Case]) -> dict[str, Grid]:
    """The grids of these cases from the file.

    Raises:
        SystemExit: They are not in it, or come from other code.
    """
    stored = json.loads(cache.read_text()) if cache.exists() else {}
    missing = [case.name for case in cases if case.name not in stored.get("grids", {})]
    if stored.get("code") != code() or missing:
        what = f"lacks {', '.join(missing)}" if missing else "comes from other cases than these"
        raise SystemExit(
            f"benchmarks/finder.py: {cache.name} {what}. Measure the best rates with --grids, "
            "which takes about 15 minutes."
        )
    return {case.name: _read(stored["grids"][case.name]) for case in cases}


def _read(stored: dict[str, Any]) -> Grid:
    held = {int(step): losses for step, losses in stored["held"].items()}
    return Grid(**{**stored, "held": held})
