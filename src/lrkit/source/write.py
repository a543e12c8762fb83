"""The same schedule in a library's own words."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable
from fractions import Fraction
from importlib import import_module

from lrkit.core.given import schedule_of_user
from lrkit.core.schedule import Schedule
from lrkit.core.validate import refuse
from lrkit.source.function import FARTHEST, TOO_LONG
from lrkit.source.pieces import CannotSay, assert_sayable
from lrkit.source.words import NotWhole, Words

LIBRARIES = ("keras", "torch", "optax")
_COLUMNS = 88
_INTEGER = re.compile(r"(?<![\w.])\d+(?![\w.])")
_MOST_CHARACTERS = 2_000
"""So much of the expression is shown above the code."""


def to_source(schedule: Schedule | str, library: str) -> str:
    """Python code that builds the same schedule in one library alone, without lrkit.

        exec(to_source(s, "optax"), names);  names["learning_rate"](k) = s(k)

    Where the library has constructors that give the same value at every step, they are written: a
    call of `lrkit.like` becomes exactly that call. Else it is a short function of the step, for
    Keras in a registered `LearningRateSchedule`, formula by formula. A comment at the top shows
    the expression and says how exact the code is. What the code defines:

        keras    learning_rate: the argument of any optimizer
        optax    learning_rate: the argument of any optimizer
        torch    BASE_LR: the optimizer's lr;  scheduler(optimizer): the scheduler

    Args:
        schedule: Any schedule, or its text.
        library: "keras", "torch" or "optax".

    Raises:
        ValueError: The library is unknown, or a part cannot be said without lrkit: noise, long
            tables, hundreds of pieces; the message names them all. Or a text is no schedule.
        TypeError: `schedule` is neither schedule nor text.

    >>> from lrkit import warmup, cosine, to_source
    >>> print(to_source(0.1 * (warmup(100) >> cosine(900)), "optax"))
    # The learning rate of update k, counted from 0:
    #     0.1 * (warmup(100) >> cosine(900))
    # Computed in float32: within 1e-6 of the highest rate at every update.
    import optax
    <BLANKLINE>
    learning_rate = optax.join_schedules(
        [
            optax.linear_schedule(init_value=0.0, end_value=0.1, transition_steps=100),
            optax.cosine_decay_schedule(init_value=0.1, decay_steps=900),
        ],
        boundaries=[100],
    )
    <BLANKLINE>
    """
    schedule = schedule_of_user("to_source", "schedule", schedule)
    if library not in LIBRARIES:
        raise refuse("to_source", "library", f"one of {', '.join(map(repr, LIBRARIES))}", library)
    writer = import_module(f"lrkit.source.{library}")
    try:
        says, code = writer.said(schedule) or _by_formula(schedule, writer.WORDS, writer.function)
    except CannotSay as error:
        raise ValueError(
            f"to_source: `schedule` must be what code for {library} can say, but {error}. "
            "Say it as lrkit's own schedule there, or in other pieces."
        ) from None
    return f"{_head(schedule, says)}\n{code}\n"


def _by_formula(
    s: Schedule, words: Words, function: Callable[[Schedule, int], tuple[str, str]]
) -> tuple[str, str]:
    """As a function, whose steps are made of as many parts as make every boundary whole."""
    assert_sayable(s)
    parts = 1
    while True:
        try:
            says, code = function(s, parts)
        except NotWhole as error:
            parts *= error.parts
            if parts > words.most_parts:
                raise CannotSay(
                    f"its pieces begin between steps, at parts of {Fraction(1, parts)}: round "
                    "them with `.over(n)`"
                ) from None
            continue
        if words.arrays and max(map(int, _INTEGER.findall(code)), default=0) >= FARTHEST:
            raise CannotSay(TOO_LONG)
        return says, code


def _head(s: Schedule, says: str) -> str:
    """What it is and how exact, as a comment."""
    text = repr(s)
    if len(text) > _MOST_CHARACTERS:
        text = text[:_MOST_CHARACTERS] + " … (cut off)"
    shown = textwrap.wrap(text, _COLUMNS - 6, break_on_hyphens=False) or [text]
    lines = ["The learning rate of update k, counted from 0:", *(f"    {row}" for row in shown)]
    return "\n".join(f"# {line}" for line in [*lines, *textwrap.wrap(says, _COLUMNS - 2)])
