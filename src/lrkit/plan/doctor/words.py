"""Numbers in sentences."""

from __future__ import annotations

from lrkit.plan.plan import Plan
from lrkit.plan.units import is_known


def steps(count: float) -> str:
    """A step or a number of steps.

    >>> steps(31300), steps(937.5)
    ('31,300', '937.5')
    """
    return f"{int(count):,}" if count == int(count) else f"{float(count):,.6g}"


def updates(count: float) -> str:
    """A number of updates.

    >>> updates(1), updates(7500)
    ('1 update', '7,500 updates')
    """
    return f"{steps(count)} update{'' if count == 1 else 's'}"


def rate(value: float) -> str:
    """A rate.

    >>> rate(0.00030000000000000003)
    '0.0003'
    """
    return f"{value:.6g}"


def percent(share: float) -> str:
    """A share of the whole, never rounded to nothing or to all of it.

    >>> percent(0.25), percent(0.0001), percent(0.9999), percent(1.0)
    ('25%', '0.01%', '99.99%', '100%')
    """
    digits = 2 if 0 < share < 0.01 or 0.99 < share < 1 else 0
    return f"{share:.{digits}%}"


def duration(seconds: float) -> str:
    """A wall time in its two largest units.

    >>> duration(42), duration(3725), duration(200_000)
    ('42 s', '1 h 2 min', '2 d 7 h')
    """
    left = round(seconds)
    names, sizes = ("d", "h", "min", "s"), (86_400, 3_600, 60, 1)
    parts = []
    for name, size in zip(names, sizes, strict=True):
        count, left = divmod(left, size)
        parts.append((count, name))
    while len(parts) > 1 and not parts[0][0]:
        parts.pop(0)
    return " ".join(f"{count} {name}" for count, name in parts[:2] if count) or "0 s"


def run(plan: Plan) -> str:
    """The run in one line.

    >>> run(Plan(epochs=10, examples=10_000, batch_size=32, updates_per_second=50))
    '3,130 updates: 10 epochs of 313, 100,000 examples, 1 min 3 s'
    """
    facts = []
    if is_known(plan, "epochs"):
        facts.append(f"{plan.epoch_at():.6g} epochs of {steps(plan.updates_per_epoch or 0)}")
    if is_known(plan, "examples"):
        facts.append(f"{plan.examples_at():,} examples")
    if is_known(plan, "tokens"):
        facts.append(f"{plan.tokens_at():,.6g} tokens")
    if plan.updates_per_second is not None:
        facts.append(duration(plan.seconds_at()))
    return f"{updates(plan.updates)}{': ' if facts else ''}{', '.join(facts)}"
