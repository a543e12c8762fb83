"""The real Keras, or an ImportError that names the extra to install."""

try:
    import keras
except ModuleNotFoundError as error:
    if error.name == "keras":
        raise ImportError(
            'lrkit.keras needs Keras, which is not installed: pip install "lrkit[tensorflow]" '
            "(or jax, or torch, in place of tensorflow)."
        ) from error
    raise ImportError(
        f"lrkit.keras needs Keras with a backend, and Keras did not find {error.name!r}: pip "
        'install "lrkit[tensorflow]", or set KERAS_BACKEND to a backend that is installed.'
    ) from error

__all__ = ["keras"]
