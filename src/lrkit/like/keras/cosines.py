"""Keras's cosine decay, with a warmup before it or with restarts."""

from __future__ import annotations

from fractions import Fraction

from lrkit.core.schedule import Schedule
from lrkit.core.shapes import cosine, linear
from lrkit.core.validate import duration, exact, number, refuse
from lrkit.like.call import dialect
from lrkit.like.ladders import laddered
from lrkit.like.parts import times
from lrkit.like.phases import joined, skipped


@dialect()
def CosineDecay(
    initial_learning_rate: float,
    decay_steps: float,
    alpha: float = 0.0,
    name: str | None = "CosineDecay",
    warmup_target: float | None = None,
    warmup_steps: float = 0,
) -> Schedule:
    """Keras's `CosineDecay`: a linear warmup if a target is given, then half a cosine.

        value(t) = initial + (target - initial) * t / warmup_steps               t < warmup_steps
        value(t) = target * (alpha + (1 - alpha) * (1 + cos(pi * x)) / 2)        then
        x = (t - warmup_steps) / decay_steps, at most 1

    `decay_steps` does not include the warmup, unlike the total of optax and Transformers.
    *Quirk*: `warmup_steps` without `warmup_target` is ignored, and target is initial. In lrkit's
    own words: `peak * (warmup(w) >> cosine(n, stop=alpha))`.

    Args:
        initial_learning_rate: Rate of update 0.
        decay_steps: Updates of the cosine. Positive.
        alpha: Share of the peak that is left at the end. Default: 0.0.
        name: Accepted and ignored.
        warmup_target: Rate at the end of the warmup. Default: None, no warmup.
        warmup_steps: Updates of the warmup. Default: 0. A negative number cuts the first updates
            off the cosine, as in Keras.

    Raises:
        ValueError: `decay_steps` is not positive.

    Source: Keras 3, `keras.optimizers.schedules.CosineDecay`.

    >>> from lrkit import like
    >>> lr = like.keras.CosineDecay(0.0, 900, warmup_target=0.1, warmup_steps=100)
    >>> lr(50), lr(100), lr(1000)
    (0.05, 0.1, 0.0)
    """
    who = "like.keras.CosineDecay"
    initial = number(who, "initial_learning_rate", initial_learning_rate)
    length = float(duration(who, "decay_steps", decay_steps))
    left = number(who, "alpha", alpha)
    if warmup_target is None:
        return cosine(length, start=initial, stop=initial * left)
    peak = number(who, "warmup_target", warmup_target)
    rise = number(who, "warmup_steps", warmup_steps)
    fall = cosine(length, start=peak, stop=peak * left)
    if rise > 0.0:
        return joined(linear(warmup_steps, start=initial, stop=peak), fall)
    return skipped(fall, -rise)


@dialect()
def CosineDecayRestarts(
    initial_learning_rate: float,
    first_decay_steps: float,
    t_mul: float = 2.0,
    m_mul: float = 1.0,
    alpha: float = 0.0,
    name: str | None = "SGDRDecay",
) -> Schedule:
    """Keras's `CosineDecayRestarts`: half a cosine again and again, each `t_mul` times as long.

        value(t) = initial * (alpha + (1 - alpha) * m_mul**i * (1 + cos(pi * x)) / 2)

    Cycle i is first_decay_steps * t_mul**i long, its ends between steps where they fall; x is the
    progress in it. *Quirk*: the floor stays alpha * initial in every cycle, it does not fall with
    the peak. *Bug* of Keras, not reproduced: it finds the cycle with float32 logarithms, so that
    at some restarts (step 21 of 10 and 1.1; the 13th restart of t_mul=2) it gives the floor where
    it documents the peak. In lrkit's own words: `repeat(cosine(n), stretch=2, height=0.9)`.

    Args:
        initial_learning_rate: Rate of update 0.
        first_decay_steps: Updates of the first cycle. Positive.
        t_mul: Length of a cycle as a multiple of the one before; 1 or more. Default: 2.0.
        m_mul: Height of a cycle above the floor as a multiple of the one before; negative ones
            change the sign of every other cycle. Default: 1.0.
        alpha: The floor as a share of `initial_learning_rate`. Default: 0.0.
        name: Accepted and ignored.

    Raises:
        ValueError: `first_decay_steps` is not positive; `t_mul` is below 1 (Keras gives nan once
            the cycles have shrunk to nothing), or so near 1 that 99,990 cycles do not reach
            step 2**53; or `m_mul` so large that their heights are no floats.

    Source: Keras 3, `keras.optimizers.schedules.CosineDecayRestarts`.

    >>> from lrkit import like
    >>> lr = like.keras.CosineDecayRestarts(0.1, 10, t_mul=1.1)
    >>> lr(10), lr(21)
    (0.1, 0.1)
    """
    who = "like.keras.CosineDecayRestarts"
    initial = number(who, "initial_learning_rate", initial_learning_rate)
    first = float(duration(who, "first_decay_steps", first_decay_steps))
    stretch, height = number(who, "t_mul", t_mul), number(who, "m_mul", m_mul)
    left = number(who, "alpha", alpha)
    if stretch < 1.0:
        raise refuse(who, "t_mul", "1 or more", t_mul, "Keras gives nan after some cycles.")
    cycles = _cycles(who, first, exact(stretch), height)
    return times(initial * (1.0 - left), cycles).plus(initial * left)


def _cycles(who: str, first: float, stretch: Fraction, height: float) -> Schedule:
    """Cosines from 1 to 0; cycle i is `stretch**i` times as long and `height**i` times as high."""
    given = {"t_mul": float(stretch), "m_mul": height}
    if height < 0.0:
        # Two cycles as one, so that what repeats has a positive height.
        pair = cosine(first) | height * cosine(float(exact(first) * stretch))
        return laddered(who, given, pair, float(stretch**2), height**2)
    return laddered(who, given, cosine(first), float(stretch), height)
