"""Where restarts have to begin: the lengths that are tried, and the steps, exactly."""

import math
from fractions import Fraction

FIRST = range(1, 201)
STRETCHES = [1, 1.1, 1.5, 2, 3]
CYCLES = 30


def boundaries(first, stretch, below):
    """The steps at which the first 30 cycles begin: exact sums, rounded half up."""
    growth = Fraction(str(stretch))
    total, begins = Fraction(0), []
    for i in range(CYCLES):
        begins.append(math.floor(total + Fraction(1, 2)))
        total += first * growth**i
    return [step for step in begins if step < below]
