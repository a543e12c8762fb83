"""lrkit: learning-rate schedules to write, see, trust and choose.

>>> from lrkit import warmup, hold, cosine
>>> 3e-4 * (warmup(5) >> hold(75) >> cosine(20)).over(10_000)
0.0003 * (warmup(500) >> hold(7500) >> cosine(2000))
"""

from lrkit.core.join import jump, then
from lrkit.core.points import points
from lrkit.core.recipes import cosine_decay, exponential_decay, step_decay
from lrkit.core.repeat import repeat
from lrkit.core.schedule import Schedule
from lrkit.core.shapes import (
    cosine,
    exponential,
    geometric,
    hold,
    inverse_sqrt,
    inverse_time,
    linear,
    one_minus_sqrt,
    polynomial,
    warmup,
)
from lrkit.core.table import custom, table
from lrkit.core.text import read
from lrkit.plan import Plan

__version__ = "0.1.0"

__all__ = [
    "Plan",
    "Schedule",
    "cosine",
    "cosine_decay",
    "custom",
    "exponential",
    "exponential_decay",
    "geometric",
    "hold",
    "inverse_sqrt",
    "inverse_time",
    "jump",
    "linear",
    "one_minus_sqrt",
    "points",
    "polynomial",
    "read",
    "repeat",
    "step_decay",
    "table",
    "then",
    "warmup",
]
