"""What an optimizer found out about the variables of its model, in its config.

A model that was loaded or cloned may name its variables by shorter or longer paths than the one
that was built at first: `dense/kernel` for `net/dense/kernel`. Patterns could then match nothing,
or other things. Keras itself forgets which variables are excluded from weight decay.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from lrkit import Schedule, read
from lrkit.keras.optimizer.multipliers import Rule
from lrkit.multipliers import Multiplier


class Found(NamedTuple):
    """One variable: its path, its multiplier, and whether it has weight decay."""

    path: str
    multiplier: Multiplier
    decays: bool


def as_plain(multiplier: Multiplier) -> float | str:
    """A multiplier as JSON holds it."""
    return repr(multiplier) if isinstance(multiplier, Schedule) else multiplier


def rules_text(rules: Sequence[Rule], layerwise: tuple[Any, Any]) -> str:
    """What the multipliers follow from, to tell whether that has been changed since."""
    return repr(([(rule.pattern, as_plain(rule.multiplier)) for rule in rules], layerwise))


def write(found: Sequence[Found] | None, text: str) -> dict[str, Any] | None:
    """As plain JSON."""
    if found is None:
        return None
    rows = [[one.path, as_plain(one.multiplier), one.decays] for one in found]
    return {"rules": text, "variables": rows}


def recall(written: dict[str, Any] | None, text: str, paths: Sequence[str]) -> list[Found] | None:
    """What was written, if these are the variables that it is about, and the rules are the same.

    Args:
        written: What `write` returned, or None.
        text: Of the rules now.
        paths: Of the variables now.
    """
    if written is None or written["rules"] != text or len(written["variables"]) != len(paths):
        return None
    rows = [
        Found(path, read(value) if isinstance(value, str) else float(value), decays)
        for path, value, decays in written["variables"]
    ]
    return rows if all(map(_is_same, (row.path for row in rows), paths)) else None


def _is_same(one: str, other: str) -> bool:
    return f"/{one}".endswith(f"/{other}") or f"/{other}".endswith(f"/{one}")
