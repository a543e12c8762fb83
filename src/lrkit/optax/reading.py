"""What the last update applied, out of any state that holds it."""

from typing import Any

import jax

from lrkit.optax.state import ScheduledState


def hyperparameters(state: Any) -> dict[str, Any]:
    """The values that the last update applied, by name.

    Update k, counted from 0, applies `schedule(k)`: read after it, this is that number, not the
    next one. It can be called inside a compiled function and outside.

    Args:
        state: That of an optimizer made by `scheduled`, wherever it stands in it: in the state of
            `optax.chain`, `optax.MultiSteps`, `optax.partition` and the like, in an
            `nnx.Optimizer`, in a `TrainState`.

    Returns:
        Scalars of float32 in the units that were given. The rate is the one before `multipliers`.

    Raises:
        ValueError: There is no such state in it, or more than one.

    >>> import jax.numpy as jnp, optax
    >>> from lrkit import linear
    >>> from lrkit.optax import hyperparameters, scheduled
    >>> sgd = scheduled(optax.sgd, learning_rate=linear(4))
    >>> state = sgd.init(jnp.ones(3))
    >>> for _ in range(2):
    ...     _, state = sgd.update(jnp.ones(3), state)
    >>> float(hyperparameters(state)["learning_rate"])
    0.75
    """
    found = _only(state, "hyperparameters")
    return {name: _array(value) for name, value in found.hyperparameters.items()}


def updates(state: Any) -> Any:
    """The number of updates made: update number `updates(state)`, counted from 0, comes next.

    Batches that `optax.MultiSteps` only gathers, and those that `optax.apply_if_finite` leaves
    out, are no updates.

    Args:
        state: As for `hyperparameters`.

    Returns:
        A scalar of int32, which stays at 2**31 - 1.

    Raises:
        ValueError: There is no such state in it, or more than one.

    >>> import jax.numpy as jnp, optax
    >>> from lrkit import linear
    >>> from lrkit.optax import scheduled, updates
    >>> sgd = scheduled(optax.sgd, learning_rate=linear(4))
    >>> state = sgd.init(jnp.ones(3))
    >>> int(updates(state))
    0
    >>> int(updates(sgd.update(jnp.ones(3), state)[1]))
    1
    """
    return _array(_only(state, "updates").count)


def _only(state: Any, who: str) -> ScheduledState:
    """The one state of `scheduled` in a state."""
    inside = getattr(state, "opt_state", state)  # Flax keeps it there, in both of its optimizers
    nodes, _ = jax.tree_util.tree_flatten_with_path(inside, is_leaf=_is_scheduled)
    found = [(path, node) for path, node in nodes if _is_scheduled(node)]
    if not found:
        raise ValueError(
            f"{who}: `state` must hold the state of an optimizer made by `scheduled`, got a "
            f"{type(state).__name__} without one. Pass what its `init` or `update` returned."
        )
    if len(found) > 1:
        places = [jax.tree_util.keystr(path) for path, _ in found]
        raise ValueError(
            f"{who}: `state` must hold one state of `scheduled`, got {len(found)} of them. Pass "
            f"one: {', '.join(f'state{place}' for place in places)}."
        )
    node: ScheduledState = found[0][1]
    return node


def _is_scheduled(node: Any) -> bool:
    return isinstance(node, ScheduledState)


def _array(value: Any) -> Any:
    """The array itself, also where Flax keeps it in a variable."""
    (array,) = jax.tree_util.tree_leaves(value)
    return array
