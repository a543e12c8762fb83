"""Where a text finds the names of other libraries, `like.torch.StepLR` and the rest.

The core imports nothing that stands above it: `lrkit.like` puts its functions here when it is
loaded, and it is loaded when the first such name is asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

_registered: dict[str, Callable[..., Any]] = {}


def register(name: str, function: Callable[..., Any]) -> None:
    """Let texts call `function` by its dotted name."""
    _registered[name] = function


def dialects() -> dict[str, Callable[..., Any]]:
    """Every registered function by its dotted name."""
    import_module("lrkit.like")
    return _registered
