"""Code for Keras alone: one of its schedules, or a registered schedule class of its own."""

from __future__ import annotations

import zlib
from fractions import Fraction
from itertools import accumulate
from typing import Any

from lrkit.core.curves import Hold, Ramp
from lrkit.core.schedule import Schedule
from lrkit.source.calls import call, given_arguments, library_of, plain
from lrkit.source.function import Module
from lrkit.source.pieces import pieces, whole
from lrkit.source.ratios import ratio
from lrkit.source.single import STAIRS_REACH, decaying, float32, is_line, is_plain_cosine, power_of
from lrkit.source.words import KERAS, number, time

WORDS = KERAS
_BY_ITSELF = "Exactly this call, computed in float32, its rounding at restarts and stairs too."
_LATE = "Keras changes a value one update after its boundary."
_MODULE = "keras.optimizers.schedules."
_STEPS = ("decay_steps", "first_decay_steps", "warmup_steps", "boundaries")
_MOST_LEVELS = 20
_NO_LATER = Fraction(2**24)

_CLASS = '''@keras.saving.register_keras_serializable(package="{package}")
class LearningRate(keras.optimizers.schedules.LearningRateSchedule):
    """The function above, as what optimizers, model files and checkpoints take."""

    def __call__(self, step):
        """The rate of update `step`, a counter or a tensor of any backend."""
        return ops.cast(rate_of(ops.cast(step, "int32")), "float32")

    def get_config(self):
        """Nothing: the rates are written above."""
        return {{}}


learning_rate = LearningRate()'''


def said(s: Schedule) -> tuple[str, str] | None:
    """How exact it is, and the code, where one of Keras's own schedules can say it."""
    if library_of(s) == "keras":
        return _BY_ITSELF, _laid_out(_call(s))
    found = pieces(s)
    if isinstance(s._length, Fraction) and found[-1]._stop != s._stop:
        return None
    text = _levels(found) or _warmup_cosine(found) or (_single(s) if len(found) == 1 else None)
    if text is None:
        return None
    says = float32(STAIRS_REACH if "staircase=True" in text else None)
    return (f"{says} {_LATE}" if "Piecewise" in text else says), _laid_out(text)


def function(s: Schedule, parts: int) -> tuple[str, str]:
    """How exact it is, and the code: a function, and a class around it."""
    module = Module(KERAS)
    module.name("learning_rate")
    says = "The rate of update `step`, a tensor of integers, counted from 0."
    module.function("rate_of", whole(s, parts), says, parts)
    body = module.text()
    # Two such files never take each other's name in the register that model files are read by.
    package = f"learning_rate_{zlib.crc32(repr(s).encode()):08x}"
    standard = "import math\n\n" if "math." in body else ""
    gap = "\n\n" if module.constants else "\n\n\n"
    head = f"{standard}import keras\nfrom keras import ops"
    return float32(module.reach), f"{head}{gap}{body}\n\n\n{_CLASS.format(package=package)}"


def _laid_out(text: str) -> str:
    return f"import keras\n\nlearning_rate = {text}"


def _call(s: Any) -> str:
    """The call of Keras's own schedule; its rates as floats, for of integers it makes integers."""
    arguments = [
        f"{key}={plain(value if key in _STEPS else _floats(value))}"
        for key, value in given_arguments(s).items()
    ]
    return call(_MODULE + s.name.split(".")[-1], *arguments)


def _floats(value: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(map(_floats, value))
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


# ---- lrkit's own pieces --------------------------------------------------------------------------


def _levels(found: list[Schedule]) -> str | None:
    """One level after the other; Keras keeps each for its boundary too."""
    if not 2 <= len(found) <= _MOST_LEVELS or not all(isinstance(p, Hold) for p in found):
        return None
    ends = list(accumulate(Fraction(piece._length) for piece in found[:-1]))
    if any(end.denominator != 1 or end >= _NO_LATER for end in ends):
        return None
    return call(
        f"{_MODULE}PiecewiseConstantDecay",
        boundaries=f"[{', '.join(str(end - 1) for end in ends)}]",
        values=f"[{', '.join(number(piece._start) for piece in found)}]",
    )


def _warmup_cosine(found: list[Schedule]) -> str | None:
    """A line up and half a cosine down: the warmup that CosineDecay has."""
    if len(found) != 2 or not is_line(found[0]) or not is_plain_cosine(found[1]):
        return None
    up, down = found
    if up._stop != down._start or Fraction(up._length).denominator != 1:
        return None
    return call(
        f"{_MODULE}CosineDecay",
        initial_learning_rate=number(up._start),
        decay_steps=time(down._length),
        alpha=number(ratio(down._start, down._stop)) if down._stop else None,
        warmup_target=number(up._stop),
        warmup_steps=time(up._length),
    )


def _single(s: Schedule) -> str | None:
    """The call for one piece; None where there is none that is exact."""
    (s,) = pieces(s)
    if isinstance(s, Hold):
        return call(
            f"{_MODULE}ExponentialDecay",
            initial_learning_rate=number(s._start),
            decay_steps="1",
            decay_rate="1.0",
        )
    if isinstance(s, Ramp):
        return _ramp(s)
    found = decaying(s)
    if found is None or found.curve.curve == "inverse_sqrt" or found.curve.power != 1.0:
        return None
    exponential = found.curve.curve == "exponential"
    return call(
        _MODULE + ("ExponentialDecay" if exponential else "InverseTimeDecay"),
        initial_learning_rate=number(found.height),
        decay_steps=time(found.curve.every),
        decay_rate=number(found.curve.rate),
        staircase="True" if found.staircase else None,
    )


def _ramp(s: Ramp) -> str | None:
    if is_plain_cosine(s):
        return call(
            f"{_MODULE}CosineDecay",
            initial_learning_rate=number(s._start),
            decay_steps=time(s._length),
            alpha=number(ratio(s._start, s._stop)) if s._stop else None,
        )
    power = power_of(s)
    if power is None:
        return None
    return call(
        f"{_MODULE}PolynomialDecay",
        initial_learning_rate=number(s._start),
        decay_steps=time(s._length),
        end_learning_rate=number(s._stop),
        power=None if power == 1.0 else number(power),
    )
