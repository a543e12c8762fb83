"""Finds early what cannot follow the count, by tracing an update of two small parameters."""

import inspect
from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp

from lrkit.optax.arguments import WHO, Arguments, name_of

_NUMBER = jax.ShapeDtypeStruct((), jnp.float32)
_PARAMS = {
    "kernel": jax.ShapeDtypeStruct((2, 2), jnp.float32),
    "bias": jax.ShapeDtypeStruct((2,), jnp.float32),
}
# What JAX raises where Python asks a traced number for its value.
_ASKED = (
    jax.errors.ConcretizationTypeError,
    jax.errors.TracerArrayConversionError,
    jax.errors.TracerIntegerConversionError,
)


def check(arguments: Arguments) -> None:
    """Makes the optimizer once, and traces it with each argument that follows the count.

    An optimizer that wants other parameters than these two, or more to update with, fails here
    without any schedule; then only questions for a value tell.

    Raises:
        TypeError: It gives no transformation, or one of these arguments can be no traced number.
    """
    start = arguments.at_start()
    parameters = inspect.signature(arguments.optimizer).parameters
    needed = {
        name: value
        for name, value in start.items()
        if name in parameters and parameters[name].default is inspect.Parameter.empty
    }
    without = _failure(arguments, needed, {})
    for name, follows in arguments.followed.items():
        failure = _failure(arguments, needed, {name: start[name]})
        asked = isinstance(failure, _ASKED) and not isinstance(without, _ASKED)
        if asked or (failure is not None and without is None):
            raise TypeError(
                f"{WHO}: `{name}` must be no schedule, got {name}={follows!r}, for which "
                f"{name_of(arguments.optimizer)} takes no number that changes while it runs. Give "
                "it a plain value."
            ) from failure
    arguments.build(start)


def _failure(
    arguments: Arguments, plain: Mapping[str, Any], traced: Mapping[str, Any]
) -> Exception | None:
    """What is raised when some arguments are traced, the others are plain or left out."""

    def run(values: Any, params: Any) -> None:
        state = arguments.build({**plain, **traced}).init(params)
        update = arguments.build({**plain, **values}).update
        one = jnp.float32(1.0)
        update(params, state, params, value=one, grad=params, value_fn=lambda _: one)

    try:
        jax.eval_shape(run, dict.fromkeys(traced, _NUMBER), _PARAMS)
    except Exception as error:
        return error
    return None
