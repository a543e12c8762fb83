"""What a plan is told: which numbers belong together, and which are missing."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

from lrkit.core.validate import at_least_zero, positive, refuse, whole

REMAINDERS = ("carry", "flush", "drop")
_COUNTS = ("epochs", "updates", "examples", "batch_size", "batches")
_AMOUNTS = ("tokens_per_example", "tokens_per_batch", "updates_per_second")


def checked(told: dict[str, Any]) -> dict[str, Any]:
    """The arguments of a plan, whole where they count something.

    Raises:
        TypeError: What is needed is missing, two forms are mixed, or a count is no number.
        ValueError: A number is out of range.
    """
    found = dict(told)
    for name in ("accumulation", "replicas"):
        found[name] = whole("Plan", name, told[name])
    if told["remainder"] not in REMAINDERS:
        one_of = f"one of {', '.join(map(repr, REMAINDERS))}"
        raise refuse("Plan", "remainder", one_of, told["remainder"])
    if not isinstance(told["drop_last"], bool):
        raise TypeError(f"Plan: `drop_last` must be True or False, got {told['drop_last']!r}.")
    _check_forms(told)
    for name in _COUNTS:
        if told[name] is not None:
            found[name] = whole("Plan", name, told[name])
    for name in _AMOUNTS:
        if told[name] is not None:
            positive("Plan", name, told[name])
    return found


def _check_forms(told: dict[str, Any]) -> None:
    """How long the run is, said once; the data, said once."""
    given = {name for name in (*_COUNTS, *_AMOUNTS) if told[name] is not None}
    if {"epochs", "updates"} <= given:
        raise TypeError(
            "Plan: give `updates`, or `epochs`, `examples` and `batch_size`, not both: how long "
            "the run is must be said once."
        )
    if not given & {"epochs", "updates"}:
        raise TypeError("Plan: `epochs` is missing. Give it, or `updates` instead.")
    if {"batches", "examples"} <= given:
        raise TypeError("Plan: give `batches`, or `examples` and `batch_size`, not both.")
    if {"tokens_per_example", "tokens_per_batch"} <= given:
        raise TypeError("Plan: give `tokens_per_example` or `tokens_per_batch`, not both.")
    for needs in ("examples", "batch_size"):
        by_data = "epochs" in given or "examples" in given
        if by_data and "batches" not in given and needs not in given:
            or_updates = ", or `updates` instead" if "epochs" in given else ""
            raise TypeError(f"Plan: `{needs}` is missing. Give it{or_updates}.")
    if "tokens_per_example" in given and "batch_size" not in given:
        raise TypeError(
            "Plan: `tokens_per_example` needs the examples of a batch. Give `batch_size` too, or "
            "`tokens_per_batch` instead."
        )


def batches_of(examples: int, together: int, drop_last: bool) -> int:
    """Batches of an epoch, each of `together` examples but for the last.

    >>> batches_of(100, 32, drop_last=False), batches_of(100, 32, drop_last=True)
    (4, 3)
    """
    full, rest = divmod(examples, together)
    return full + (1 if rest and not drop_last else 0)


def updates_of_an_epoch(batches: int, accumulation: int, remainder: str) -> Fraction:
    """Exactly, between two whole numbers where accumulation carries on.

    >>> updates_of_an_epoch(1875, 4, "carry"), updates_of_an_epoch(1875, 4, "flush")
    (Fraction(1875, 4), Fraction(469, 1))
    """
    share = Fraction(batches, accumulation)
    if remainder == "carry":
        return share
    return Fraction(math.ceil(share) if remainder == "flush" else math.floor(share))


def number_of_updates(who: str, argument: str, value: Any) -> int:
    """`value` as a whole number of updates that have been made, 0 or more."""
    made = at_least_zero(who, argument, value)
    if made != math.floor(made):
        raise refuse(
            who, argument, "a whole number of updates", value, "Count those that are done."
        )
    return int(made)
