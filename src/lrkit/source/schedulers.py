"""Torch's own schedulers for lrkit's own pieces, where they give the same rates at every step.

A scheduler is tried as a call of `lrkit.like.torch`, which has torch's values at every step, and
kept only where these are the wanted ones, past the end too.
"""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import islice
from typing import Any

from lrkit.core.combine import Product, Scaled, scaled
from lrkit.core.curves import Decay, Hold, Ramp
from lrkit.core.cut import Staircase
from lrkit.core.dialects import dialects
from lrkit.core.repeat import Repeat
from lrkit.core.schedule import Schedule
from lrkit.core.table import Table
from lrkit.source.pieces import pieces
from lrkit.source.ratios import same_ratio

_CLOSE = 1e-9
_MOST_SCHEDULERS = 12
_MOST_SEAMS = 100
_REFUSED = (ValueError, TypeError, ArithmeticError, NotImplementedError)


def scheduler_of(s: Schedule) -> Any:
    """The call of `like.torch` that is this schedule; None where there is none."""
    ends = [s._start] if s.length == math.inf else [s._start, s._stop]
    sides = (side for t in _seams(s) for side in (s._before(t), s._exactly(t)))
    base = max(map(abs, (*ends, *sides)))
    found = pieces(s)
    if not 0.0 < base < math.inf or len(found) > _MOST_SCHEDULERS:
        return None
    try:
        call = _multi_step(found, base) or _sequence(s, found, base)
    except _REFUSED:  # torch refuses these numbers
        return None
    return call if call is not None and agrees(call, s) else None


def agrees(call: Any, s: Schedule) -> bool:
    """Whether both have the same rates, and torch's are a formula and not a replay."""
    if isinstance(call.inner, Table):
        return False
    steps = _steps(s)
    wanted = [s(t) for t in steps]
    limit = _CLOSE * max(map(abs, wanted))
    return all(abs(call(t) - v) <= limit for t, v in zip(steps, wanted, strict=True))


def _steps(s: Schedule) -> list[int]:
    """Steps at and beside all knots, many in between, and some after the end."""
    knots = [0, *map(math.ceil, _seams(s))]
    last = max(knots[-1], 1000) if s.length == math.inf else math.ceil(s.length)
    knots.append(last)
    between = range(0, last, max(1, last // 500))
    after = (last + 1, last + 2, 2 * last, 3 * last + 1)
    return sorted({*(max(t + d, 0) for t in knots for d in (-1, 0, 1)), *between, *after})


def _seams(s: Schedule) -> list[Fraction]:
    """Where pieces meet; of endless cycles the first."""
    return list(islice(s._breaks(), _MOST_SEAMS))


def _torch(name: str, **arguments: Any) -> Any:
    return dialects()[f"like.torch.{name}"](**arguments)


def _multi_step(found: list[Schedule], base: float) -> Any:
    """One level after the other, each the same share of the one before."""
    if len(found) < 2 or not all(isinstance(piece, Hold) for piece in found):
        return None
    levels = [piece._start for piece in found]
    gamma = same_ratio(levels)
    if gamma is None or levels[0] != base:
        return None
    return _torch("MultiStepLR", milestones=_begins(found)[1:], gamma=gamma, base_lr=base)


def _begins(found: list[Schedule]) -> list[int]:
    """The steps at which the pieces begin."""
    begins = [Fraction(0)]
    for piece in found[:-1]:
        begins.append(begins[-1] + Fraction(piece._length))
    if any(begin.denominator != 1 for begin in begins):
        raise ValueError("a piece begins between two steps")
    return [int(begin) for begin in begins]


def _sequence(s: Schedule, found: list[Schedule], base: float) -> Any:
    calls = [_single(piece, base) for piece in found]
    if None in calls or all(call.name == "like.torch.LambdaLR" for call in calls):
        return None
    milestones = _begins(found)[1:]
    if isinstance(s._length, Fraction) and calls[-1](2 * s.length + 1) != s._stop:
        if s._length.denominator != 1:
            return None
        milestones.append(int(s._length))
        calls.append(_level(s._stop, base))
    if len(calls) == 1:
        return calls[0]
    return _torch("SequentialLR", schedulers=calls, milestones=milestones)


def _level(value: float, base: float) -> Any:
    if value == base:
        return _torch("ConstantLR", factor=1.0, base_lr=base)
    return _torch("LambdaLR", lr_lambda=Hold(math.inf, value / base), base_lr=base)


def _single(s: Schedule, base: float) -> Any:
    """One scheduler for one piece."""
    if isinstance(s, Hold):
        return _level(s._start, base)
    if isinstance(s, Ramp):
        return _ramp(s, base)
    if isinstance(s, Repeat):
        return _cycles(s, base)
    height, inner = (s.height, s.inner) if isinstance(s, Scaled) else (1.0, s)
    if isinstance(inner, Staircase):
        decay = _only(inner.inner)
        height, decay = (
            (decay.height, decay.inner) if isinstance(decay, Scaled) else (height, decay)
        )
        inner = Staircase(decay, inner.n)
    return _of_shape(inner, base) if height == base else None


def _of_shape(s: Any, base: float) -> Any:
    """A shape that the whole height stands in front of."""
    if isinstance(s, Decay) and s.curve == "exponential":
        return _torch("ExponentialLR", gamma=s.rate ** (1.0 / float(s.every)), base_lr=base)
    if isinstance(s, Staircase) and isinstance(s.inner, Decay) and s.n == s.inner.every:
        if s.inner.curve == "exponential" and s.n.denominator == 1:
            return _torch("StepLR", step_size=int(s.n), gamma=s.inner.rate, base_lr=base)
    elif isinstance(s, Product):
        calls = [_single(piece, base) for f in s.factors for piece in [_only(scaled(base, f))]]
        if None not in calls:
            return _torch("ChainedScheduler", schedulers=calls)
    return None


def _only(s: Schedule) -> Schedule:
    """A schedule of one piece, its height inside where there is room."""
    found = pieces(s)
    if len(found) != 1:
        raise ValueError("several pieces")
    return found[0]


def _whole(length: Fraction) -> int:
    if length.denominator != 1:
        raise ValueError("an end between two steps")
    return int(length)


def _ramp(s: Ramp, base: float) -> Any:
    n = _whole(s._length)
    if s.curve == "linear" and s._start > 0.0:
        factors = {"start_factor": s._start / base, "end_factor": s._stop / base}
        return _torch("LinearLR", **factors, total_iters=n, base_lr=base)
    if s._start != base:
        return None
    if s.curve == "cosine" and s.knobs == (1.0, 1.0):
        return _torch("CosineAnnealingLR", T_max=n, eta_min=s._stop, base_lr=base)
    if s.curve == "polynomial" and s.knobs[1] == 1.0 and s._stop == 0.0:
        return _torch("PolynomialLR", total_iters=n, power=s.knobs[0], base_lr=base)
    return None


def _cycles(s: Repeat, base: float) -> Any:
    """Cosines that start again, or triangles, without end."""
    found = pieces(s.inner)
    cycle = found[0]
    if s.times != math.inf or s.drop != 1.0:
        return None
    if (
        len(found) == 1
        and isinstance(cycle, Ramp)
        and cycle.curve == "cosine"
        and cycle.knobs == (1.0, 1.0)
    ):
        if cycle._start != base or s.growth != int(s.growth):
            return None
        first = {"T_0": _whole(cycle._length), "T_mult": int(s.growth)}
        return _torch("CosineAnnealingWarmRestarts", **first, eta_min=cycle._stop, base_lr=base)
    if s.growth != 1.0 or len(found) != 2 or s.inner._start != s.inner._stop:
        return None
    lines = [isinstance(piece, Ramp) and piece.curve == "linear" for piece in found]
    if not all(lines) or found[0]._stop != base:
        return None
    up, down = (_whole(Fraction(piece._length)) for piece in found)
    sizes = {"step_size_up": up, "step_size_down": down}
    return _torch("CyclicLR", base_lr=s.inner._start, max_lr=base, **sizes, cycle_momentum=False)
