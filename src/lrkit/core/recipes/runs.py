"""Whole runs: up, along, and down again, in one given length.

The length is that of the whole run, its warmup included; the last value is reached at the length,
one step after the last update.
"""

from __future__ import annotations

from lrkit.core import shapes
from lrkit.core.recipes.parts import flow, one_of, rest, share_of, short_of, some, whole_of
from lrkit.core.schedule import Schedule
from lrkit.core.shapes import cosine, linear
from lrkit.core.validate import number, positive, refuse


def one_cycle(
    length: float,
    *,
    warmup: float | None = None,
    start: float = 0.04,
    stop: float = 4e-6,
    curve: str = "cosine",
    three_phase: bool = False,
) -> Schedule:
    """Once up and down, and far down at the end.

        value(t) = start to 1 in `warmup`, then 1 to `stop` in the rest
        three phases: start to 1, back to start as fast, then to `stop` in the rest

    The peak is at t = `warmup` and the end at t = `length`. PyTorch has both one update sooner
    (`like.torch.OneCycleLR`). The paper has straight lines and three phases; cosines and two
    phases are what fastai made of it, and what most mean by the name.

    Args:
        length: Of the whole run, in steps, or in any unit if `over` or `stretch` follows. Positive.
        warmup: Length of the rise; 0.3 of the length by default. Positive; less than the length,
            with three phases less than half of it.
        start: Value at 0, as a multiple of the height.
        stop: Value at `length` and after.
        curve: "cosine" or "linear".
        three_phase: Whether the fall mirrors the rise before the end begins.

    Raises:
        ValueError: An argument is out of range.
        TypeError: `three_phase` is not True or False.

    Source: Smith & Topin 2018, "Super-Convergence" (arXiv 1708.07120).

    >>> one_cycle(1000)
    cosine(300, start=0.04, stop=1.0) >> cosine(700, stop=4e-06)
    """
    n = whole_of("one_cycle", length)
    up = share_of("one_cycle", "warmup", warmup, n, tenths=3)
    low, end = number("one_cycle", "start", start), number("one_cycle", "stop", stop)
    along = (
        cosine if one_of("one_cycle", "curve", curve, ("cosine", "linear")) == "cosine" else linear
    )
    if not isinstance(three_phase, bool):
        raise TypeError(
            f"one_cycle: `three_phase` must be True or False, got three_phase={three_phase!r}. "
            "The length of the first phase is `warmup`."
        )
    rise = along(up, start=low, stop=1.0)
    if not three_phase:
        return rise >> along(rest(n, up), stop=end)
    if 2 * up >= n:
        rule = "less than half of the length with three phases"
        raise refuse("one_cycle", "warmup", rule, warmup)
    return rise >> along(up, stop=low) >> along(rest(n, up, up), start=low, stop=end)


def slanted_triangular(
    length: float, *, warmup: float | None = None, ratio: float = 32
) -> Schedule:
    """A short straight rise and a long straight fall.

        value(t) = 1/ratio to 1 in `warmup`, then 1 to 1/ratio in the rest

    Args:
        length: Of the whole run, in steps, or in any unit if `over` or `stretch` follows. Positive.
        warmup: Length of the rise; 0.1 of the length by default. Positive, less than the length.
        ratio: How many times the highest rate is the lowest. Positive.

    Raises:
        ValueError: An argument is out of range.

    Source: Howard & Ruder 2018, "Universal Language Model Fine-tuning", equation 3
    (arXiv 1801.06146).

    >>> slanted_triangular(1000)
    warmup(100, start=0.03125) >> linear(900, stop=0.03125)
    """
    n = whole_of("slanted_triangular", length)
    up = share_of("slanted_triangular", "warmup", warmup, n, tenths=1)
    low = 1.0 / positive("slanted_triangular", "ratio", ratio)
    return shapes.warmup(up, start=low) >> linear(rest(n, up), stop=low)


def linear_to_zero(length: float, *, warmup: float = 0) -> Schedule:
    """Warmup, then a straight line to 0: the decay that large language models train best with.

        value(t) = t / warmup, then (length - t) / (length - warmup)

    Args:
        length: Of the whole run, in steps, or in any unit if `over` or `stretch` follows. Positive.
        warmup: Length of the rise from 0. 0 or more, less than the length.

    Raises:
        ValueError: An argument is out of range.

    Source: Bergsma et al. 2025, "Straight to Zero" (arXiv 2502.15938).

    >>> linear_to_zero(1000, warmup=100)
    warmup(100) >> linear(900)
    """
    n = whole_of("linear_to_zero", length)
    up = short_of("linear_to_zero", "warmup", warmup, n)
    return flow(some(shapes.warmup, up), linear(rest(n, up)))


def flat_cosine(length: float, *, flat: float, stop: float = 0.0) -> Schedule:
    """Flat, then half a cosine to the end.

        value(t) = 1 in `flat`, then stop + (1 - stop) * (1 + cos(pi * x)) / 2 in the rest

    Args:
        length: Of the whole run, in steps, or in any unit if `over` or `stretch` follows. Positive.
        flat: Length of the flat part, often 0.72 to 0.75 of the whole. 0 or more, less than the
            length.
        stop: Value at `length` and after, as a multiple of the height.

    Raises:
        ValueError: An argument is out of range.

    Source: `fit_flat_cos` of fastai (Howard & Gugger 2020, arXiv 2002.04688).

    >>> flat_cosine(1000, flat=750)
    hold(750) >> cosine(250)
    """
    n = whole_of("flat_cosine", length)
    top = short_of("flat_cosine", "flat", flat, n)
    down = cosine(rest(n, top), stop=number("flat_cosine", "stop", stop))
    return flow(some(shapes.hold, top), down)


def warmup_hold_cosine(length: float, *, warmup: float, hold: float, stop: float = 0.0) -> Schedule:
    """Warmup, a hold at the peak, then half a cosine to the end.

        value(t) = t / warmup, then 1, then stop + (1 - stop) * (1 + cos(pi * x)) / 2 in the rest

    Args:
        length: Of the whole run, in steps, or in any unit if `over` or `stretch` follows. Positive.
        warmup: Length of the rise from 0. 0 or more.
        hold: Length of the hold. 0 or more; with the warmup less than the length.
        stop: Value at `length` and after, as a multiple of the height.

    Raises:
        ValueError: An argument is out of range.

    Source: Park et al. 2019, "SpecAugment", section 3.2, which ends with an exponential decay
    (arXiv 1904.08779).

    >>> warmup_hold_cosine(1000, warmup=100, hold=300)
    warmup(100) >> hold(300) >> cosine(600)
    """
    who = "warmup_hold_cosine"
    n = whole_of(who, length)
    up = short_of(who, "warmup", warmup, n)
    top = short_of(who, "hold", hold, rest(n, up), "what the warmup leaves of the length")
    down = cosine(rest(n, up, top), stop=number(who, "stop", stop))
    return flow(some(shapes.warmup, up), some(shapes.hold, top), down)
