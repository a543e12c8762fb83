"""Warnings that point at the user's own line."""

import sys
import warnings

# lrkit, and what calls it from within: the user's line is the first one that is none of theirs.
_INSIDE = {
    "lrkit",
    "keras",
    "torch",
    "accelerate",
    "transformers",
    "lightning",
    "pytorch_lightning",
}


def warn(message: str) -> None:
    """Warn as of the nearest line that is neither lrkit's nor a framework's: the call of `fit`."""
    level, frame = 2, sys._getframe(1)
    while frame.f_globals.get("__name__", "").split(".")[0] in _INSIDE and frame.f_back:
        level, frame = level + 1, frame.f_back
    warnings.warn(message, stacklevel=level)
