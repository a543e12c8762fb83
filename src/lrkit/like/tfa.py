"""The cyclical schedules of TensorFlow Addons, which has ended, under their own names.

Each gives the values of `tfa.optimizers` at every step: a triangle between two rates, `step_size`
updates up and as many down, its height scaled from cycle to cycle or from update to update.
"""

from __future__ import annotations

from collections.abc import Callable

from lrkit.core.endless import exponential
from lrkit.core.repeat import repeat
from lrkit.core.schedule import Schedule
from lrkit.core.shapes import linear, warmup
from lrkit.core.validate import number, refuse
from lrkit.like.call import dialect
from lrkit.like.parts import powers, times
from lrkit.like.phases import joined, skipped

__all__ = [
    "CyclicalLearningRate",
    "ExponentialCyclicalLearningRate",
    "Triangular2CyclicalLearningRate",
    "TriangularCyclicalLearningRate",
]


@dialect(from_one=lambda given: ("scale_fn",) if given["scale_mode"] == "cycle" else ())
def CyclicalLearningRate(
    initial_learning_rate: float,
    maximal_learning_rate: float,
    step_size: float,
    scale_fn: Schedule | Callable[[int], float],
    scale_mode: str = "cycle",
    name: str | None = "CyclicalLearningRate",
    *,
    length: int = 100_000,
) -> Schedule:
    """TFA's `CyclicalLearningRate`: a triangle, scaled by a function of the cycle or the step.

        value(t) = initial + (maximal - initial) * (1 - abs(t / step_size - 2 * cycle + 1)) * scale
        cycle = floor(1 + t / (2 * step_size)),  scale = scale_fn(cycle), or scale_fn(t)

    Cycles count from 1. In lrkit's own words: `(height * triangular(n) * s).plus(initial)`.

    Args:
        initial_learning_rate: The lower rate, of update 0.
        maximal_learning_rate: The upper rate, where the scale is 1.
        step_size: Updates from one to the other; may be fractional. Positive.
        scale_fn: A function or a schedule. A function becomes a table of its values at
            0…length-1, and holds the last.
        scale_mode: "cycle": the function gets the number of the cycle. Anything else, as in TFA:
            it gets the step. Default: "cycle".
        name: Accepted and ignored.
        length: For so many cycles or steps `scale_fn` is asked. Default: 100,000. TFA has no such
            argument.

    Raises:
        TypeError: `scale_fn` is no function.
        ValueError: `step_size` is 0 (TFA gives nan), or negative (it counts cycles below 0).

    Source: TensorFlow Addons 0.23, `tfa.optimizers.CyclicalLearningRate`, after Smith 2017,
    "Cyclical Learning Rates for Training Neural Networks" (arXiv 1506.01186).

    >>> from lrkit import like
    >>> lr = like.tfa.CyclicalLearningRate(0.0, 0.5, 10, lambda cycle: 1 / cycle)
    >>> lr(10), lr(30)
    (0.5, 0.25)
    """
    who = "like.tfa.CyclicalLearningRate"
    size = _size(who, step_size)
    if not isinstance(scale_fn, Schedule):
        raise TypeError(f"{who}: `scale_fn` must be a function, got scale_fn={scale_fn!r}.")
    scale = scale_fn
    if scale_mode == "cycle":
        # Whole numbers of cycles, counted from 1, each as long as up and down together.
        scale = skipped(scale_fn.staircase(1), 1).stretch(2 * size)
    return _between(who, initial_learning_rate, maximal_learning_rate, _triangle(size) * scale)


@dialect()
def TriangularCyclicalLearningRate(
    initial_learning_rate: float,
    maximal_learning_rate: float,
    step_size: float,
    scale_mode: str = "cycle",
    name: str | None = "TriangularCyclicalLearningRate",
) -> Schedule:
    """TFA's `TriangularCyclicalLearningRate`: up and down, always as high.

        value(t) = initial + (maximal - initial) * (1 - abs(t / step_size - 2 * cycle + 1))
        cycle = floor(1 + t / (2 * step_size))

    In lrkit's own words: `maximal * triangular(n, start=initial/maximal)`.

    Args:
        initial_learning_rate: The lower rate, of update 0.
        maximal_learning_rate: The upper rate.
        step_size: Updates from one to the other; may be fractional. Positive.
        scale_mode: Accepted, and without effect. Default: "cycle".
        name: Accepted and ignored.

    Raises:
        ValueError: `step_size` is not positive.

    Source: TensorFlow Addons 0.23, `tfa.optimizers.TriangularCyclicalLearningRate`, after Smith
    2017, section 3 (arXiv 1506.01186).

    >>> from lrkit import like
    >>> like.tfa.TriangularCyclicalLearningRate(0.1, 0.5, 4).values(8)
    array([0.1, 0.2, 0.3, 0.4, 0.5, 0.4, 0.3, 0.2])
    """
    who = "like.tfa.TriangularCyclicalLearningRate"
    triangle = _triangle(_size(who, step_size))
    return _between(who, initial_learning_rate, maximal_learning_rate, triangle)


@dialect()
def Triangular2CyclicalLearningRate(
    initial_learning_rate: float,
    maximal_learning_rate: float,
    step_size: float,
    scale_mode: str = "cycle",
    name: str | None = "Triangular2CyclicalLearningRate",
) -> Schedule:
    """TFA's `Triangular2CyclicalLearningRate`: up and down, each cycle half as high.

        value(t) = initial + (maximal - initial) * (1 - abs(t / step_size - 2 * cycle + 1)) * scale
        cycle = floor(1 + t / (2 * step_size)),  scale = 1 / 2 ** (cycle - 1)

    *Quirk*: with another `scale_mode` than "cycle" the scale is 1 / 2 ** (t - 1), halved at every
    update and twice as high as it looks. In lrkit's own words:
    `((maximal - initial) * triangular2(n)).plus(initial)`.

    Args:
        initial_learning_rate: The lower rate, of update 0.
        maximal_learning_rate: The upper rate, of the first cycle.
        step_size: Updates from one to the other; may be fractional. Positive.
        scale_mode: "cycle", or anything else for a scale of the step. Default: "cycle".
        name: Accepted and ignored.

    Raises:
        ValueError: `step_size` is not positive.

    Source: TensorFlow Addons 0.23, `tfa.optimizers.Triangular2CyclicalLearningRate`, after Smith
    2017, section 3 (arXiv 1506.01186).

    >>> from lrkit import like
    >>> lr = like.tfa.Triangular2CyclicalLearningRate(0.0, 0.5, 4)
    >>> lr(4), lr(12)
    (0.5, 0.25)
    """
    who = "like.tfa.Triangular2CyclicalLearningRate"
    size = _size(who, step_size)
    if scale_mode == "cycle":
        scaled = _triangle(size, height=0.5)
    else:
        scaled = 2.0 * (_triangle(size) * exponential(rate=0.5))
    return _between(who, initial_learning_rate, maximal_learning_rate, scaled)


@dialect()
def ExponentialCyclicalLearningRate(
    initial_learning_rate: float,
    maximal_learning_rate: float,
    step_size: float,
    scale_mode: str = "iterations",
    gamma: float = 1.0,
    name: str | None = "ExponentialCyclicalLearningRate",
) -> Schedule:
    """TFA's `ExponentialCyclicalLearningRate`: up and down, lower by a factor at every update.

        value(t) = initial + (maximal - initial) * (1 - abs(t / step_size - 2 * cycle + 1)) * scale
        cycle = floor(1 + t / (2 * step_size)),  scale = gamma ** t

    *Quirk*: with `scale_mode="cycle"` the scale is gamma ** cycle, and cycles count from 1: the
    first one is lower already. In lrkit's own words:
    `((maximal - initial) * exp_range(n, rate=gamma)).plus(initial)`.

    Args:
        initial_learning_rate: The lower rate, of update 0.
        maximal_learning_rate: The upper rate, before it is scaled.
        step_size: Updates from one to the other; may be fractional. Positive.
        scale_mode: "cycle" for a factor of the cycle, or anything else. Default: "iterations".
        gamma: The factor. Default: 1.0.
        name: Accepted and ignored.

    Raises:
        ValueError: `step_size` is not positive.

    Source: TensorFlow Addons 0.23, `tfa.optimizers.ExponentialCyclicalLearningRate`, after Smith
    2017, section 3 (arXiv 1506.01186).

    >>> from lrkit import like
    >>> lr = like.tfa.ExponentialCyclicalLearningRate(0.0, 0.5, 1, gamma=0.5)
    >>> lr(1), lr(3)
    (0.25, 0.0625)
    """
    who = "like.tfa.ExponentialCyclicalLearningRate"
    size, rate = _size(who, step_size), number(who, "gamma", gamma)
    if scale_mode == "cycle":
        scale = times(rate, powers(who, rate, 2 * size, staircase=True))
    else:
        scale = powers(who, rate, 1.0, staircase=False)
    return _between(who, initial_learning_rate, maximal_learning_rate, _triangle(size) * scale)


def _size(who: str, step_size: float) -> float:
    """The updates from one rate to the other."""
    size = number(who, "step_size", step_size)
    if size <= 0.0:
        raise refuse(who, "step_size", "positive", step_size)
    return size


def _triangle(size: float, height: float = 1.0) -> Schedule:
    """From 0 to 1 and back, for ever."""
    return repeat(joined(warmup(size), linear(size)), height=height)


def _between(who: str, initial: float, maximal: float, share: Schedule) -> Schedule:
    """From one rate to the other by a share that is 0 at the first and 1 at the other."""
    low = number(who, "initial_learning_rate", initial)
    high = number(who, "maximal_learning_rate", maximal)
    return times(high - low, share).plus(low)
