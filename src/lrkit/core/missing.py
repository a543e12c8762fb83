"""What a package says of a name that it does not have."""

from __future__ import annotations

import sys
from collections.abc import Iterable

KERAS = {"LearningRate", "Plateau", "Recorder", "learning_rate", "schedule_of", "scheduled"}
"""Names of `lrkit.keras`, which loads Keras and is therefore never imported for them."""


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
    if name.startswith("_"):  # asked for by tools
        return AttributeError(message)
    from importlib.util import find_spec

    if find_spec(f"{package}.{name}") is not None:  # Python imports it where it gets no attribute
        return AttributeError(f"{message}. Write: import {package}.{name}")
    return _kind()(f"{message}{_hint(package, name, known)}")


def _hint(package: str, name: str, known: Iterable[str]) -> str:
    from difflib import get_close_matches

    if name in KERAS:
        return f". It is in {package}.keras: from {package}.keras import {name}"
    near = get_close_matches(name, [*known, *KERAS], n=1, cutoff=0.75)
    if not near:
        return ""
    where = f" in {package}.keras" if near[0] in KERAS else ""
    return f". Did you mean `{near[0]}`{where}?"


def _kind() -> type[Exception]:
    """ImportError where `from package import name` is asking: importlib's function for it does."""
    asking = sys._getframe(3).f_code.co_name
    return ImportError if asking == "_handle_fromlist" else AttributeError
