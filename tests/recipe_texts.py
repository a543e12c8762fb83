"""Every recipe with random arguments, as the text of its call.

A writer takes a `random.Random`: hypothesis gives one whose choices it can shrink, and a test that
wants thousands of texts gives a seeded one.
"""

import math
from fractions import Fraction


def shown(t):
    """A time as it is written."""
    return str(t.numerator) if t.denominator == 1 else repr(float(t))


def length(r):
    """A time: mostly few steps, also many, also between two."""
    match r.randint(0, 5):
        case 0:
            return Fraction(r.randint(1, 300), r.choice([2, 3, 4, 7]))
        case 1:
            return Fraction(r.choice([100, 1000, 18_750, 10**6]))
    return Fraction(r.randint(1, 60))


def below(r, n, least=0):
    """A time from n * least / 10, less than n."""
    return n * Fraction(r.randint(least, 9), 10)


def share(r):
    return r.choice([0.0, 0.0, 0.05, 0.1, 0.5, 1.0, r.random(), r.random()])


def above_zero(r, most=4.0):
    return r.choice([0.1, 0.5, 1.0, most, most * (1.0 - r.random())])


def a_factor(r):
    return r.choice([0.1, 0.5, 0.9, 0.99, 1.0 - r.random()])


def call(name, *arguments, **keywords):
    """The text of a call; a keyword that is None is left out."""
    named = [f"{key}={given}" for key, given in keywords.items() if given is not None]
    return f"{name}({', '.join([*map(str, arguments), *named])})"


def maybe(r, given):
    """An argument, or its default."""
    return given if r.random() < 0.7 else None


# ---- decays --------------------------------------------------------------------------------------


def periods(name):
    def write(r):
        stairs = None if name == "step_decay" else maybe(r, r.random() < 0.5)
        rates = [above_zero(r), a_factor(r), shown(length(r)), *([share(r)] * r.randint(0, 1))]
        return call(name, *rates, staircase=stairs)

    return write


def cosine_decay(r):
    return call("cosine_decay", above_zero(r), shown(length(r)), share(r))


def multi_step(r):
    milestones, last = [], Fraction(0)
    for _ in range(r.randint(1, 5)):
        last += length(r)
        milestones.append(shown(last))
    factor = maybe(r, r.choice([a_factor(r), 2.0]))
    return call("multi_step", f"[{', '.join(milestones)}]", factor=factor)


def power_decay(r):
    return call("power_decay", shown(length(r)), power=above_zero(r))


def power_optimum(r):
    return call("power_optimum", shown(length(r)), capacity=1.0 + above_zero(r))


def k_decay(r):
    power, ends = maybe(r, above_zero(r)), {"start": maybe(r, share(r)), "stop": maybe(r, share(r))}
    return call("k_decay", shown(length(r)), k=maybe(r, above_zero(r)), power=power, **ends)


def noam(r):
    factor = maybe(r, above_zero(r))
    return call("noam", r.choice([64, 512, 1.5]), shown(length(r)), factor=factor)


def chebyshev(r):
    return call("chebyshev", r.choice([1, 2, 3, 8, 100, r.randint(1, 70)]), low=1.0 - r.random())


# ---- cycles --------------------------------------------------------------------------------------


def polynomial_cycles(r):
    knobs = {"power": maybe(r, above_zero(r)), "stop": maybe(r, share(r))}
    return call("polynomial_cycles", shown(length(r)), **knobs)


def restarts(bounded):
    def write(r):
        first = length(r)
        stretch = maybe(r, r.choice([1, 1.1, 1.5, 2, 3]))
        if stretch is not None and stretch != 1:
            first = Fraction(math.ceil(first))  # each cycle gets a whole step
        return call(
            "cosine_restarts",
            shown(first),
            times=r.randint(1, 6) if bounded else None,
            stretch=stretch,
            height=maybe(r, r.choice([0, 0.5, 0.9, 1, r.random()])),
            warmup=maybe(r, shown(below(r, first))),
            stop=maybe(r, share(r)),
        )

    return write


def triangles(name):
    def write(r):
        rate = a_factor(r) if name == "exp_range" else None
        down = maybe(r, shown(length(r)))
        return call(name, shown(length(r)), rate=rate, down=down, start=maybe(r, share(r)))

    return write


# ---- runs ----------------------------------------------------------------------------------------


def one_cycle(r):
    n, three = length(r), r.random() < 0.5
    warmup = maybe(r, shown(below(r, n / 2 if three else n, least=1)))
    return call(
        "one_cycle",
        shown(n),
        warmup=warmup,
        start=maybe(r, share(r)),
        stop=maybe(r, share(r)),
        curve=maybe(r, r.choice(["'cosine'", "'linear'"])),
        three_phase=three or None,
    )


def slanted_triangular(r):
    n = length(r)
    warmup, ratio = maybe(r, shown(below(r, n, least=1))), maybe(r, 1.0 + 50.0 * r.random())
    return call("slanted_triangular", shown(n), warmup=warmup, ratio=ratio)


def linear_to_zero(r):
    n = length(r)
    return call("linear_to_zero", shown(n), warmup=maybe(r, shown(below(r, n))))


def flat_cosine(r):
    n = length(r)
    return call("flat_cosine", shown(n), flat=shown(below(r, n)), stop=maybe(r, share(r)))


def warmup_hold_cosine(r):
    n = length(r)
    up = below(r, n)
    hold, stop = shown(below(r, n - up)), maybe(r, share(r))
    return call("warmup_hold_cosine", shown(n), warmup=shown(up), hold=hold, stop=stop)


def phases(r):
    """A length, and what a warmup and a cooldown take of it: any of the three parts may be 0."""
    n = length(r)
    up = n * Fraction(r.choice([0, 1, 3, 5, 10]), 10)
    down = (n - up) * Fraction(r.choice([0, 1, 2, 5, 10]), 10)
    return shown(n), {"warmup": shown(up), "cooldown": shown(down)}


def trapezoid(r):
    n, parts = phases(r)
    return call("trapezoid", n, **parts, stop=maybe(r, share(r)))


def wsd(r):
    n, parts = phases(r)
    curve = maybe(r, r.choice(["one_minus_sqrt", "linear", "cosine", "polynomial", "exponential"]))
    return call(
        "wsd",
        n,
        **parts,
        curve=curve and repr(curve),
        power=above_zero(r) if curve == "polynomial" else None,
        rate=r.choice([0.01, 0.1, 0.5, 7.0]) if curve == "exponential" else None,
        stop=maybe(r, share(r)),
        stable=maybe(r, "'inverse_sqrt'") if parts["warmup"] != "0" else None,
    )


def infinite(bounded):
    def write(r):
        up, down = (length(r) * r.randint(0, 1) for _ in range(2))
        parts = [up, down]
        if bounded:
            parts += [length(r), length(r) * r.randint(0, 1)]
        level, stop = above_zero(r, 1.0), maybe(r, above_zero(r, 1.0))
        return call("infinite", *map(shown, parts), level=level, stop=stop)

    return write


# ---- around any schedule: the writer is given its text ------------------------------------------


def with_warmup(r, inner):
    curve = maybe(r, r.choice(["'linear'", "'cosine'", "'quadratic'", "'exponential'"]))
    start = above_zero(r, 1.0) if curve == "'exponential'" else maybe(r, share(r))
    return call(
        "with_warmup", inner, shown(length(r) * r.choice([0, 1, 1])), curve=curve, start=start
    )


def untuned_warmup(r, inner):
    beta2 = maybe(r, r.choice([0.9, 0.95, 0.99, 0.5, r.random()]))
    curve = maybe(r, r.choice(["'linear'", "'exponential'"]))
    return call("untuned_warmup", inner, beta2=beta2, curve=curve)


def noisy(r, inner):
    limit = maybe(r, r.choice([0.05, 0.3, 1.0]))
    return call("noisy", inner, std=r.choice([0.01, 0.1, 0.67]), limit=limit, seed=r.randint(0, 99))


def around(write):
    """The recipe around a schedule that is at hand: a shape, and one with a height."""

    def complete(r):
        n = shown(length(r))
        inner = r.choice(["cosine({})", "0.1 * linear({}, start=0.7)", "step_decay(0.3, 0.5, {})"])
        return write(r, inner.format(n))

    return complete


AROUND = {f.__name__: f for f in (with_warmup, untuned_warmup, noisy)}
BOUNDED = {
    **{f.__name__: f for f in (cosine_decay, power_optimum, k_decay, chebyshev, one_cycle)},
    **{f.__name__: f for f in (slanted_triangular, linear_to_zero, flat_cosine, wsd, trapezoid)},
    "warmup_hold_cosine": warmup_hold_cosine,
    "cosine_restarts": restarts(bounded=True),
    "infinite": infinite(bounded=True),
}
ENDLESS = {
    **{n: periods(n) for n in ("exponential_decay", "inverse_time_decay", "step_decay")},
    **{f.__name__: f for f in (multi_step, power_decay, noam, polynomial_cycles)},
    **{n: triangles(n) for n in ("triangular", "triangular2", "exp_range")},
    "cosine_restarts": restarts(bounded=False),
    "infinite": infinite(bounded=False),
}


def either(a, b):
    return lambda r: r.choice([a, b])(r)


RECIPES = {
    **BOUNDED,
    **ENDLESS,
    **{name: either(BOUNDED[name], ENDLESS[name]) for name in BOUNDED.keys() & ENDLESS.keys()},
    **{name: around(write) for name, write in AROUND.items()},
}
"""The writer of every recipe."""
