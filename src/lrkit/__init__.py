"""lrkit: learning-rate schedules to write, see, trust and choose.

>>> from lrkit import warmup, hold, cosine
>>> 3e-4 * (warmup(5) >> hold(75) >> cosine(20)).over(10_000)
0.0003 * (warmup(500) >> hold(7500) >> cosine(2000))
"""

from lrkit.core.endless import exponential, inverse_sqrt, inverse_time
from lrkit.core.join import jump, then
from lrkit.core.noise import noise
from lrkit.core.points import points
from lrkit.core.ramps import exponential_ramp, hyperbolic, rex, tanh
from lrkit.core.recipes import (
    chebyshev,
    cosine_decay,
    cosine_restarts,
    exp_range,
    exponential_decay,
    flat_cosine,
    infinite,
    inverse_time_decay,
    k_decay,
    linear_to_zero,
    multi_step,
    noam,
    noisy,
    one_cycle,
    polynomial_cycles,
    power_decay,
    power_optimum,
    slanted_triangular,
    step_decay,
    trapezoid,
    triangular,
    triangular2,
    untuned_warmup,
    warmup_hold_cosine,
    with_warmup,
    wsd,
)
from lrkit.core.repeat import repeat
from lrkit.core.schedule import Schedule
from lrkit.core.shapes import (
    cosine,
    geometric,
    hold,
    linear,
    one_minus_sqrt,
    polynomial,
    warmup,
)
from lrkit.core.table import custom, table
from lrkit.core.text import read
from lrkit.plan import Plan, check, cooldown_from, diff, extend
from lrkit.source import to_source

__version__ = "0.1.0"

__all__ = [
    "Plan",
    "Schedule",
    "chebyshev",
    "check",
    "cooldown_from",
    "cosine",
    "cosine_decay",
    "cosine_restarts",
    "custom",
    "diff",
    "exp_range",
    "exponential",
    "exponential_decay",
    "exponential_ramp",
    "extend",
    "flat_cosine",
    "geometric",
    "hold",
    "hyperbolic",
    "infinite",
    "inverse_sqrt",
    "inverse_time",
    "inverse_time_decay",
    "jump",
    "k_decay",
    "linear",
    "linear_to_zero",
    "multi_step",
    "noam",
    "noise",
    "noisy",
    "one_cycle",
    "one_minus_sqrt",
    "points",
    "polynomial",
    "polynomial_cycles",
    "power_decay",
    "power_optimum",
    "read",
    "repeat",
    "rex",
    "slanted_triangular",
    "step_decay",
    "table",
    "tanh",
    "then",
    "to_source",
    "trapezoid",
    "triangular",
    "triangular2",
    "untuned_warmup",
    "warmup",
    "warmup_hold_cosine",
    "with_warmup",
    "wsd",
]


def __getattr__(name: str) -> object:
    """`lrkit.like` is loaded when it is first named; of other names the error says what to do."""
    if name == "like":
        from importlib import import_module

        return import_module("lrkit.like")
    from lrkit.core.missing import no_such_name

    raise no_such_name(__name__, name, __all__)
