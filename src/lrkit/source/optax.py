"""Code for optax alone: its schedules, joined by `join_schedules`, or a function of the step."""

from __future__ import annotations

from fractions import Fraction
from itertools import accumulate, pairwise
from typing import Any

from lrkit.core.combine import Adjusted
from lrkit.core.curves import Hold, Ramp
from lrkit.core.schedule import Schedule
from lrkit.source.calls import bracketed, call, given_arguments, library_of, plain
from lrkit.source.function import Module
from lrkit.source.pieces import assert_sayable, pieces, whole
from lrkit.source.ratios import ratio
from lrkit.source.single import STAIRS_REACH, decaying, float32, power_of
from lrkit.source.words import JAX, NotWhole, number, time

WORDS = JAX
_BY_ITSELF = "Exactly these calls, computed in float32 unless JAX is told otherwise."
_MOST_JOINED = 20
_SAYS = "The rate of update `step`, counted from 0."


def said(s: Schedule) -> tuple[str, str] | None:
    """How exact it is, and the code, where optax's own schedules can say it."""
    module = Module(JAX)
    module.name("learning_rate")
    if library_of(s) == "optax":
        return _BY_ITSELF, _laid_out(module, _call(s, module))
    try:
        text = _joined(s, module)
    except NotWhole:  # written as one function, in parts of a step
        return None
    if text is None:
        return None
    reach = STAIRS_REACH if "staircase=True" in text else module.reach
    return float32(reach), _laid_out(module, text)


def function(s: Schedule, parts: int) -> tuple[str, str]:
    """How exact it is, and the code: a function of the step."""
    module = Module(JAX)
    module.function("learning_rate", whole(s, parts), _SAYS, parts)
    return float32(module.reach), _laid_out(module, "")


def _laid_out(module: Module, text: str) -> str:
    body = module.text()
    given = f"learning_rate = {text}" if text else ""
    everything = f"{body}\n{given}"
    standard = ["import math"] if "math." in everything else []
    names = {"jnp.": "import jax.numpy as jnp", "optax.": "import optax"}
    needed = [line for name, line in names.items() if name in everything]
    head = "\n\n".join("\n".join(lines) for lines in (standard, needed) if lines)
    if not body:
        return f"{head}\n\n{given}" if head else given
    gap = "\n\n\n" if module.functions and not module.constants else "\n\n"
    return f"{head}{gap}{body}" + (f"\n\n\n{given}" if given else "")


# ---- calls of like.optax -------------------------------------------------------------------------


def _call(s: Any, module: Module) -> str:
    """The call of optax's own schedule."""
    name = s.name.split(".")[-1]
    given = given_arguments(s)
    arguments = [f"{key}={plain(value)}" for key, value in given.items() if key != "schedules"]
    if "schedules" not in given:
        return call(f"optax.{name}", *arguments)
    parts = [_part_of_call(part, module) for part in given["schedules"]]
    return call(f"optax.{name}", bracketed("[", parts, "]", 40), *arguments)


def _part_of_call(s: Schedule, module: Module) -> str:
    if library_of(s) == "optax":
        return _call(s, module)
    assert_sayable(s)
    try:
        return _joined(s, module) or _function(s, module)
    except NotWhole as error:
        return module.function("part", whole(s, error.parts), _SAYS, error.parts)


# ---- lrkit's own pieces --------------------------------------------------------------------------


def _joined(s: Schedule, module: Module) -> str | None:
    """The pieces one after the other; None where one function says it better."""
    found = pieces(s)
    if len(found) > _MOST_JOINED:
        return None
    if isinstance(s._length, Fraction) and found[-1]._stop != s._stop:
        found.append(Hold(Fraction(1), s._stop))
    ends = accumulate(Fraction(piece._length) for piece in found[:-1])
    begins = [Fraction(0), *ends]
    if any(begin.denominator != 1 for begin in begins):
        return None
    levels = _levels(found, begins)
    if levels is not None:
        return levels
    before = 16 if len(found) == 1 else 9
    calls = [_single(piece, before) for piece in found]
    if not any(calls):
        return None
    assert_sayable(s)
    texts = [text or _function(piece, module) for text, piece in zip(calls, found, strict=True)]
    if len(texts) == 1:
        return texts[0]
    boundaries = f"[{', '.join(map(time, begins[1:]))}]"
    joined = bracketed("[", texts, "]", 40)
    return call("optax.join_schedules", joined, boundaries=boundaries)


def _function(s: Schedule, module: Module) -> str:
    return module.function("part", s, "A part of the rate, counted from its start.")


def _levels(found: list[Schedule], begins: list[Fraction]) -> str | None:
    """One level after the other, each a factor of the one before."""
    levels = [piece._start for piece in found]
    if len(found) < 2 or min(levels) <= 0.0:
        return None
    if not all(isinstance(piece, Hold) for piece in found):
        return None
    factors = [ratio(a, b) for a, b in pairwise(levels)]
    scales = bracketed(
        "{",
        [f"{time(t)}: {number(k)}" for t, k in zip(begins[1:], factors, strict=True)],
        "}",
        48,
    )
    return call(
        "optax.piecewise_constant_schedule",
        init_value=number(levels[0]),
        boundaries_and_scales=scales,
    )


def _single(s: Schedule, before: int) -> str | None:
    """The call for one piece; None where there is none that is exact."""
    if isinstance(s, Hold):
        return call("optax.constant_schedule", number(s._start))
    if isinstance(s, Ramp):
        return _ramp(s, before)
    end = None
    if isinstance(s, Adjusted) and s.method == "at_least":
        end, s = s.value, pieces(s.inner)[0]
    found = decaying(s)
    if found is None or found.curve.curve != "exponential":
        return None
    if end is not None and (found.curve.rate >= 1.0 or found.height < 0.0):
        return None
    return call(
        "optax.exponential_decay",
        before=before,
        init_value=number(found.height),
        transition_steps=time(found.curve.every),
        decay_rate=number(found.curve.rate),
        staircase="True" if found.staircase else None,
        end_value=None if end is None else number(end),
    )


def _ramp(s: Ramp, before: int) -> str | None:
    n = time(s._length)
    power = power_of(s)
    if s.curve == "linear" or power is not None:
        return call(
            "optax.linear_schedule" if s.curve == "linear" else "optax.polynomial_schedule",
            before=before,
            init_value=number(s._start),
            end_value=number(s._stop),
            power=None if s.curve == "linear" else number(power or 1.0),
            transition_steps=n,
        )
    if s.curve != "cosine" or s.knobs[1] != 1.0 or s.knobs[0] < 1.0:
        return None
    if s._start == 0.0 or abs(s._start) < abs(s._stop):
        return None  # a share of what it starts from, below the end
    return call(
        "optax.cosine_decay_schedule",
        before=before,
        init_value=number(s._start),
        decay_steps=n,
        alpha=number(ratio(s._start, s._stop)) if s._stop else None,
        exponent=None if s.knobs[0] == 1.0 else number(s.knobs[0]),
    )
