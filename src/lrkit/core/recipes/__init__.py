"""Named schedules of the field, each a few lines of the algebra.

Every recipe is in `ALL`, which is where `read`, the gallery and the tests find it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lrkit.core.recipes.around import noisy, untuned_warmup, with_warmup
from lrkit.core.recipes.chebyshev import chebyshev
from lrkit.core.recipes.cycles import (
    cosine_restarts,
    exp_range,
    polynomial_cycles,
    triangular,
    triangular2,
)
from lrkit.core.recipes.decays import k_decay, multi_step, noam, power_decay, power_optimum
from lrkit.core.recipes.rates import (
    cosine_decay,
    exponential_decay,
    inverse_time_decay,
    step_decay,
)
from lrkit.core.recipes.runs import (
    flat_cosine,
    linear_to_zero,
    one_cycle,
    slanted_triangular,
    warmup_hold_cosine,
)
from lrkit.core.recipes.wsd import infinite, trapezoid, wsd

if TYPE_CHECKING:
    from collections.abc import Callable

    from lrkit.core.schedule import Schedule

ALL: tuple[Callable[..., Schedule], ...] = (
    *(exponential_decay, inverse_time_decay, step_decay, cosine_decay, multi_step),
    *(power_decay, power_optimum, k_decay, noam, chebyshev),
    *(polynomial_cycles, cosine_restarts, triangular, triangular2, exp_range),
    *(one_cycle, slanted_triangular, linear_to_zero, flat_cosine, warmup_hold_cosine),
    *(wsd, trapezoid, infinite, with_warmup, untuned_warmup, noisy),
)

__all__ = [
    "ALL",
    "chebyshev",
    "cosine_decay",
    "cosine_restarts",
    "exp_range",
    "exponential_decay",
    "flat_cosine",
    "infinite",
    "inverse_time_decay",
    "k_decay",
    "linear_to_zero",
    "multi_step",
    "noam",
    "noisy",
    "one_cycle",
    "polynomial_cycles",
    "power_decay",
    "power_optimum",
    "slanted_triangular",
    "step_decay",
    "trapezoid",
    "triangular",
    "triangular2",
    "untuned_warmup",
    "warmup_hold_cosine",
    "with_warmup",
    "wsd",
]
