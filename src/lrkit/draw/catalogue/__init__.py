"""The names of the field, each with an expression: data only."""

from lrkit.draw.catalogue.pieces import DATA, ENDLESS, PIECES, STAIRS
from lrkit.draw.catalogue.row import Row
from lrkit.draw.catalogue.runs import CYCLES, RUNS, WARMUPS

__all__ = [
    "CYCLES",
    "DATA",
    "ENDLESS",
    "FAMILIES",
    "PIECES",
    "RUNS",
    "SPAN",
    "STAIRS",
    "WARMUPS",
    "Row",
]

#: Each example is drawn from update 0 to this one.
SPAN = 100

FAMILIES: dict[str, tuple[Row, ...]] = {
    "Pieces": PIECES,
    "Decays without an end": ENDLESS,
    "Stairs": STAIRS,
    "Cycles": CYCLES,
    "Warmups": WARMUPS,
    "Whole runs": RUNS,
    "Data and noise": DATA,
}
