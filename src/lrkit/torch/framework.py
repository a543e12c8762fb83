"""The real PyTorch, or an ImportError that says what to install."""

try:
    import torch
except ModuleNotFoundError as error:
    raise ImportError(
        "lrkit.torch needs PyTorch, which is not installed: pip install torch (or pip install "
        '"lrkit[torch]", which brings Keras too).'
    ) from error

__all__ = ["torch"]
