"""The recipes once more, from the papers, with nothing taken from lrkit.

`reference_runs.py` has those of whole runs. Times are exact.
"""

import math
from fractions import Fraction
from itertools import pairwise

from tests.reference import cosine, noise
from tests.reference_algebra import (
    INF,
    Joined,
    Shape,
    endless,
    piece,
    product,
    repeat,
    simplest,
    take,
)
from tests.reference_runs import RUNS, down, line, phases, rising, tail

# ---- decays --------------------------------------------------------------------------------------


def periodic(initial_lr, min_lr, every, staircase, share):
    """max(min_lr, initial_lr * share(periods)), whole periods on a staircase."""
    n = simplest(every)

    def value(t, left=False):
        whole = math.ceil(t / n) - 1 if left and t > 0 else math.floor(t / n)
        return max(min_lr, initial_lr * share(whole if staircase else float(t / n)))

    return Shape(INF, value, value(Fraction(0)), min_lr, max(initial_lr, min_lr))


def exponential_decay(initial_lr, decay_rate, every, min_lr=0.0, *, staircase=True):
    return periodic(initial_lr, min_lr, every, staircase, lambda n: decay_rate**n)


def inverse_time_decay(initial_lr, decay_rate, every, min_lr=0.0, *, staircase=True):
    return periodic(initial_lr, min_lr, every, staircase, lambda n: 1.0 / (1.0 + decay_rate * n))


def step_decay(initial_lr, decay_rate, every, min_lr=0.0):
    return exponential_decay(initial_lr, decay_rate, every, min_lr)


def cosine_decay(initial_lr, decay_steps, min_lr=0.0):
    curve = piece(decay_steps, lambda u: initial_lr * cosine(u))
    return curve.mapped(lambda v: max(v, min_lr), max(initial_lr, min_lr))


def multi_step(milestones, *, factor=0.1):
    times = [Fraction(0), *map(simplest, milestones)]
    levels = [tail(b - a, factor**i) for i, (a, b) in enumerate(pairwise(times))]
    return Joined([*levels, tail(INF, factor ** len(levels))])


def power_decay(timescale, *, power):
    n = simplest(timescale)
    return endless(lambda t: float(n / (n + t)) ** power, 0.0)


def power_optimum(length, *, capacity):
    return piece(length, lambda u: float(1 - u) ** (2 * capacity - 1))


def k_decay(length, *, k=1.5, power=None, start=1.0, stop=0.0):
    def bent(u):
        # 1 - u**k; near the end by logarithms, or a small power of it would tell nothing.
        r = 1.0 - float(u) ** k if u < 0.5 else -math.expm1(k * math.log1p(-float(1 - u)))
        return math.sin(math.pi / 2 * r) ** 2 if power is None else r**power

    return piece(length, down(lambda u: bent(u) if u < 1 else 0.0, start, stop))


def noam(d_model, warmup, *, factor=1.0):
    w = simplest(warmup)
    height = factor * d_model**-0.5
    rise = piece(w, lambda u: height * float(u * w) * float(w) ** -1.5)
    return Joined([rise, endless(lambda t: height * float(t + w) ** -0.5, 0.0, rise.peak)])


def chebyshev(length, *, low):
    """Step sizes 1 / root, the roots between `low` and 1, in the order of the powers of 2."""
    roots = [
        (1 + low) / 2 - (1 - low) / 2 * math.cos(math.pi * (j + 0.5) / length)
        for j in range(length)
    ]
    levels = 0 if length == 1 else (length - 1).bit_length()
    order = [fractal(i, levels) for i in range(2**levels)]
    values = [roots[0] / roots[j] for j in order if j < length]

    def inside(t, left):
        return values[math.ceil(t) - 1 if left else math.floor(t)]

    return Shape(Fraction(length), inside, values[0], values[-1], 1.0)


def fractal(i, levels):
    """Which of 2**levels roots comes i-th: each binary digit of i folds the interval once more."""
    j = 0
    for level in range(levels):
        digit = i >> (levels - 1 - level) & 1
        j = (2 << level) - 1 - j if digit else j
    return j


# ---- cycles --------------------------------------------------------------------------------------


def polynomial_cycles(cycle, *, power=1.0, stop=0.0):
    n = simplest(cycle)

    def inside(t, left):
        i = max(0, math.ceil(t / n) - 1) if left else math.floor(t / n)
        return stop + (1.0 - stop) * float(1 - t / ((i + 1) * n)) ** power

    return Shape(INF, inside, 1.0, stop, 1.0)


def cosine_restarts(first, *, times=INF, stretch=1, height=1, warmup=0, stop=0.0):
    n, up = simplest(first), simplest(warmup)
    # The floor is that of each cycle where all are as high, else it is under the cycles.
    low = stop if height == 1 else 0.0
    cycle = phases((up, lambda u: low + (1.0 - low) * float(u)), (n - up, down(cosine, 1.0, low)))
    cycles = repeat(cycle, times, stretch=stretch, height=height)
    return cycles.mapped(lambda v: stop + (1.0 - stop) * v, 1.0) if stop != low else cycles


def triangle(up, down):
    rise = simplest(up)
    fall = rise if down is None else simplest(down)
    return phases((rise, rising), (fall, line)), rise + fall


def cycle_index(t, n, left):
    return math.ceil(t / n) - 1 if left and t > 0 else math.floor(t / n)


def lowered(up, down, start, amplitude):
    """Smith's policies: the base, and above it triangles of amplitude(t, cycle)."""
    cycle, n = triangle(up, down)

    def inside(t, left):
        i = cycle_index(t, n, left)
        return start + (1.0 - start) * cycle.at(t - i * n, left) * amplitude(t, i)

    return Shape(INF, inside, start, start, 1.0)


def triangular(up, *, down=None, start=0.0):
    return lowered(up, down, start, lambda t, i: 1.0)


def triangular2(up, *, down=None, start=0.0):
    return lowered(up, down, start, lambda t, i: 0.5**i)


def exp_range(up, *, rate, down=None, start=0.0):
    return lowered(up, down, start, lambda t, i: rate ** float(t))


# ---- around any schedule -------------------------------------------------------------------------

RISES = {
    "linear": lambda x, first: first + (1.0 - first) * float(x),
    "cosine": lambda x, first: first + (1.0 - first) * (1.0 - math.cos(math.pi * x)) / 2.0,
    "quadratic": lambda x, first: first + (1.0 - first) * float(x) ** 2,
    "exponential": lambda x, first: first ** float(1 - x),
}


def with_warmup(s, length, *, curve="linear", start=0.0):
    n = simplest(length)
    if n == 0:
        return s
    return Joined([piece(n, lambda x: s.start * RISES[curve](x, start), abs(s.start)), s])


def untuned_warmup(s, *, beta2=0.999, curve="linear"):
    speed = 1 - simplest(beta2)
    linear = piece(2 / speed, rising)
    slow = endless(lambda t: -math.expm1(-float(speed * t)), 1.0)
    return product(s, within(linear if curve == "linear" else slow, s))


def noisy(s, *, std, limit=None, seed=0):
    return product(s, within(noise(std=std, limit=limit, seed=seed), s))


def within(factor, s):
    return take(factor, s.length) if factor.length > s.length else factor


RECIPES = {
    **{f.__name__: f for f in (exponential_decay, inverse_time_decay, step_decay, cosine_decay)},
    **{f.__name__: f for f in (multi_step, power_decay, power_optimum, k_decay, noam, chebyshev)},
    **{f.__name__: f for f in (polynomial_cycles, cosine_restarts, triangular, triangular2)},
    **RUNS,
    **{f.__name__: f for f in (exp_range, with_warmup, untuned_warmup, noisy)},
}
