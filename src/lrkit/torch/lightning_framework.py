"""The real Lightning, by either of its names, or an ImportError that says what to install."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any


def _found() -> Any:
    """Lightning as the user imported it, where that is known."""
    old, new = "pytorch_lightning", "lightning.pytorch"
    names = [old, new] if old in sys.modules and new not in sys.modules else [new, old]
    for name in names:
        try:
            return import_module(name)
        except ModuleNotFoundError as error:
            missing = error
    raise ImportError(
        "lrkit.torch.lightning needs Lightning, which is not installed: pip install lightning."
    ) from missing


Callback: Any = _found().Callback
