"""Runs with a long stable part: warmup, stable, decay."""

from __future__ import annotations

import math
from collections.abc import Callable

from lrkit.core import shapes
from lrkit.core.endless import inverse_sqrt
from lrkit.core.ramps import exponential_ramp
from lrkit.core.recipes.parts import flow, one_of, part, rest, some, span, whole_of
from lrkit.core.schedule import Schedule
from lrkit.core.shapes import cosine, geometric, hold, linear, one_minus_sqrt, polynomial
from lrkit.core.validate import number, positive, refuse

COOLDOWNS: dict[str, Callable[..., Schedule]] = {
    "one_minus_sqrt": one_minus_sqrt,
    "linear": linear,
    "cosine": cosine,
    "polynomial": polynomial,
    "exponential": exponential_ramp,
}
STABLES = ("constant", "inverse_sqrt")
_KNOBS = {"polynomial": "power", "exponential": "rate"}


def wsd(
    length: float,
    *,
    warmup: float,
    cooldown: float,
    curve: str = "one_minus_sqrt",
    power: float | None = None,
    rate: float | None = None,
    stop: float = 0.0,
    stable: str = "constant",
) -> Schedule:
    """Warmup, stable, decay: up, along for most of the run, and down at the end.

        value(t) = t / warmup, then stable(t), then stop + (s - stop) * cooldown(x)
        stable = 1, or sqrt(warmup / t);  s is its value where the cooldown begins
        cooldown = 1 - sqrt(x), 1 - x, (1 + cos(pi * x)) / 2, (1 - x) ** power
                   or (rate**x - rate) / (1 - rate)

    `length` is the whole run; the last `cooldown` steps of it are the decay, which ends at `stop`
    with every curve. (The paper that named it has an exponential decay which ends where it ends.)

    Args:
        length: Of the whole run, in steps, or in any unit if `over` or `stretch` follows. Positive.
        warmup: Length of the rise from 0. 0 or more.
        cooldown: Length of the decay. 0 or more; with the warmup at most the length.
        curve: Of the cooldown: "one_minus_sqrt", "linear", "cosine", "polynomial" or "exponential".
        power: Exponent of the polynomial, which needs it. Positive.
        rate: Steepness of the exponential, which needs it: the smaller, the sooner it falls.
            Positive, not 1.
        stop: Value at `length` and after, as a multiple of the height.
        stable: "constant" or "inverse_sqrt", which needs a warmup.

    Raises:
        ValueError: An argument is out of range, or does not belong to the curve.

    Source: Hu et al. 2024, "MiniCPM", section 4 (arXiv 2404.06395); cooldowns: Hägele et al. 2024
    (arXiv 2405.18392); inverse square root: Zhai et al. 2022 (arXiv 2106.04560).

    >>> wsd(10_000, warmup=500, cooldown=2_000)
    warmup(500) >> hold(7500) >> one_minus_sqrt(2000)
    """
    n = whole_of("wsd", length)
    up = part("wsd", "warmup", warmup, n)
    down = part("wsd", "cooldown", cooldown, rest(n, up), "what the warmup leaves of the length")
    along = rest(n, up, down)
    if one_of("wsd", "stable", stable, STABLES) == "constant":
        flat = some(hold, along)
    elif up:
        flat = inverse_sqrt(up).take(along) if along else None
    else:
        raise refuse("wsd", "warmup", "positive with stable='inverse_sqrt'", warmup)
    top = 1.0 if flat is None else flat(flat.length)
    knobs = _knobs_of(one_of("wsd", "curve", curve, tuple(COOLDOWNS)), power=power, rate=rate)
    ends = {"start": top, "stop": number("wsd", "stop", stop)}
    return flow(some(shapes.warmup, up), flat, some(COOLDOWNS[curve], down, **ends, **knobs))


def _knobs_of(curve: str, **given: float | None) -> dict[str, float]:
    """The knob that this curve needs, and no other."""
    needed = _KNOBS.get(curve)
    for name, knob in given.items():
        if name != needed and knob is not None:
            owner = next(c for c, k in _KNOBS.items() if k == name)
            raise refuse("wsd", name, f"left out unless curve={owner!r}", knob)
        if name == needed and knob is None:
            raise refuse("wsd", name, f"given with curve={curve!r}", knob)
    return {} if needed is None else {needed: positive("wsd", needed, given[needed])}


def trapezoid(length: float, *, warmup: float, cooldown: float, stop: float = 0.0) -> Schedule:
    """Straight up, along, and straight down: `wsd` with lines.

        value(t) = min(1, t / warmup, stop + (1 - stop) * (length - t) / cooldown)

    Args:
        length: Of the whole run, in steps, or in any unit if `over` or `stretch` follows. Positive.
        warmup: Length of the rise from 0. 0 or more.
        cooldown: Length of the fall. 0 or more; with the warmup at most the length.
        stop: Value at `length` and after, as a multiple of the height.

    Raises:
        ValueError: An argument is out of range.

    Source: Xing et al. 2018, "A Walk with SGD" (arXiv 1802.08770).

    >>> trapezoid(1000, warmup=100, cooldown=200)
    warmup(100) >> hold(700) >> linear(200)
    """
    return wsd(length, warmup=warmup, cooldown=cooldown, curve="linear", stop=stop)


def infinite(
    warmup: float,
    cooldown: float,
    constant: float = math.inf,
    anneal: float = 0,
    *,
    level: float,
    stop: float = 0.1,
) -> Schedule:
    """For training that goes on with ever new data: up, down to a level, along it, and an end.

        value(t) = t / warmup
        then level + (1 - level) * (1 + cos(pi * x)) / 2   in `cooldown`
        then level                                         in `constant`
        then level * (stop / level) ** x                   in `anneal`

    Without `anneal` it stays at the level, from where any later run goes on. The paper gives two
    cooldowns, a cosine and an inverse square root; this is the cosine.

    Args:
        warmup: Length of the rise from 0, in steps, or in any unit if `over` or `stretch` follows.
            0 or more.
        cooldown: Length of the way down to the level. 0 or more.
        constant: Length of the part at the level. 0 or more; endless by default.
        anneal: Length of the decay that ends a run. 0 or more; left out by default.
        level: The constant value, as a multiple of the height. Positive.
        stop: Value that the anneal ends at. Positive.

    Raises:
        ValueError: An argument is out of range, the anneal follows an endless part, or no part is
            longer than 0.

    Source: Ibrahim et al. 2024, "Simple and Scalable Strategies to Continually Pre-train Large
    Language Models", infinite learning-rate schedules (arXiv 2403.08763).

    >>> infinite(100, 900, level=0.5)
    warmup(100) >> cosine(900, stop=0.5) >> hold(value=0.5)
    >>> infinite(100, 900, 3000, 1000, level=0.5)(5000)
    0.1
    """
    up, down = span("infinite", "warmup", warmup), span("infinite", "cooldown", cooldown)
    endless = constant == math.inf
    along = math.inf if endless else span("infinite", "constant", constant)
    end = span("infinite", "anneal", anneal)
    if endless and end:
        raise refuse("infinite", "constant", "finite where an anneal follows", constant)
    if not (up or down or along or end):
        raise refuse("infinite", "constant", "positive where there is no other part", constant)
    low = positive("infinite", "level", level)
    last = positive("infinite", "stop", stop)
    return flow(
        some(shapes.warmup, up, stop=1.0 if down else low),
        some(cosine, down, stop=low),
        some(hold, along, value=low),
        some(geometric, end, start=low, stop=last),
    )
