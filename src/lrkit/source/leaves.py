"""The formula of each basic curve, as its documentation has it, in the words of a library.

Where float32 would lose the end of a curve, it is written from the time that remains.
"""

from __future__ import annotations

import math
from typing import Any

from lrkit.core.curves import Decay, Geometric, Hold, Ramp
from lrkit.core.schedule import Schedule
from lrkit.source.words import Words, atom, bare, number, power, time

LEAVES = (Ramp, Geometric, Decay, Hold)

_SLOW = 0.05
"""A float32 power of a base whose logarithm is smaller loses digits that the logarithm keeps."""


def leaf(s: Schedule, t: str, words: Words) -> str:
    """The value of a basic curve at time t, which is within it."""
    if isinstance(s, Hold):
        return number(s._start)
    if isinstance(s, Geometric):
        ratio = f"({number(s._stop)} / {number(s._start)})"
        return f"{number(s._start)} * {ratio} ** ({t} / {_length(s)})"
    if isinstance(s, Decay):
        return _decay(s, t, words)
    assert isinstance(s, Ramp)
    return _line(s, t) if s.curve == "linear" else _ramp(s, t, words)


def _decay(s: Decay, t: str, words: Words) -> str:
    every = time(s.every)
    gone = t if s.every == 1 else f"{t} / {every}"
    if s.curve == "exponential":
        return powers(s.rate, gone, words)
    if s.curve == "inverse_sqrt":
        return words.call("sqrt", f"{every} / ({t} + {every})")
    rise = f"1 + {number(s.rate)} * {gone}"
    return f"1 / ({rise})" if s.power == 1.0 else power(f"({rise})", number(-s.power))


def powers(base: float, exponent: str, words: Words) -> str:
    """`base ** exponent`, for an exponent of 0 or more."""
    if words.arrays and 0.0 < abs(math.log(base or 1.0)) < _SLOW:
        return words.call("exp", f"math.log({number(base)}) * {exponent}")
    return power(number(base), exponent if exponent.isidentifier() else f"({exponent})")


def _line(s: Ramp, t: str) -> str:
    n, start, stop = _length(s), s._start, s._stop
    if start == stop:
        return number(start)
    if start == 0.0:
        return f"{_times(stop)}{t} / {n}"
    if stop == 0.0:
        return f"{_times(start)}({n} - {t}) / {n}"
    return f"{number(start)} + {_between(start, stop)} * {t} / {n}"


def _ramp(s: Ramp, t: str, words: Words) -> str:
    """`stop + (start - stop) * fade`, without what adds or multiplies nothing."""
    start, stop = s._start, s._stop
    if start == stop:
        return number(start)
    fade, rise = _fade(s, t, words)
    if start == 0.0:
        return bare(rise) if stop == 1.0 else f"{number(stop)} * {rise}"
    if stop == 0.0:
        return bare(fade) if start == 1.0 else f"{number(start)} * {fade}"
    return f"{number(stop)} + {_between(stop, start)} * {fade}"


def _length(s: Ramp | Geometric, times: int = 1) -> str:
    """The length, as a float where it is no integer of 32 bits."""
    n = times * s._length
    return number(float(n)) if n >= 2**31 else time(n)


def _times(height: float) -> str:
    return "" if height == 1.0 else f"{number(height)} * "


def _between(a: float, b: float) -> str:
    """`b - a`, not worked out: both stay to be seen."""
    return f"({number(b)} {'-' if a >= 0 else '+'} {number(abs(a))})"


def _fade(s: Ramp, t: str, words: Words) -> tuple[str, str]:
    """The share of the start that is left, and the share of the end that is there."""
    n, call = _length(s), words.call
    left, gone = f"({n} - {t}) / {n}", f"{t} / {n}"
    if s.curve == "cosine" and s.knobs == (1.0, 1.0):
        wave = call("cos", f"math.pi * {gone}")
        return f"0.5 * (1 + {wave})", f"0.5 * (1 - {wave})"
    if s.curve == "one_minus_sqrt":
        root = call("sqrt", gone)
        return f"(1 - {root})", root
    if s.curve == "exponential_ramp":
        log = math.log(s.knobs[0])
        shares = f"math.expm1({number(log)})"
        fall = call("expm1", f"{number(log)} * {left}")
        rise = f"{call('expm1', f'{number(log)} * {gone}')} / {shares}"
        return f"{call('exp', f'{number(log)} * {gone}')} * {fall} / {shares}", rise
    fade = _FADES[s.curve](s, t, words)
    return fade, f"(1 - {fade})"


def _bent(s: Ramp, t: str, words: Words, exponent: float) -> str:
    """`1 - (t / n) ** k`, the time that is left, bent; it is raised to the exponent."""
    n, k = _length(s), s.knobs[1]
    if k == 1.0:
        return f"({n} - {t}) / {n}"
    plain = f"1 - {power(f'{t} / {n}', _whole(k))}"
    if not words.arrays or (k < 1.0 <= exponent):
        return f"({plain})"
    # In float32 each form is precise on its own half, and where k is above 1 one is on both.
    log = words.call("log1p", f"-({n} - {t}) / {n}")
    precise = f"-{words.call('expm1', f'{_whole(k)} * {log}')}"
    return f"({precise})" if k > 1.0 else words.where(f"2 * {t} < {n}", plain, precise)


def _cosine(s: Ramp, t: str, words: Words) -> str:
    # The square of a sine of what is left: 1 + cos would cancel before the root of it is taken.
    sine = words.call("sin", f"math.pi / 2 * {_bent(s, t, words, 2.0 * s.knobs[0])}")
    return power(sine, _whole(2.0 * s.knobs[0]))


def _polynomial(s: Ramp, t: str, words: Words) -> str:
    bent, p = _bent(s, t, words, s.knobs[0]), s.knobs[0]
    return bent if p == 1.0 else power(bent, _whole(p))


def _whole(p: float) -> str:
    return str(int(p)) if p == int(p) else number(p)


def _rex(s: Ramp, t: str, words: Words) -> str:
    n = _length(s)
    return f"2 * ({n} - {t}) / ({_length(s, 2)} - {t})"


def _tanh(s: Ramp, t: str, words: Words) -> str:
    # The difference of two tangents, as a product: it would cancel where both are near 1.
    low, high = s.knobs
    n = _length(s)
    x = f"{number(2.0 * (high - low))} * ({n} - {t}) / {n}"
    gone = f"{words.call('expm1', f'-{x}')} / math.expm1({number(-2.0 * (high - low))})"
    steep = words.call("exp", words.least(f"{number(2.0 * high)} - {x}", "80.0"))
    return f"{gone} * (1 + math.exp({number(2.0 * low)})) / (1 + {steep})"


def _hyperbolic(s: Ramp, t: str, words: Words) -> str:
    n, bound = _length(s), s.knobs[0]
    r = f"({n} - {t}) / {n}"
    arc = f"({number(2.0 * bound - 2.0)} + {r}) / {number(2.0 * bound - 1.0)}"
    return words.call("sqrt", f"{r} * {atom(arc)}")


_FADES: dict[str, Any] = {
    "cosine": _cosine,
    "polynomial": _polynomial,
    "rex": _rex,
    "tanh": _tanh,
    "hyperbolic": _hyperbolic,
}
