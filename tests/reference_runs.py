"""Recipes of whole runs once more, from the papers, with nothing taken from lrkit.

A run of several phases is a `Joined` of them, each with the formula of its paper on the share u of
the phase that has passed; times are exact.
"""

import math

from tests.reference import cosine
from tests.reference_algebra import INF, Joined, Shape, piece, simplest


def phases(*pairs):
    """Phases (length, f(u)) one after the other; those of no length are left out."""
    return Joined([piece(n, f) for n, f in pairs if n > 0])


def tail(n, value):
    """A last phase that stays where it is."""
    return Shape(n, lambda t, left: value, value, value, value)


def rising(u):
    return float(u)


def flat(u):
    return 1.0


def down(shape, top=1.0, bottom=0.0):
    return lambda u: bottom + (top - bottom) * float(shape(u))


def line(u):
    return 1 - u


def one_cycle(length, *, warmup=None, start=0.04, stop=4e-6, curve="cosine", three_phase=False):
    n = simplest(length)
    up = n * 3 / 10 if warmup is None else simplest(warmup)
    shape = cosine if curve == "cosine" else line
    if not three_phase:
        return phases((up, down(shape, start, 1.0)), (n - up, down(shape, 1.0, stop)))
    back, end = down(shape, 1.0, start), down(shape, start, stop)
    return phases((up, down(shape, start, 1.0)), (up, back), (n - 2 * up, end))


def slanted_triangular(length, *, warmup=None, ratio=32):
    n = simplest(length)
    cut = n / 10 if warmup is None else simplest(warmup)
    eta = lambda p: (1.0 + p * (ratio - 1.0)) / ratio  # noqa: E731
    return phases((cut, lambda u: eta(float(u))), (n - cut, lambda u: eta(float(1 - u))))


def linear_to_zero(length, *, warmup=0):
    up = simplest(warmup)
    return phases((up, rising), (simplest(length) - up, line))


def flat_cosine(length, *, flat, stop=0.0):
    return warmup_hold_cosine(length, warmup=0, hold=flat, stop=stop)


def warmup_hold_cosine(length, *, warmup, hold, stop=0.0):
    up, top = simplest(warmup), simplest(hold)
    rest = simplest(length) - up - top
    return phases((up, rising), (top, flat), (rest, down(cosine, 1.0, stop)))


COOLDOWNS = {
    "one_minus_sqrt": lambda x, power, rate: 1.0 - math.sqrt(x),
    "linear": lambda x, power, rate: 1 - x,
    "cosine": lambda x, power, rate: cosine(x),
    "polynomial": lambda x, power, rate: float(1 - x) ** power,
    "exponential": lambda x, power, rate: (rate ** float(x) - rate) / (1.0 - rate),
}


def wsd(
    length,
    *,
    warmup,
    cooldown,
    curve="one_minus_sqrt",
    power=None,
    rate=None,
    stop=0.0,
    stable="constant",
):
    n, up, last = simplest(length), simplest(warmup), simplest(cooldown)
    along = n - up - last
    falls = stable == "inverse_sqrt"
    middle = (lambda u: math.sqrt(up / (up + u * along))) if falls else flat
    top = math.sqrt(up / (n - last)) if falls and along else 1.0
    decay = down(lambda x: COOLDOWNS[curve](x, power, rate), top, stop)
    return phases((up, rising), (along, middle), (last, decay))


def trapezoid(length, *, warmup, cooldown, stop=0.0):
    return wsd(length, warmup=warmup, cooldown=cooldown, curve="linear", stop=stop)


def infinite(warmup, cooldown, constant=INF, anneal=0, *, level, stop=0.1):
    up, fall, along, end = map(simplest, (warmup, cooldown, constant, anneal))
    top = 1.0 if fall else level
    parts = [
        (up, lambda u: top * float(u)),
        (fall, down(cosine, 1.0, level)),
        (along, None),
        (end, lambda u: level * (stop / level) ** float(u)),
    ]
    return Joined([piece(n, f) if f else tail(n, level) for n, f in parts if n > 0])


RUNS = {
    **{f.__name__: f for f in (one_cycle, slanted_triangular, linear_to_zero, flat_cosine)},
    **{f.__name__: f for f in (warmup_hold_cosine, wsd, trapezoid, infinite)},
}
