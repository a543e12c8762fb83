"""timm's warmup, stable, decay: how the stable phase fades, and the curve of the decay."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from functools import wraps
from typing import Any

from lrkit.core.endless import inverse_time
from lrkit.core.packing import MOST_VALUES
from lrkit.core.ramps import exponential_ramp
from lrkit.core.schedule import Schedule
from lrkit.core.shapes import cosine, hold, linear, one_minus_sqrt, polynomial
from lrkit.core.table import table
from lrkit.core.validate import at_least_zero, exact, positive, refuse
from lrkit.like.call import dialect
from lrkit.like.phases import joined, numbers
from lrkit.like.timm.phases import noisy, warmed_up

WHO = "like.timm.WSDLRScheduler"
STABLE = ("constant", "rsqrt", "power")
DECAYS = ("linear", "1-sqrt", "cosine", "power", "exp")


def _samples_the_decay(call: Callable[..., Schedule]) -> Callable[..., Schedule]:
    """Let `decay_fn` be a function of the share of the decay that is over.

    It becomes a table of the factors at the steps of the decay: the text holds no code.
    """
    signature = inspect.signature(call)

    @wraps(call)
    def sampled(*args: Any, **kwargs: Any) -> Schedule:
        try:
            given = signature.bind(*args, **kwargs).arguments
        except TypeError:
            return call(*args, **kwargs)  # which says what is wrong
        function = given.get("decay_fn")
        if callable(function) and not isinstance(function, Schedule):
            total, decay = _lengths(given["t_initial"], given["decay_t"])
            (warm,) = numbers(WHO, warmup_t=given.get("warmup_t", 0))
            begin = exact(warm) + exact(total) - exact(decay)
            given["decay_fn"] = _factors(function, float(math.ceil(begin) - begin), decay)
        return call(**given)

    return sampled


def _factors(function: Callable[[float], float], first: float, decay: float) -> Schedule:
    """The factors at the whole steps of the decay, of which the first is `first` after its begin.

    At the very beginning timm does not ask: the factor is 1.
    """
    if decay > MOST_VALUES:
        raise refuse(WHO, "decay_t", f"at most {MOST_VALUES:,} where decay_fn is a function", decay)
    shares = [min((first + i) / decay, 1.0) for i in range(math.ceil(decay - first) + 1)]
    return table([function(share) if share > 0 else 1.0 for share in shares])


@_samples_the_decay
@dialect()
def WSDLRScheduler(
    t_initial: float,
    decay_t: float,
    lr_min: float = 0.0,
    stable_fn: str = "constant",
    stable_timescale: float | None = None,
    stable_power: float = 0.5,
    decay_fn: str | Schedule | Callable[[float], float] = "1-sqrt",
    decay_power: float = 0.5,
    decay_ratio: float = 0.1,
    warmup_t: float = 0,
    warmup_lr_init: float = 0.0,
    t_in_epochs: bool = True,
    noise_range_t: float | list[float] | None = None,
    noise_pct: float = 0.67,
    noise_std: float = 1.0,
    noise_seed: int | None = 42,
    initialize: bool = True,
    *,
    base_lr: float = 1.0,
) -> Schedule:
    """A warmup, a stable phase, a decay to a minimum, as timm gives it.

        value(t) = lr_min + (max(base_lr * stable(u), lr_min) - lr_min) * decay(x)

    with u the steps since the warmup and x the share of the decay that is over. `stable` is 1, or
    (1 + u / stable_timescale) ** -p with p = 1/2 ("rsqrt") or `stable_power` ("power"), and goes
    on falling during the decay. `decay` is 1 - x, 1 - sqrt(x), (1 + cos(pi * x)) / 2,
    1 - x**decay_power, or (r**x - r) / (1 - r) with r = decay_ratio ("exp"). In lrkit's words:
    `warmup(w, stop=base_lr) >> base_lr * (hold(n - d) >> one_minus_sqrt(d))`.

    Quirk: the warmup is always in front, whatever the other schedulers of timm do. A function of
    your own that does not begin at 1 counts from the first step after the beginning.

    Args:
        t_initial: Steps of the stable phase and the decay together.
        decay_t: Steps of the decay. Positive, at most `t_initial`.
        lr_min: The rate after the decay. 0 or more.
        stable_fn: "constant", "rsqrt" or "power".
        stable_timescale: Steps; the length of the warmup by default. Positive.
        stable_power: Power of the "power" stable phase. Positive.
        decay_fn: "linear", "1-sqrt", "cosine", "power", "exp", a function of the share of the
            decay that is over, or a schedule over the steps of the decay.
        decay_power: Power of the "power" decay. Positive.
        decay_ratio: What the "exp" decay would leave, were it not scaled to end at the minimum.
            Between 0 and 1.
        warmup_t: Length of the warmup, in front of the others.
        warmup_lr_init: The rate at its beginning.
        t_in_epochs: Without effect: a step here is a step of timm's t.
        noise_range_t: Noise from this step on, or in [first, end); none by default.
        noise_pct: The largest noise, as a share of the rate. Positive.
        noise_std: Its deviation, before what is larger is drawn again.
        noise_seed: Another whole number gives other noise. The noise is lrkit's, not timm's.
        initialize: Without effect: the rate is `base_lr`.
        base_lr: The rate of the optimizer. 0 or more.

    Raises:
        ValueError: An argument is out of range.

    Source: timm 1.0.31, `scheduler/wsd_lr.py`.

    >>> WSDLRScheduler(8, 4, decay_fn="linear", warmup_t=2).values()
    array([0.  , 0.5 , 1.  , 1.  , 1.  , 1.  , 1.  , 0.75, 0.5 , 0.25])
    """
    total, decay = _lengths(t_initial, decay_t)
    low = at_least_zero(WHO, "lr_min", lr_min)
    warm, start = numbers(WHO, warmup_t=warmup_t, warmup_lr_init=warmup_lr_init)
    rate = at_least_zero(WHO, "base_lr", base_lr)
    fade = _decay(decay, decay_fn, decay_power, decay_ratio)
    level = _stable(stable_fn, warm if stable_timescale is None else stable_timescale, stable_power)
    if total > decay:
        fade = joined(hold(total - decay), fade)
    curve = _above(low, level, rate, fade)
    curve = warmed_up(curve, warm, start, rate, prefix=True)
    return noisy(WHO, curve, noise_range_t, noise_pct, noise_std, noise_seed)


def _lengths(t_initial: Any, decay_t: Any) -> tuple[float, float]:
    total = positive(WHO, "t_initial", t_initial)
    decay = positive(WHO, "decay_t", decay_t)
    if decay > total:
        way_out = "The decay is the end of t_initial, not behind it."
        raise refuse(WHO, "decay_t", f"at most t_initial={t_initial!r}", decay_t, way_out)
    return total, decay


def _above(low: float, level: Schedule | None, rate: float, fade: Schedule) -> Schedule:
    """The stable phase, never below `low`, and what `fade` leaves of it above `low`."""
    if level is None:
        return ((max(rate, low) - low) * fade).plus(low) if low else rate * fade
    stable = (rate * level).at_least(low).plus(-low) if low else rate * level
    if fade(fade.length) == 0:
        stable = stable.take(fade.length)  # nothing is left of it afterwards
    return (stable * fade).plus(low) if low else stable * fade


def _stable(kind: str, timescale: Any, power: Any) -> Schedule | None:
    """What becomes of the rate in the stable phase; None where it stays."""
    power = positive(WHO, "stable_power", power)
    if kind not in STABLE:
        raise refuse(WHO, "stable_fn", f"one of {', '.join(map(repr, STABLE))}", kind)
    if kind == "constant":
        return None
    way_out = "It is the length of the warmup by default; give it where there is none."
    scale = positive(WHO, "stable_timescale", timescale, way_out)
    return inverse_time(rate=1.0, every=scale, power=0.5 if kind == "rsqrt" else power)


def _decay(n: float, kind: Any, power: Any, ratio: Any) -> Schedule:
    """The share that is left of the rate, over n steps."""
    (ratio,) = numbers(WHO, decay_ratio=ratio)
    if not 0.0 < ratio < 1.0:
        raise refuse(WHO, "decay_ratio", "between 0 and 1", ratio)
    power = positive(WHO, "decay_power", power)
    if isinstance(kind, Schedule):
        return kind
    if kind not in DECAYS:
        rule = f"one of {', '.join(map(repr, DECAYS))}, a function or a schedule"
        raise refuse(WHO, "decay_fn", rule, kind)
    curves: dict[str, Callable[[], Schedule]] = {
        "linear": lambda: linear(n),
        "1-sqrt": lambda: one_minus_sqrt(n),
        "cosine": lambda: cosine(n),
        "power": lambda: polynomial(n, power=1.0, k=power),
        "exp": lambda: exponential_ramp(n, rate=ratio),
    }
    return curves[kind]()
