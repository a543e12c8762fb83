"""Recipes around any schedule: a warmup in front, a warmup over it, noise on it."""

from __future__ import annotations

import math
from typing import Any

from lrkit.core import shapes
from lrkit.core.combine import Scaled
from lrkit.core.endless import exponential
from lrkit.core.noise import noise
from lrkit.core.recipes.parts import as_long_as, one_of, span
from lrkit.core.schedule import Schedule
from lrkit.core.shapes import cosine, geometric, polynomial
from lrkit.core.validate import at_least_zero, exact, number, plain, refuse

WARMUPS = ("linear", "cosine", "quadratic", "exponential")


def with_warmup(
    s: Schedule, length: float, *, curve: str = "linear", start: float = 0.0
) -> Schedule:
    """A warmup in front of a schedule, up to the value that it starts at.

        value(t) = s(0) * rise(t / length), then s(t - length)
        rise from `start` to 1: start + (1 - start) * x    linear
                                … * (1 - cos(pi * x)) / 2  cosine
                                … * x**2                   quadratic
                                start ** (1 - x)           exponential

    The schedule is moved, not overwritten: the whole is `length` longer. Peers that let the warmup
    replace the first steps of the schedule (TensorFlow Models; timm without prefix) never show
    what it hides.

    Args:
        s: What follows; it starts at any value but 0.
        length: Of the warmup, in the unit of `s`. 0 or more; 0 is `s` itself.
        curve: "linear", "cosine", "quadratic" or "exponential", which multiplies by the same factor
            at every step.
        start: Value at 0, as a share of what `s` starts at; positive for "exponential".

    Raises:
        ValueError: `s` starts at 0, or an argument is out of range.
        TypeError: `s` is no schedule.

    Source: Goyal et al. 2017, "Accurate, Large Minibatch SGD", section 2.2 (arXiv 1706.02677).

    >>> with_warmup(3e-4 * cosine(900), 100)
    0.0003 * (warmup(100) >> cosine(900))
    """
    _assert_schedule("with_warmup", s)
    if isinstance(s, Scaled):
        return s.height * with_warmup(s.inner, length, curve=curve, start=start)
    one_of("with_warmup", "curve", curve, WARMUPS)
    first, top = number("with_warmup", "start", start), s(0)
    if top == 0.0:
        raise refuse("with_warmup", "s", "a schedule that starts above 0", s, "Leave it as it is.")
    if curve == "exponential" and first <= 0.0:
        way_out = "A factor never leads from 0: give start=0.01."
        raise refuse("with_warmup", "start", "positive for an exponential warmup", start, way_out)
    n = span("with_warmup", "length", length)
    if not n:
        return s
    low = first * top
    match curve:
        case "linear":
            rise = shapes.warmup(n, start=low, stop=top)
        case "cosine":
            rise = cosine(n, start=low, stop=top)
        case "quadratic":
            rise = polynomial(n, power=1, k=2, start=low, stop=top)
        case _:
            rise = top * geometric(n, start=first, stop=1.0)
    return rise >> s


def untuned_warmup(s: Schedule, *, beta2: float = 0.999, curve: str = "linear") -> Schedule:
    """A warmup over a schedule, as long as Adam's second moment needs: nothing to tune.

        value(t) = s(t) * min(1, (1 - beta2) / 2 * t)        linear, 2 / (1 - beta2) steps
        value(t) = s(t) * (1 - exp(-(1 - beta2) * t))        exponential

    As in the paper it multiplies the schedule, which is neither moved nor longer; for one in front
    write `with_warmup(s, 2 / (1 - beta2))`. The paper counts updates from 1; here update 0 has
    t = 0 and the rate 0.

    Args:
        s: Any schedule in steps.
        beta2: Adam's decay of the second moment. 0 or more, less than 1.
        curve: "linear" or "exponential".

    Raises:
        ValueError: An argument is out of range.
        TypeError: `s` is no schedule.

    Source: Ma & Yarats 2021, "On the Adequacy of Untuned Warmup for Adaptive Optimization"
    (arXiv 1910.04209).

    >>> from lrkit import hold
    >>> untuned_warmup(hold(), beta2=0.99)
    hold() * warmup(200)
    """
    _assert_schedule("untuned_warmup", s)
    beta = at_least_zero("untuned_warmup", "beta2", beta2)
    if beta >= 1.0:
        raise refuse("untuned_warmup", "beta2", "less than 1", beta2)
    memory = 1 / (1 - exact(beta))  # exact, so that 0.999 means 1000 steps
    if one_of("untuned_warmup", "curve", curve, ("linear", "exponential")) == "linear":
        factor = shapes.warmup(plain(2 * memory))
    else:
        factor = (-1.0 * exponential(rate=math.exp(-1.0), every=plain(memory))).plus(1.0)
    return s * as_long_as(s, factor)


def noisy(s: Schedule, *, std: float, limit: float | None = None, seed: int = 0) -> Schedule:
    """A schedule with noise on it, the same at every evaluation.

        value(t) = s(t) * noise(t)

    The noise of a step depends on the seed and the step alone, so a resumed run has the same.

    Args:
        s: Any schedule.
        std: Standard deviation of the noise, as a share of the rate. Positive.
        limit: No noise is larger, as a share of the rate. Positive; 3 * std and at most 1 by
            default, so that no rate is negative.
        seed: Another seed is another noise.

    Raises:
        ValueError: An argument is out of range.
        TypeError: `s` is no schedule.

    Source: Neelakantan et al. 2015 put noise on gradients (arXiv 1511.06807); on the rate it is
    an option of timm's schedulers.

    >>> lr = noisy(cosine(100), std=0.1)
    >>> lr(50) == lr(50) != 0.5
    True
    """
    _assert_schedule("noisy", s)
    return s * as_long_as(s, noise(std=std, limit=limit, seed=seed))


def _assert_schedule(who: str, s: Any) -> None:
    if not isinstance(s, Schedule):
        raise TypeError(f"{who}: `s` must be a schedule, got s={s!r}.")
