"""Trees in the dtypes that they had."""

from typing import Any

import jax
import jax.numpy as jnp


def as_before(new: Any, old: Any) -> Any:
    """`new` in the dtypes of `old`: a float32 number widens what it is multiplied with.

    Args:
        new: A tree.
        old: The tree that it takes the place of; one of another structure tells nothing.
    """
    if jax.tree_util.tree_structure(new) != jax.tree_util.tree_structure(old):
        return new
    return jax.tree_util.tree_map(_in_its_dtype, new, old)


def _in_its_dtype(new: Any, old: Any) -> Any:
    dtypes = jnp.result_type(new), jnp.result_type(old)
    is_wider = dtypes[0] != dtypes[1] and all(jnp.issubdtype(d, jnp.floating) for d in dtypes)
    return jnp.asarray(new, dtypes[1]) if is_wider else new
