"""The laws once more, with nothing taken from lrkit: exact times, and what methods do to them.

`reference.py` has the formulas of the pieces, `reference_recipes.py` those of the recipes.
"""

import math
from fractions import Fraction

INF = math.inf


def simplest(x):
    """The time that a number means: 3.3333333333333335 is 10/3."""
    if x == INF:
        return INF
    simple = Fraction(x).limit_denominator(10**6)
    return simple if float(simple) == x else Fraction(x)


def half_up(x):
    return math.floor(x + Fraction(1, 2))


# ---- schedules: length, highest |value| or more, and the value on either side of a time ----------


class Shape:
    """`at(t)` is the value from t on, `at(t, left=True)` the one just before t."""

    def __init__(self, length, inside, start, stop, peak):
        self.length, self.inside, self.peak = length, inside, peak
        self.start, self.stop = start, stop

    def at(self, t, left=False):
        if t <= 0:
            return self.start
        if t > self.length or (t == self.length and not left):
            return self.stop
        return self.inside(t, left)

    def stretched(self, k):
        length = self.length * k
        return Shape(length, lambda t, left: self.at(t / k, left), self.start, self.stop, self.peak)

    def over(self, n):
        return self.stretched(Fraction(n) / self.length)

    def mapped(self, f, peak):
        return Pointwise(self, f, peak)


class Pointwise(Shape):
    """A function of another schedule's value; `over` goes through it."""

    def __init__(self, inner, f, peak):
        self.inner, self.f = inner, f
        inside = lambda t, left: f(inner.at(t, left))  # noqa: E731
        super().__init__(inner.length, inside, f(inner.start), f(inner.stop), peak)

    def stretched(self, k):
        return Pointwise(self.inner.stretched(k), self.f, self.peak)

    def over(self, n):
        return Pointwise(self.inner.over(n), self.f, self.peak)


class Joined(Shape):
    def __init__(self, parts):
        self.parts = [q for p in parts for q in (p.parts if isinstance(p, Joined) else [p])]
        self.begins = [
            sum((p.length for p in self.parts[:i]), Fraction(0)) for i in range(len(self.parts))
        ]
        length = self.begins[-1] + self.parts[-1].length
        peak = max(p.peak for p in self.parts)
        super().__init__(length, self._inside, self.parts[0].start, self.parts[-1].stop, peak)

    def _inside(self, t, left):
        begun = [i for i, b in enumerate(self.begins) if (b < t if left else b <= t)]
        return self.parts[begun[-1]].at(t - self.begins[begun[-1]], left)

    def stretched(self, k):
        return Joined([p.stretched(k) for p in self.parts])

    def over(self, n):
        ends = [half_up(n * b / self.length) for b in self.begins] + [n]
        pairs = zip(self.parts, ends, ends[1:], strict=False)
        return Joined([p.over(b - a) for p, a, b in pairs])


def piece(length, f, peak=None):
    """A bounded piece from f(progress)."""
    n = simplest(length)
    start, stop = f(Fraction(0)), f(Fraction(1))
    return Shape(n, lambda t, left: f(t / n), start, stop, peak or max(abs(start), abs(stop)))


def endless(f, limit, peak=1.0):
    return Shape(INF, lambda t, left: f(t), f(Fraction(0)), limit, peak)


def repeat(s, times=INF, *, stretch=1, height=1):
    """Cycle i is stretch**i as long, its ends rounded to whole steps, and height**i as high."""
    if times == 1:
        return s
    growth = simplest(stretch)
    ends = [Fraction(0)]
    total = Fraction(0)
    while growth != 1 and len(ends) <= times and ends[-1] < 2**53:
        total += s.length * growth ** (len(ends) - 1)
        ends.append(Fraction(half_up(total)))

    def inside(t, left):
        if growth == 1:
            i = math.ceil(t / s.length) - 1 if left else math.floor(t / s.length)
            begin, own = i * s.length, s.length
        else:
            i = max(i for i, b in enumerate(ends[:-1]) if (b < t if left else b <= t))
            begin, own = ends[i], ends[i + 1] - ends[i]
        return s.at((t - begin) * s.length / own, left) * float(height) ** i

    length = INF if times == INF else s.length * times if growth == 1 else ends[-1]
    stop = s.stop * float(height) ** (times - 1) if times < INF else 0.0
    peak = s.peak * (1.0 if height <= 1 else float(height) ** (min(times, 100) - 1))
    return Shape(length, inside, s.start, stop, peak)


def product(a, b):
    def inside(t, left):
        return a.at(t, left) * b.at(t, left)

    start, stop = a.start * b.start, a.stop * b.stop
    return Shape(max(a.length, b.length), inside, start, stop, a.peak * b.peak)


def over(s, n):
    return s.over(n)


def stretch(s, k):
    return s.stretched(simplest(k))


def take(s, n):
    n = simplest(n)
    return s if n == s.length else Shape(n, s.at, s.start, s.at(n, left=True), s.peak)


def skip(s, n):
    n = simplest(n)
    return Shape(s.length - n, lambda t, left: s.at(t + n, left), s.at(n), s.stop, s.peak)


def at_least(s, value):
    return s.mapped(lambda v: max(v, value), max(s.peak, abs(value)))


def plus(s, value):
    return s.mapped(lambda v: v + value, s.peak + abs(value))


def at_most(s, value):
    return s.mapped(lambda v: min(v, value), max(s.peak, abs(value)))


def staircase(s, n):
    n = simplest(n)

    def inside(t, left):
        return s.at(n * (math.ceil(t / n) - 1 if left else math.floor(t / n)))

    length = INF if s.length == INF else n * math.ceil(s.length / n)
    return Shape(length, inside, s.start, s.stop, s.peak)
