"""What each recipe promises, from its arguments alone: its range, its knots, and where it may jump.

Nothing is taken from lrkit. Only the first knots of endless recipes are told, up to `until`.
"""

import math
import re
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate, pairwise

from tests.reference_algebra import half_up, simplest

MANY = 6
"""So many periods of an endless recipe are looked at."""


@dataclass
class Facts:
    low: float
    high: float
    knots: list[Fraction]
    """Where phases meet, 0 and the end (or the last that is looked at) included."""
    cuts: frozenset[Fraction] = frozenset()
    """Of the knots, those where the value may jump."""

    @property
    def until(self):
        return self.knots[-1]


def smooth(low, high, *lengths):
    """Phases of these lengths that flow into each other."""
    knots = [Fraction(0), *accumulate(map(Fraction, lengths))]
    return Facts(low, high, sorted(set(knots)))


def stepped(low, high, every, many=MANY):
    """A jump after every period."""
    knots = [i * every for i in range(many + 1)]
    return Facts(low, high, knots, frozenset(knots[1:]))


# ---- decays --------------------------------------------------------------------------------------


def periodic(a):
    every, high = simplest(a["every"]), max(a["initial_lr"], a["min_lr"])
    if a.get("staircase", True):
        return stepped(a["min_lr"], high, every)
    return smooth(a["min_lr"], high, MANY * every)


def cosine_decay(a):
    return smooth(a["min_lr"], max(a["initial_lr"], a["min_lr"]), simplest(a["decay_steps"]))


def multi_step(a):
    times = [Fraction(0), *map(simplest, a["milestones"])]
    ends = 1.0, a["factor"] ** len(a["milestones"])
    return Facts(min(ends), max(ends), [*times, times[-1] + 1], frozenset(times[1:]))


def power_decay(a):
    return smooth(0.0, 1.0, MANY * simplest(a["timescale"]))


def power_optimum(a):
    return smooth(0.0, 1.0, simplest(a["length"]))


def k_decay(a):
    ends = a["start"], a["stop"]
    return smooth(min(ends), max(ends), simplest(a["length"]))


def noam(a):
    w = simplest(a["warmup"])
    return smooth(0.0, a["factor"] / math.sqrt(a["d_model"] * w), w, MANY * w)


def chebyshev(a):
    n = a["length"]
    return stepped(a["low"], 1.0, Fraction(1), many=min(n, MANY))


# ---- cycles --------------------------------------------------------------------------------------


def polynomial_cycles(a):
    return stepped(a["stop"], 1.0, simplest(a["cycle"]))


def restart_ends(first, stretch, times):
    """Where cycles begin, and where the last ends: sums of exact lengths, rounded half up."""
    growth, total, ends = simplest(stretch), Fraction(0), [Fraction(0)]
    while len(ends) <= min(times, MANY):
        total += first * growth ** (len(ends) - 1)
        ends.append(total if growth == 1 else Fraction(half_up(total)))
    return ends


def cosine_restarts(a):
    first, warmup = simplest(a["first"]), simplest(a["warmup"])
    ends = restart_ends(first, a["stretch"], a["times"])
    knots = set(ends)
    if warmup:
        knots |= {b + warmup * (e - b) / first for b, e in pairwise(ends)}
    # A cycle that starts at the floor has nowhere to jump, and after the last there is none.
    begins = ends[1:-1] if a["times"] <= MANY else ends[1:]
    cuts = frozenset() if warmup else frozenset(begins)
    return Facts(a["stop"], 1.0, sorted(knots), cuts)


def triangles(a):
    up = simplest(a["up"])
    return smooth(a["start"], 1.0, *[up, up if a["down"] is None else simplest(a["down"])] * 3)


# ---- runs ----------------------------------------------------------------------------------------


def one_cycle(a):
    n = simplest(a["length"])
    up = n * 3 / 10 if a["warmup"] is None else simplest(a["warmup"])
    rest = [up, n - 2 * up] if a["three_phase"] else [n - up]
    return smooth(min(a["start"], a["stop"]), 1.0, up, *rest)


def slanted_triangular(a):
    n = simplest(a["length"])
    up = n / 10 if a["warmup"] is None else simplest(a["warmup"])
    return smooth(1.0 / a["ratio"], 1.0, up, n - up)


def run(a):
    """A rise from 0 to 1, a part that stays or falls, and a fall."""
    n, up = simplest(a["length"]), simplest(a.get("warmup", 0))
    top = simplest(a.get("hold", a.get("flat", 0)))
    fall = simplest(a["cooldown"]) if "cooldown" in a else n - up - top
    return smooth(0.0 if up else a.get("stop", 0.0), 1.0, up, n - up - fall, fall)


def infinite(a):
    lengths = [simplest(a[name]) for name in ("warmup", "cooldown", "constant", "anneal")]
    if lengths[2] == math.inf:
        lengths[2] = Fraction(MANY)
    return smooth(0.0 if lengths[0] else min(a["level"], a["stop"]), 1.0, *lengths)


# ---- around any schedule: one that was drawn in recipe_texts.py ---------------------------------


def inside(s):
    """The knots of the schedule around which the recipe is, and its jumps."""
    if s.length < math.inf:
        return [Fraction(0), simplest(s.length)], []
    every = simplest(float(re.search(r"staircase\((.*)\)", repr(s))[1]))
    return [i * every for i in range(MANY + 1)], [i * every for i in range(1, MANY + 1)]


def with_warmup(a):
    n, (knots, cuts) = simplest(a["length"]), inside(a["s"])
    knots = sorted({Fraction(0), *(n + t for t in knots)})
    return Facts(0.0, a["s"](0), knots, frozenset(n + t for t in cuts))


def untuned_warmup(a):
    (knots, cuts), memory = inside(a["s"]), 1 / (1 - simplest(a["beta2"]))
    end = {2 * memory} if a["curve"] == "linear" and 2 * memory < knots[-1] else set()
    return Facts(0.0, a["s"](0), sorted({*knots, *end}), frozenset(cuts))


def noisy(a):
    limit = min(1.0, 3 * a["std"]) if a["limit"] is None else a["limit"]
    _, cuts = inside(a["s"])
    until = min(simplest(a["s"].length), Fraction(MANY))
    steps = {Fraction(i) for i in range(math.ceil(until))} | {until}
    cuts = {t for t in cuts if t < until}
    return Facts(0.0, a["s"](0) * (1.0 + limit), sorted({*steps, *cuts}), frozenset(steps | cuts))


FACTS = {
    **dict.fromkeys(("exponential_decay", "inverse_time_decay", "step_decay"), periodic),
    **{f.__name__: f for f in (cosine_decay, multi_step, power_decay, power_optimum, k_decay)},
    **{f.__name__: f for f in (noam, chebyshev, polynomial_cycles, cosine_restarts, one_cycle)},
    **dict.fromkeys(("triangular", "triangular2", "exp_range"), triangles),
    **dict.fromkeys(("linear_to_zero", "flat_cosine", "warmup_hold_cosine"), run),
    **dict.fromkeys(("wsd", "trapezoid"), run),
    **{f.__name__: f for f in (slanted_triangular, infinite, with_warmup, untuned_warmup, noisy)},
}
"""The promises of every recipe, from its arguments by name, defaults included."""
