"""Any composed schedule, as the expression that builds it through the public API.

`expressions()` draws the text; `build` makes the schedule of it with real operators and calls, so
that `tests/interpreter.py` can find the same values in its own way from the same text.
"""

import math
import re
from functools import lru_cache
from itertools import islice

from hypothesis import strategies as st

import lrkit
from lrkit.core.text import NAMES
from lrkit.core.validate import plain
from tests import recipe_texts

# ---- functions of a step, for `custom` -----------------------------------------------------------


def sawtooth(step):
    return 1.0 - step % 7 / 10


def plateaus(step):
    return {0: 1.0, 1: 0.5, 2: 0.25}[min(step // 50, 2)]


def wave(step):
    return 0.6 + 0.4 * math.cos(step / 9) if step > 20 else step / 20


def descent(step):
    return 1 - step / 256 if step < 128 else 0.5


FUNCTIONS = {f.__name__: f for f in (sawtooth, plateaus, wave, descent)}
NAMESPACE = {**NAMES, "custom": lrkit.custom, **FUNCTIONS}


@lru_cache(maxsize=2000)
def build(text):
    """The schedule of an expression, through Python itself."""
    return eval(text, {"__builtins__": {}}, NAMESPACE)


def of(words):
    """One of these words."""
    return st.sampled_from(words.split())


# ---- numbers, as they are written ----------------------------------------------------------------

LENGTHS = st.one_of(
    st.integers(1, 40).map(str),
    of("0.5 2.5 7.25 10/3 1/3 33.333333333333336 100 1000 18750.0 1000000"),
)
SHORT = st.one_of(st.integers(1, 12).map(str), of("0.5 1.5 2.5 10/3 100/7"))
LEVELS = of("0.0 0.05 0.1 0.3 0.5 0.7 1.0 1.0 2.0 -0.5")
HEIGHTS = of("3e-4 0.1 0.5 1 2.5 1e3 1e-8 -1.5")
POSITIVE = of("0.001 0.1 0.3 0.5 1.0 2.0")
FACTORS = of("0.5 2 3 1.5 1/3 313 468.75 0.1")


def keywords(**strategies):
    """Some of these keyword arguments, in any order."""
    return st.fixed_dictionaries({}, optional=strategies).map(
        lambda given: "".join(f", {name}={value}" for name, value in given.items())
    )


def ramp(name, needed="", **optional):
    """A piece between two ends; `needed` may be more words after its length."""
    text = f"{name}({{}}{{}}{{}})".format
    more = st.just("") if not needed else of(needed).map(", {}".format)
    return st.builds(text, LENGTHS, more, keywords(start=LEVELS, stop=LEVELS, **optional))


def recipes(writers):
    """The texts of `recipe_texts.py`, by the choices of hypothesis."""
    randoms = st.randoms(use_true_random=False)
    return {name: randoms.map(write) for name, write in writers.items()}


@st.composite
def data_points(draw):
    curve = draw(of("linear cosine geometric hold"))
    gaps = draw(st.lists(SHORT, min_size=2, max_size=5))
    first = draw(of("0 5"))
    levels = POSITIVE if curve == "geometric" else LEVELS
    pairs = [f"{' + '.join([first, *gaps[:i]])}: {draw(levels)}" for i in range(len(gaps))]
    return f"points({{{', '.join(pairs)}}}, curve={curve!r})"


BOUNDED = {
    "hold": st.builds("hold({}{})".format, LENGTHS, keywords(value=LEVELS)),
    **{name: ramp(name) for name in ("linear", "warmup", "one_minus_sqrt", "rex")},
    "cosine": ramp("cosine", power=of("0.5 1 2"), k=of("0.5 1.5 3")),
    "polynomial": ramp("polynomial", "power=0.5 power=1 power=2 power=3.5", k=of("0.5 1.5 2")),
    "tanh": ramp("tanh", lower=of("-7.0 -3 0"), upper=of("3.0 1.5 5")),
    "hyperbolic": ramp("hyperbolic", "bound=1 bound=1.2 bound=4.0"),
    "exponential_ramp": ramp("exponential_ramp", "rate=0.01 rate=0.5 rate=7.0"),
    "geometric": st.builds(
        "geometric({}, stop={}{})".format, LENGTHS, POSITIVE, keywords(start=POSITIVE)
    ),
    "points": data_points(),
    "table": st.lists(LEVELS, min_size=1, max_size=8).map(lambda v: f"table([{', '.join(v)}])"),
    "custom": st.builds(
        "custom({}, {})".format, st.sampled_from(sorted(FUNCTIONS)), st.sampled_from([1, 30, 250])
    ),
    **recipes(recipe_texts.BOUNDED),
}
ENDLESS = {
    "hold": st.builds("hold(value={})".format, LEVELS),
    "exponential": st.builds(
        "exponential(rate={}, every={})".format,
        of("0.5 0.9 1 0.99"),
        LENGTHS,
    ),
    "inverse_time": st.builds(
        "inverse_time(rate={}, every={}{})".format,
        *(POSITIVE, LENGTHS, keywords(power=of("0.5 1 3"))),
    ),
    "inverse_sqrt": st.builds("inverse_sqrt({})".format, LENGTHS),
    "noise": st.builds(
        "noise(std={}{})".format,
        *(of("0.01 0.1 0.67"), keywords(limit=of("0.2 0.5"), seed=of("0 1 17"))),
    ),
    **recipes(recipe_texts.ENDLESS),
}


def pieces(bounded=True):
    """The text of one piece, or of one recipe."""
    return st.sampled_from(sorted(BOUNDED if bounded else ENDLESS)).flatmap(
        (BOUNDED if bounded else ENDLESS).__getitem__
    )


# ---- how texts combine: each takes (draw, inner) and gives a text -------------------------------


def of_joining(draw, parts):
    a, b = parts(True), parts(draw(LEANS))
    if draw(st.booleans()):
        return draw(st.sampled_from(["({}) | ({})", "jump({}, {})"])).format(a, b)
    stop, start = build(a)(build(a).length), build(b)(0)
    # A straight bridge meets both.
    bridge = f"linear({draw(SHORT)}, start={stop!r}, stop={start!r})"
    return draw(st.sampled_from(["({}) >> {} >> ({})", "then({}, {}, {})"])).format(a, bridge, b)


def of_scaling(draw, parts):
    pattern = draw(st.sampled_from(["{0} * ({1})", "({1}) * {0}"]))
    return pattern.format(draw(HEIGHTS), parts(draw(LEANS)))


def of_multiplying(draw, parts):
    return f"({parts(draw(LEANS))}) * ({parts(True)})"


def of_repeating(draw, parts):
    times = draw(st.sampled_from([", 2", ", 3", ", times=5", ""]))
    stretch = draw(st.sampled_from(["", ", stretch=2", ", stretch=1.5", ", stretch=0.5"]))
    height = draw(st.sampled_from(["", ", height=0.5", ", height=0", ", height=1.25"]))
    if times == "":
        stretch, height = stretch.replace("0.5", "3"), height.replace("1.25", "0.9")
    inner = parts(True)
    text = f"repeat({inner}{times}{stretch}{height})"
    # A cycle that would get no step, and cycles beyond 2**53, are refused: those of one length fit.
    return text if accepted(text, "whole step|at most 10,000") else f"repeat({inner}{times})"


def of_over(draw, parts):
    inner = parts(True)
    # A length of its own, and lengths that leave pieces between whole steps.
    n = max(1, math.ceil(build(inner).length * draw(st.sampled_from([1, 0.7, 3, 2.3]))))
    return f"({inner}).over({enough(build(inner), n)})"


def enough(s, n):
    """n, or as many steps as the refusal of `s.over(n)` says are needed."""
    advised = n
    while advised is not None:
        n, advised = advised, advice(s, advised)
        assert advised is None or advised > n, f"{s!r}.over({n}): the advice does not help"
    return n


def advice(s, n):
    """What a refusal of `s.over(n)` says to use at least; None where nothing is refused."""
    try:
        s.over(n)
    except ValueError as error:
        return int(re.search(r"Use at least ([\d,]+)", str(error))[1].replace(",", ""))
    return None


def of_stretching(draw, parts):
    return f"({parts(draw(LEANS))}).stretch({draw(FACTORS)})"


def of_taking(draw, parts):
    inner = parts(draw(LEANS))
    length = build(inner).length
    cut = draw(of("1 5 2.5 10/3 400 all half"))
    cut = {"all": repr(length), "half": repr(length / 2)}.get(cut, cut)
    return f"({inner}).take({cut})" if "inf" not in cut and eval(cut) <= length else inner


def of_skipping(draw, parts):
    inner = parts(draw(LEANS))
    cut = draw(of("1 5 2.5 10/3 400"))
    return f"({inner}).skip({cut})" if eval(cut) < build(inner).length else inner


def of_limiting(draw, parts):
    method = draw(of("at_least at_most plus"))
    return f"({parts(draw(LEANS))}).{method}({draw(LEVELS)})"


def of_stairs(draw, parts):
    return f"({parts(draw(LEANS))}).staircase({draw(SHORT)})"


def of_recipe(draw, parts):
    write = draw(st.sampled_from(list(recipe_texts.AROUND.values())))
    inner = parts(draw(LEANS))
    text = write(draw(st.randoms(use_true_random=False)), inner)
    return text if accepted(text, "starts above 0") else inner


COMBINERS = (
    *(of_joining, of_joining, of_scaling, of_multiplying, of_repeating, of_over),
    *(of_stretching, of_taking, of_skipping, of_limiting, of_stairs, of_recipe),
)
LEANS = st.sampled_from([True, True, False])
"""Whether a part is bounded; mostly it is."""


def accepted(text, refusal):
    """Whether the text builds a schedule; only this refusal is expected."""
    try:
        build(text)
    except ValueError as error:
        if not re.search(refusal, str(error)):
            raise
        return False
    return True


@st.composite
def expressions(draw, bounded=None, depth=2):
    """The text of any composed schedule."""

    def parts(bounded):
        inner = draw(st.integers(0, depth - 1)) if depth > 0 else 0
        return draw(expressions(bounded=bounded, depth=inner))

    if depth == 0:
        return draw(pieces(draw(LEANS) if bounded is None else bounded))
    text = draw(st.sampled_from(COMBINERS))(draw, parts)
    if bounded and build(text).length == math.inf:
        return f"({text}).take({draw(st.integers(1, 500))})"
    return text


def schedules(bounded=None, depth=2):
    """Any composed schedule."""
    return expressions(bounded=bounded, depth=depth).map(build)


def first_knots(s, most):
    """The times of the first knots; `knots()` works out values too, at up to 10,000 of them."""
    times = [0, *map(plain, islice(s._breaks(), most - 1))]
    return times if len(times) == most or s.length == math.inf else [*times, s.length]


NUMBER_LISTS = st.lists(st.floats(-4, 4, width=16), min_size=1, max_size=20)
