"""What a package says of a name that it does not have."""

from __future__ import annotations

import sys
from collections.abc import Iterable

ADAPTERS = {
    "keras": {
        *("LearningRate", "Plateau", "Recorder", "find_lr", "learning_rate", "schedule_of"),
        "scheduled",
    },
    "optax": {"ScheduledState", "find_lr", "hyperparameters", "scheduled", "updates"},
    "torch": {"Plateau", "Recorder", "Scheduler", "find_lr", "parameter_groups"},
}
"""Names of the adapters, which load their frameworks and are therefore never imported for them."""


def no_such_name(package: str, name: str, known: Iterable[str]) -> Exception:
    """The error to raise in a package's `__getattr__`.

    `from package import name` would swallow an AttributeError and its message, so that one asks for
    an ImportError.

    Args:
        package: Its dotted name.
        name: What was asked for.
        known: What there is.

    >>> no_such_name("lrkit", "cosine_dcay", ["cosine_decay"])
    AttributeError("module 'lrkit' has no attribute 'cosine_dcay'. Did you mean `cosine_decay`?")
    """
    message = f"module {package!r} has no attribute {name!r}"
    if name.startswith("_") or "." in name:  # asked for by tools
        return AttributeError(message)
    from importlib.util import find_spec

    if find_spec(f"{package}.{name}") is not None:  # Python imports it where it gets no attribute
        return AttributeError(f"{message}. Write: import {package}.{name}")
    return _kind()(f"{message}{_hint(package, name, known)}")


def _hint(package: str, name: str, known: Iterable[str]) -> str:
    from difflib import get_close_matches

    homes = _homes(package, name)
    if homes:
        code = " or ".join(f"from {home} import {name}" for home in homes)
        return f". It is in {' and '.join(homes)}: {code}"
    theirs = {known for names in ADAPTERS.values() for known in names}
    near = get_close_matches(name, [*known, *theirs], n=1, cutoff=0.75)
    if not near:
        return ""
    where = " and ".join(_homes(package, near[0]))
    return f". Did you mean `{near[0]}`{where and f' in {where}'}?"


def _homes(package: str, name: str) -> list[str]:
    """The adapters that have a name."""
    return [f"{package}.{adapter}" for adapter, names in ADAPTERS.items() if name in names]


def _kind() -> type[Exception]:
    """ImportError where `from package import name` is asking: importlib's function for it does."""
    asking = sys._getframe(3).f_code.co_name
    return ImportError if asking == "_handle_fromlist" else AttributeError
