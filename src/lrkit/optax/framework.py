"""The real optax, or an ImportError that names the extra to install."""

try:
    import optax
except ModuleNotFoundError as error:
    missing = "optax" if error.name == "optax" else f"optax with {error.name}"
    raise ImportError(
        f'lrkit.optax needs {missing}, which is not installed: pip install "lrkit[optax]".'
    ) from error

__all__ = ["optax"]
