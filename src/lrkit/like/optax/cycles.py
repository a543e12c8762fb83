"""optax's joined schedules, restarts and one-cycles."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import accumulate

from lrkit.core.schedule import Schedule
from lrkit.core.validate import number, refuse
from lrkit.like.call import dialect
from lrkit.like.optax.levels import interpolated
from lrkit.like.optax.sequence import sequence
from lrkit.like.optax.warmups import warmup_cosine, warmup_cosine_decay_schedule


@dialect()
def join_schedules(
    schedules: Sequence[Schedule | Callable[[int], float]],
    boundaries: Sequence[float],
    *,
    length: int = 100_000,
) -> Schedule:
    """Optax's `join_schedules`: one schedule after another, each counting from its boundary.

        value(t) = schedules[i](t - boundaries[i - 1]) for the last i with boundaries[i - 1] <= t

    *Quirk*: boundaries are absolute steps, not lengths; of boundaries that do not ascend the last
    in the list decides; what is more in one list than in the other is left out. In lrkit's own
    words: `a.take(100) | b`, or `a >> b` where the rate flows on.

    Args:
        schedules: Schedules of any library here, lrkit's own, or functions of the step. A function
            becomes a table of its values at the steps 0…length-1, and holds the last.
        boundaries: The step at which each schedule after the first begins.
        length: For so many steps functions are asked for their values. Default: 100,000. optax has
            no such argument.

    Raises:
        IndexError: There are no schedules: optax raises it when it is called.
        TypeError: One of `schedules` is neither a schedule nor a function.

    Source: optax, `optax.schedules.join_schedules`.

    >>> from lrkit import hold, like
    >>> up = like.optax.linear_schedule(0.0, 0.1, 10)
    >>> like.optax.join_schedules([up, 0.1 * hold(), lambda step: 0.01], [10, 20]).values(30)[19:21]
    array([0.1 , 0.01])
    """
    return sequence("like.optax.join_schedules", schedules, boundaries)


@dialect()
def sgdr_schedule(cosine_kwargs: Iterable[Mapping[str, float]]) -> Schedule:
    """Optax's `sgdr_schedule`: several `warmup_cosine_decay_schedule`s, one after the other.

        value(t) = warmup_cosine_decay_schedule(**cosine_kwargs[i])(t - the decay_steps before)

    `decay_steps` of a cycle is its whole length. In lrkit's own words, for cycles that grow by a
    factor: `repeat(warmup(w) >> cosine(n - w), stretch=2)`.

    Args:
        cosine_kwargs: The arguments of each cycle, by name.

    Raises:
        IndexError: There are no cycles: optax raises it when it is called.
        TypeError: The arguments of a cycle are not those of `warmup_cosine_decay_schedule`.
        ValueError: A cycle leaves nothing for its cosine.

    Source: optax, `optax.schedules.sgdr_schedule`, after Loshchilov & Hutter 2017, "SGDR" (arXiv
    1608.03983).

    >>> from lrkit import like
    >>> cycle = {"init_value": 0.0, "peak_value": 0.1, "warmup_steps": 2, "decay_steps": 10}
    >>> lr = like.optax.sgdr_schedule([cycle, {**cycle, "peak_value": 0.05}])
    >>> lr(2), lr(12)
    (0.1, 0.05)
    """
    who = "like.optax.sgdr_schedule"
    signature = inspect.signature(warmup_cosine_decay_schedule)
    cycles, lengths = [], []
    for i, arguments in enumerate(cosine_kwargs):
        try:
            bound = signature.bind(**arguments).arguments
        except TypeError as error:
            raise TypeError(
                f"{who}: `cosine_kwargs[{i}]` must be the arguments of "
                f"warmup_cosine_decay_schedule, got {arguments!r}: {error}."
            ) from None
        cycles.append(warmup_cosine(who, **bound))
        lengths.append(number(who, "decay_steps", bound["decay_steps"]))
    return sequence(who, cycles, list(accumulate(lengths[:-1])))


@dialect()
def linear_onecycle_schedule(
    transition_steps: float,
    peak_value: float,
    pct_start: float = 0.3,
    pct_final: float = 0.85,
    div_factor: float = 25.0,
    final_div_factor: float = 1e4,
) -> Schedule:
    """Optax's `linear_onecycle_schedule`: up, down to the start, and down to almost nothing.

        value(t) = lines through (0, init), (int(pct_start * n), peak), (int(pct_final * n), init)
        and (n, init / final_div_factor), where init = peak / div_factor

    *Quirk*: the end is peak / (div_factor * final_div_factor), although optax's docstring says
    peak / final_div_factor. *Quirk*: boundaries are whole numbers; in a short cycle they collide,
    the later factor replaces the earlier one, and the peak may never be reached. In lrkit's own
    words: `one_cycle(n, curve="linear", three_phase=True)`.

    Args:
        transition_steps: Updates of the cycle. Positive.
        peak_value: The highest rate.
        pct_start: Share of the updates until the peak. Default: 0.3.
        pct_final: Share of the updates until the rate is back at its start. Default: 0.85.
        div_factor: The peak as a multiple of the start. Default: 25.0.
        final_div_factor: The start as a multiple of the end. Default: 1e4.

    Raises:
        ValueError: `transition_steps` is not positive, or a divisor is negative.
        ZeroDivisionError: A divisor is 0.

    Source: optax, `optax.schedules.linear_onecycle_schedule`, after Smith & Topin 2018,
    "Super-Convergence" (arXiv 1708.07120).

    >>> from lrkit import like
    >>> lr = like.optax.linear_onecycle_schedule(100, 0.1)
    >>> lr(0), lr(30), lr(85)
    (0.004, 0.1, 0.004)
    """
    who = "like.optax.linear_onecycle_schedule"
    n, start, end = _cycle(who, transition_steps, peak_value, div_factor, final_div_factor)
    factors = {
        int(number(who, "pct_start", pct_start) * n): div_factor,
        int(number(who, "pct_final", pct_final) * n): 1.0 / div_factor,
        n: end,
    }
    return interpolated(who, "linear", start, factors)


@dialect()
def cosine_onecycle_schedule(
    transition_steps: float,
    peak_value: float,
    pct_start: float = 0.3,
    div_factor: float = 25.0,
    final_div_factor: float = 1e4,
) -> Schedule:
    """Optax's `cosine_onecycle_schedule`: up and down along half cosines.

        value(t) = cosines through (0, peak / div_factor), (int(pct_start * n), peak) and
        (int(n), peak / (div_factor * final_div_factor))

    The end is reached at n, where torch's `OneCycleLR` has it at n - 1. *Quirk*: boundaries are
    whole numbers; in a short cycle they collide, and the peak is never reached. In lrkit's own
    words: `one_cycle(n)`.

    Args:
        transition_steps: Updates of the cycle. Positive.
        peak_value: The highest rate.
        pct_start: Share of the updates until the peak. Default: 0.3.
        div_factor: The peak as a multiple of the start. Default: 25.0.
        final_div_factor: The start as a multiple of the end. Default: 1e4.

    Raises:
        ValueError: `transition_steps` is not positive, or a divisor is negative.
        ZeroDivisionError: A divisor is 0.

    Source: optax, `optax.schedules.cosine_onecycle_schedule`, after Smith & Topin 2018,
    "Super-Convergence" (arXiv 1708.07120).

    >>> from lrkit import like
    >>> lr = like.optax.cosine_onecycle_schedule(100, 0.1)
    >>> lr(0), lr(30), lr(100)
    (0.004, 0.1, 4e-07)
    """
    who = "like.optax.cosine_onecycle_schedule"
    n, start, end = _cycle(who, transition_steps, peak_value, div_factor, final_div_factor)
    peak = int(number(who, "pct_start", pct_start) * n)
    return interpolated(who, "cosine", start, {peak: div_factor, int(n): end / div_factor})


def _cycle(
    who: str, steps: float, peak: float, divisor: float, final_divisor: float
) -> tuple[float, float, float]:
    """The length of the cycle, the rate that it starts at, and its end as a share of that."""
    n = number(who, "transition_steps", steps)
    if n <= 0.0:
        raise refuse(who, "transition_steps", "positive", steps)
    for argument, given in (("div_factor", divisor), ("final_div_factor", final_divisor)):
        if number(who, argument, given) == 0.0:
            raise ZeroDivisionError(f"{who}: `{argument}` must not be 0, got {argument}={given!r}.")
    return n, number(who, "peak_value", peak) / divisor, 1.0 / final_divisor
