"""Write the pictures of docs/pictures.md and docs/finder.md: `python -m tools.pictures`.

Each on light and on dark paper.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from lrkit import Plan, cosine, hold, warmup, wsd
from lrkit.draw import plot, save
from lrkit.finder import Curve, suggest
from lrkit.plan.audit_csv import audit_csv
from lrkit.plan.read_csv import read_csv

ASSETS = Path(__file__).resolve().parent.parent / "docs" / "assets"
RUN = Plan(epochs=10, examples=32_000, batch_size=32)
PLANNED = 1e-3 * (warmup(500) >> cosine(9500))
#: The run of the picture was lowered by hand, and stopped early.
LOWERED, STOPPED = 6_000, 8_500


def several(dark: bool) -> Any:
    """Three schedules, and what each has more or less than the first."""
    others = [6e-4 * wsd(10_000, warmup=500, cooldown=2500), 1e-3 * (hold(7000) | 0.1 * hold(3000))]
    return plot([PLANNED, *others], plan=RUN, difference=True, dark=dark)


def applied(dark: bool, folder: Path) -> Any:
    """A recorded run on its plan, with the words of the audit."""
    path = folder / "learning_rate.csv"
    rates = [PLANNED(step) * (0.5 if step >= LOWERED else 1) for step in range(STOPPED)]
    rows = "\n".join(f"{step},{rate!r}" for step, rate in enumerate(rates))
    path.write_text(f"step,learning_rate\n{rows}\n", encoding="utf-8")
    recorded = read_csv(path)
    notes = str(audit_csv(recorded, PLANNED, RUN)).splitlines()
    curve = (recorded.steps, recorded.values)
    return plot(PLANNED, plan=RUN, applied={path.name: curve}, notes=notes, dark=dark)


def sweep(dark: bool) -> Any:
    """What `lrkit find mnist` recorded once, as the finder shows it now."""
    rates, losses = np.loadtxt(ASSETS / "mnist-sweep.csv", delimiter=",", skiprows=1, unpack=True)
    return suggest(Curve(rates, losses)).plot(dark=dark)


def write(folder: Path) -> list[Path]:
    """All pictures, into a folder."""
    written = []
    for dark in (False, True):
        paper = "dark" if dark else "light"
        written.append(save(several(dark), folder / f"several-{paper}.svg"))
        written.append(save(applied(dark, folder), folder / f"applied-{paper}.svg"))
        written.append(save(sweep(dark), folder / f"sweep-{paper}.svg"))
    (folder / "learning_rate.csv").unlink()
    return written


if __name__ == "__main__":
    for path in write(ASSETS):
        print(path.relative_to(ASSETS.parent.parent), f"{path.stat().st_size / 1e3:.0f} kB")
