"""Noise that is a pure function of the step: a hash, not a generator, so that it can resume."""

from __future__ import annotations

import hashlib
import math
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import count
from numbers import Integral
from statistics import NormalDist
from typing import Any, final

from lrkit.core.cut import Warped
from lrkit.core.lazy import lazy
from lrkit.core.moments import Period
from lrkit.core.phase import Array
from lrkit.core.schedule import Schedule
from lrkit.core.spelling import call, value
from lrkit.core.validate import ZERO, positive

# The largest primes whose squares leave room in 32 bits and for which cubing is one to one: every
# step of the hash is exact in every library, on the counters that they have.
_PRIMES = (46_337, 46_307)
_ROUNDS = 4
_QUANTILES = 4_096


@final
@dataclass(frozen=True, eq=False, repr=False)
class Noise(Schedule):
    """1 plus a truncated normal number for each step."""

    std: float
    limit: float
    seed: int
    unit: Fraction = Fraction(1)

    _length = math.inf
    _stop = 1.0

    @lazy
    def _start(self) -> float:
        return float(self(0.5 * float(self.unit)))

    @lazy
    def _constants(self) -> list[list[int]]:
        """What each round adds, for each prime."""
        digest = hashlib.sha256(str(self.seed).encode()).digest()
        words = [int.from_bytes(digest[i : i + 4]) for i in range(0, 32, 4)]
        rounds = (words[:_ROUNDS], words[_ROUNDS:])
        return [[w % p for w in some] for some, p in zip(rounds, _PRIMES, strict=True)]

    @lazy
    def _levels(self) -> array[float]:
        """The values in ascending order; each is as likely as any other."""
        normal = NormalDist()
        low = normal.cdf(-self.limit / self.std)
        shares = (low + (1.0 - 2.0 * low) * (i + 0.5) / _QUANTILES for i in range(_QUANTILES))
        return array("d", [1.0 + self.std * normal.inv_cdf(share) for share in shares])

    @lazy
    def _period(self) -> Period:
        return Period(self.unit)

    def _curve(self, elapsed: Array, remaining: Array, xp: Any) -> Array:
        if self.unit == 1:
            step = xp.whole(elapsed)
        else:
            step, _, _ = xp.cycle(elapsed, self._period)
        hashes = zip(_PRIMES, self._constants, strict=True)
        # Two hashes, each of its own prime: where one has a pattern the other has none.
        index = sum(_hash(step, p, constants) * _QUANTILES // p for p, constants in hashes)
        return xp.take(self._levels, _modulo(index, _QUANTILES), elapsed)

    def _breaks(self, after: Fraction = ZERO) -> Iterator[Fraction]:
        return (i * self.unit for i in count(int(after // self.unit) + 1))

    def _before(self, t: Fraction) -> float:
        return self._exactly((math.ceil(t / self.unit) - Fraction(1, 2)) * self.unit)

    def _stretched(self, k: Fraction) -> Schedule:
        return Warped.build(self, k)

    def _in_units(self, k: Fraction) -> Schedule:
        return replace(self, unit=self.unit * k)

    @lazy
    def _text(self) -> str:
        limit = value(self.limit, unless=_usual_limit(self.std))
        seed = None if self.seed == 0 else str(self.seed)
        return call("noise", std=value(self.std), limit=limit, seed=seed)


def _hash(step: Array, p: int, constants: list[int]) -> Array:
    """A number below the prime p that looks like none; no product leaves 32 bits."""
    high = step // p
    x = step - high * p
    for constant in constants:
        # The quotient goes in digit by digit, so that nothing repeats after p steps.
        rest = high // p
        x = _modulo(x + (high - rest * p), p)
        x = _modulo(x + constant, p)
        x = _modulo(_modulo(x * x, p) * x, p)
        high = rest
    return x


def _modulo(x: Array, p: int) -> Array:
    return x - x // p * p


def _usual_limit(std: float) -> float:
    return min(3.0 * std, 1.0)


def noise(*, std: float, limit: float | None = None, seed: int = 0) -> Schedule:
    """A factor around 1 that is different at every step, and the same whenever it is asked for.

        value(t) = 1 + n(floor(t), seed), n normal with deviation std, at most `limit` from 0

    Multiply a schedule by it: `s * noise(std=0.1)`; `noisy` keeps the length of s. A run that is
    resumed meets the noise that it would have met, and every library gives the same.

    Args:
        std: Standard deviation before the tails are cut off, as a share of the rate. Positive.
        limit: The largest deviation. Positive; 3 * std and at most 1 by default, so that the
            factor is never negative.
        seed: Another whole number gives other noise.

    Raises:
        ValueError: `std` or `limit` is not positive.
        TypeError: `seed` is no whole number.

    >>> factor = noise(std=0.1, seed=7)
    >>> factor(5) == factor(5), abs(factor(5) - 1) <= 0.3
    (True, True)
    """
    if isinstance(seed, bool) or not isinstance(seed, Integral):
        raise TypeError(f"noise: `seed` must be a whole number, got seed={seed!r}.")
    deviation = positive("noise", "std", std)
    largest = _usual_limit(deviation) if limit is None else positive("noise", "limit", limit)
    return Noise(deviation, largest, int(seed))
