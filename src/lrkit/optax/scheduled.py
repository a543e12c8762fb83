"""An optax optimizer whose numbers are schedules and whose parameters have rates of their own."""

from collections.abc import Callable, Hashable, Mapping
from functools import partial
from typing import Any

import jax.numpy as jnp
import optax

from lrkit import Schedule
from lrkit.optax.arguments import as_arguments, start_of, value_at
from lrkit.optax.dtypes import as_before
from lrkit.optax.groups import as_groups, build
from lrkit.optax.probe import check
from lrkit.optax.state import ScheduledState


def scheduled(
    optimizer: Callable[..., Any],
    /,
    *,
    labels: Any = None,
    multipliers: Mapping[Hashable, float | Schedule | str] | None = None,
    **hyperparameters: Any,
) -> Any:
    """An optimizer of optax with schedules for its numbers and a rate for each group.

        update k, counted from 0, is that of optimizer(name=schedule(k), ...)
        a group trains as with learning_rate = multiplier(k) * learning_rate(k)

    Schedules are worked out in float32, whatever the dtype of the parameters; slots and updates
    have the dtypes that optax gives them. Without any schedule every number is that of optax, to
    the last bit. With multipliers each group has an optimizer of its own: what it clips by a
    global norm, it clips by the norm of the group.

    Args:
        optimizer: What makes it: `optax.adamw`, another of optax, or a function of yours that
            returns an optax transformation.
        labels: A tree of labels like the parameters, or a function that makes one of them.
        multipliers: Factors of the rate, each a number of 0 or more, a schedule or its text. By
            label; or without labels by pattern, a regular expression that is searched for in the
            path of a parameter, as `layers/0/bias`. What several patterns match gets the product;
            a label without a multiplier has 1. The number 0 freezes: no decay, no slots.
        **hyperparameters: The arguments of the optimizer, by name, in its units. Each may be a
            schedule or the text of one; the rate also a function of the count, as optax has them.

    Returns:
        An `optax.GradientTransformationExtraArgs`, whose state is a `ScheduledState`.

    Raises:
        TypeError: An argument is unknown or missing, or one that is a schedule cannot be one.
        ValueError: A text does not parse, or a rate or a multiplier goes below 0. In `init`: a
            pattern or a label is for no parameter.

    Source: optax (https://optax.readthedocs.io); what `optax.inject_hyperparams` casts to the
    dtype of the parameters stays float32 here.

    >>> import jax.numpy as jnp, optax
    >>> from lrkit import cosine, warmup
    >>> from lrkit.optax import hyperparameters, scheduled
    >>> adamw = scheduled(
    ...     optax.adamw,
    ...     learning_rate=1e-3 * (warmup(10) >> cosine(90)),
    ...     weight_decay=0.1 * cosine(100),
    ...     b1="linear(100, start=0.95, stop=0.85)",
    ...     multipliers={"bias": 2.0},
    ... )
    >>> params = {"bias": jnp.ones(3), "kernel": jnp.ones((3, 3))}
    >>> updates, state = adamw.update(params, adamw.init(params), params)
    >>> {name: float(value) for name, value in hyperparameters(state).items()}
    {'b1': 0.949999988079071, 'learning_rate': 0.0, 'weight_decay': 0.10000000149011612}
    """
    arguments = as_arguments(optimizer, hyperparameters)
    groups = as_groups(arguments, multipliers, labels)
    check(arguments)
    is_plain = not arguments.followed and (groups is None or groups.is_plain)

    def init(params: Any) -> ScheduledState:
        values = arguments.at_start()
        inner = build(arguments, groups, params, values, start_of).init(params)
        return ScheduledState(jnp.zeros((), jnp.int32), arguments.shown(values), inner)

    def update(updates: Any, state: Any, params: Any = None, **extra: Any) -> Any:
        values = arguments.at(state.count)
        now = partial(value_at, count=state.count)
        # Labels may be told by what only the parameters have, such as their dtype.
        tree = updates if params is None else params
        transformation = build(arguments, groups, tree, values, now)
        new, inner = transformation.update(updates, state.inner, params, **extra)
        if not is_plain:
            new, inner = as_before(new, updates), as_before(inner, state.inner)
        count = optax.safe_increment(state.count)
        return new, ScheduledState(count, arguments.shown(values), inner)

    return optax.GradientTransformationExtraArgs(init, update)
