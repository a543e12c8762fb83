"""The arguments of an optimizer: what follows the count, and what stays as it is."""

import difflib
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import jax.numpy as jnp
import optax

from lrkit import Schedule, read
from lrkit.core.extremes import extremes
from lrkit.core.parse import TextError
from lrkit.core.validate import refuse

WHO = "scheduled"
RATE = "learning_rate"

Follows = Schedule | Callable[[Any], Any]
"""A schedule, or a function of the count as optax has them."""


@dataclass(frozen=True)
class Arguments:
    """An optimizer and its arguments.

    Args:
        optimizer: Makes the transformation: `optax.adamw`, or one of the user's own.
        given: What it is given as it is.
        followed: What is worked out at each update.
    """

    optimizer: Callable[..., Any]
    given: dict[str, Any]
    followed: dict[str, Follows]

    def at(self, count: Any) -> dict[str, Any]:
        """What the update number `count` applies of everything that follows the count."""
        return {name: value_at(follows, count) for name, follows in self.followed.items()}

    def at_start(self) -> dict[str, Any]:
        """What the first update applies, for `init`: schedules as plain numbers.

        So the slots are those that optax makes for plain numbers, dtypes and all.
        """
        return {name: start_of(follows) for name, follows in self.followed.items()}

    def shown(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """`values` and the numbers that were given, as the state keeps them."""
        numbers = {name: value for name, value in self.given.items() if is_number(value)}
        every = {**numbers, **values}
        # Copies: a state may be donated, and an array that was given must outlive it.
        return {name: jnp.array(every[name], jnp.float32) for name in sorted(every)}

    def build(self, values: Mapping[str, Any], multiplier: Any = None) -> Any:
        """The transformation with some values, and with a multiple of its rate."""
        arguments = {**self.given, **values}
        if multiplier is not None:
            arguments[RATE] = arguments[RATE] * multiplier
        made = self.optimizer(**arguments)
        if not hasattr(made, "init") or not hasattr(made, "update"):
            raise TypeError(
                f"{WHO}: `optimizer` must return an optax transformation, got "
                f"{name_of(self.optimizer)}, which returns {made!r:.200}. Return for example what "
                "optax.chain(...) gives."
            )
        return optax.with_extra_args_support(made)


def value_at(follows: Follows, count: Any) -> Any:
    """The float32 value at a count."""
    return jnp.asarray(follows(count), jnp.float32)


def start_of(follows: Follows) -> Any:
    """The value at 0: a plain number where it can be one."""
    return follows(0) if isinstance(follows, Schedule) else value_at(follows, jnp.int32(0))


def is_number(value: Any) -> bool:
    """Whether it is a plain number or an array of one number; True and False are none."""
    if isinstance(value, int | float):
        return not isinstance(value, bool)
    if getattr(value, "shape", None) != ():
        return False
    return any(jnp.issubdtype(value.dtype, kind) for kind in (jnp.floating, jnp.integer))


def name_of(optimizer: Any) -> str:
    """What to call an optimizer in an error."""
    if isinstance(optimizer, partial):
        return name_of(optimizer.func)
    return getattr(optimizer, "__name__", None) or repr(optimizer)


def as_arguments(optimizer: Any, hyperparameters: dict[str, Any]) -> Arguments:
    """The arguments, each found to be known and of its kind.

    Raises:
        TypeError: `optimizer` makes no transformation, an argument is unknown, or one is missing.
        ValueError: A text does not parse, or the rate goes below 0.
    """
    if not callable(optimizer):
        raise TypeError(
            f"{WHO}: `optimizer` must be a function that makes a transformation, got optimizer="
            f"{optimizer!r:.200}. Write scheduled(optax.adamw, learning_rate=...)."
        )
    parameters = _parameters(optimizer)
    _check_names(optimizer, parameters, hyperparameters)
    given, followed = {}, {}
    for name, value in hyperparameters.items():
        follows = _as_followed(name, parameters.get(name), value)
        if follows is None:
            given[name] = value
        else:
            followed[name] = follows
    rate = followed.get(RATE)
    if isinstance(rate, Schedule) and (least := extremes(rate)[0]) < 0.0:
        way_out = "Negative rates climb the loss."
        raise refuse(WHO, RATE, f"0 or more at every update, not {least:g}", rate, way_out)
    return Arguments(optimizer, given, followed)


def _parameters(optimizer: Any) -> dict[str, inspect.Parameter]:
    """The parameters that can be given by name."""
    positional_only = inspect.Parameter.POSITIONAL_ONLY
    found = inspect.signature(optimizer).parameters
    return {name: p for name, p in found.items() if p.kind is not positional_only}


def _check_names(
    optimizer: Any, parameters: dict[str, inspect.Parameter], given: Mapping[str, Any]
) -> None:
    kinds = {p.kind for p in parameters.values()}
    several = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    known = [name for name, p in parameters.items() if p.kind not in several]
    for name in given:
        if name not in known and inspect.Parameter.VAR_KEYWORD not in kinds:
            near = difflib.get_close_matches(name, known, n=1)
            way_out = f"Did you mean `{near[0]}`?" if near else "Leave it out."
            if name == "lr" and RATE in known:
                way_out = f"Did you mean `{RATE}`?"
            raise TypeError(
                f"{WHO}: each argument must be one of {name_of(optimizer)}, got `{name}`. {way_out}"
            )
    for name in known:
        if parameters[name].default is inspect.Parameter.empty and name not in given:
            raise TypeError(
                f"{WHO}: `{name}` must be given, for which {name_of(optimizer)} has no default, "
                f"got {', '.join(given) or 'nothing'}. Write {name}=... by name."
            )


def _as_followed(name: str, parameter: inspect.Parameter | None, value: Any) -> Follows | None:
    """The value as what follows the count, or None where the optimizer takes it as it is."""
    default = None if parameter is None else parameter.default
    wants_number = name == RATE or is_number(default)
    if isinstance(value, Schedule):
        return value
    if isinstance(value, str):
        # Of other arguments, such as `mu_dtype`, a text is a schedule only where it calls one.
        return read_text(name, value) if wants_number or _calls(value, default) else None
    return value if wants_number and callable(value) else None


def _calls(text: str, default: Any) -> bool:
    return "(" in text and not isinstance(default, str)


def read_text(name: str, text: str) -> Schedule:
    """The schedule of a text that was given for an argument; its error is one sentence."""
    try:
        return read(text)
    except TextError as error:
        raise refuse(WHO, name, "a schedule or the text of one", text, error.reason) from error
