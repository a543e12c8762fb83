"""Every formula once more, from the papers and the laws, with nothing taken from lrkit.

Times are exact fractions; values are plain `math` on the exact progress. `interpreter.py`
walks the text of an expression with these, so that the whole algebra is checked.
"""

import math
from decimal import Decimal, localcontext
from fractions import Fraction
from functools import lru_cache
from hashlib import sha256
from statistics import NormalDist

from tests.reference_algebra import INF, Shape, endless, piece, simplest

# ---- formulas: progress u from 0 to 1, as an exact fraction ------------------------------------


def line(u):
    return 1.0 - u


def cosine(u):
    return (1.0 + math.cos(math.pi * u)) / 2.0


def what_remains(u, k):
    """1 - u**k; where u is nearly 1 by logarithms, or a small power of it would tell nothing."""
    return 1.0 - float(u) ** k if u < 0.5 else -math.expm1(k * math.log1p(-float(1 - u)))


def bent_cosine(k, power):
    """((1 + cos(pi * u**k)) / 2) ** power, as a power of a sine."""
    return lambda u: math.sin(math.pi / 2 * what_remains(u, k)) ** (2.0 * power) if u < 1 else 0.0


def bent_power(k, power):
    return lambda u: what_remains(u, k) ** power if u < 1 else 0.0


def rex_fade(u):
    return (1.0 - u) / (1.0 - u / 2)


def tanh_fade(lower, upper):
    top = math.tanh(upper)
    return lambda u: (
        (top - math.tanh(lower + (upper - lower) * float(u))) / (top - math.tanh(lower))
    )


def hyperbolic_fade(bound):
    """f(t) / f(0) of the paper's f(t) = sqrt((N - t) / U * (2 - (N + t) / U)), U = bound * N."""
    f = lambda u: math.sqrt(float(1 - u) / bound * (2.0 - float(1 + u) / bound))  # noqa: E731
    return lambda u: f(u) / f(0)


def one_minus_sqrt(u):
    return 1.0 - math.sqrt(u)


def blend(shape, start, stop):
    """From start to stop along a falling shape."""
    return lambda u: stop + (start - stop) * float(shape(u))


def decimal_cosine_tail(t, n):
    """(1 + cos(pi * t / n)) / 2 to 50 digits, by the power series of the cosine."""
    with localcontext(prec=110):
        pi = Decimal(
            "3.14159265358979323846264338327950288419716939937510"
            "58209749445923078164062862089986280348253421170679821480865"
        )
        x2 = (pi * Decimal(t) / Decimal(n)) ** 2
        term = total = Decimal(1)
        for k in range(1, 80):
            term *= -x2 / ((2 * k - 1) * (2 * k))
            total += term
        return (1 + total) / 2


def decimal_one_minus_sqrt(t, n):
    with localcontext(prec=80):
        return 1 - (Decimal(t) / Decimal(n)).sqrt()


def hold(length=INF, *, value=1.0):
    return Shape(simplest(length), lambda t, left: value, value, value, abs(value))


def linear(length, *, start=1.0, stop=0.0):
    return piece(length, blend(line, start, stop))


def warmup(length, *, start=0.0, stop=1.0):
    return linear(length, start=start, stop=stop)


def cosine_piece(length, *, start=1.0, stop=0.0, power=1.0, k=1.0):
    plain = power == k == 1.0
    return piece(length, blend(cosine if plain else bent_cosine(k, power), start, stop))


def polynomial(length, *, power, start=1.0, stop=0.0, k=1.0):
    return piece(length, blend(bent_power(k, power), start, stop))


def rex(length, *, start=1.0, stop=0.0):
    return piece(length, blend(rex_fade, start, stop))


def tanh(length, *, lower=-6.0, upper=3.0, start=1.0, stop=0.0):
    return piece(length, blend(tanh_fade(lower, upper), start, stop))


def hyperbolic(length, *, bound, start=1.0, stop=0.0):
    return piece(length, blend(hyperbolic_fade(bound), start, stop))


def exponential_ramp(length, *, rate, start=1.0, stop=0.0):
    return piece(length, blend(lambda u: (rate ** float(u) - rate) / (1.0 - rate), start, stop))


def one_minus_sqrt_piece(length, *, start=1.0, stop=0.0):
    return piece(length, blend(one_minus_sqrt, start, stop))


def geometric(length, *, start=1.0, stop):
    return piece(length, lambda u: start * (stop / start) ** float(u))


def exponential(*, rate, every=1):
    every = simplest(every)
    peak = 1.0 if rate <= 1 else INF
    return endless(lambda t: float(rate) ** float(t / every), 0.0, peak)


def inverse_time(*, rate, every=1, power=1.0):
    every = simplest(every)
    return endless(lambda t: (1.0 + rate * float(t / every)) ** -power, 0.0)


def inverse_sqrt(timescale):
    n = simplest(timescale)
    return endless(lambda t: math.sqrt(n / (t + n)), 0.0)


def points(levels, *, curve="linear"):
    known = sorted((simplest(t), v) for t, v in levels.items())
    if known[0][0] > 0:
        known.insert(0, (Fraction(0), known[0][1]))

    def inside(t, left):
        i = max(i for i, (b, _) in enumerate(known[:-1]) if (b < t if left else b <= t))
        (a, low), (b, high) = known[i], known[i + 1]
        u = (t - a) / (b - a)
        if curve == "hold":
            return low
        if curve == "geometric":
            return low * (high / low) ** float(u)
        return blend(line if curve == "linear" else cosine, low, high)(u)

    values = [v for _, v in known]
    return Shape(known[-1][0], inside, values[0], values[-1], max(map(abs, values)))


def table(values, *, label=""):
    def inside(t, left):
        return values[math.ceil(t) - 1 if left else math.floor(t)]

    return Shape(Fraction(len(values)), inside, values[0], values[-1], max(map(abs, values)))


def custom(function, length):
    return table([float(function(step)) for step in range(int(length))])


def noise(*, std, limit=None, seed=0):
    widest = min(3.0 * std, 1.0) if limit is None else limit

    def inside(t, left):
        return noise_level(
            std, widest, noise_rank(seed, math.ceil(t) - 1 if left else math.floor(t))
        )

    return Shape(INF, inside, inside(0, False), 1.0, 1.0 + widest)


NOISE_LEVELS = 4_096


def noise_level(std, widest, rank):
    """The middle of one of so many equally likely slices of the truncated normal."""
    cut = NormalDist().cdf(-widest / std)
    return 1.0 + std * NormalDist().inv_cdf(cut + (1.0 - 2.0 * cut) * (rank + 0.5) / NOISE_LEVELS)


@lru_cache(maxsize=1000)
def noise_rank(seed, step):
    """The ranks of two hashes, one for each prime, added up: the words of SHA-256 are the keys.

    A hash puts the digits of the step, in base p, and four keys through x -> (x + digit + key)**3.
    """
    digest = sha256(str(seed).encode()).digest()
    words = [int.from_bytes(digest[i : i + 4], "big") for i in range(0, 32, 4)]
    rank = 0
    for p, keys in ((46_337, words[:4]), (46_307, words[4:])):
        x, step_left = step % p, step // p
        for key in keys:
            x = pow(x + step_left + key, 3, p)
            step_left //= p
        rank += x * NOISE_LEVELS // p
    return rank % NOISE_LEVELS
